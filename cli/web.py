"""`parley web`: makes, lists and removes the admins of the web page."""

import asyncio
from typing import TYPE_CHECKING

import click

from cli.open_database import explained, load, opened
from cli.subcommands import SubcommandGroup

if TYPE_CHECKING:
    from core.store.engine.database import Database

SHOWN = 8
"""How many characters of a browser's id are shown; `--revoke` takes any beginning that only one has."""


@click.group(cls=SubcommandGroup)
def web() -> None:
    """Manage the admins of the web page."""


@web.command()
@click.option("--list", "listed", is_flag=True, help="List the browsers that are admins.")
@click.option("--revoke", metavar="BROWSER", help='Revoke the right of a browser in the list, or of "all".')
def admin(listed: bool, revoke: str | None) -> None:
    """Print a link that makes the browser in which it is opened an admin of the web page.

    It can be opened once, within an hour. Parley may be running meanwhile.
    """
    with explained():
        if revoke is not None:
            click.echo(asyncio.run(_revoked(revoke)))
        elif listed:
            click.echo(asyncio.run(_listed()))
        else:
            click.echo(asyncio.run(_link()))


async def _link() -> str:
    from cli.wiring.admin_link import new_link, page_address

    settings = load()
    async with opened(settings.database.url) as store:
        return await new_link(store, page_address(settings))


async def _listed() -> str:
    from core.store import admin_links

    async with opened(load().database.url) as store:
        found = await store.read(admin_links.browsers)
    lines = [f"{one.account[:SHOWN]}  since {one.since:%Y-%m-%d %H:%M} UTC" for one in found]
    return "\n".join(lines) or "No browser is an admin. `parley web admin` prints a link that makes one."


async def _revoked(browser: str) -> str:
    async with opened(load().database.url) as store:
        return await (_revoke_all(store) if browser == "all" else _revoke(store, browser))


async def _revoke_all(store: "Database") -> str:
    from core.store import admin_links

    await store.write(admin_links.revoke_all)
    return "No browser is an admin any more, and links that nobody has opened are no longer good."


async def _revoke(store: "Database", browser: str) -> str:
    from core.errors import OperatorError
    from core.store import admin_links

    accounts = [one.account for one in await store.read(admin_links.browsers)]
    meant = [account for account in accounts if browser and account.startswith(browser)]
    if len(meant) != 1:
        fault = "more than one browser begins" if meant else "no browser that is an admin begins"
        raise OperatorError(f"{fault} with {browser!r}; `parley web admin --list` lists them")
    await store.write(lambda session: admin_links.revoke(session, meant[0]))
    return f"{meant[0][:SHOWN]} is no admin any more."
