"""The operations of a document, and the address at which each of them is called."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from parley import ManifestError
from plugins.host.sources.openapi.references import followed
from plugins.host.sources.openapi.values import sequence, table, tables

METHODS = ("get", "post", "put", "patch", "delete")
UNCALLED_METHODS = ("head", "options", "trace")
"""Methods that are never called, because their answers tell a model nothing."""

VARIABLE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """An operation as it is described. `item` is its path's entry; `key` says whether it takes the service's key."""

    path: str
    method: str
    item: Mapping[str, Any]
    described: Mapping[str, Any]
    key: Literal["no", "may", "must"] = "no"

    @property
    def title(self) -> str:
        """Its name in the description, or a name made from method and path."""
        return str(self.described.get("operationId") or f"{self.method}_{self.path.strip('/')}")

    @property
    def label(self) -> str:
        """The name that people know it by."""
        return str(self.described.get("operationId") or f"{self.method.upper()} {self.path}")

    @property
    def tags(self) -> Sequence[str]:
        """The groups that it belongs to."""
        return [tag for tag in sequence(self.described.get("tags")) if isinstance(tag, str)]

    @property
    def words(self) -> str:
        """All the words that say what it is for."""
        about = [str(self.described.get(name) or "") for name in ("operationId", "summary", "description")]
        return " ".join([self.method, self.path, *self.tags, *about])


def all_operations(document: Mapping[str, Any]) -> Iterator[ApiOperation]:
    """Yield every operation whose method can be called."""
    for path, entry in table(document.get("paths")).items():
        yield from operations_of(path, followed(document, entry), METHODS)


def operations_of(path: str, item: Mapping[str, Any], methods: Sequence[str]) -> Iterator[ApiOperation]:
    """Yield the operations of a path that have one of some methods."""
    for method in methods:
        if isinstance(described := item.get(method), Mapping) and path.startswith("/"):
            yield ApiOperation(path, method, item, described)


def server_of(document: Mapping[str, Any], operation: ApiOperation, address: str, where: str) -> httpx.URL:
    """Return the address at which an operation's path starts: its own server, else its path's, else the document's.

    Raises ManifestError.
    """
    places = (operation.described, operation.item, document)
    told = next(filter(None, (tables(one.get("servers")) for one in places)), [])
    if not told and not address:
        raise ManifestError(f"{where}: it names no server; write its address under `servers`")
    first = told[0] if told else {"url": "/"}
    values = {name: str(table(one).get("default", "")) for name, one in table(first.get("variables")).items()}
    text = VARIABLE.sub(lambda found: values.get(found[1], ""), str(first.get("url") or "/"))
    try:
        url = (httpx.URL(address).join(text) if address else httpx.URL(text)).copy_with(query=None, fragment=None)
    except httpx.InvalidURL:
        raise ManifestError(f"{where}: its server {text[:80]!r} is no address") from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or "*" in url.host:
        raise ManifestError(f"{where}: its server {text[:80]!r} is no plain http or https address")
    return url
