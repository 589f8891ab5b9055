"""What exported labels are worth: their error against the truth about made-up answers, by the way they were reviewed.

`python -m benchmarks.label_errors [SEED …]`. Each answer has a truth that nobody sees. Three people review it, each
with errors of their own: by one tap, in the full form, or some in one way and some in the other. Their labels go
through the rules for reviews and through the export's own sums. "Only said" is the other reading, in which a label
counts only if somebody gave it. The flags of the full form have no tap, so taps alone say nothing about them.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from statistics import NormalDist, correlation, fmean

from core.dataset.export import annotations
from core.dataset.export.nodes import ExportedMessage, ExportedReview
from core.dataset.export.selection import HALF
from core.labeling.rules.review_modes import SCALES, quick
from core.labeling.rules.vocabulary import LabelMode

KIND = "label_assistant_reply"
SEEDS = (101, 102, 103)
HEAD = "label", "reviewed by", "reading", "answers with a value", "mean error", "called so by most"
ANSWERS, REVIEWERS = 2000, 3
SPREAD, NOISE = 1.2, 0.5
"""How much texts differ in quality, and how far people misjudge it: standard deviations, as in benchmarks/community."""

RARE: Mapping[str, float] = {"spam": 0.1, "lang_mismatch": 0.05, "hate_speech": 0.05}
"""How many answers have a flaw."""

FAILS = 0.15
"""How many answers fail their task: the worst."""

SIGHT, SLIP = 0.87, 0.02
"""How often somebody notices a flaw, and how often they see one where there is none."""

GOOD, BAD = 0.4, 0.28
"""Somebody taps "Good" if an answer seems to be among the best GOOD of all, and "Bad" if among the worst BAD, as in
benchmarks/community.
"""

WAYS: Mapping[str, Callable[[Random], LabelMode]] = {
    "one tap": lambda dice: "quick",
    "full form": lambda dice: "full",
    "half of each": lambda dice: "quick" if dice.random() < 0.5 else "full",
}


@dataclass(frozen=True, slots=True)
class TrueAnswer:
    """The truth about an answer: its place among all answers, from 0 (worst) to 1, and its flaws."""

    level: float
    flaws: frozenset[str]

    def truth(self, label: str) -> float:
        """Return the true value of a label."""
        return self.level if label in SCALES else float(label in self.flaws)


@dataclass(slots=True)
class LabelErrors:
    """Collects what a label was worth against the truth."""

    values: list[tuple[float, float]] = field(default_factory=list)

    @property
    def error(self) -> float:
        """The mean distance between the value and the truth."""
        return fmean(abs(value - truth) for value, truth in self.values)

    @property
    def found(self) -> float:
        """Of the answers that have the flaw, the share of those whose value says so: more than half."""
        return fmean(value > HALF for value, truth in self.values if truth)

    @property
    def false(self) -> float:
        """The same share of the answers that do not have it."""
        return fmean(value > HALF for value, truth in self.values if not truth)

    def line(self, way: str, label: str, reading: str, of: int) -> str:
        """Return a row of the table."""
        if label in SCALES:
            told = f"correlation {correlation(*zip(*self.values, strict=True)):.2f}"
        else:
            told = f"{self.found:.0%} of the flawed, {self.false:.1%} of the others"
        return f"| {label} | {way} | {reading} | {len(self.values) / of:.0%} | {self.error:.3f} | {told} |"


def answer(dice: Random) -> TrueAnswer:
    """Return the truth about a new answer."""
    level = NormalDist().cdf(dice.gauss(0, 1))
    flaws = {name for name, share in RARE.items() if dice.random() < share}
    return TrueAnswer(level, frozenset(flaws | ({"fails_task"} if level < FAILS else set())))


def review(of: TrueAnswer, person: str, mode: LabelMode, dice: Random) -> ExportedReview:
    """Return what somebody says about an answer."""
    ability = NormalDist(0, 1)
    seen = ability.cdf(ability.inv_cdf(min(max(of.level, 1e-6), 1 - 1e-6)) + dice.gauss(0, NOISE / SPREAD))
    flaws = [name for name in RARE if dice.random() < (SIGHT if name in of.flaws else SLIP)]
    labels = tapped(seen, flaws) if mode == "quick" else filled_in(seen, flaws)
    return ExportedReview(person, "1", "web", "form", labels, mode)


def tapped(seen: float, flaws: Sequence[str]) -> Mapping[str, float]:
    """Return the labels of somebody who taps once."""
    if "spam" in flaws:
        return quick("spam", KIND)
    if "lang_mismatch" in flaws:
        return quick("foreign", KIND)
    return quick("good" if seen > 1 - GOOD else "bad" if seen < BAD else "ok", KIND)


def filled_in(seen: float, flaws: Sequence[str]) -> Mapping[str, float]:
    """Return the labels of somebody who fills in the form; who calls something spam says no more about it."""
    if "spam" in flaws:
        return {"spam": 1.0}
    rest = {"spam": 0.0, "fails_task": float(seen < FAILS), "quality": round(seen * 4) / 4}
    return {**rest, **dict.fromkeys(flaws, 1.0)}


def measured(seeds: Sequence[int], way: str, answers: int = ANSWERS) -> Mapping[tuple[str, str], LabelErrors]:
    """Return the errors by label and reading."""
    found: dict[tuple[str, str], LabelErrors] = {}
    for seed in seeds:
        dice = Random(seed)
        for _ in range(answers):
            true = answer(dice)
            node = message([review(true, f"p{one}", WAYS[way](dice), dice) for one in range(REVIEWERS)])
            given, counts = annotations.labels(node), annotations.given_counts(node)
            for label, one in given.items():
                if label not in (*RARE, "fails_task", "quality"):
                    # A flag that none of these answers deserves.
                    continue
                truth = true.truth(label)
                found.setdefault((label, "exported"), LabelErrors()).values.append((one["value"], truth))
                if counts.get(label):
                    only = one["value"] * one["count"] / counts[label]
                    found.setdefault((label, "only said"), LabelErrors()).values.append((only, truth))
    return found


def message(reviews: Sequence[ExportedReview]) -> ExportedMessage:
    """Return an answer with its reviews, as the export reads it."""
    return ExportedMessage(
        id="answer",
        tree_id="prompt",
        parent_id="prompt",
        depth=1,
        chat=False,
        person_id="author",
        terms="1",
        platform="web",
        source="form",
        role="assistant",
        state="complete",
        text="An answer.",
        lang="en",
        model="",
        deleted=False,
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
        synthetic=False,
        reviews=tuple(reviews),
    )


def main() -> int:
    """Print a table."""
    seeds = [int(one) for one in sys.argv[1:]] or SEEDS
    sys.stdout.write(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}\n")
    for way in WAYS:
        for (label, reading), errors in sorted(measured(seeds, way).items()):
            sys.stdout.write(f"{errors.line(way, label, reading, ANSWERS * len(seeds))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
