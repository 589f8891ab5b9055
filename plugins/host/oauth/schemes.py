"""Security schemes of an OpenAPI description that mean OAuth: `oauth2` with a flow that we know, and `openIdConnect`.

https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from core.outside_json import read_json
from parley import ManifestError
from plugins.host.oauth.discovery import completed
from plugins.host.oauth.flow import OAuthError, OAuthFlow, checked

LARGEST = 64 * 1024
"""The largest metadata document of a provider, in bytes."""

FetchText = Callable[[str, int], str]
"""Fetches the text at an address, of at most the given number of bytes. Raises ManifestError."""

METADATA = "x-parley-openid"
"""The key under which the document keeps what an OpenID provider said about itself at installation."""

SAID = (
    *("issuer", "authorization_endpoint", "token_endpoint", "revocation_endpoint", "userinfo_endpoint"),
    *("authorization_response_iss_parameter_supported", "token_endpoint_auth_methods_supported"),
)


def oauth_scheme(document: Mapping[str, Any]) -> tuple[str, OAuthFlow] | None:
    """Return the name and flow of the first OAuth scheme that is asked for on its own; None if we know none.

    If a scheme has several flows, the one in which people sign in for themselves comes first. Raises ManifestError if
    one of its addresses may not be used.
    """
    try:
        return _scheme(document)
    except OAuthError as error:
        raise ManifestError(str(error)) from None


def _scheme(document: Mapping[str, Any]) -> tuple[str, OAuthFlow] | None:
    for name, told in schemes(document):
        flows = _table(told.get("flows")) if told.get("type") == "oauth2" else {}
        person, client = _table(flows.get("authorizationCode")), _table(flows.get("clientCredentials"))
        scopes = _scopes(document, name)
        if person.get("tokenUrl") and person.get("authorizationUrl"):
            token = checked(str(person["tokenUrl"]), "token address")
            page = checked(str(person["authorizationUrl"]), "sign-in page")
            flow = OAuthFlow("person", token, page, scopes)
        elif client.get("tokenUrl"):
            flow = OAuthFlow("client", checked(str(client["tokenUrl"]), "token address"), scopes=scopes)
        else:
            continue
        said = told.get(METADATA)
        return name, completed(flow, said) if isinstance(said, Mapping) else flow
    return None


def with_openid(document: Mapping[str, Any], fetch: FetchText) -> Mapping[str, Any]:
    """Return the document, with each requested `openIdConnect` scheme replaced by the `oauth2` one it points to.

    In this way the hosts at which people sign in are known, and shown, at installation. Raises ManifestError.
    """
    known = dict(_table(_table(document.get("components")).get("securitySchemes")))
    found = [(name, told) for name, told in schemes(document) if told.get("type") == "openIdConnect"]
    if not found:
        return document
    for name, told in found:
        known[name] = _as_oauth2(_provider(str(told.get("openIdConnectUrl") or ""), fetch))
    return {**document, "components": {**_table(document.get("components")), "securitySchemes": known}}


def _provider(address: str, fetch: FetchText) -> Mapping[str, Any]:
    """Fetch what an OpenID provider says about itself."""
    try:
        told = read_json(fetch(checked(address, "openIdConnectUrl"), LARGEST), LARGEST)
    except OAuthError as error:
        raise ManifestError(str(error)) from None
    except (ManifestError, ValueError) as error:
        raise ManifestError(f"there is no OpenID provider at {address}: {error}") from None
    if not isinstance(told, Mapping):
        raise ManifestError(f"there is no OpenID provider at {address}")
    return told


def hosts_of(flow: OAuthFlow) -> tuple[str, ...]:
    """Return the hosts that we send token requests to. The manifest must name them."""
    return tuple(
        dict.fromkeys(httpx.URL(one).raw_host.decode() for one in (flow.token, flow.revocation, flow.userinfo) if one)
    )


def schemes(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the schemes that are asked for on their own, by name, in their order in the document."""
    known = _table(_table(document.get("components")).get("securitySchemes"))
    for name in dict.fromkeys(name for needs in _needs(document) for name in needs if len(needs) == 1):
        told = _table(known.get(name))
        to = str(told.get("$ref") or "")
        yield name, _table(known.get(to.rpartition("/")[2])) if to.startswith("#/components/securitySchemes/") else told


def _as_oauth2(found: Mapping[str, Any]) -> dict[str, Any]:
    flow = {
        "authorizationUrl": str(found.get("authorization_endpoint") or ""),
        "tokenUrl": str(found.get("token_endpoint") or ""),
        "scopes": {},
    }
    flows = {"authorizationCode" if flow["authorizationUrl"] else "clientCredentials": flow}
    return {"type": "oauth2", "flows": flows, METADATA: {name: found[name] for name in SAID if name in found}}


def _scopes(document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the scopes that the operations ask for."""
    asked = (scope for needs in _needs(document) for scope in needs.get(name) or () if isinstance(scope, str))
    return tuple(dict.fromkeys(asked))


def _needs(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what the whole document and each operation ask for."""
    yield from _tables(document.get("security"))
    for item in _table(document.get("paths")).values():
        for operation in _table(item).values():
            yield from _tables(_table(operation).get("security"))


def _table(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, Mapping) else {}


def _tables(told: Any) -> list[Mapping[str, Any]]:
    return [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
