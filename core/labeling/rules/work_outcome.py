"""The outcome of a person's contributions: their texts, their reviews and their rankings. Pure code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.labeling.rules.ranking_consensus import Group, RankingConsensus, WeightedRanking, kendall_tau
from core.labeling.rules.vocabulary import CLOSED, TreeState

TextOutcome = Literal[
    "held",
    "review",
    "waiting",
    "growing",
    "ranking",
    "ready",
    "ranked",
    "late",
    "rejected",
    "stopped",
    "deleted",
    "failed",
]
"""What became of a text. "held" waits for a moderator, "late" came when its tree was complete."""

JudgmentOutcome = Literal["open", "decided", "agreed", "differed", "undecided", "unused", "noted"]
"""What became of a review or a ranking: others are still asked, or they have decided, as this person did or not.

"undecided" means that no order came of the rankings, "noted" that it decides nothing.
"""

ACCEPTED: Mapping[TreeState, TextOutcome] = {
    "initial_prompt_review": "review",
    "prompt_lottery_waiting": "waiting",
    "backlog_ranking": "waiting",
    "growing": "growing",
    "ranking": "ranking",
    "ready_for_scoring": "ranking",
    "ready_for_export": "ready",
    "scoring_failed": "failed",
}
"""The outcome of an accepted text, by the state of its tree."""

REVIEWING: frozenset[TreeState] = frozenset({"initial_prompt_review", "growing"})
"""States of a tree in which its messages are reviewed."""


@dataclass(frozen=True, slots=True)
class TextState:
    """A text in its tree: `result` is what its reviews decided; `held` says that it waits for a moderator."""

    tree: TreeState
    result: bool | None
    deleted: bool = False
    held: bool = False
    ranked: bool = False


def text_outcome(text: TextState) -> TextOutcome:
    """Return what became of a text."""
    if text.deleted:
        return "held" if text.held else "deleted"
    if text.result is False:
        return "rejected"
    if text.tree in CLOSED:
        return "stopped"
    if text.result is None:
        return "review" if text.tree in REVIEWING else "late"
    found = ACCEPTED[text.tree]
    return "ranked" if found == "ready" and text.ranked else found


def review_outcome(message: TextState, accepts: bool) -> JudgmentOutcome:
    """Return what became of a review of a message; `accepts` is whether the review alone would accept it."""
    if message.result is not None:
        return "agreed" if accepts == message.result else "differed"
    return "unused" if message.deleted or message.tree not in REVIEWING else "open"


def ranking_outcome(parent: TextState, ranking: WeightedRanking, ranks: Mapping[str, int | None]) -> JudgmentOutcome:
    """Return what became of a ranking of the replies to a message, given the replies' ranks."""
    if parent.deleted or parent.tree in CLOSED:
        return "unused"
    if parent.tree != "ready_for_export":
        return "open"
    if ranking.not_rankable:
        return "differed" if any(rank is not None for rank in ranks.values()) else "agreed"
    tau = kendall_tau(ranking, RankingConsensus(_groups(ranks), {}))
    return "undecided" if tau is None else "agreed" if tau > 0 else "differed"


def _groups(ranks: Mapping[str, int | None]) -> tuple[Group, ...]:
    by_rank: dict[int, list[str]] = {}
    for id, rank in sorted(ranks.items()):
        if rank is not None:
            by_rank.setdefault(rank, []).append(id)
    found: Sequence[Group] = [tuple(by_rank[rank]) for rank in sorted(by_rank)]
    return tuple(found)
