"""Points and levels: by Open Assistant's formula, or by ours, which rewards agreement rather than volume.

The formulas are in docs/reference/open-assistant.md 1.18 and docs/reference/labeling.md 5.4. Which one counts is a
setting, and /score shows it.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import floor

LEVELS = 100


@dataclass(frozen=True, slots=True)
class WorkCounts:
    """What somebody did in a period: texts written and accepted, reviews, rankings, and what others made of them.

    `label_agreed` counts reviews that match the decision on the item. `rank_agreement` sums, over rankings, Kendall's
    tau with the consensus, with negative values as 0. `placed_*` count the single rankings that put a reply of theirs
    in that place, and `best_*` the consensus rankings that did. `gold_failed` counts gold items that were answered
    wrongly.
    """

    prompts: int = 0
    prompts_accepted: int = 0
    replies_assistant: int = 0
    replies_assistant_accepted: int = 0
    replies_prompter: int = 0
    replies_prompter_accepted: int = 0
    labels_simple: int = 0
    labels_full: int = 0
    label_agreed: int = 0
    rankings: int = 0
    rank_agreement: float = 0.0
    placed_first: int = 0
    placed_second: int = 0
    placed_third: int = 0
    best_first: int = 0
    best_second: int = 0
    gold_failed: int = 0


OPEN_ASSISTANT: Mapping[str, float] = {
    "replies_assistant": 4,
    "replies_assistant_accepted": 4,
    "replies_prompter": 1,
    "replies_prompter_accepted": 1,
    "labels_simple": 1,
    "labels_full": 2,
    "rankings": 1,
    "placed_first": 9,
    "placed_second": 3,
    "placed_third": 1,
}
"""Open Assistant's weights; its prompts count a tenth, rounded down."""

AGREEMENT: Mapping[str, float] = {
    "prompts_accepted": 1,
    "replies_assistant_accepted": 4,
    "replies_prompter_accepted": 1,
    "labels_simple": 1,
    "labels_full": 1,
    "label_agreed": 1,
    "rankings": 1,
    "rank_agreement": 1,
    "best_first": 5,
    "best_second": 2,
    "gold_failed": -2,
}
"""Our weights: rejected work counts for nothing, and work that others confirm counts for more."""

PRESETS = {"agreement": AGREEMENT, "open-assistant": OPEN_ASSISTANT}


def points(counts: WorkCounts, preset: str) -> int:
    """Return the points for some work. Raises KeyError if there is no such preset."""
    weights = PRESETS[preset]
    found = sum(weights.get(one.name, 0) * getattr(counts, one.name) for one in fields(counts))
    if preset == "open-assistant":
        found += floor(0.1 * counts.prompts) + floor(0.1 * counts.prompts_accepted)
    return max(int(found // 1), 0)


def thresholds() -> tuple[int, ...]:
    """Return the points at which each level begins, 0 for the first.

    Level k + 1 begins with the rounded sum of 1.1521 i + 3 over i from 1 to k (docs/reference/open-assistant.md 1.18).
    """
    found, whole = [0], 0.0
    for number in range(1, LEVELS):
        whole += 1.1521 * number + 3
        found.append(round(whole))
    return tuple(found)


THRESHOLDS = thresholds()


def level(total: int) -> int:
    """Return the level for a number of points, from 1 to 100."""
    return bisect_right(THRESHOLDS, max(total, 0))


def missing(total: int) -> int:
    """Return how many points are missing to the next level, 0 at the highest."""
    at = level(total)
    return THRESHOLDS[at] - total if at < LEVELS else 0
