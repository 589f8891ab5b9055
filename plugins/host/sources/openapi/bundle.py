"""The chosen operations of a description with everything they refer to, as one self-contained document.

What no request needs (answers, examples, pictures) is left behind, so that megabytes shrink to a few kilobytes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from plugins.host.oauth.schemes import METADATA
from plugins.host.sources.openapi.coverage import OperationRefused
from plugins.host.sources.openapi.operations import ApiOperation
from plugins.host.sources.openapi.references import PartKey, ReferenceResolver
from plugins.host.sources.openapi.values import cut, table
from plugins.host.sources.tool_names import free, plain

PARTS = "x-parts"
"""The key under which the bundle keeps what is referred to."""

OPERATION_KEYS = frozenset(
    {"operationId", "summary", "description", "tags", "parameters", "requestBody", "security", "servers"}
    | {"x-openai-isConsequential"}
)
ITEM_KEYS = frozenset({"parameters", "servers"})
UNUSED_KEYS = frozenset(
    {"example", "examples", "externalDocs", "xml", "discriminator", "title", "deprecated", "$defs", "definitions"}
    | {
        "not",
        "if",
        "then",
        "else",
        "patternProperties",
        "dependentSchemas",
        "prefixItems",
        "$schema",
        "$comment",
        "headers",
    }
)
"""Keys of schemas, parameters and bodies that say nothing about a request, or more than a model is shown."""

LITERAL_KEYS = frozenset({"default", "enum", "const", "security", "servers", METADATA})
"""Keys whose values are kept as they are: a `$ref` in them is not a reference."""

NAMING_KEYS = frozenset({"properties", "content", "encoding"})
"""Keys whose values are tables, with names that the description's author has chosen."""


LONGEST_WORDS = 1000
"""The longest description in characters: models are shown no more."""


@dataclass(slots=True)
class DocumentPart:
    """A part of a document as it is kept: its content, the other parts it needs, and why it cannot be had."""

    content: Any = None
    needs: set[PartKey] = field(default_factory=set)
    fault: OperationRefused | None = None


@dataclass(slots=True)
class DocumentBundler:
    """Gathers parts of documents, each once, and rewrites their references to point into the bundle."""

    resolver: ReferenceResolver
    _parts: dict[PartKey, DocumentPart] = field(default_factory=dict)
    _names: dict[PartKey, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def part(self, content: Any, base: str) -> DocumentPart:
        """Return a part of the document at `base`, after gathering everything that it refers to."""
        found = self._copied_part(content, base)
        waiting = list(found.needs)
        while waiting:
            key = waiting.pop()
            if key not in self._parts:
                self._parts[key] = self._referred(key)
                waiting.extend(self._parts[key].needs)
        return found

    def needs(self, part: DocumentPart) -> set[PartKey]:
        """Return all parts that a part needs, directly or not. Raises OperationRefused if one of them cannot be had."""
        if part.fault:
            raise part.fault
        found: set[PartKey] = set()
        waiting = list(part.needs)
        while waiting:
            key = waiting.pop()
            if key in found:
                continue
            found.add(key)
            if fault := self._parts[key].fault:
                raise fault
            waiting.extend(self._parts[key].needs)
        return found

    def kept(self, needed: Iterable[PartKey]) -> Mapping[str, Any]:
        """Return parts by their names in the bundle."""
        return {self._names[key]: self._parts[key].content for key in sorted(needed)}

    def _referred(self, key: PartKey) -> DocumentPart:
        try:
            content = self.resolver.part(key)
        except OperationRefused as fault:
            return DocumentPart(fault=fault)
        return self._copied_part(content, key[0])

    def _copied_part(self, content: Any, base: str) -> DocumentPart:
        part = DocumentPart()
        try:
            part.content = self._copied(content, base, part)
        except OperationRefused as fault:
            part.fault = fault
        return part

    def _copied(self, content: Any, base: str, part: DocumentPart, *, named: bool = False) -> Any:
        if isinstance(content, list):
            return [self._copied(one, base, part) for one in content]
        if not isinstance(content, Mapping):
            return content
        copy: dict[str, Any] = {}
        for name, value in content.items():
            if named:
                copy[name] = self._copied(value, base, part)
            elif name == "$ref" and isinstance(value, str):
                copy[name] = self._reference(value, base, part)
            elif name in LITERAL_KEYS:
                copy[name] = value
            elif name == "description" and isinstance(value, str):
                copy[name] = cut(value, LONGEST_WORDS)
            elif name not in UNUSED_KEYS and (not name.startswith("x-") or name in OPERATION_KEYS):
                copy[name] = self._copied(value, base, part, named=name in NAMING_KEYS)
        return copy

    def _reference(self, reference: str, base: str, part: DocumentPart) -> str:
        key = self.resolver.target(reference, base)
        part.needs.add(key)
        if key not in self._names:
            url, pointer = key
            name = plain((pointer or url).rpartition("/")[2]) or "part"
            self._names[key] = free(name, self._taken)
            self._taken.add(self._names[key])
        return f"#/{PARTS}/{self._names[key]}"


def shortened(operation: ApiOperation) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what is kept of an operation's path and of the operation itself."""
    item = {name: value for name, value in operation.item.items() if name in ITEM_KEYS}
    return item, {name: value for name, value in operation.described.items() if name in OPERATION_KEYS}


def frame_of(document: Mapping[str, Any], bundler: DocumentBundler) -> dict[str, Any]:
    """Return what a bundle has besides its operations: who it is, its servers, and how it takes its keys."""
    info = table(document.get("info"))
    schemes = {
        name: bundler.part(scheme, "")
        for name, scheme in table(table(document.get("components")).get("securitySchemes")).items()
    }
    return {
        "openapi": document.get("openapi"),
        "info": {name: info[name] for name in ("title", "version") if name in info},
        **{name: document[name] for name in ("servers", "security") if name in document},
        "components": {"securitySchemes": _resolved(schemes, bundler)},
    }


def _resolved(schemes: Mapping[str, DocumentPart], bundler: DocumentBundler) -> Mapping[str, Any]:
    """Return the schemes that can be had, with every reference replaced by its target."""
    found = {}
    for name, part in schemes.items():
        try:
            parts = bundler.kept(bundler.needs(part))
        except OperationRefused:
            # Operations that need only this key are left out for that reason.
            continue
        content = part.content
        if isinstance(reference := table(content).get("$ref"), str):
            content = parts.get(reference.rpartition("/")[2])
        found[name] = content
    return found
