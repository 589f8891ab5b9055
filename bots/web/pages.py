"""Handlers for GET requests: the conversation's page, its stream of changes, files and assets."""

import asyncio
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote
from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bots.web import assets, visitor_cookie
from bots.web.page_state import PageLook
from bots.web.render import PageContext
from bots.web.rooms import ChatRoom, OpenForm, Push
from bots.web.site import LONGEST_NAME, WebSite, by_htmx, from_elsewhere
from bots.web.stream import EventStream, event, follow
from bots.web.view import PageView
from bots.web.visitors import address_of
from core.messages import Place, Turn

EXCERPT = 120
"""Characters of a message that the composer quotes."""
MARKS = re.compile(r"[`*#>~|]+")
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?charset=[\w-]+)?")


@dataclass(frozen=True, slots=True)
class ComposerMode:
    """What the composer is for: a new message, a "reply" to an older answer, or the "edit" of one's own message."""

    kind: str = ""
    id: str = ""
    excerpt: str = ""
    text: str = ""


async def begin(site: WebSite, request: Request) -> Response:
    """Redirect to a fresh conversation. Nothing is stored before its first message."""
    return RedirectResponse(f"/c/{uuid4().hex}", 303)


async def conversation(site: WebSite, request: Request) -> Response:
    """Serve a conversation, or only its composer if htmx asks for a reply or an edit."""
    token = await site.visitors.token(request)
    if token is None and from_elsewhere(request):
        # Browsers do not send a strict cookie with a link from another site, and a new one would replace the person's.
        return await site.html("again.html", request)
    token = token or visitor_cookie.new_token()
    look = await site.look(request, await site.user(request, token))
    if place := destination(look.room):
        return RedirectResponse(f"/c/{place.channel}", 303)
    response = await drawn(site, request, look)
    site.visitors.issue(request, response, token)
    return response


async def drawn(site: WebSite, request: Request, look: PageLook) -> Response:
    state = await look.state(fresh=True)
    mode = mode_of(request, state.turns)
    if by_htmx(request):
        return await site.html("composer.html", request, mode=mode)
    forms = [look.room.waiting.popleft() for _ in tuple(look.room.waiting)]
    page = PageContext(look.place.channel, look.user.language)
    commands = await site.records.commands_in(look.place, look.user)

    def draw() -> str:
        view = site.renderer.view(state)
        return site.renderer.page(
            page,
            view,
            mode=mode,
            commands=commands,
            forms=forms,
            page_id=secrets.token_hex(8),
            operator=site.operator,
        )

    return site.response(await asyncio.to_thread(draw))


def destination(room: ChatRoom) -> Place | None:
    """The place to which the core sent the reader while no page followed; None if there is none."""
    places = [push for push in room.waiting if isinstance(push, Place)]
    for place in places:
        room.waiting.remove(place)
    return places[-1] if places else None


def mode_of(request: Request, turns: Sequence[Turn]) -> ComposerMode:
    """The composer mode that the address asks for: `?reply=<id>` or `?edit=<id>`, with platform ids."""
    query = request.query_params
    for kind, role in (("reply", "assistant"), ("edit", "prompter")):
        for turn in turns:
            if kind in query and turn.role == role and turn.platform_id == query[kind]:
                excerpt = " ".join(MARKS.sub("", turn.text[: EXCERPT * 2]).split())[:EXCERPT]
                return ComposerMode(kind, query[kind], excerpt, turn.text if kind == "edit" else "")
    return ComposerMode()


async def events(site: WebSite, request: Request) -> Response:
    """Stream the changes of a page as server-sent events."""
    look = await site.look(request, await site.visitor(request))
    channel, page = look.place.channel, PageContext(look.place.channel, look.user.language)
    name = request.query_params.get("page", "")[:LONGEST_NAME]
    watcher = site.rooms.join(channel, name, look.user.id, address_of(request))
    if watcher is None:
        raise HTTPException(503)

    async def draw(fresh: bool) -> PageView:
        state = await look.state(fresh=fresh)
        return await asyncio.to_thread(site.renderer.view, state)

    version = "" if "last-event-id" in request.headers else request.query_params.get("v", "")
    stream = follow(watcher, draw, partial(said, site, page), partial(pushed, site, page), version)
    return EventStream(stream, partial(site.rooms.leave, watcher))


def said(site: WebSite, page: PageContext, change: str, begun: bool, text: str) -> str:
    """Add to a page's changes the text that screen readers announce."""
    if begun or text:
        change += site.renderer.part("news.html", page, text=text)
    return site.signed(change)


def pushed(site: WebSite, page: PageContext, push: Push) -> str:
    """Turn a push into an event: a page to go to, or a form to open."""
    if isinstance(push, OpenForm):
        return event("view", site.signed(site.renderer.part("dialog.html", page, forms=[push])))
    return event("go", f"/c/{push.channel}")


async def file(site: WebSite, request: Request) -> Response:
    """Serve a file that was made for the visitor. It is handed out only once."""
    look = await site.look(request, await site.visitor(request))
    if "prefetch" in request.headers.get("sec-purpose", "") or request.method == "HEAD":
        raise HTTPException(404)
    found = site.downloads.take(look.place.channel, request.path_params["token"])
    if found is None:
        raise HTTPException(404)
    look.room.wake()
    media_type = found.media_type if MEDIA_TYPE.fullmatch(found.media_type) else "application/octet-stream"
    disposition = f"attachment; filename*=utf-8''{quote(found.name, safe='')}"
    return Response(found.content, media_type=media_type, headers={"content-disposition": disposition})


async def static(site: WebSite, request: Request) -> Response:
    """Serve one of our scripts, styles or icons."""
    found = assets.serve(site.assets, request.path_params["name"], request)
    if found is None:
        raise HTTPException(404)
    return found
