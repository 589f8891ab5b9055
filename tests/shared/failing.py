"""The ways in which a request to a platform can fail, and a server on which the next one does."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.faults.odd import HTML, js, reply

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PASSING = (500, 502, 503, 504)
PIECE = 10
"""How many bytes of a slow answer come at once."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A way to fail: the bytes that come in place of the answer, and whether the request has taken effect before.

    After the bytes the connection ends; with `hangs` it stays open and nothing comes at all. With a `pause`, the bytes
    come in small pieces, so many seconds apart.
    """

    answer: bytes = b""
    done: bool = False
    hangs: bool = False
    pause: float = 0.0


def cut(answer: bytes) -> bytes:
    """The beginning of an answer."""
    return answer[: len(answer) - 5]


FAILURES: Mapping[str, Failure] = {
    **{f"{status} with HTML": Failure(reply(status, HTML, "text/html")) for status in PASSING},
    **{f"{status} with nothing": Failure(reply(status)) for status in PASSING},
    **{f"{status} after it was done": Failure(reply(status, HTML, "text/html"), done=True) for status in PASSING},
    "429 without a time": Failure(reply(429, HTML, "text/html")),
    "429 with a word for a time": Failure(reply(429, HTML, "text/html", more="Retry-After: soon\r\n")),
    "lost before it was done": Failure(),
    "lost after it was done": Failure(done=True),
    "cut in its head": Failure(b"HTTP/1.1 200 OK\r\nContent-Le", done=True),
    "cut in its body": Failure(cut(js({"ok": True, "result": {"message_id": 1}})), done=True),
    **{
        f"{name}, {'done' if done else 'not done'}": Failure(answer, done)
        for done in (False, True)
        for name, answer in {
            "a page": reply(200, HTML, "text/html"),
            "a page that says it is JSON": reply(200, HTML),
            "nothing": reply(200),
            "an empty list": js([]),
        }.items()
    },
    "no answer, not done": Failure(hangs=True),
    "no answer, done": Failure(done=True, hangs=True),
}
"""Every way that all platforms have in common; each has its own words for a refusal."""


@dataclass(slots=True)
class NextFailure:
    """Makes the next request that `wanted` recognises by its path and body fail, once. It is None when that is done.

    A `storm` says of each request by its method, path and body how it fails.
    """

    storm: Callable[[str, str, bytes], Failure | None] = lambda method, path, body: None
    wanted: Callable[[str, bytes], bool] = lambda path, body: False
    failure: Failure | None = None
    struck: list[str] = field(default_factory=list)

    def plan(self, wanted: Callable[[str, bytes], bool], failure: Failure) -> None:
        """Let the next request that is recognised fail."""
        self.wanted, self.failure = wanted, failure

    def middleware(self) -> Any:
        """What the application of a server takes."""

        @web.middleware
        async def failing(request: web.Request, handler: Handler) -> web.StreamResponse:
            failure = self.failure
            # A form with files can be read only once, and no answer is one.
            body = b"" if request.content_type.startswith("multipart/") else await request.read()
            if refusal := self.storm(request.method, request.path, body):
                await _answer(request, refusal)
                return web.Response()
            if failure is None or not self.wanted(request.path, body):
                return await handler(request)
            self.failure = None
            self.struck.append(request.path)
            if failure.done:
                await handler(request)
            await _answer(request, failure)
            return web.Response()

        return failing


async def _answer(request: web.Request, failure: Failure) -> None:
    transport = request.transport
    if transport is None:
        return
    if failure.hangs:
        await asyncio.Event().wait()
    size = PIECE if failure.pause else max(1, len(failure.answer))
    for at in range(0, len(failure.answer), size):
        transport.write(failure.answer[at : at + size])
        await asyncio.sleep(failure.pause)
    transport.close()
