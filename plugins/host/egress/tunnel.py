"""The way out for a program that has an HTTP client of its own: a proxy on loopback that asks the guard.

It allows only CONNECT (https), to the hosts that it is opened for, at exactly the address that was checked, and no
more bytes and seconds than its limits say. It has a password that lasts as long as the program and refuses whoever
does not know it, so other users of this machine cannot use it.
"""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from secrets import compare_digest, token_urlsafe

import httpx
import structlog

from parley import Failure
from plugins.host.egress.guarded_http import FetchLimits, Resolve, destination, resolve

log = structlog.get_logger()

USER = "parley"
LARGEST_HEAD = 16 * 1024
HELLO = 10.0
"""Seconds to wait for a request, and for a connection to be made."""

PIECE = 64 * 1024


@dataclass(slots=True)
class EgressTunnel:
    """An open proxy: its `address`, which includes its password, and texts about what it has `refused`."""

    limits: FetchLimits
    resolver: Resolve
    password: str
    address: str = ""
    refused: list[str] = field(default_factory=list)
    _deadline: float = 0.0
    _seen: int = 0
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection."""
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def aclose(self) -> None:
        """End all connections."""
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout_at(self._deadline):
                await self._connect(reader, writer)
        except TimeoutError:
            self.refused.append("it took too long")
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            log.debug("tunnel_broken", error=type(error).__name__)
        except Failure as error:
            self.refused.append(str(error))
            await _say(writer, 403)
        finally:
            writer.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HELLO):
            head = await reader.readuntil(b"\r\n\r\n")
        line, *headers = head.decode("latin-1").split("\r\n")
        wanted = f"basic {base64.b64encode(f'{USER}:{self.password}'.encode()).decode()}"
        given = next((value.strip() for name, _, value in map(_parted, headers) if name == "proxy-authorization"), "")
        if not compare_digest(f"basic {given[6:]}".encode(), wanted.encode()):
            await _say(writer, 407)
            return
        url = _connected_to(line)
        address = await destination(self.limits, url, self.resolver)
        try:
            async with asyncio.timeout(HELLO):
                far, away = await asyncio.open_connection(address, url.port or 443)
        except (TimeoutError, OSError) as error:
            raise Failure(f"{url.host} cannot be reached ({type(error).__name__})") from None
        try:
            await _say(writer, 200)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, away))
                both.create_task(self._carry(far, writer))
        except* OSError:
            # One side has closed the connection, and knows why.
            log.debug("tunnel_broken", host=url.host)
        finally:
            away.close()

    async def _carry(self, near: asyncio.StreamReader, far: asyncio.StreamWriter) -> None:
        """Pass data on from one side to the other, until it ends."""
        while piece := await near.read(PIECE):
            self._seen += len(piece)
            if self._seen > self.limits.largest:
                self.refused.append(f"more than {self.limits.largest >> 20} MB came")
                raise ConnectionAbortedError
            far.write(piece)
            await far.drain()
        with contextlib.suppress(OSError):
            far.write_eof()


@asynccontextmanager
async def tunnel(limits: FetchLimits, resolver: Resolve = resolve) -> AsyncIterator[EgressTunnel]:
    """A proxy for the time of the block. `limits.slowest` applies to all of it, `limits.largest` to all bytes."""
    https = replace(limits, schemes=frozenset({"https"}), ports=frozenset({443}))
    opened = EgressTunnel(https, resolver, token_urlsafe(24))
    opened._deadline = asyncio.get_running_loop().time() + limits.slowest
    server = await asyncio.start_server(opened.accept, "127.0.0.1", 0, limit=LARGEST_HEAD)
    port = server.sockets[0].getsockname()[1]
    opened.address = f"http://{USER}:{opened.password}@127.0.0.1:{port}"
    try:
        yield opened
    finally:
        server.close()
        await opened.aclose()
        await server.wait_closed()


def _connected_to(line: str) -> httpx.URL:
    """The URL that a CONNECT line asks for. Raises Failure for any other line."""
    method, _, rest = line.partition(" ")
    target, _, version = rest.partition(" ")
    if method != "CONNECT" or not version.startswith("HTTP/1."):
        raise Failure("only https goes through here")
    try:
        url = httpx.URL(f"https://{target}/")
    except httpx.InvalidURL:
        raise Failure("this is no address") from None
    if url.path != "/" or url.query or url.fragment:
        raise Failure("this is no address")
    return url


def _parted(header: str) -> tuple[str, str, str]:
    name, colon, value = header.partition(":")
    return name.strip().lower(), colon, value


async def _say(writer: asyncio.StreamWriter, status: int) -> None:
    words = {200: "Connection established", 403: "Forbidden", 407: "Proxy Authentication Required"}[status]
    more = f'Proxy-Authenticate: Basic realm="{USER}"\r\n' if status == 407 else ""
    with contextlib.suppress(OSError):
        writer.write(f"HTTP/1.1 {status} {words}\r\n{more}\r\n".encode())
        await writer.drain()
