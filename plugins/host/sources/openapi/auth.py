"""How a service takes its key, and how the key is put into a request."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from parley import ManifestError, PluginError

OAUTH = (
    "it asks for OAuth in a way that is not supported: with an OpenAPI description, people sign in by the"
    " authorization code or the operator by client credentials"
)
ANY_SCHEME = "*"

Pair = tuple[str, str | int | float | bool | None]
"""A name and a value in the query, as httpx types them."""


@dataclass(frozen=True, slots=True)
class KeyPlacement:
    """How the key is sent: in the header or the query parameter `field`, as Authorization, or as a token by OAuth.

    `scheme` is its name in the description, "*" if every operation takes it.
    """

    kind: Literal["none", "header", "query", "bearer", "basic", "oauth"] = "none"
    field: str = ""
    scheme: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the secrets that the operator sets for it."""
        return {"none": (), "oauth": ("client_id", "client_secret")}.get(self.kind, ("key",))


def legacy_auth(told: Mapping[str, Any], where: str) -> KeyPlacement | None:
    """Return the auth of an ai-plugin.json, None if it leaves that to the description. Raises ManifestError."""
    kind, way = told.get("type", "none"), told.get("authorization_type", "bearer")
    if kind == "none":
        return None
    if kind == "oauth":
        raise ManifestError(f"{where}: {OAUTH}")
    if kind not in ("service_http", "user_http") or way not in ("bearer", "basic"):
        raise ManifestError(f"{where}: its auth {str(kind)[:40]!r}, {str(way)[:40]!r} is not known")
    return KeyPlacement(way, scheme=ANY_SCHEME)


def sign(auth: KeyPlacement, key: str, headers: dict[str, str], query: list[Pair], setting: str) -> None:
    """Put the key where the service wants it. A basic key is "user:password", or already that in base64."""
    match auth.kind:
        case "query":
            query.append((auth.field, key))
        case "header":
            headers[auth.field] = header_value(setting, key)
        case "bearer":
            headers["Authorization"] = header_value(setting, f"Bearer {key}")
        case "basic":
            coded = base64.b64encode(key.encode()).decode() if ":" in key else key
            headers["Authorization"] = header_value(setting, f"Basic {coded}")


def header_value(name: str, text: str) -> str:
    """Return a text that a header can hold. Raises a PluginError that names what is wrong."""
    if not (text.isascii() and text.isprintable()):
        raise PluginError(f"{name}: only printable ASCII characters can be sent there")
    return text
