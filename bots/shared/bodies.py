"""Size limits for requests, shared by all our servers."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NoReturn

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Part

LARGEST = 2 * 1024 * 1024
"""The largest request body, in bytes."""
MOST_READ = 16 * 1024 * 1024
PATIENCE = 10.0
"""How many bytes, and for how many seconds, we keep reading a request that is too large."""
HEAD = 16 * 1024
"""The largest size of a request's address and headers together, in bytes."""


class BodyLimit:
    """ASGI middleware that bounds the size of requests. A client that hangs up midway does not count as an error."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        size = sum(len(name) + len(value) for name, value in scope["headers"])
        if size + len(scope["path"]) + len(scope["query_string"]) > HEAD:
            refused = PlainTextResponse("The request's headers are too large.", 431, {"connection": "close"})
            await refused(scope, receive, send)
            return
        with suppress(ClientDisconnect):
            await self._app(scope, within(receive, self._largest, declared(scope)), send)


def declared(scope: Scope) -> int:
    """The body size that a request declares; 0 if it declares none."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else 0


def within(receive: Receive, most: int, size: int = 0) -> Callable[[], Awaitable[Part]]:
    """Wrap `receive` so that it raises HTTPException 413 once the body, or its declared size, exceeds `most` bytes."""
    left = most

    async def limited() -> Part:
        nonlocal left
        if size > most:
            await refuse(receive)
        part = await receive()
        left -= len(part.get("body", b""))
        if left < 0:
            await refuse(receive)
        return part

    return limited


async def refuse(receive: Receive) -> NoReturn:
    """Read and discard the rest of the body, then raise HTTPException 413.

    A browser that is still sending when the connection closes would show its own error instead of ours.
    """
    left = MOST_READ
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while left > 0:
                part = await receive()
                left -= len(part.get("body", b""))
                if not part.get("more_body"):
                    break
    raise HTTPException(413)


async def body_of(request: Request, largest: int = LARGEST) -> bytes:
    """Read a request's body. Raises ValueError as soon as it turns out larger than `largest` bytes."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > largest:
            raise ValueError(f"the body has more than {largest} bytes")
    return bytes(content)
