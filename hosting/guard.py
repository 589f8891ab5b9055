"""The one way out to the internet for plugins: it reaches no machine of ours, and stops what is too large or slow."""

import asyncio
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch

import httpx

from hosting.addresses import public
from parley import Failure

LARGEST = 5 * 1024 * 1024
SLOWEST = 10.0
REDIRECTS = 5
PORTS = frozenset({80, 443})
AGENT = "Parley"

UNPACKED = frozenset({b"content-encoding", b"content-length"})
"""Headers that are no longer true once a body is unpacked."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a name."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, by the system. Raises OSError where it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


@dataclass(frozen=True, slots=True)
class Limits:
    """Who may be reached: `hosts` are names, "*.name" or "*" for any public one.

    `exempt` are addresses of the operator's own network, as host:port, that they have allowed.
    """

    hosts: tuple[str, ...] = ()
    exempt: frozenset[str] = frozenset()
    largest: int = LARGEST
    slowest: float = SLOWEST


def client(limits: Limits, resolver: Resolve = resolve) -> httpx.AsyncClient:
    """A client that fetches within limits. Its requests raise Failure, which says what was refused or went wrong."""

    async def no_downgrade(response: httpx.Response) -> None:
        following = response.next_request
        if following and response.request.url.scheme == "https" and following.url.scheme != "https":
            raise Failure(f"{response.request.url.host} leads to an address without encryption; it was not followed")

    return httpx.AsyncClient(
        transport=Guarded(limits, resolver),
        follow_redirects=True,
        max_redirects=REDIRECTS,
        trust_env=False,
        timeout=limits.slowest,
        headers={"user-agent": AGENT, "accept-encoding": "gzip"},
        event_hooks={"response": [no_downgrade]},
    )


class Guarded(httpx.AsyncBaseTransport):
    """Checks every request, also after a redirect, and connects to the very address that was checked."""

    def __init__(self, limits: Limits, resolver: Resolve = resolve) -> None:
        self._limits = limits
        self._resolve = resolver
        self._inner = httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        host, port = url.host, url.port or (443 if url.scheme == "https" else 80)
        exempt = f"{host}:{port}" in self._limits.exempt
        self._check(url, host, port, exempt=exempt)
        deadline = asyncio.get_running_loop().time() + self._limits.slowest
        try:
            async with asyncio.timeout_at(deadline):
                address = await self._address(host, port, exempt=exempt)
                pinned = httpx.Request(
                    request.method,
                    url.copy_with(host=address),
                    headers=[*((k, v) for k, v in request.headers.raw if k.lower() != b"host"), (b"Host", url.netloc)],
                    stream=request.stream,
                    extensions={**request.extensions, "sni_hostname": host},
                )
                response = await self._inner.handle_async_request(pinned)
        except TimeoutError:
            raise Failure(f"{host} takes too long to answer") from None
        except (httpx.TransportError, OSError) as error:
            raise Failure(f"{host} cannot be reached ({type(error).__name__})") from None
        return self._bounded(response, host, deadline)

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _check(self, url: httpx.URL, host: str, port: int, *, exempt: bool) -> None:
        if url.scheme not in ("http", "https") or url.userinfo or not host:
            raise Failure("only plain http and https addresses are fetched")
        if not exempt and port not in PORTS:
            raise Failure(f"port {port} of {host} is not fetched from")
        if not exempt and not any(fits(host, pattern) for pattern in self._limits.hosts):
            raise Failure(f"{host} is not among the hosts that this plugin may fetch from")

    async def _address(self, host: str, port: int, *, exempt: bool) -> str:
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError):
            raise Failure(f"{host} has no address") from None
        if not found or not (exempt or all(public(address) for address in found)):
            raise Failure(f"{host} is not on the public internet")
        return found[0]

    def _bounded(self, response: httpx.Response, host: str, deadline: float) -> httpx.Response:
        coding = response.headers.get("content-encoding", "").strip().lower()
        if coding not in ("", "identity", "gzip"):
            raise Failure(f"{host} answers in a form that was not asked for ({coding[:20]})")
        assert isinstance(response.stream, httpx.AsyncByteStream)
        headers = [
            pair for pair in response.headers.raw if pair[0].lower() not in (b"content-encoding", b"content-length")
        ]
        stream = Bounded(response.stream, host, self._limits.largest, deadline, unzip=coding == "gzip")
        return httpx.Response(response.status_code, headers=headers, stream=stream, extensions=response.extensions)


def fits(host: str, pattern: str) -> bool:
    """Whether a host is meant by a pattern of the manifest."""
    return fnmatch(host.lower().rstrip("."), pattern)


@dataclass(slots=True)
class Bounded(httpx.AsyncByteStream):
    """A body that ends with Failure where it grows too large, unpacked or not, or takes too long."""

    inner: httpx.AsyncByteStream
    host: str
    largest: int
    deadline: float
    unzip: bool = False
    _seen: int = field(default=0)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        unpack = zlib.decompressobj(wbits=31) if self.unzip else None
        chunks = self.inner.__aiter__()
        while (chunk := await self._next(chunks)) is not None:
            if unpack is None:
                yield self._counted(chunk)
                continue
            while chunk:
                try:
                    yield self._counted(unpack.decompress(chunk, self.largest + 1 - self._seen))
                except zlib.error:
                    raise Failure(f"{self.host} sends something that cannot be unpacked") from None
                chunk = unpack.unconsumed_tail

    async def aclose(self) -> None:
        await self.inner.aclose()

    async def _next(self, chunks: AsyncIterator[bytes]) -> bytes | None:
        try:
            async with asyncio.timeout_at(self.deadline):
                return await anext(chunks, None)
        except TimeoutError:
            raise Failure(f"{self.host} takes too long to answer") from None
        except httpx.TransportError as error:
            raise Failure(f"{self.host} cannot be reached ({type(error).__name__})") from None

    def _counted(self, data: bytes) -> bytes:
        self._seen += len(data)
        if self._seen > self.largest:
            raise Failure(f"{self.host} sends more than {self.largest // (1024 * 1024)} MB")
        return data
