"""The addresses of the web page: its hosts, and the path that a command prints as a link. It imports no server."""

from collections.abc import Collection

ADMIN_LINK = "/admin"


def names(host: str, more: Collection[str] = ()) -> frozenset[str]:
    """The host names that reach a server of ours: this machine's own, the one it listens on, and `more`."""
    return frozenset({"127.0.0.1", "localhost", "[::1]", bracketed(host), *more})


def bracketed(host: str) -> str:
    """A host as it is written in a URL: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
