"""Checks on every request before it reaches a page, and the security headers of every response."""

import re
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bots.web.addresses import bracketed

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


class PageGuard:
    """ASGI middleware that lets through requests from our own pages and sets the security headers.

    `hosts` are the names (without port) under which we may be reached. `by_address` also allows the address on which a
    connection came in: probes and scrapers use it, and a page elsewhere cannot fake it.
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
    """The status and reason with which a request is refused; None if it is allowed.

    A foreign name in Host means DNS rebinding: a page elsewhere has made its own name point at this machine. A request
    that changes something must come from a page of ours, according to the browser's own headers.
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
    """The name in the Host header, without the port; empty unless there is exactly one valid header."""
    found = HOST.fullmatch(values[0].lower()) if len(values) == 1 else None
    return found.group(1) if found else ""


def same(origin: str, host: str) -> bool:
    """Whether an Origin header names this host. The scheme may differ: a proxy in front of us may speak TLS."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    plain = {"http": ":80", "https": ":443"}.get(parts.scheme)
    return bool(plain) and parts.netloc.lower() in (host.lower(), host.lower().removesuffix(str(plain)))
