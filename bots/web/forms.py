"""What is sent: messages, presses of buttons, and filled forms. With htmx a part of the page comes back, without it
the browser is led back to the page."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import NoReturn

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Message as Part
from starlette.types import Receive

from bots.web.receive import Fields, Sender, pressed, spoken, submitted
from bots.web.rooms import Note, Room
from bots.web.site import Site, by_htmx
from core.messages import Edit, Invocation, Message, Reply

LARGEST = 2 * 1024 * 1024
"""Bytes of a request. A message of 1 MB fits; whether it is too long is the core's to say."""
MOST_READ = 16 * 1024 * 1024
PATIENCE = 10.0
"""Bytes and seconds for which we listen to a request that is too large."""


async def message(site: Site, request: Request) -> Response:
    """A message, a command or an edit from the composer."""
    fields, sender, room = await received(site, request)
    event = spoken(fields, sender)
    await site.handle(event)
    if note := shown_at_once(event):
        room.accept(note)
    return await answered(site, request, "sent.html")


async def press(site: Site, request: Request) -> Response:
    """A button beneath a message. Its form gets a new id, so that it can be pressed again."""
    fields, sender, _ = await received(site, request)
    await site.handle(pressed(fields, sender))
    return await answered(site, request, "pressed.html")


async def form(site: Site, request: Request) -> Response:
    """A form that the core has asked for."""
    fields, sender, _ = await received(site, request)
    await site.handle(submitted(fields, sender))
    return await answered(site, request, "dialog.html", forms=[])


async def received(site: Site, request: Request) -> tuple[Fields, Sender, Room]:
    """The fields of a form with who sent it, and the room it was sent in."""
    look = await site.look(request, site.visitor(request))
    fields = await read(request)
    look.room.page = request.headers.get("x-page", "")
    return fields, Sender(look.place, look.user, datetime.now(UTC)), look.room


async def answered(site: Site, request: Request, template: str, **context: object) -> Response:
    if by_htmx(request):
        return await site.html(template, request, 200, **context)
    return RedirectResponse(f"/c/{request.path_params['channel']}#end", 303)


def shown_at_once(event: Message | Edit | Invocation) -> Note | None:
    """What the page shows of an event until the core has dealt with it."""
    if isinstance(event, Message):
        return Note(event.id, "message", Reply(event.text), event.at)
    if isinstance(event, Invocation):
        line = " ".join(filter(None, (f"/{event.command}", event.arguments.get("", ""))))
        return Note(event.key, "command", Reply(line), event.at)
    return None


async def read(request: Request) -> Fields:
    """A form's fields; uploads are left out. Raises HTTPException 413 for more than `LARGEST` bytes."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > LARGEST:
        await refuse(request.receive)
    limited = Request(request.scope, within(request.receive, LARGEST))
    async with limited.form(max_part_size=LARGEST, max_files=0) as form:
        return {name: [value for value in form.getlist(name) if not isinstance(value, UploadFile)] for name in form}


def within(receive: Receive, most: int) -> Callable[[], Awaitable[Part]]:
    """A request's body, cut off with HTTPException 413 once it is larger than it may be."""
    left = most

    async def limited() -> Part:
        nonlocal left
        part = await receive()
        left -= len(part.get("body", b""))
        if left < 0:
            await refuse(receive)
        return part

    return limited


async def refuse(receive: Receive) -> NoReturn:
    """Raise HTTPException 413, once the rest has been read and thrown away: a browser that is still sending when the
    connection closes shows an error of its own instead of our words."""
    left = MOST_READ
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while left > 0:
                part = await receive()
                left -= len(part.get("body", b""))
                if not part.get("more_body"):
                    break
    raise HTTPException(413)
