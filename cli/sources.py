"""`parley sources`: what may be exported, by platform and source."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

import click

from cli.machine_user import at_the_machine
from cli.open_database import explained, load, opened
from cli.subcommands import SubcommandGroup
from cli.wiring.platforms import exported, platforms

# The store takes a quarter of a second to import, and `parley --help` must not wait for it.
if TYPE_CHECKING:
    from sqlmodel import Session

    from core.dataset.export.consent import ExportSwitches
    from core.store.tables import AuditRow

T = TypeVar("T")

GATEWAY = "gateway"
OVERHEARD = (
    "it is text that nobody gave to the bot on purpose. Discord's policy forbids training on it without Discord's"
    " permission, and Telegram's terms forbid collecting it. If you have such a permission, say so:\n"
    '  parley sources allow discord.gateway --i-have-permission "by WHOM, for WHAT, since WHEN"'
)
"""Why overheard text is off unless somebody takes responsibility for it (docs/reference/labeling.md 0)."""


@click.group(cls=SubcommandGroup, invoke_without_command=True)
@click.pass_context
def sources(context: click.Context) -> None:
    """Show what may be exported, by platform and source, and switch it."""
    if context.invoked_subcommand is None:
        with explained():
            click.echo("\n".join(shown(_changes())))


@sources.command()
@click.argument("what", metavar="PLATFORM[.SOURCE]")
@click.option(
    "--internal-app",
    metavar="STATEMENT",
    help="For a platform that forbids it to other apps: that this is your own internal app, and who checked.",
)
@click.option("--i-have-permission", metavar="STATEMENT", help="For .gateway: whose permission you have, and for what.")
def allow(what: str, internal_app: str | None, i_have_permission: str | None) -> None:
    """Allow the export of data from a platform, or from one of its sources.

    Each person's consent is needed as well, whatever is allowed here.
    """
    platform, source = parsed(what)
    said = stated(platform, source, internal_app, i_have_permission)
    with explained():
        _switch(platform, source, True, said)
    click.echo(f"{what} is on.")


@sources.command()
@click.argument("what", metavar="PLATFORM[.SOURCE]")
def deny(what: str) -> None:
    """Keep data from a platform, or from one of its sources, out of every export from now on."""
    platform, source = parsed(what)
    with explained():
        _switch(platform, source, False, "denied")
    click.echo(f"{what} is off.")


@sources.command()
def log() -> None:
    """Show who changed what, when, and the reason that they gave."""
    with explained():
        nobody: list[AuditRow] = []
        rows = _asked(_history, nobody)
    if not rows:
        click.echo("Nobody has switched anything; these are the defaults.")
    for row in rows:
        click.echo(f"{row.at:%Y-%m-%d %H:%M} UTC  {row.subject:<20} {row.outcome}")


def parsed(what: str) -> tuple[str, str]:
    """Parse a platform and a source ("" means all sources). Raises a usage error if either does not exist."""
    from core.dataset.export.consent import SOURCES

    known = exported()
    platform, dot, source = what.partition(".")
    if platform not in known:
        raise click.UsageError(f"There is no platform {platform!r}. There are {', '.join(known)}.")
    if dot and source not in SOURCES:
        raise click.UsageError(f"There is no source {source!r}. There are {', '.join(SOURCES)}.")
    return platform, source


def stated(platform: str, source: str, internal_app: str | None, permission: str | None) -> str:
    """The statement given for switching it on. Raises a usage error if a required statement is missing."""
    needed = []
    if why := policies().get(platform):
        needed.append((platform, why, internal_app))
    if source == GATEWAY:
        needed.append((GATEWAY, OVERHEARD, permission))
    for name, why, said in needed:
        if not (said or "").strip():
            raise click.UsageError(f"{name} is off, and needs a statement from you: {why}")
    return "; ".join(said.strip() for _, _, said in needed if said) or "allowed"


def policies() -> Mapping[str, str]:
    """Why a platform is off by default, by its name."""
    return {name: one.policy for name, one in platforms().items() if not one.exported}


def shown(changes: Mapping[tuple[str, str], bool]) -> Iterator[str]:
    """Yield the table, and the reasons why something is off."""
    from core.dataset.export.consent import SOURCES, ExportSwitches

    switches = ExportSwitches(exported()).changed(changes)
    columns = list(SOURCES)
    yield " ".join([f"{'':<10}", *(f"{source:>9}" for source in columns)])
    for platform in switches.platforms:
        cells = ("on" if not switches.refuse(platform, source) else "-" for source in columns)
        yield " ".join([f"{platform:<10}", *(f"{cell:>9}" for cell in cells)])
    yield ""
    yield from _reasons(switches, changes)


def _reasons(switches: "ExportSwitches", changes: Mapping[tuple[str, str], bool]) -> Iterator[str]:
    for (platform, source), allowed in changes.items():
        name = f"{platform}.{source}" if source else platform
        yield f"{name} was switched {'on' if allowed else 'off'} here: parley sources log"
    for platform, why in policies().items():
        if not switches.platforms[platform]:
            yield f"{platform} is off: {why}"
    yield f"{GATEWAY} is off: {OVERHEARD}"


def _changes() -> Mapping[tuple[str, str], bool]:
    from core.store.export_switches import switches

    return _asked(switches, {})


def _history(session: "Session") -> "list[AuditRow]":
    from core.store.export_switches import history

    return list(history(session))


def _switch(platform: str, source: str, allowed: bool, said: str) -> None:
    from core.store.export_switches import switch

    async def switched(url: str) -> None:
        async with opened(url) as store:
            await store.write(
                lambda session: switch(session, platform, source, allowed, f"{said} (who: {at_the_machine()})")
            )

    asyncio.run(switched(load().database.url))


def _asked(unit: "Callable[[Session], T]", default: T) -> T:
    """The result of reading with `unit`; the default if there is no database yet."""
    from core.store.engine.migrate import schema

    async def read(url: str) -> T:
        if await schema(url) is None:
            return default
        async with opened(url) as store:
            return await store.read(unit)

    return asyncio.run(read(load().database.url))
