"""Which key a description asks for, and which of its operations that key opens."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hosting.openapi.auth import ANY_SCHEME, Auth
from hosting.openapi.operations import Operation, all_operations
from hosting.openapi.references import followed
from hosting.openapi.values import table, tables

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def auth_of(document: Mapping[str, Any]) -> Auth:
    """The first way that the description asks for and that we know."""
    schemes = table(table(document.get("components")).get("securitySchemes"))
    for name in dict.fromkeys(name for needs in _requirements(document) for name in needs if len(needs) == 1):
        scheme = followed(document, schemes.get(name))
        kind, place, title = scheme.get("type"), scheme.get("in"), str(scheme.get("name") or "")
        if kind == "apiKey" and place in ("header", "query") and HEADER_NAME.fullmatch(title):
            return Auth(place, title, name)
        if kind == "http" and (way := str(scheme.get("scheme")).lower()) in ("bearer", "basic"):
            return Auth("bearer" if way == "bearer" else "basic", scheme=name)
    return Auth()


def asks_for_oauth(document: Mapping[str, Any]) -> bool:
    """Whether the description or one of its operations asks for OAuth."""
    schemes = table(table(document.get("components")).get("securitySchemes"))
    asked = {name for needs in _requirements(document) for name in needs}
    return any(followed(document, schemes.get(name)).get("type") in ("oauth2", "openIdConnect") for name in asked)


def opened_operations(document: Mapping[str, Any], auth: Auth) -> Iterator[Operation]:
    """The operations that can be called with no key, or with the one key that there is."""
    usual = document.get("security")
    for operation in all_operations(document):
        asked = operation.described.get("security", usual)
        ways = [set(needs) for needs in tables(asked)]
        if auth.scheme == ANY_SCHEME or {auth.scheme} in ways:
            yield replace(operation, key="may" if set() in ways and auth.scheme != ANY_SCHEME else "must")
        elif not ways or set() in ways:
            yield operation


def _requirements(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the whole and each operation asks for: names of schemes that are needed together."""
    yield from tables(document.get("security"))
    for operation in all_operations(document):
        yield from tables(operation.described.get("security"))
