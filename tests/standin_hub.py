"""A stand-in for the Hugging Face hub on loopback, which speaks as docs/reference/inference.md 5 describes.

The hub answers HEAD and GET of /{repository}/resolve/{revision}/{file} with a redirect to a second server, as the real
one does for large files; that one has the bytes, knows ranges, and can be told to misbehave.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass(frozen=True, slots=True)
class Request:
    """A request that a server got."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass(slots=True)
class Hub:
    """The two servers, what they hold and how they behave.

    `cuts` are the bytes after which the next responses break off; `hold` is how many bytes go out before a response
    waits for `go`; `promised` replaces the true SHA-256; `refuse` is a status that the hub answers;
    `expired` is how often the second server calls an address too old; `ranges` says
    whether the second server knows them, `obeys` whether it heeds If-Range, `store_etag` replaces its ETag; `linked`
    says whether the hub tells size and SHA-256 beside a redirect; `direct` makes the hub send the bytes itself.
    """

    files: dict[str, bytes]
    cuts: list[int] = field(default_factory=list)
    hold: int = -1
    promised: str = ""
    refuse: int = 0
    expired: int = 0
    token: str = ""
    ranges: bool = True
    obeys: bool = True
    store_etag: str = ""
    linked: bool = True
    direct: bool = False
    asked: list[Request] = field(default_factory=list)
    given: list[Request] = field(default_factory=list)
    sent: int = 0
    held: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""
    store: str = ""

    @property
    def bodies(self) -> list[str]:
        """The ranges that the second server was asked for, "" for a whole file."""
        return [request.headers.get("range", "") for request in self.given if request.method == "GET"]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Serve on two ports of loopback."""
        hub = await asyncio.start_server(left_alone(self._hub), "127.0.0.1", 0)
        store = await asyncio.start_server(left_alone(self._store), "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{hub.sockets[0].getsockname()[1]}"
        self.store = f"http://localhost:{store.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            self.go.set()
            hub.close()
            store.close()

    async def _hub(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _read(reader)
        self.asked.append(request)
        name = request.path.rpartition("/")[2]
        if self.refuse or (self.token and request.headers.get("authorization") != f"Bearer {self.token}"):
            _head(writer, self.refuse or 401, {"X-Error-Message": "refused by the test"})
        elif name not in self.files:
            _head(writer, 404, {"X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found"})
        elif self.direct:
            await self._file(request, writer, {"X-Repo-Commit": COMMIT, "ETag": f'"{self._sha256(name)}"'})
        else:
            linked = {"X-Linked-Size": str(len(self.files[name])), "X-Linked-Etag": f'"{self._sha256(name)}"'}
            place = {"Location": f"{self.store}/bytes/{name}?signature=1", "X-Repo-Commit": COMMIT}
            _head(writer, 302, {**place, **(linked if self.linked else {})})
        await _close(writer)

    async def _store(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _read(reader)
        self.given.append(request)
        name = request.path.rpartition("/")[2].partition("?")[0]
        if self.expired:
            self.expired -= 1
            _head(writer, 403, {})
            await _close(writer)
            return
        await self._file(request, writer, {"ETag": self.store_etag or f'"cdn-{self._true(name)[:16]}"'})
        await _close(writer)

    async def _file(self, request: Request, writer: asyncio.StreamWriter, extra: dict[str, str]) -> None:
        body = self.files[request.path.rpartition("/")[2].partition("?")[0]]
        start = int(request.headers.get("range", "bytes=0-")[6:-1])
        if not self.ranges or (self.obeys and request.headers.get("if-range", extra["ETag"]) != extra["ETag"]):
            start = 0
        if start:
            extra = {**extra, "Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
        rest = body[start:]
        _head(writer, 206 if start else 200, {**extra, "Accept-Ranges": "bytes", "Content-Length": str(len(rest))})
        if request.method == "GET":
            await self._body(rest, writer)

    async def _body(self, rest: bytes, writer: asyncio.StreamWriter) -> None:
        rest = rest[: self.cuts.pop(0)] if self.cuts else rest
        if self.hold >= 0:
            writer.write(rest[: self.hold])
            await writer.drain()
            self.sent += min(self.hold, len(rest))
            rest = rest[self.hold :]
            self.held.set()
            await self.go.wait()
        self.sent += len(rest)
        writer.write(rest)
        await writer.drain()

    def _true(self, name: str) -> str:
        return hashlib.sha256(self.files[name]).hexdigest()

    def _sha256(self, name: str) -> str:
        return self.promised or self._true(name)


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def left_alone(serve: Serve) -> Serve:
    """Serves a client that may go away at any moment."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    return served


async def _read(reader: asyncio.StreamReader) -> Request:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = lines[0].split(" ")
    pairs = (line.partition(": ") for line in lines[1:] if line)
    return Request(method, path, {name.lower(): value for name, _, value in pairs})


def _head(writer: asyncio.StreamWriter, status: int, headers: dict[str, str]) -> None:
    lines = [f"{name}: {value}" for name, value in {"Content-Length": "0", **headers, "Connection": "close"}.items()]
    writer.write("\r\n".join([f"HTTP/1.1 {status} Standin", *lines, "", ""]).encode())


async def _close(writer: asyncio.StreamWriter) -> None:
    try:
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    except ConnectionError:
        # The other end has gone: it was killed, as the test wants it.
        writer.close()
