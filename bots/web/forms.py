"""Handlers for POST requests: messages, button presses and filled-in forms.

With htmx, part of the page is sent back; without it, the browser is redirected to the page.
"""

from datetime import UTC, datetime

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bots.shared.bodies import LARGEST
from bots.web.receive import Fields, FormSender, pressed, spoken, submitted
from bots.web.rooms import ChatRoom, RoomNote
from bots.web.site import LONGEST_NAME, WebSite, by_htmx
from core.messages import Edit, Invocation, Message, Reply


async def message(site: WebSite, request: Request) -> Response:
    """Take a message, a command or an edit from the composer."""
    fields, sender, room = await received(site, request)
    event = spoken(fields, sender)
    await site.handle(event)
    if note := shown_at_once(event):
        room.accept(note)
    return await answered(site, request, "sent.html")


async def press(site: WebSite, request: Request) -> Response:
    """Take the press of a button beneath a message. Its form gets a new id, so that it can be pressed again."""
    fields, sender, _ = await received(site, request)
    await site.handle(pressed(fields, sender))
    return await answered(site, request, "pressed.html")


async def form(site: WebSite, request: Request) -> Response:
    """Take a form that the core asked for."""
    fields, sender, _ = await received(site, request)
    await site.handle(submitted(fields, sender))
    return await answered(site, request, "dialog.html", forms=[])


async def received(site: WebSite, request: Request) -> tuple[Fields, FormSender, ChatRoom]:
    """Read a form's fields, with its sender and the room it was sent in."""
    look = await site.look(request, await site.visitor(request))
    await site.visitors.admit(request, look)
    fields = await read(request)
    look.room.page = request.headers.get("x-page", "")[:LONGEST_NAME]
    return fields, FormSender(look.place, look.user, datetime.now(UTC)), look.room


async def answered(site: WebSite, request: Request, template: str, **context: object) -> Response:
    if by_htmx(request):
        return await site.html(template, request, 200, **context)
    return RedirectResponse(f"/c/{request.path_params['channel']}#end", 303)


def shown_at_once(event: Message | Edit | Invocation) -> RoomNote | None:
    """The note that the page shows for an event until the core has handled it."""
    if isinstance(event, Message):
        return RoomNote(event.id, "message", Reply(event.text), event.at)
    if isinstance(event, Invocation):
        line = " ".join(filter(None, (f"/{event.command}", event.arguments.get("", ""))))
        return RoomNote(event.key, "command", Reply(line), event.at)
    return None


async def read(request: Request) -> Fields:
    """Read a form's fields, without uploads. Raises HTTPException 413 if it is larger than a request may be."""
    async with request.form(max_part_size=LARGEST, max_files=0) as form:
        return {name: [value for value in form.getlist(name) if not isinstance(value, UploadFile)] for name in form}
