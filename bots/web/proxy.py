"""Finds a visitor's address and scheme when there is a proxy in front of us."""

from collections.abc import Collection, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bots.shared.addresses import parsed

SCHEMES = ("http", "https")


class TrustedProxies:
    """Trusts X-Forwarded-For and X-Forwarded-Proto from the `proxies` (addresses or networks), and from nobody else.

    Afterwards a request's client is the visitor, or None if unknown: if it stayed the proxy's address, all visitors
    would be counted as one.
    """

    def __init__(self, app: ASGIApp, proxies: Collection[str]) -> None:
        self._app = app
        self._proxies = tuple(ip_network(proxy, strict=False) for proxy in proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = self._seen(scope)
        await self._app(scope, receive, send)

    def _seen(self, scope: Scope) -> Scope:
        peer = scope["client"][0] if scope.get("client") else ""
        if not among(peer, self._proxies):
            return {**scope, "client": None}
        headers = Headers(scope=scope)
        scheme = headers.get("x-forwarded-proto", "").strip().lower()
        hops = [hop.strip() for line in headers.getlist("x-forwarded-for") for hop in line.split(",")]
        found = visitor(hops, self._proxies)
        seen = {**scope, "client": (found, 0) if found else None}
        return {**seen, "scheme": scheme} if scheme in SCHEMES else seen


def visitor(hops: Sequence[str], proxies: Sequence[IPv4Network | IPv6Network]) -> str:
    """The last address in X-Forwarded-For that is not one of our proxies; anybody can forge what comes before it.

    Empty if that is not an address.
    """
    for hop in reversed(hops):
        if not among(hop, proxies):
            return hop if parsed(hop) else ""
    return ""


def among(text: str, proxies: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether a text is an address in one of the networks."""
    found = parsed(text)
    return found is not None and any(found in network for network in proxies)
