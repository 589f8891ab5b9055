"""References: inside a document, and to other documents of the same host."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx

from parley import ManifestError
from plugins.host.sources.openapi.coverage import OperationRefused
from plugins.host.sources.openapi.document import parsed
from plugins.host.sources.openapi.values import cut, table

LONGEST_CHAIN = 8
MOST_DOCUMENTS, MOST_BYTES, FARTHEST = 20, 8 * 1024 * 1024, 5
"""Limits on what a description may refer to: other documents, their bytes in total, and steps from one to the next."""

PartKey = tuple[str, str]
"""A document's address, empty for the description itself, and a pointer into that document."""

FetchDocument = Callable[[str, int], str]
"""Fetches another document, of at most the given number of bytes. Raises a ManifestError that says why it failed."""


def pointed(document: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    """Return what a reference inside the document leads to; empty if it leads outside or nowhere."""
    return table(_at(document, reference[1:])) if reference.startswith("#/") else {}


def followed(document: Mapping[str, Any], part: Any) -> Mapping[str, Any]:
    """Return a part of the document, or what the part refers to."""
    found = table(part)
    for _ in range(LONGEST_CHAIN):
        if not isinstance(reference := found.get("$ref"), str):
            return found
        found = pointed(document, reference)
    return {}


@dataclass(slots=True)
class ReferenceResolver:
    """Finds what references lead to, in a description and in other documents on its host.

    Only the description's own host is allowed. Whoever publishes the description decides what that host says, and
    nobody else does. A description cannot make us fetch addresses that its reader has not named.
    """

    document: Mapping[str, Any]
    address: str
    fetch: FetchDocument | None = None
    _documents: dict[str, Any] = field(default_factory=dict)
    _steps: dict[str, int] = field(default_factory=dict)
    _bytes: int = 0

    def target(self, reference: str, base: str) -> PartKey:
        """Return what a reference in the document at `base` means. Raises OperationRefused."""
        place, _, pointer = reference.partition("#")
        if pointer and not pointer.startswith("/"):
            raise _refused(reference, "names an anchor, which is not read")
        if not place:
            return base, pointer
        url = self._joined(base or self.address, place, reference)
        if url == self._own():
            return "", pointer
        self._steps.setdefault(url, self._steps.get(base, 0) + 1)
        return url, pointer

    def part(self, key: PartKey) -> Any:
        """Return the content at a place. Raises OperationRefused if there is none, or it cannot be fetched."""
        url, pointer = key
        found = _at(self._loaded(url) if url else self.document, pointer)
        if found is None:
            raise _refused(f"{url}#{pointer}", "leads nowhere")
        return found

    def _joined(self, base: str, place: str, reference: str) -> str:
        if not base.startswith(("http://", "https://")):
            raise _refused(reference, "leads to another file, and a description from a file is read alone")
        try:
            url = httpx.URL(base).join(place).copy_with(fragment=None)
        except (httpx.InvalidURL, ValueError):
            raise _refused(reference, "is not an address") from None
        own = httpx.URL(self.address)
        if (url.scheme, url.host, url.port, url.userinfo) != (own.scheme, own.host, own.port, b""):
            raise _refused(reference, f"leads away from {own.host}")
        return str(url)

    def _own(self) -> str:
        return str(httpx.URL(self.address).copy_with(fragment=None))

    def _loaded(self, url: str) -> Any:
        if url not in self._documents:
            # A document that could not be had is not asked for again.
            self._documents[url] = self._fetched(url)
        found = self._documents[url]
        if isinstance(found, OperationRefused):
            raise found
        return found

    def _fetched(self, url: str) -> Any:
        if self.fetch is None:
            return _refused(url, "leads to another document, which is not fetched here")
        if len(self._documents) >= MOST_DOCUMENTS:
            return _refused(url, f"is one of more than {MOST_DOCUMENTS} other documents")
        if self._steps[url] > FARTHEST:
            return _refused(url, f"is more than {FARTHEST} documents away")
        try:
            text = self.fetch(url, MOST_BYTES - self._bytes)
            self._bytes += len(text.encode("utf-8", "replace"))
            return parsed(text, url)
        except ManifestError as error:
            return OperationRefused("reference", str(error))


def _at(document: Any, pointer: str) -> Any:
    """Return what a pointer leads to in a document, None if there is nothing."""
    found = document
    for step in pointer.split("/")[1:]:
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(found, list):
            found = found[int(name)] if name.isdecimal() and int(name[:9]) < len(found) else None
        else:
            found = table(found).get(name)
    return found


def _refused(reference: str, why: str) -> OperationRefused:
    return OperationRefused("reference", f"{cut(reference, 100)} {why}")
