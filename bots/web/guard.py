"""What every request must satisfy before a page sees it, and what every response carries."""

import re
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # "no-referrer" would make browsers send "Origin: null" with a plain form, which we could not tell from an attack.
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def names(host: str, more: Collection[str] = ()) -> frozenset[str]:
    """The names under which a server of ours is reached: this machine's own, that which it listens on, and `more`."""
    return frozenset({"127.0.0.1", "localhost", "[::1]", bracketed(host), *more})


def bracketed(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


class Guard:
    """Lets through what comes from our own pages, and sets the security headers.

    `hosts` are the names (without port) under which we may be reached. `by_address` allows the address too at which a
    connection came in: a probe or a scraper asks for that, and a page elsewhere cannot pretend it.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], *, by_address: bool = False) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._by_address = by_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        hosts = self._hosts
        if self._by_address and scope.get("server"):
            hosts |= {bracketed(scope["server"][0])}
        if refused := refusal(scope["method"], Headers(scope=scope), hosts):
            status, reason = refused
            await PlainTextResponse(reason, status)(scope, receive, secured)
            return
        await self._app(scope, receive, secured)


def refusal(method: str, headers: Headers, hosts: Collection[str]) -> tuple[int, str] | None:
    """The status and the reason with which a request is refused, None where it is welcome.

    A foreign name in Host is DNS rebinding: a page elsewhere that has made its own name point at this machine. A
    request that changes something must come from a page of ours, as the browser itself says.
    """
    host = host_of(headers.getlist("host"))
    if host not in hosts:
        return 400, "This address is not one that this server answers to. Its operator can allow it in the settings."
    if method in ("GET", "HEAD"):
        return None
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return 403, "The request does not say which page it comes from."
    if site not in (None, "same-origin"):
        return 403, "The request comes from another site."
    if origin is not None and not same(origin, headers["host"]):
        return 403, "The request comes from another site."
    return None


def host_of(values: Sequence[str]) -> str:
    """The name in the Host header, without port; empty where there is not exactly one good one."""
    found = HOST.fullmatch(values[0].lower()) if len(values) == 1 else None
    return found.group(1) if found else ""


def same(origin: str, host: str) -> bool:
    """Whether an Origin header names this host. The scheme may differ: a proxy before us may speak TLS."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    plain = {"http": ":80", "https": ":443"}.get(parts.scheme)
    return bool(plain) and parts.netloc.lower() in (host.lower(), host.lower().removesuffix(str(plain)))
