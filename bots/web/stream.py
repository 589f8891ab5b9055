"""Server-sent events (WHATWG HTML, 9.2) that tell a page what to change, as it happens."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from bots.web.rooms import Push, RoomWatcher
from bots.web.view import PageView, changes, news
from core.errors import ParleyError

SHARE = 4
"""A page waits four times as long as its last change took to render, so rendering takes a fifth of the time at most."""
SLOWEST = 2.0
RETRY = 1000
"""Milliseconds until a browser reconnects."""


@dataclass(frozen=True, slots=True)
class StreamPace:
    """Timing of a stream, in seconds: between two events, until an idle stream sends a sign of life, and until it ends.

    A sign of life lets each end notice that the other has gone. After the end the browser reconnects, so no stream is
    forgotten.
    """

    between: float = 0.03
    silence: float = 15.0
    whole: float = 3600.0


PACE = StreamPace()

Draw = Callable[[bool], Awaitable[PageView]]
"""Renders the current view; the argument says whether to read the store again."""
Say = Callable[[str, bool, str], str]
"""Adds to a change what screen readers announce: whether an answer has begun, and what has been said."""
Act = Callable[[Push], str]
"""Turns a push into an event of the stream."""


async def follow(
    watcher: RoomWatcher, draw: Draw, say: Say, act: Act, version: str, pace: StreamPace = PACE
) -> AsyncGenerator[str, None]:
    """Yield the events that keep a page up to date until the watcher is closed.

    `version` is the version of the view that the page shows; if it is empty (unknown), the page is drawn again. All
    changes between two events go out as one, so a slow reader gets fewer events and never a queue of them.
    """
    number = 0
    shown: PageView | None = None
    clock = asyncio.get_running_loop().time
    ends = clock() + pace.whole
    yield f"retry: {RETRY}\nid: {number}\n\n"
    while not watcher.closed and clock() < ends:
        watcher.changed.clear()
        while watcher.pushes:
            yield act(watcher.pushes.popleft())
        began = clock()
        fresh, watcher.fresh = watcher.fresh, False
        try:
            view = await draw(fresh)
        except ParleyError:
            # The store is locked, or the conversation is gone: the browser reconnects and then learns which.
            return
        known = view if shown is None and view.version == version else shown
        if change := changes(known, view):
            number += 1
            yield event("view", say(change, *news(known, view)), number)
        shown = view
        # Pause first, so that a burst of changes goes out together.
        await asyncio.sleep(min(SLOWEST, max(pace.between, SHARE * (clock() - began))))
        if not await changed(watcher, pace.silence):
            yield ":\n\n"
    if watcher.rest:
        # Without this event, a browser would reconnect at once.
        yield event("rest", "")


async def changed(watcher: RoomWatcher, silence: float) -> bool:
    """Wait until something has changed, or until the stream has been silent for as long as it may."""
    with suppress(TimeoutError):
        async with asyncio.timeout(silence):
            return await watcher.changed.wait()
    return False


def event(name: str, text: str, number: int | None = None) -> str:
    """Format one server-sent event."""
    lines = "".join(f"data: {line}\n" for line in text.replace("\r", "\n").split("\n"))
    return f"event: {name}\n" + (f"id: {number}\n" if number is not None else "") + lines + "\n"


class EventStream(StreamingResponse):
    """A response that streams events. Its generator is closed with the connection, whichever side ends it."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[str, None], done: Callable[[], None]) -> None:
        super().__init__(events, headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        self._events = events
        self._done = done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with aclosing(self._events):
                await super().__call__(scope, receive, send)
        finally:
            self._done()
