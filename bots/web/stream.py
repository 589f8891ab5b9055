"""Server-sent events (WHATWG HTML, 9.2): what a page has to change, as it changes."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from bots.web.rooms import Push, Watcher
from bots.web.view import View, changes, news
from core.errors import ParleyError

SHARE = 4
"""A page waits four times as long as its last change took to draw: drawing gets a fifth of the time at the most."""
SLOWEST = 2.0
RETRY = 1000
"""Milliseconds until a browser tries again."""


@dataclass(frozen=True, slots=True)
class StreamPace:
    """Seconds between two events of a stream, until an idle one says something, and until it ends.

    A sign of life lets both ends notice when the other one has gone. After the end the browser comes back for another
    stream, so none is forgotten.
    """

    between: float = 0.03
    silence: float = 15.0
    whole: float = 3600.0


PACE = StreamPace()

Draw = Callable[[bool], Awaitable[View]]
"""What is to be seen now; told whether to read the store anew."""
Say = Callable[[str, bool, str], str]
"""Completes what changed by what a screen reader is told: whether an answer has begun, and what has been said."""
Act = Callable[[Push], str]
"""A push as an event of the stream."""


async def follow(
    watcher: Watcher, draw: Draw, say: Say, act: Act, version: str, pace: StreamPace = PACE
) -> AsyncGenerator[str, None]:
    """The events that keep a page up to date until the watcher is closed.

    `version` is that of the view which the page has, empty where nobody knows: the page is then drawn anew. Whatever
    happens between two events goes out as one, so a slow reader gets fewer events and never a queue of them.
    """
    number = 0
    shown: View | None = None
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
            # The store is locked, or the conversation is gone: the browser comes back, and then hears what it is.
            return
        known = view if shown is None and view.version == version else shown
        if change := changes(known, view):
            number += 1
            yield event("view", say(change, *news(known, view)), number)
        shown = view
        # A pause first, so that what comes in a burst goes out together.
        await asyncio.sleep(min(SLOWEST, max(pace.between, SHARE * (clock() - began))))
        if not await changed(watcher, pace.silence):
            yield ":\n\n"
    if watcher.rest:
        # A browser whose stream just ends comes back at once.
        yield event("rest", "")


async def changed(watcher: Watcher, silence: float) -> bool:
    """Wait until something has changed, or for as long as a stream may be silent."""
    with suppress(TimeoutError):
        async with asyncio.timeout(silence):
            return await watcher.changed.wait()
    return False


def event(name: str, text: str, number: int | None = None) -> str:
    """One event on the wire."""
    lines = "".join(f"data: {line}\n" for line in text.replace("\r", "\n").split("\n"))
    return f"event: {name}\n" + (f"id: {number}\n" if number is not None else "") + lines + "\n"


class Stream(StreamingResponse):
    """A stream of events. Its generator is closed with the connection, whichever side ends it."""

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
