"""The one way out to the internet for plugins: it reaches no machine of ours, and stops what is too large or too slow.

`client` fetches over HTTP; `plugins.host.egress.tunnel` serves a program that has an HTTP client of its own. Both ask
`destination`.
"""

import asyncio
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from core.secret_redaction import SecretRedaction, redaction
from parley import Failure
from plugins.host.egress.addresses import public
from plugins.host.egress.disclosure import UNPACKED, port_of, redirected, sends, shown

LARGEST = 5 * 1024 * 1024
SLOWEST = 10.0
REDIRECTS = 5
PORTS = frozenset({80, 443})
AGENT = "Parley"

SECRETS = "secrets"
"""The request extension that lists secrets in the request, besides those that the client knows."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Resolves a host name and a port to addresses."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host name, from the system's resolver. Raises OSError if it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """The limits on fetching: `hosts` are names, "*.name", or "*" for any public host.

    `exempt` are addresses (host:port) of the operator's own network that they have allowed. `schemes` and `ports` are
    those that may be used.
    """

    hosts: tuple[str, ...] = ()
    exempt: frozenset[str] = frozenset()
    largest: int = LARGEST
    slowest: float = SLOWEST
    schemes: frozenset[str] = frozenset({"http", "https"})
    ports: frozenset[int] = PORTS

    def exempts(self, url: httpx.URL) -> bool:
        """Whether an address is one that the operator has allowed in their own network."""
        return f"{url.host}:{port_of(url)}" in self.exempt


def client(limits: FetchLimits, resolver: Resolve = resolve, secrets: Collection[str] = ()) -> "GuardedClient":
    """A client that fetches within limits. Its requests raise Failure, which says what was refused or went wrong.

    It keeps `secrets` from any origin but the one that they were sent to, and from whoever reads the answers.
    """
    return GuardedClient(
        limits,
        frozenset(secrets),
        transport=GuardedTransport(limits, resolver),
        follow_redirects=True,
        trust_env=False,
        timeout=limits.slowest,
        headers={"user-agent": AGENT, "accept-encoding": "gzip"},
        # One client serves many communities: no cookie outlives a request.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
    )


@cache
def trusted() -> ssl.SSLContext:
    """The certificate authorities that we trust. Loading them takes longer than many requests, so it is done once."""
    return httpx.create_ssl_context(trust_env=False)


async def destination(limits: FetchLimits, url: httpx.URL, resolver: Resolve = resolve) -> str:
    """The checked address to connect to for a URL; connect to no other. Raises Failure if none is allowed.

    Names are resolved here and not again: a second lookup might give another address.
    """
    refuse_unopened(limits, url)
    host, port, exempt = url.host, port_of(url), limits.exempts(url)
    if url.scheme not in limits.schemes or url.userinfo or not host:
        raise Failure(f"only plain {' and '.join(sorted(limits.schemes))} addresses are fetched")
    if not exempt and port not in limits.ports:
        raise Failure(f"port {port} of {host} is not allowed")
    if not exempt and not any(fits(host, pattern) for pattern in limits.hosts):
        raise Failure(f"{host} is not among the hosts that this plugin may fetch from")
    try:
        found = await resolver(host, port)
    except (OSError, UnicodeError):
        raise Failure(f"{host} has no address") from None
    if not found or not (exempt or all(public(address) for address in found)):
        raise Failure(f"{host} is not on the public internet")
    return found[0]


def refuse_unopened(limits: FetchLimits, url: httpx.URL) -> None:
    """Raise Failure for a service on this machine that a manifest names and the operator has not opened."""
    service = f"{url.host}:{port_of(url)}"
    if service in limits.hosts and service not in limits.exempt:
        raise Failure(f"{service} is on this machine: for development, its operator sets plugins.loopback = true")


class GuardedClient(httpx.AsyncClient):
    """A client that follows redirects step by step, and shows a secret only to the origin that it was sent to."""

    def __init__(self, limits: FetchLimits, secrets: frozenset[str], **options: Any) -> None:
        super().__init__(**options, event_hooks={"request": [self._check]})
        self._limits = limits
        self._secrets = secrets

    async def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        """Send a request. Raises Failure."""
        wanted = options.pop("follow_redirects", None)
        follows = wanted if isinstance(wanted, bool) else self.follow_redirects
        secrets: SecretRedaction | None = None
        cookies, history = httpx.Cookies(), list[httpx.Response]()
        while True:
            response = await self._sent(request, **options)
            # Authentication adds a token while the request is sent, so its secrets are only known now.
            secrets = secrets or self._known(response.request)
            following = response.next_request
            if following is None or not follows:
                return await shown(response, history, secrets, stream=stream)
            await response.aclose()
            history.append(response)
            if len(history) > REDIRECTS:
                raise Failure(f"{request.url.host} leads from one address to the next, more than {REDIRECTS} times")
            cookies.extract_cookies(response)
            request = await redirected(request, following, secrets)
            cookies.set_cookie_header(request)
            options["auth"] = None

    def _known(self, request: httpx.Request) -> SecretRedaction:
        return redaction(self._secrets | frozenset(request.extensions.get(SECRETS, ())))

    async def _sent(self, request: httpx.Request, **options: Any) -> httpx.Response:
        try:
            return await super().send(request, stream=True, follow_redirects=False, **options)
        except httpx.RemoteProtocolError:
            # The error's own text would contain the address.
            raise Failure(f"{request.url.host} leads to something that is not an address") from None

    async def _check(self, request: httpx.Request) -> None:
        """Refuse what is not opened, and a secret where everybody on the way could read it. Raises Failure."""
        # Otherwise a secret that goes along would be blamed for it.
        refuse_unopened(self._limits, request.url)
        open_to_all = request.url.scheme != "https" and not self._limits.exempts(request.url)
        if open_to_all and await sends(request, self._known(request)):
            raise Failure(f"{request.url.host} is reached without encryption, and no secret is sent like that")


class GuardedTransport(httpx.AsyncBaseTransport):
    """A transport that checks every request, also after a redirect, and connects to exactly the address it checked."""

    def __init__(self, limits: FetchLimits, resolver: Resolve = resolve) -> None:
        self._limits = limits
        self._resolve = resolver
        self._inner = httpx.AsyncHTTPTransport(verify=trusted(), trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url, host = request.url, request.url.host
        deadline = asyncio.get_running_loop().time() + self._limits.slowest
        try:
            async with asyncio.timeout_at(deadline):
                address = await destination(self._limits, url, self._resolve)
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

    def _bounded(self, response: httpx.Response, host: str, deadline: float) -> httpx.Response:
        coding = response.headers.get("content-encoding", "").strip().lower()
        if coding not in ("", "identity", "gzip"):
            raise Failure(f"{host} answers in a form that was not asked for ({coding[:20]})")
        assert isinstance(response.stream, httpx.AsyncByteStream)
        headers = [pair for pair in response.headers.raw if pair[0].lower() not in UNPACKED]
        stream = BoundedBody(response.stream, host, self._limits.largest, deadline, unzip=coding == "gzip")
        return httpx.Response(response.status_code, headers=headers, stream=stream, extensions=response.extensions)


def fits(host: str, pattern: str) -> bool:
    """Whether a host matches a pattern of the manifest."""
    return fnmatch(host.lower().rstrip("."), pattern)


@dataclass(slots=True)
class BoundedBody(httpx.AsyncByteStream):
    """A body that fails with Failure if it grows too large, decompressed or not, or takes too long."""

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
            if unpack.eof:
                # zlib would keep what comes after the end of what was packed, and copy it all with each piece.
                self._counted(chunk)
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
