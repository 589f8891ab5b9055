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
"""Bounds of what a description may refer to: other documents, their bytes together, and steps from one to the next."""

PartKey = tuple[str, str]
"""A document's address, empty for the description itself, and a pointer into it."""

FetchDocument = Callable[[str, int], str]
"""Fetches another document, of so many bytes at the most. Raises ManifestError, which says why that is not possible."""


def pointed(document: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    """What a reference inside the document leads to; nothing where it leads outside or nowhere."""
    return table(_at(document, reference[1:])) if reference.startswith("#/") else {}


def followed(document: Mapping[str, Any], part: Any) -> Mapping[str, Any]:
    """A part of the document, or what it refers to."""
    found = table(part)
    for _ in range(LONGEST_CHAIN):
        if not isinstance(reference := found.get("$ref"), str):
            return found
        found = pointed(document, reference)
    return {}


@dataclass(slots=True)
class ReferenceResolver:
    """Finds what references lead to, in a description and in other documents of its host.

    The host is the description's own: whoever publishes that decides what it says, and nobody else; and a description
    cannot have addresses fetched that its reader has not named.
    """

    document: Mapping[str, Any]
    address: str
    fetch: FetchDocument | None = None
    _documents: dict[str, Any] = field(default_factory=dict)
    _steps: dict[str, int] = field(default_factory=dict)
    _bytes: int = 0

    def target(self, reference: str, base: str) -> PartKey:
        """What a reference in the document at `base` means. Raises OperationRefused."""
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
        """What stands at a place. Raises OperationRefused where nothing does, or it cannot be fetched."""
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
            raise _refused(reference, "is no address") from None
        own = httpx.URL(self.address)
        if (url.scheme, url.host, url.port, url.userinfo) != (own.scheme, own.host, own.port, b""):
            raise _refused(reference, f"leads away from {own.host}")
        return str(url)

    def _own(self) -> str:
        return str(httpx.URL(self.address).copy_with(fragment=None))

    def _loaded(self, url: str) -> Any:
        if url not in self._documents:
            # What cannot be had is not asked for again.
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
    """What a pointer leads to in a document, None for nothing."""
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
