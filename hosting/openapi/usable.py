"""Which operations of a document can be called with what we can send, and which cannot, by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hosting.openapi.arguments import OperationInputs
from hosting.openapi.auth import Auth
from hosting.openapi.coverage import LeftOut, OperationRefused, left_out
from hosting.openapi.operations import Operation, all_operations
from hosting.openapi.security import with_key

MOST_TOOLS = 200


@dataclass(frozen=True, slots=True)
class SortedOperations:
    """Operations with their arguments, and those that cannot be called."""

    usable: list[tuple[Operation, OperationInputs]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def sorted_operations(document: Mapping[str, Any], auth: Auth) -> SortedOperations:
    """All operations of a document, sorted into those that can be called and those that cannot."""
    found = SortedOperations()
    for operation in all_operations(document):
        try:
            opened = with_key(document, operation, auth)
            inputs = OperationInputs(document, opened, auth)
            if len(found.usable) >= MOST_TOOLS:
                raise OperationRefused("many", str(MOST_TOOLS))
        except OperationRefused as refused:
            found.left_out.append(left_out(operation.label, refused))
        else:
            found.usable.append((opened, inputs))
    return found
