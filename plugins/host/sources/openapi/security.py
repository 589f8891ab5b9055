"""Which key a description asks for, and which of its operations that key opens."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from plugins.host.oauth.schemes import oauth_scheme
from plugins.host.sources.openapi.auth import ANY_SCHEME, KeyPlacement
from plugins.host.sources.openapi.coverage import OperationRefused
from plugins.host.sources.openapi.operations import ApiOperation, all_operations
from plugins.host.sources.openapi.references import followed
from plugins.host.sources.openapi.values import table, tables

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def auth_of(document: Mapping[str, Any]) -> KeyPlacement:
    """Return the first way that the description asks for and that we know."""
    schemes = _schemes(document)
    for name in dict.fromkeys(name for needs in _requirements(document) for name in needs if len(needs) == 1):
        scheme = followed(document, schemes.get(name))
        kind, place, title = scheme.get("type"), scheme.get("in"), str(scheme.get("name") or "")
        if kind == "apiKey" and place in ("header", "query") and HEADER_NAME.fullmatch(title):
            return KeyPlacement(place, title, name)
        if kind == "http" and (way := str(scheme.get("scheme")).lower()) in ("bearer", "basic"):
            return KeyPlacement("bearer" if way == "bearer" else "basic", scheme=name)
    oauth = oauth_scheme(document)
    return KeyPlacement("oauth", scheme=oauth[0]) if oauth else KeyPlacement()


def asks_for_oauth(document: Mapping[str, Any]) -> bool:
    """Whether the description or one of its operations asks for OAuth."""
    schemes = _schemes(document)
    asked = {name for needs in _requirements(document) for name in needs}
    return any(followed(document, schemes.get(name)).get("type") in ("oauth2", "openIdConnect") for name in asked)


def with_key(document: Mapping[str, Any], operation: ApiOperation, auth: KeyPlacement) -> ApiOperation:
    """Mark whether an operation takes the one key that there is. Raises OperationRefused if it needs more."""
    asked = tables(operation.described.get("security", document.get("security")))
    ways = [set(needs) for needs in asked]
    if auth.scheme == ANY_SCHEME or {auth.scheme} in ways:
        return replace(operation, key="may" if set() in ways and auth.scheme != ANY_SCHEME else "must")
    if not ways or set() in ways:
        return operation
    raise OperationRefused("key", _named(asked, _schemes(document), document))


def _named(asked: list[Mapping[str, Any]], schemes: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """Describe the ways into an operation in words."""
    kinds = {name: followed(document, schemes.get(name)).get("type", "unknown") for needs in asked for name in needs}
    return " / ".join(" + ".join(f"{name} ({kinds[name]})" for name in needs) for needs in asked)


def _schemes(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return table(table(document.get("components")).get("securitySchemes"))


def _requirements(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what the whole document and each operation ask for: names of schemes that are needed together."""
    yield from tables(document.get("security"))
    for operation in all_operations(document):
        yield from tables(operation.described.get("security"))
