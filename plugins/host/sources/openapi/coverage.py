"""How much of a description can be used: its operations in numbers, and by name those that are left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from plugins.host.sources.openapi.values import table, tables, visible

LeftOutReason = Literal["body", "get-body", "key", "many", "method", "parameter", "path", "reference", "size"]
MOST_NAMED = 500
"""Operations that are named: those beyond are counted alone."""

LONGEST_NAME, LONGEST_DETAIL = 80, 160


class OperationRefused(Exception):
    """An operation cannot be used; `detail` says what exactly stands in its way."""

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
class Coverage:
    """What becomes of a description's operations: `described` all of them, `chosen` of these, `usable` of those."""

    described: int
    chosen: int
    usable: int
    left_out: Sequence[LeftOut] = ()
    choice: str = ""

    @property
    def left_out_count(self) -> int:
        """How many are left out, those without a name in `left_out` too."""
        return self.chosen - self.usable


def left_out(operation: str, refused: OperationRefused) -> LeftOut:
    """What is said of an operation that was refused. Its words come from outside, so what nobody sees is taken out."""
    return LeftOut(visible(operation, LONGEST_NAME), refused.reason, visible(refused.detail, LONGEST_DETAIL))


def coverage_of(kept: Mapping[str, Any]) -> Coverage | None:
    """The coverage that is kept with an installed description; None where an earlier version has kept none."""
    found = table(kept.get("coverage"))
    if not found:
        return None
    listed = [LeftOut(one["operation"], one["reason"], one["detail"]) for one in tables(found["left_out"])]
    return Coverage(found["described"], found["chosen"], found["usable"], listed, found["choice"])


def listed(left: Sequence[LeftOut], most: int = 10) -> str:
    """Operations that are left out, in one line of an error."""
    named = [f"{one.operation} ({one.reason}: {one.detail})" for one in left[:most]]
    return ", ".join(named) + (f" and {len(left) - most} more" if len(left) > most else "")


def by_reason(left: Sequence[LeftOut]) -> Mapping[LeftOutReason, Sequence[LeftOut]]:
    """Those that are left out, gathered by the reason; the most frequent one first."""
    found: dict[LeftOutReason, list[LeftOut]] = {}
    for one in left:
        found.setdefault(one.reason, []).append(one)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))
