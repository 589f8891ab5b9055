"""Finding an authorisation server: RFC 8414 (its metadata), RFC 9728 (which one a resource names), OpenID Connect."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import httpx

from parley import Failure
from plugins.host.oauth.flow import Grant, OAuthError, OAuthFlow, checked

OAUTH, OPENID, RESOURCE = "oauth-authorization-server", "openid-configuration", "oauth-protected-resource"
WANTED = re.compile(r'\bscope\s*=\s*"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,1000})"', re.IGNORECASE)
NAMED = re.compile(r'resource_metadata\s*=\s*"([^"\s]{1,2000})"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DescribedFlow:
    """A flow that a description contains. The server's own metadata adds what no description can say."""

    known: OAuthFlow

    @property
    def grant(self) -> Grant:
        return self.known.grant

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return no hosts: those that are asked for tokens are listed in the manifest."""
        return ()

    def accepts(self, flow: OAuthFlow) -> bool:
        """Whether the server is the same, and a token would go only to hosts that it was meant for."""
        same = (flow.token, flow.authorization) == (self.known.token, self.known.authorization)
        return same and set(self.known.hosts) <= set(flow.hosts)

    async def flow(self, http: httpx.AsyncClient) -> OAuthFlow:
        """Return the flow, with the server's name, revocation etc. if it publishes metadata for that same flow."""
        origin = origin_of(self.known.token)
        for address in well_known(origin):
            try:
                told = await fetched(http, address)
            except Failure:
                continue
            if told and told.get("token_endpoint") == self.known.token:
                return completed(self.known, told)
        return self.known


@dataclass(frozen=True, slots=True)
class DiscoveredFlow:
    """The flow of a protected resource (an MCP server's address) that names its own authorisation server.

    If `issuer` is set, no other authorisation server is accepted. If `scopes` is empty, we ask for those that the
    resource names when it refuses us, else for those in its metadata.
    """

    url: str
    grant: Grant
    issuer: str = ""
    scopes: tuple[str, ...] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """Any public host: the resource says which server it is."""
        return ("*",)

    def accepts(self, flow: OAuthFlow) -> bool:
        """Whether a token is meant for this resource, and comes from the server that the settings ask for."""
        return covers(flow.resource, self.url) and (not self.issuer or alike(self.issuer, flow.issuer))

    async def flow(self, http: httpx.AsyncClient) -> OAuthFlow:
        """Return the flow, asked for anew each time. Raises Failure."""
        told_us = await self._challenge(http)
        resource = await self._resource(http, NAMED.findall(told_us)[:1])
        named = [one for one in resource.get("authorization_servers") or () if isinstance(one, str)]
        if self.issuer and named and not any(alike(self.issuer, one) for one in named):
            raise OAuthError(f"{self.url} names other authorisation servers than the one in the settings")
        issuer = self.issuer or next(iter(named), origin_of(self.url))
        told = await self._server(http, issuer)
        wanted = " ".join(WANTED.findall(told_us)[:1]).split()
        asked = self.scopes or tuple(wanted or (str(one) for one in resource.get("scopes_supported") or ()))
        known = OAuthFlow(
            self.grant,
            _endpoint(told, "token_endpoint"),
            scopes=asked,
            resource=str(resource.get("resource") or self.url),
        )
        if self.grant == "person":
            known = replace(known, authorization=_endpoint(told, "authorization_endpoint"))
            if "S256" not in (told.get("code_challenge_methods_supported") or ()):
                raise OAuthError(f"{issuer} does not say that it takes PKCE, so nobody can sign in there safely")
        return completed(known, told)

    async def _resource(self, http: httpx.AsyncClient, named: Sequence[str]) -> Mapping[str, Any]:
        """Return the metadata of the resource (RFC 9728, 3), from the address it names or a usual one; else empty."""
        parts = urlsplit(self.url)
        usual = [f"{origin_of(self.url)}/.well-known/{RESOURCE}{parts.path.rstrip('/')}"]
        usual += [f"{origin_of(self.url)}/.well-known/{RESOURCE}"]
        for address in dict.fromkeys([*named, *usual]):
            if told := await fetched(http, checked(address, "metadata")):
                if not covers(str(told.get("resource") or ""), self.url):
                    raise OAuthError(f"the metadata of {self.url} is that of another resource")
                return told
        return {}

    async def _challenge(self, http: httpx.AsyncClient) -> str:
        """Return the resource's challenge: where its metadata is, and which scopes it wants (RFC 9728, 5.1)."""
        async with http.stream("GET", checked(self.url, "address"), follow_redirects=False) as response:
            return str(response.headers.get("www-authenticate", ""))

    async def _server(self, http: httpx.AsyncClient, issuer: str) -> Mapping[str, Any]:
        for address in well_known(checked(issuer, "authorisation server")):
            if told := await fetched(http, address):
                # Metadata that belongs to another server would make us send our secrets there (RFC 8414, 3.3).
                if not alike(str(told.get("issuer") or ""), issuer):
                    raise OAuthError(f"the metadata at {address} is that of another authorisation server")
                return told
        raise OAuthError(f"{issuer} publishes no metadata, so nobody can sign in there")


def completed(known: OAuthFlow, told: Mapping[str, Any]) -> OAuthFlow:
    """Add to a flow what its server's metadata says besides the endpoints."""
    methods = told.get("token_endpoint_auth_methods_supported") or ()
    return replace(
        known,
        issuer=str(told.get("issuer") or ""),
        names_issuer=told.get("authorization_response_iss_parameter_supported") is True,
        revocation=_endpoint(told, "revocation_endpoint", needed=False),
        userinfo=_endpoint(told, "userinfo_endpoint", needed=False),
        methods=tuple(str(one) for one in methods) if isinstance(methods, list) else (),
    )


async def fetched(http: httpx.AsyncClient, address: str) -> Mapping[str, Any]:
    """Return a metadata document, empty if there is none. Raises Failure if that cannot be found out."""
    response = await http.get(address, headers={"Accept": "application/json"}, follow_redirects=False)
    if response.status_code >= 500:
        raise OAuthError(f"{response.url.host} answers {response.status_code}")
    try:
        told = json.loads(response.content) if response.status_code == 200 else None
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, Mapping) else {}


def well_known(issuer: str) -> Sequence[str]:
    """Return the addresses at which an authorisation server may publish its metadata (RFC 8414, 3 and 5)."""
    origin, path = origin_of(issuer), urlsplit(issuer).path.rstrip("/")
    found = [f"{origin}/.well-known/{kind}{path}" for kind in (OAUTH, OPENID)]
    return [*found, f"{origin}{path}/.well-known/{OPENID}"] if path else found


def alike(one: str, other: str) -> bool:
    """Whether two server names are the same. Some libraries add a slash to a name that has no path."""
    return one.rstrip("/") == other.rstrip("/")


def origin_of(address: str) -> str:
    """Return the scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def covers(resource: str, url: str) -> bool:
    """Whether a resource's metadata applies to an address: it is the same address, or one above it on the same host."""
    if origin_of(resource).lower() != origin_of(url).lower():
        return False
    above, below = urlsplit(resource).path.rstrip("/"), urlsplit(url).path.rstrip("/")
    return below == above or below.startswith(f"{above}/")


def _endpoint(told: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    address = told.get(name)
    if not needed and not isinstance(address, str):
        return ""
    return checked(str(address or ""), name.replace("_", " "))
