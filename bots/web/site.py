"""What all request handlers share: the visitor, their place, and the rendering of pages."""

import asyncio
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bots.web import visitor_cookie
from bots.web.assets import StaticAsset
from bots.web.downloads import DownloadStore
from bots.web.page_state import PageLook, place_of
from bots.web.render import PageContext, PageRenderer
from bots.web.rooms import ChatRooms
from bots.web.visitors import VisitorRegister
from core.errors import NotAllowed
from core.messages import User
from core.ports.chat import Handle
from core.ports.surface import PageAdmins, SurfaceRecords

CHANNEL = re.compile(r"[0-9a-f]{32}")
LONGEST_NAME = 32
"""Maximum length, in characters, of the name that a page gives itself."""


@dataclass(frozen=True, slots=True)
class WebSite:
    """The parts of the web chat. `admins` knows the browsers that are admins; nobody is one by their address.

    `once` is the placeholder that the renderer writes for a form's id; each response replaces it with a new id.
    `operator` says who runs it.
    """

    handle: Handle
    records: SurfaceRecords
    visitors: VisitorRegister
    rooms: ChatRooms
    downloads: DownloadStore
    renderer: PageRenderer
    assets: Mapping[str, StaticAsset]
    once: str
    admins: PageAdmins
    operator: str = ""

    async def user(self, request: Request, token: str) -> User:
        """The person with this token."""
        language, account = language_of(request), visitor_cookie.account(token)
        admin = await self.admins.includes(account)
        return User(account, self.records.text(language, "web-guest"), language, admin)

    async def visitor(self, request: Request) -> User:
        """The person who sent a request. Raises NotAllowed if it has no valid cookie of ours."""
        token = await self.visitors.token(request)
        if token is None:
            raise NotAllowed("web-error-cookie")
        return await self.user(request, token)

    async def look(self, request: Request, user: User) -> PageLook:
        """A person's view of the place that a request names.

        The first visitor owns the room, just as the first who speaks there owns the place for the core. Other browsers
        of the same person are let in too. Raises NotAllowed if the place belongs to somebody else.
        """
        channel = channel_of(request)
        look = PageLook(self.records, self.rooms.at(channel), place_of(channel), user)
        if not look.room.owner:
            await self.records.transcript(look.place, user)
            self.rooms.claim(channel, user.id)
        if look.room.owner != user.id and not await self.records.owns(look.place, user):
            raise NotAllowed("web-error-not-yours")
        look.room.language = user.language
        return look

    async def html(self, template: str, request: Request, status: int = 200, **context: object) -> HTMLResponse:
        """Render a template as a response, in the visitor's language."""
        page = PageContext(request.path_params.get("channel", ""), language_of(request))
        return self.response(await asyncio.to_thread(self.renderer.part, template, page, **context), status)

    def response(self, html: str, status: int = 200) -> HTMLResponse:
        return HTMLResponse(self.signed(html), status)

    def signed(self, html: str) -> str:
        """Fill in a fresh one-time id for the forms in rendered HTML."""
        return html.replace(self.once, secrets.token_hex(16))


def channel_of(request: Request) -> str:
    """The channel in an address. Raises HTTPException (404) if it does not look like one of ours."""
    channel = str(request.path_params["channel"])
    if not CHANNEL.fullmatch(channel):
        raise HTTPException(404)
    return channel


def language_of(request: Request) -> str:
    return visitor_cookie.preferred(request.headers.get("accept-language", ""))


def by_htmx(request: Request) -> bool:
    """Whether htmx sent the request, so that it wants part of a page instead of a whole one."""
    return "hx-request" in request.headers


def from_elsewhere(request: Request) -> bool:
    """Whether a link on another site led here. Browsers do not send a strict cookie then."""
    if site := request.headers.get("sec-fetch-site"):
        return site in ("cross-site", "same-site")
    referrer = urlsplit(request.headers.get("referer", "")).netloc.lower()
    return bool(referrer) and referrer != request.headers["host"].lower()
