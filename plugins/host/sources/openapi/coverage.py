"""How much of a description can be used: counts of its operations, and the names of those that are left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from plugins.host.sources.openapi.values import table, tables, visible

LeftOutReason = Literal["body", "get-body", "key", "many", "method", "parameter", "path", "reference", "size"]
MOST_NAMED = 500
"""Most operations that are named; those beyond are only counted."""

LONGEST_NAME, LONGEST_DETAIL = 80, 160


class OperationRefused(Exception):
    """An operation cannot be used; `detail` says exactly why."""

    def __init__(self, reason: LeftOutReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: LeftOutReason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An operation that cannot be used, and why."""

    operation: str
    reason: LeftOutReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class OperationCoverage:
    """A count of a description's operations: `described` in all, `chosen` of those, `usable` of the chosen."""

    described: int
    chosen: int
    usable: int
    left_out: Sequence[LeftOut] = ()
    choice: str = ""

    @property
    def left_out_count(self) -> int:
        """How many operations are left out, including those that `left_out` does not name."""
        return self.chosen - self.usable


def left_out(operation: str, refused: OperationRefused) -> LeftOut:
    """Describe an operation that was refused. Its words come from outside, so invisible characters are removed."""
    return LeftOut(visible(operation, LONGEST_NAME), refused.reason, visible(refused.detail, LONGEST_DETAIL))


def coverage_of(kept: Mapping[str, Any]) -> OperationCoverage | None:
    """Return the coverage that is kept with an installed description; None if an earlier version kept none."""
    found = table(kept.get("coverage"))
    if not found:
        return None
    listed = [LeftOut(one["operation"], one["reason"], one["detail"]) for one in tables(found["left_out"])]
    return OperationCoverage(found["described"], found["chosen"], found["usable"], listed, found["choice"])


def listed(left: Sequence[LeftOut], most: int = 10) -> str:
    """List operations that are left out, in one line of an error."""
    named = [f"{one.operation} ({one.reason}: {one.detail})" for one in left[:most]]
    return ", ".join(named) + (f" and {len(left) - most} more" if len(left) > most else "")


def by_reason(left: Sequence[LeftOut]) -> Mapping[LeftOutReason, Sequence[LeftOut]]:
    """Group the operations that are left out by reason, the most frequent reason first."""
    found: dict[LeftOutReason, list[LeftOut]] = {}
    for one in left:
        found.setdefault(one.reason, []).append(one)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))
