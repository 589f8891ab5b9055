"""Votes as they are judged: what each says about the candidate, and what each weighs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.store.arena import CastVote
from core.store.arena_tables import ArenaChoice

Outcome = Literal["won", "lost", "good", "bad"]
"""What a vote says of the candidate: better, worse, or as good or as bad as the other."""

POINTS: Mapping[Outcome, float] = {"won": 1.0, "lost": 0.0, "good": 0.5, "bad": 0.5}
TIES: frozenset[Outcome] = frozenset({"good", "bad"})


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote about a candidate. `words` and `items` are by how much its answer has more of them than the other, as a
    share of both together: from -1 to 1.
    """

    person: str
    round: str
    outcome: Outcome
    candidate_first: bool
    held_out: bool
    words: float = 0.0
    items: float = 0.0


def ballot(vote: CastVote) -> Ballot:
    """A vote, seen from the candidate."""
    mine, theirs = (vote.style_a, vote.style_b) if vote.candidate_first else (vote.style_b, vote.style_a)
    return Ballot(
        vote.person_id,
        vote.round_id,
        outcome(vote.choice, candidate_first=vote.candidate_first),
        vote.candidate_first,
        vote.held_out,
        _more(mine.get("words", 0), theirs.get("words", 0)),
        _more(mine.get("items", 0), theirs.get("items", 0)),
    )


def outcome(choice: ArenaChoice, *, candidate_first: bool) -> Outcome:
    """What a choice says of the candidate."""
    if choice in ("good", "bad"):
        return choice
    return "won" if (choice == "a") == candidate_first else "lost"


def preferences(ballots: Iterable[Ballot]) -> Sequence[tuple[str, bool]]:
    """The ballots that prefer an answer: who did, and whether it is the candidate's."""
    return [(one.person, one.outcome == "won") for one in ballots if one.outcome not in TIES]


def weights(people: Iterable[str], correlation: float) -> Mapping[str, float]:
    """What each vote of a person weighs, by the design effect (see `StoppingRule`), given who cast each vote."""
    return {person: 1 / (1 + (number - 1) * correlation) for person, number in Counter(people).items()}


def _more(mine: int, theirs: int) -> float:
    return (mine - theirs) / (mine + theirs) if mine + theirs else 0.0
