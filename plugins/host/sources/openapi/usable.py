"""Sorts a document's operations into those that we can call, and those that we cannot, by name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plugins.host.sources.openapi.arguments import OperationInputs
from plugins.host.sources.openapi.auth import KeyPlacement
from plugins.host.sources.openapi.coverage import LeftOut, OperationRefused, left_out
from plugins.host.sources.openapi.operations import ApiOperation, all_operations
from plugins.host.sources.openapi.schema import DEEPEST_SCHEMA
from plugins.host.sources.openapi.security import with_key

MOST_TOOLS = 200
LONGEST_SCHEMA = 48_000
"""Most characters in one tool's schema: about ten thousand tokens, which is more than a small model can read at all."""

DEPTHS = (DEEPEST_SCHEMA, 5, 3, 2, 1)
"""Depths of a tool's schema. One that is too long is made less deep, so that every argument keeps its place."""


@dataclass(frozen=True, slots=True)
class SortedOperations:
    """The operations that can be called, with their arguments, and those that cannot."""

    usable: list[tuple[ApiOperation, OperationInputs]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def sorted_operations(document: Mapping[str, Any], auth: KeyPlacement) -> SortedOperations:
    """Sort all operations of a document into those that can be called and those that cannot."""
    found = SortedOperations()
    for operation in all_operations(document):
        try:
            opened = with_key(document, operation, auth)
            inputs = _inputs(document, opened, auth)
            if len(found.usable) >= MOST_TOOLS:
                raise OperationRefused("many", str(MOST_TOOLS))
        except OperationRefused as refused:
            found.left_out.append(left_out(operation.label, refused))
        else:
            found.usable.append((opened, inputs))
    return found


def _inputs(document: Mapping[str, Any], operation: ApiOperation, auth: KeyPlacement) -> OperationInputs:
    """Return an operation's arguments, in as much detail as a model can be shown. Raises OperationRefused."""
    size = 0
    for depth in DEPTHS:
        inputs = OperationInputs(document, operation, auth, depth)
        size = len(json.dumps(inputs.schema()))
        if size <= LONGEST_SCHEMA and (inputs.is_complete or depth == DEPTHS[-1]):
            return inputs
    raise OperationRefused("size", f"{size // 1000} kB")
