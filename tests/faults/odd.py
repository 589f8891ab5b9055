"""Odd replies, as the bytes of HTTP, and a server that gives them."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any


def reply(status: int = 200, body: bytes = b"", kind: str = "application/json", more: str = "") -> bytes:
    """An answer of HTTP."""
    head = (
        f"HTTP/1.1 {status} Odd\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}"
    )
    return head.encode() + b"\r\n" + body


def js(value: Any, status: int = 200) -> bytes:
    """A value as JSON."""
    return reply(status, json.dumps(value).encode())


HTML = b"<!doctype html><title>Sign in to the network</title>"
SHAPES: list[Any] = [None, True, 5, -1.5, "x", [], [None], [[]], [5], {}, {"ok": True}, {"ok": True, "result": None}]
SHAPES += [{"ok": True, "result": 5}, {"ok": True, "result": "x"}, {"ok": True, "result": {"id": "x"}}, {"ok": "yes"}]
SHAPES += [{"ok": False}, {"ok": False, "error": 5}, {"error": None}, {"error": []}, {"result": []}, {"data": 5}]
STATUSES = [201, 204, 206, 300, 304, 400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 418, 429, 451, 499]
STATUSES += [500, 501, 502, 503, 504, 520, 599, 999]

ODD: Mapping[str, bytes] = {
    "html": reply(200, HTML, "text/html"),
    "html that says it is json": reply(200, HTML),
    "empty": reply(200, b""),
    "blank": reply(200, b" \n"),
    "truncated json": reply(200, b'{"ok": true, "result": {"id": 1, "is_b'),
    "two values": reply(200, b"{} {}"),
    "not a number": reply(200, b'{"ok": NaN}'),
    "deep": reply(200, b"[" * 100_000),
    "huge": reply(200, b'{"ok": true, "result": "' + b"x" * (9 * 1024 * 1024) + b'"}'),
    "long number": reply(200, b'{"ok": true, "result": ' + b"9" * 6000 + b"}"),
    "half surrogate": reply(200, b'{"ok": true, "result": "\\ud800\\u0000"}'),
    "latin 1": reply(200, '{"ok": "é"}'.encode("latin-1")),
    "utf 16": reply(200, '{"ok": true}'.encode("utf-16")),
    "unknown charset": reply(200, b'{"ok": true}', "application/json; charset=nonsense"),
    "not gzip": reply(200, b'{"ok": true}', more="Content-Encoding: gzip\r\n"),
    "binary": reply(200, bytes(range(256)), "application/octet-stream"),
    "redirect": reply(302, b"", more="Location: http://127.0.0.1:9/\r\n"),
    "redirect to nowhere": reply(301, b"", more="Location: \r\n"),
    "retry soon": reply(429, b'{"ok": false, "parameters": {"retry_after": "soon"}}', more="Retry-After: soon\r\n"),
    "closed at once": b"",
    "closed in the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "closed in the body": reply(200, b'{"ok": true}').replace(b"Length: 12", b"Length: 500"),
    "not http": b"SSH-2.0-OpenSSH_9.6\r\n",
    "no length": b"HTTP/1.1 200 OK\r\n\r\n",
    "wrong chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    **{f"status {status} in html": reply(status, HTML, "text/html") for status in STATUSES},
    **{f"json {json.dumps(shape)}": js(shape) for shape in SHAPES},
}
"""Every odd reply by its name."""

SAMPLE = ("html", "empty", "truncated json", "utf 16", "redirect", "closed at once", "status 401 in html", "json [5]")
"""Those that `make test` tries."""


@dataclass(frozen=True, slots=True)
class SlowReply:
    """What comes at once, and whether a byte each while follows it or nothing at all. Neither ever ends."""

    begin: bytes = b""
    drips: bool = False


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LONG = HEAD + b"Content-Length: 100000\r\n\r\n"

SLOW: Mapping[str, SlowReply] = {
    "never": SlowReply(),
    "never after the head": SlowReply(LONG),
    "never in the body": SlowReply(LONG + b'{"ok": true, "res'),
    "a byte each while": SlowReply(drips=True),
    "a byte of the head each while": SlowReply(HEAD + b"X-Long: ", drips=True),
    "a byte of the body each while": SlowReply(LONG, drips=True),
    "a byte of a refusal each while": SlowReply(LONG.replace(b"200 OK", b"403 No"), drips=True),
}
"""Every reply that never ends by its name."""

SLOW_SAMPLE = ("never", "a byte of the body each while")
"""Those of them that `make test` tries."""

PACE = 0.02
"""Seconds between two of those bytes."""

Reply = bytes | SlowReply


@asynccontextmanager
async def answering(odd: Reply, *first: bytes) -> AsyncIterator[str]:
    """A server on loopback, and its address. It gives these `first` answers, and then each time the odd one."""
    left = list(first)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if left:
                await reader.readexactly(length_of(head))
            await give(left.pop(0) if left else odd, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()


def length_of(head: bytes) -> int:
    """The length of the body that a request declares."""
    lines = head.decode("latin-1").lower().split("\r\n")
    return next((int(line.partition(":")[2]) for line in lines if line.startswith("content-length:")), 0)


async def give(odd: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Give an answer; a slow one until the client hangs up."""
    writer.write(odd.begin if isinstance(odd, SlowReply) else odd)
    await writer.drain()
    while isinstance(odd, SlowReply) and not reader.at_eof():
        try:
            async with asyncio.timeout(PACE):
                await reader.read(1 << 16)
        except TimeoutError:
            if odd.drips:
                writer.write(b"x")
                await writer.drain()
