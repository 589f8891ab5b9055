"""`parley sources`: what may be exported, by platform and source."""

import asyncio
import getpass
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

import click

from cli.stored import explained, load, opened

# The store takes a quarter of a second to import, and `parley --help` must not wait for it.
if TYPE_CHECKING:
    from sqlmodel import Session

    from core.dataset.export.consent import ExportSwitches
    from core.store.tables import AuditRow

T = TypeVar("T")

WHY: Mapping[str, str] = {
    "slack": "Slack's developer policy forbids training models on what an app reads there. Where the app is an internal"
    " one of your own organisation, that is for you to check and to answer for:\n"
    '  parley sources allow slack --internal-app "our own app in our own workspace; checked by NAME on DATE"',
    "gateway": "it is text that nobody gave to the bot on purpose. Discord's policy forbids training on it without"
    " Discord's permission, and Telegram's terms forbid collecting it. Whoever has such a permission says so:\n"
    '  parley sources allow discord.gateway --i-have-permission "by WHOM, for WHAT, since WHEN"',
}
"""Why something is off unless somebody takes responsibility for it (docs/reference/labeling.md 0)."""


@click.group(invoke_without_command=True)
@click.pass_context
def sources(context: click.Context) -> None:
    """Show what may be exported, by platform and source, and switch it."""
    if context.invoked_subcommand is None:
        with explained():
            click.echo("\n".join(shown(_changes())))


@sources.command()
@click.argument("what", metavar="PLATFORM[.SOURCE]")
@click.option(
    "--internal-app", metavar="STATEMENT", help="For slack: that it is your own internal app, and who checked."
)
@click.option("--i-have-permission", metavar="STATEMENT", help="For .gateway: whose permission you have, and for what.")
def allow(what: str, internal_app: str | None, i_have_permission: str | None) -> None:
    """Let what comes from a platform, or from one source of it, be exported.

    Consent is asked of each person besides, whatever is switched on here.
    """
    platform, source = parsed(what)
    said = stated(platform, source, internal_app, i_have_permission)
    with explained():
        _switch(platform, source, True, said)
    click.echo(f"{what} is on.")


@sources.command()
@click.argument("what", metavar="PLATFORM[.SOURCE]")
def deny(what: str) -> None:
    """Keep what comes from a platform, or from one source of it, out of every export from now on."""
    platform, source = parsed(what)
    with explained():
        _switch(platform, source, False, "denied")
    click.echo(f"{what} is off.")


@sources.command()
def log() -> None:
    """Show who switched what, when, and what they said for it."""
    with explained():
        nobody: list[AuditRow] = []
        rows = _asked(_history, nobody)
    if not rows:
        click.echo("Nobody has switched anything; these are the defaults.")
    for row in rows:
        click.echo(f"{row.at:%Y-%m-%d %H:%M} UTC  {row.subject:<20} {row.outcome}")


def parsed(what: str) -> tuple[str, str]:
    """Parse a platform and a source ("" means all sources). Raises a usage error if either does not exist."""
    from core.dataset.export.consent import PLATFORMS, SOURCES

    platform, dot, source = what.partition(".")
    if platform not in PLATFORMS:
        raise click.UsageError(f"There is no platform {platform!r}. There are {', '.join(PLATFORMS)}.")
    if dot and source not in SOURCES:
        raise click.UsageError(f"There is no source {source!r}. There are {', '.join(SOURCES)}.")
    return platform, source


def stated(platform: str, source: str, internal_app: str | None, permission: str | None) -> str:
    """The statement given for switching it on. Raises a usage error if a required statement is missing."""
    needed = {"slack": (platform == "slack", internal_app), "gateway": (source == "gateway", permission)}
    for name, (due, said) in needed.items():
        if due and not (said or "").strip():
            raise click.UsageError(f"{name} is off, and takes a statement of yours: {WHY[name]}")
    return "; ".join(said.strip() for due, said in needed.values() if due and said) or "allowed"


def shown(changes: Mapping[tuple[str, str], bool]) -> Iterator[str]:
    """Yield the table, and the reasons why something is off."""
    from core.dataset.export.consent import SOURCES, ExportSwitches

    switches = ExportSwitches.with_changes(changes)
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
    if not switches.platforms["slack"]:
        yield f"slack is off: {WHY['slack']}"
    yield f"gateway is off: {WHY['gateway']}"


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
            await store.write(lambda session: switch(session, platform, source, allowed, f"{said} (who: {_user()})"))

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


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
