"""The data of OAuth: authorisation servers, clients, tokens and errors.

RFC 6749 (OAuth 2.0), 7636 (PKCE), 9207 (`iss` in the answer), 8707 (resource indicators).
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Literal, Protocol, runtime_checkable
from urllib.parse import urlsplit

import httpx
from pydantic import TypeAdapter

from parley import Failure

EARLY = timedelta(seconds=60)
"""A token is not used any more this long before it expires: clocks differ, and a call takes time."""

LONGEST_TOKEN = 16 * 1024

Grant = Literal["client", "person"]
"""In whose name a service is called: the operator's (client credentials), or each person's own."""


class OAuthError(Failure):
    """An authorisation server refuses, or misbehaves. `code` is its error code (RFC 6749, 5.2)."""

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code


class SignInNeeded(Exception):
    """The service wants the person to sign in, and they have not, or it no longer takes their token."""


@dataclass(frozen=True, slots=True)
class OAuthFlow:
    """How to get a token: the endpoints of an authorisation server, and what is asked for.

    `issuer` is the server's name, empty if it does not publish one; `names_issuer` says that its answers carry it.
    `resource` is what a token is for, and `hosts` are those that it may be sent to. `methods` are the ways in which the
    server lets a client prove who it is.
    """

    grant: Grant
    token: str
    authorization: str = ""
    scopes: tuple[str, ...] = ()
    issuer: str = ""
    names_issuer: bool = False
    resource: str = ""
    revocation: str = ""
    userinfo: str = ""
    methods: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


FLOW: TypeAdapter[OAuthFlow] = TypeAdapter(OAuthFlow)
"""Turns a flow into JSON and back, for the database."""


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """Our identity at a plugin's authorisation server. Without a secret, only PKCE protects the people who sign in."""

    plugin: str
    id: str = ""
    secret: str = field(default="", repr=False)

    def known(self) -> "OAuthClient":
        """Return this client. Raises OAuthError if the operator has not set who we are."""
        if not self.id:
            name = f"plugins.secrets.{self.plugin}"
            raise OAuthError(f"the operator has to set {name}.client_id (and {name}.client_secret) first")
        return self


def client_of(plugin: str, secrets: Mapping[str, str]) -> OAuthClient:
    """Return our identity for a plugin, from the operator's secrets for it."""
    return OAuthClient(plugin, secrets.get("client_id", "").strip(), secrets.get("client_secret", "").strip())


@dataclass(frozen=True, slots=True)
class OAuthTokens:
    """The tokens that an authorisation server gives. `account` is the person's name there, if the server tells it."""

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    expires_at: datetime | None = None
    account: str = ""

    @property
    def fresh(self) -> bool:
        return self.expires_at is None or self.expires_at - EARLY > datetime.now(UTC)


TOKENS: TypeAdapter[OAuthTokens] = TypeAdapter(OAuthTokens)
"""Turns tokens into JSON and back, for the database."""


class OAuthSource(Protocol):
    """Where a plugin's flow comes from: a description contains it, or the service is asked for it."""

    @property
    def grant(self) -> Grant: ...

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that may be contacted besides those in the plugin's manifest."""
        ...

    def accepts(self, flow: OAuthFlow) -> bool:
        """Whether tokens that were obtained by a flow may still be used."""
        ...

    async def flow(self, http: httpx.AsyncClient) -> OAuthFlow:
        """Return the flow. Raises Failure if the service does not tell it, or tells one that may not be used."""
        ...


@runtime_checkable
class SignsIn(Protocol):
    """A plugin whose service may want a token; `oauth` is None if it wants none."""

    @property
    def oauth(self) -> OAuthSource | None: ...


def new_verifier() -> str:
    """Return a PKCE verifier: 256 random bits in 43 characters (RFC 7636, 4.1)."""
    return secrets.token_urlsafe(32)


def challenge(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def hashed(secret: str) -> str:
    """Return the hash that is stored for a secret that is only ever compared."""
    return hashlib.sha256(secret.encode()).hexdigest()


def authorization_url(flow: OAuthFlow, client: OAuthClient, redirect: str, state: str, verifier: str) -> str:
    """Return the link at which a person signs in and agrees (RFC 6749, 4.1.1)."""
    asked = {
        "response_type": "code",
        "client_id": client.known().id,
        "redirect_uri": redirect,
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    if flow.scopes:
        asked["scope"] = " ".join(flow.scopes)
    if flow.resource:
        asked["resource"] = flow.resource
    return str(httpx.URL(flow.authorization).copy_merge_params(asked))


def checked(address: str, what: str) -> str:
    """Return an endpoint's address. Raises OAuthError unless it is https or on this machine: secrets are sent there."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        good = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
        good = good and bool(host) and not parts.username and not parts.fragment
        # If two libraries read an address differently, a request can go to the wrong host.
        good = good and httpx.URL(address).host == host
    except (ValueError, httpx.InvalidURL):
        good = False
    if not good:
        raise OAuthError(f"its {what} {address[:80]!r} is not an https address, so nobody can sign in there")
    return address


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
