"""The web chat: passes what the core says to the rooms, whose pages show it."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal
from uuid import uuid4

from starlette.types import ASGIApp

from bots.web import app, assets
from bots.web.capabilities import CAPABILITIES
from bots.web.cards import note_id
from bots.web.downloads import DownloadStore
from bots.web.page_state import place_of
from bots.web.proxy import TrustedProxies
from bots.web.quotas import VisitorQuotas
from bots.web.render import PageRenderer
from bots.web.rooms import ChatRoom, ChatRooms, LiveAnswer, OpenForm, RoomLimits, RoomNote
from bots.web.site import WebSite
from bots.web.visitor_cookie import CookieKey, new_key
from bots.web.visitors import VisitorRegister
from core.errors import UserError
from core.messages import AnyEvent, Attachment, Form, Place, Press, Quote, Reply, User
from core.ports.chat import ChatCapabilities, Handle, NamedKind
from core.ports.surface import AdminLinkOutcome, NewBrowser, PageAdmins, Returned, SurfaceRecords

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class NoAdmins:
    """The `PageAdmins` of a page that has none: every link is unknown to it."""

    async def includes(self, account: str) -> bool:
        """Say no."""
        return False

    async def redeem(self, secret: str, browser: NewBrowser) -> AdminLinkOutcome:
        """Refuse."""
        return "unknown"


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How the web chat is served. `proxies` are the addresses of the proxies in front of it; None if there are none.

    `returned` answers people who come back from signing in elsewhere. It also works under the name `public`, which
    serves nothing else. `operator` says who runs it, for the empty page. `admins` are the browsers that are admins of
    this community: none, unless somebody is given.
    """

    key: CookieKey = field(default_factory=new_key)
    proxies: Collection[str] | None = None
    quotas: VisitorQuotas = field(default_factory=VisitorQuotas)
    rooms: RoomLimits = RoomLimits()
    returned: Returned | None = None
    public: str = ""
    admins: PageAdmins = NoAdmins()
    operator: str = ""


def create(
    handle: Handle,
    records: SurfaceRecords,
    *,
    hosts: Collection[str],
    options: WebOptions | None = None,
) -> "WebChat":
    """Create the web chat for a core.

    `hosts` are the names, without port, under which browsers may reach it ("127.0.0.1", "localhost", "[::1]"). Without
    a key in the options, no visitor is recognised after a restart.
    """
    options = options or WebOptions()
    downloads = DownloadStore()
    found = assets.load(STATIC)
    once = f"once-{secrets.token_hex(16)}"
    renderer = PageRenderer(records.text, partial(assets.address, found), downloads.has, once)
    visitors = VisitorRegister(records, options.key, options.quotas)
    rooms = ChatRooms(limits=options.rooms)
    site = WebSite(handle, records, visitors, rooms, downloads, renderer, found, once, options.admins, options.operator)
    chat = app.build(site, hosts, options.returned, options.public)
    return WebChat(site, chat if options.proxies is None else TrustedProxies(chat, options.proxies))


@dataclass(frozen=True, slots=True)
class WebChat:
    """Implements the `Chat` port for the web. `app` is its ASGI application, for any server.

    Call `close` before you stop the server: it waits for its connections, and a page's stream never ends by itself.
    """

    site: WebSite
    app: ASGIApp
    capabilities: ChatCapabilities = CAPABILITIES

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Show a reply at its place, now and to later readers. Its id is made of its key, or is what it replaces."""
        room = self._room(place, cause)
        shown = reply.replaces or (key if reply.answer else note_id(reply, key, cause))
        self._show(room, place, reply, shown)
        return shown

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        """A page needs no separate draft: it shows an answer in its place from the start."""
        return False

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Update a reply, including one that was first shown by an earlier process."""
        self._show(self._room(place), place, reply, message_id)

    async def delete(self, place: Place, message_id: str) -> None:
        """Remove a reply."""
        self._room(place).remove(message_id)

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Open a form on the page that last sent something."""
        opener = cause.id if isinstance(cause, Press) else None
        self._room(place, cause).push(OpenForm(form, opener or ""))

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """Make a place for a new conversation; the page that last sent something goes there."""
        new = place_of(uuid4().hex)
        self.site.rooms.claim(new.channel, user.id)
        self._room(place).push(new)
        return new

    async def refresh(self, place: Place) -> None:
        """Have the pages read the transcript again."""
        self._room(place).wake(fresh=True)

    async def typing(self, place: Place) -> bool:
        """Refresh the pages: the answer's turn is now in the transcript and shows that it is on its way."""
        self._room(place).wake(fresh=True)
        return True

    async def direct(self, place: Place, user: User) -> Place | None:
        """Return None: a visitor who has no page open cannot be reached, and a conversation is theirs alone anyway."""
        return None

    async def read(self, attachment: Attachment) -> bytes:
        """A page sends no files."""
        raise UserError("attachments-unread", names=attachment.name)

    async def recent(self, place: Place, before: str | None, most: int) -> Sequence[Quote]:
        """Return nothing: nobody else writes here."""
        return ()

    async def done(self, event: AnyEvent) -> None:
        """Do nothing: a page shows everything as it happens."""

    async def find(self, kind: NamedKind, text: str, place: Place) -> str:
        """A page has no channels, roles or other people."""
        raise UserError(f"named-no-{kind}")

    def mention(self, kind: NamedKind | Literal["message"], id: str, place: Place | None = None) -> str:
        """A page has nothing that a mention could link to."""
        return id

    def close(self) -> None:
        """End all streams, so that the server can stop at once. Browsers reconnect by themselves."""
        self.site.rooms.close()

    def _room(self, place: Place, cause: AnyEvent | None = None) -> ChatRoom:
        rooms = self.site.rooms
        return rooms.claim(place.channel, cause.user.id) if cause else rooms.at(place.channel)

    def _show(self, room: ChatRoom, place: Place, reply: Reply, key: str) -> None:
        before = room.live.get(reply.answer) if reply.answer else room.notes.get(key)
        # An edit carries the files again, but they are offered only once.
        kept = before.links if before else ()
        links = kept or self.site.downloads.put(place.channel, reply.files, room.owner)
        shown = replace(reply, files=())
        if isinstance(before, RoomNote) or not reply.answer:
            room.note(
                RoomNote(key, "notice", shown, before.at if isinstance(before, RoomNote) else datetime.now(UTC), links)
            )
            return
        growing = before.growing if before else self.site.renderer.growing(room.language)
        room.show(LiveAnswer(key, shown, growing, links))
