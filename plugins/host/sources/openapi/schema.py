"""Schemas in a document as they are shown to a model: complete, small, and without references."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from plugins.host.sources.openapi.references import pointed
from plugins.host.sources.openapi.values import cut, sequence, table

DEEPEST_SCHEMA, MOST_PARTS = 8, 1000
"""Limits for one tool's schema: a schema that refers to itself many times would grow without end."""

NAMED_DEPTH = 3
LONGEST_ABOUT = 300
KEPT_KEYS = (
    *("type", "description", "enum", "const", "format", "default", "minimum", "maximum", "exclusiveMinimum"),
    *("exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
)
"""The parts of a schema that a model sees unchanged."""

COMBINERS = ("oneOf", "anyOf", "allOf")
USED_KEYS = (*KEPT_KEYS, *COMBINERS, "items", "additionalProperties", "properties", "required", "nullable")


@dataclass(slots=True)
class SchemaExpander:
    """Replaces references in schemas by their targets, for one tool.

    A schema that contains itself allows anything there.
    """

    document: Mapping[str, Any]
    deepest: int = DEEPEST_SCHEMA
    parts_left: int = MOST_PARTS

    @property
    def is_complete(self) -> bool:
        """Whether the schema is complete down to the depth. If not, the first parts used up the limit."""
        return self.parts_left >= 0

    def expanded(self, schema: Any, seen: tuple[str, ...] = (), depth: int = 0) -> dict[str, Any]:
        """Return a schema without references."""
        self.parts_left -= 1
        if not isinstance(schema, Mapping) or depth > self.deepest or self.parts_left < 0:
            return {}
        if isinstance(reference := schema.get("$ref"), str):
            if reference in seen:
                return {}
            # Only what is used is copied: a large schema may be referred to a thousand times.
            target = pointed(self.document, reference)
            merged = {name: part[name] for part in (target, schema) for name in USED_KEYS if name in part}
            if "$ref" in target:
                merged["$ref"] = target["$ref"]
            return self.expanded(merged, (*seen, reference), depth + 1)

        def inner(part: Any) -> dict[str, Any]:
            return self.expanded(part, seen, depth + 1)

        found = _plain_keys(schema)
        if "items" in schema:
            found["items"] = inner(schema["items"])
        if isinstance(more := schema.get("additionalProperties"), Mapping | bool):
            found["additionalProperties"] = more if isinstance(more, bool) else inner(more)
        found |= {name: [inner(one) for one in schema[name]] for name in COMBINERS if sequence(schema.get(name))}
        if properties := table(schema.get("properties")):
            # Names that a model needs stay, even if nothing more can be said about them.
            shown = (
                properties.items()
                if depth < NAMED_DEPTH
                else takewhile(lambda _: self.parts_left > 0, properties.items())
            )
            found["properties"] = {str(name): inner(one) for name, one in shown}
            needed = [name for name in map(str, sequence(schema.get("required"))) if name in found["properties"]]
            found |= {"required": needed} if needed else {}
        return found


def _plain_keys(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a schema that hold no other schemas."""
    found: dict[str, Any] = {name: schema[name] for name in KEPT_KEYS if name in schema}
    # In 3.0 these two are true or false, which JSON Schema no longer allows.
    for name in ("exclusiveMinimum", "exclusiveMaximum"):
        if isinstance(found.get(name), bool):
            del found[name]
    if "description" in found:
        found["description"] = cut(str(found["description"]), LONGEST_ABOUT)
    if schema.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    return found
