"""Makes the links that make a browser an admin of the web page."""

from urllib.parse import urlsplit

from bots.web.addresses import ADMIN_LINK, bracketed, names
from config.settings import ParleySettings
from core.store import admin_links
from core.store.engine.database import Database
from core.store.tables import now


def page_address(settings: ParleySettings, here: str = "") -> str:
    """The address at which people open the page; `here` is where it is on this machine, if that is known.

    It has to be the one that they use, because a cookie belongs to one host. `web.public_url` counts only if the page
    itself answers there, too.
    """
    web = settings.web
    if urlsplit(web.public_url).hostname in names(web.host, web.hosts):
        return web.public_url.rstrip("/")
    if web.behind_proxy and web.hosts:
        return f"https://{web.hosts[0]}"
    host = "localhost" if web.host in ("0.0.0.0", "::") else bracketed(web.host)
    return here or f"http://{host}:{web.port}"


async def new_link(store: Database, address: str) -> str:
    """Make a link below an address. Its secret follows a #, so that browsers send it to nobody."""
    return f"{address}{ADMIN_LINK}#{await store.write(lambda session: admin_links.offer(session, now()))}"


async def first_line(store: Database, address: str, *, terminal: bool) -> str:
    """The line in which `parley run` says how to become an admin of the page; empty if it has one.

    A link is printed only in a terminal: anywhere else it would stay in a log.
    """
    if await store.read(admin_links.browsers):
        return ""
    if not terminal:
        return "The web page has no admin yet: `parley web admin` prints a link that makes your browser its admin"
    return f"To be its admin, open this link (once, within the hour): {await new_link(store, address)}"
