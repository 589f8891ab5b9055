"""Gathers the chosen operations of a description into a small document of their own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parley import ManifestError
from plugins.host.sources.openapi.bundle import PARTS, DocumentBundler, frame_of, shortened
from plugins.host.sources.openapi.choice import OperationChoice, groups, too_many
from plugins.host.sources.openapi.coverage import LeftOut, OperationRefused, left_out
from plugins.host.sources.openapi.operations import METHODS, UNCALLED_METHODS, ApiOperation, operations_of
from plugins.host.sources.openapi.references import LONGEST_CHAIN, FetchDocument, PartKey, ReferenceResolver
from plugins.host.sources.openapi.usable import MOST_TOOLS
from plugins.host.sources.openapi.values import table

LARGEST_KEPT = 4 * 1024 * 1024
"""Most characters that are kept in the database."""


@dataclass(frozen=True, slots=True)
class OperationSelection:
    """A document with only the chosen operations, how many the whole had, and those that could not be taken over."""

    document: Mapping[str, Any]
    described: int
    left_out: Sequence[LeftOut]


@dataclass(frozen=True, slots=True)
class PathEntry:
    """A path's entry, and the document that contains it; if it cannot be had, `fault` says why."""

    path: str
    item: Mapping[str, Any]
    base: str = ""
    fault: OperationRefused | None = None


def selected(
    document: Mapping[str, Any], address: str, choice: OperationChoice, fetch: FetchDocument | None, where: str
) -> OperationSelection:
    """Select the chosen operations of a document. Raises ManifestError if there are none, or too many."""
    resolver = ReferenceResolver(document, address, fetch)
    entries = list(_entries(document, resolver, choice))
    every = [(entry, one) for entry in entries for one in _operations(entry)]
    chosen = [(entry, one) for entry, one in every if choice.takes(one)]
    faults = [left_out(entry.path, entry.fault) for entry in entries if entry.fault and choice.takes_path(entry.path)]
    if choice and not chosen and not faults:
        there = groups(one for _, one in every)
        raise ManifestError(f"{where}: {choice} fits none of its {len(every)} operations. There are {there}")
    called = [(entry, one) for entry, one in chosen if one.method in METHODS]
    if len(called) > MOST_TOOLS:
        raise too_many((one for _, one in called), MOST_TOOLS, where)
    uncalled = [
        left_out(one.label, OperationRefused("method", one.method.upper()))
        for _, one in chosen
        if one.method in UNCALLED_METHODS
    ]
    bundled, refused = _bundled(document, DocumentBundler(resolver), called)
    return OperationSelection(
        bundled, len(every) + sum(bool(entry.fault) for entry in entries), [*faults, *refused, *uncalled]
    )


def narrowed(
    document: Mapping[str, Any], usable: Sequence[ApiOperation], where: str, largest: int = LARGEST_KEPT
) -> Mapping[str, Any]:
    """Return a document with only some of its operations, and with what those refer to. Raises ManifestError.

    The result is kept in the database, so it may have no more characters than `largest`.
    """
    bundler = DocumentBundler(ReferenceResolver(document, ""))
    found, refused = _bundled(document, bundler, [(PathEntry(one.path, one.item), one) for one in usable])
    assert not refused
    if (size := len(json.dumps(found))) > largest:
        raise ManifestError(
            f"{where}: what {len(usable)} operations refer to comes to {size // 1024} KiB, and at most"
            f" {largest // 1024} are kept; choose fewer"
        )
    return found


def _entries(document: Mapping[str, Any], resolver: ReferenceResolver, choice: OperationChoice) -> Iterator[PathEntry]:
    """Yield all paths. Those in other documents are fetched if they can be chosen."""
    for path, entry in table(document.get("paths")).items():
        if path.startswith("/"):
            yield _entry(path, table(entry), resolver, fetches=choice.takes_path(path))


def _entry(path: str, entry: Mapping[str, Any], resolver: ReferenceResolver, *, fetches: bool) -> PathEntry:
    item, base = entry, ""
    try:
        for _ in range(LONGEST_CHAIN):
            if not isinstance(reference := item.get("$ref"), str):
                return PathEntry(path, item, base)
            key = resolver.target(reference, base)
            if key[0] and not fetches:
                break
            item, base = table(resolver.part(key)), key[0]
        raise OperationRefused("reference", f"{path} refers to others without end")
    except OperationRefused as fault:
        return PathEntry(path, {}, fault=fault)


def _operations(entry: PathEntry) -> Iterator[ApiOperation]:
    return operations_of(entry.path, entry.item, (*METHODS, *UNCALLED_METHODS))


def _bundled(
    document: Mapping[str, Any], bundler: DocumentBundler, operations: Sequence[tuple[PathEntry, ApiOperation]]
) -> tuple[Mapping[str, Any], Sequence[LeftOut]]:
    """Return a document of these operations and what they refer to, and those whose references cannot be had."""
    found = frame_of(document, bundler)
    paths: dict[str, dict[str, Any]] = {}
    needed: set[PartKey] = set()
    refused: list[LeftOut] = []
    for entry, one in operations:
        item, described = (bundler.part(part, entry.base) for part in shortened(one))
        try:
            needed |= bundler.needs(item) | bundler.needs(described)
        except OperationRefused as fault:
            refused.append(left_out(one.label, fault))
        else:
            paths.setdefault(one.path, dict(item.content))[one.method] = described.content
    return {**found, "paths": paths, PARTS: bundler.kept(needed)}, refused
