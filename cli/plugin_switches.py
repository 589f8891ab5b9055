"""Switches plugins on and off, and changes their settings, in one community or in all."""

import click
from sqlmodel import Session, select

from bots.terminal.receive import COMMUNITY as LOCAL_COMMUNITY
from bots.terminal.receive import PLATFORM as TERMINAL
from cli.plugin_system import known, run
from cli.wiring.plugins import PluginSystem
from core.messages import Place
from core.store import choices, identities
from core.store.tables import CommunityRow
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.plugin_texts import fields_of, fits
from plugins.host.switches import OFF, ON

LOCAL = (Place("web", LOCAL_COMMUNITY, ""), Place(TERMINAL, LOCAL_COMMUNITY, ""))


def configure(name: str, setting: str, value: str, community: str) -> None:
    """Change a plugin's setting in every community or in one; without a value, reset it."""

    async def work(everything: PluginSystem) -> None:
        one = known(everything, name)
        field = fields_of(one).get(setting)
        if field is None:
            raise PluginProblem(f"{name} has no setting {setting!r}; it has {', '.join(fields_of(one)) or 'none'}")
        if value and not fits(field, value):
            raise PluginProblem(f"{setting} is one of {', '.join(field.choices) or field.type}, and not {value!r}")
        count = await everything.host.store.write(
            lambda session: chosen(session, community, f"plugin:{name}:{setting}", value)
        )
        click.echo(f"{name}: {setting} is now {value or 'the default'} in {communities(count)}")

    run(work)


def switch(name: str, community: str, *, on: bool) -> None:
    """Switch a plugin on or off."""
    to = ON if on else OFF

    async def work(everything: PluginSystem) -> None:
        known(everything, name)
        count = await everything.host.store.write(lambda session: chosen(session, community, f"plugin:{name}", to))
        click.echo(f"{name} is {to} in {communities(count)}")

    run(work)


def communities(count: int) -> str:
    """A number of communities, in words."""
    return "1 community" if count == 1 else f"{count} communities"


def chosen(session: Session, community: str, key: str, value: str) -> int:
    """Change a setting in one community or in all. Returns in how many. Raises PluginProblem if it is unknown."""
    # This machine's own chats count even before anybody has spoken in them.
    for place in LOCAL:
        identities.community(session, place)
    rows = session.exec(select(CommunityRow)).all()
    if community:
        rows = [row for row in rows if f"{row.platform}:{row.platform_id}" == community]
        if not rows:
            known = ", ".join(f"{row.platform}:{row.platform_id}" for row in session.exec(select(CommunityRow)).all())
            raise PluginProblem(f"nobody has spoken to Parley in {community} yet; there are {known}")
    for row in rows:
        choices.choose(session, row.id, "community", row.id, key, value)
    return len(rows)
