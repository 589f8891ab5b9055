"""How soon a promoted model that is worse is rolled back by itself, and how seldom one that is as good, by simulation:
`python -m benchmarks.promotion [--weeks 1000]`.

Each simulated week has 2,000 answers, each to another person, of which a tenth get thumbs, each of another person, too.
It is looked at after every ten answers; the week before it had 1,000.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import mean

from core.promotion.answer_quality import AnswerQuality, PersonMean, worse

BEFORE, AFTER, LOOK = 1000, 2000, 10
THUMBS = 0.1


@dataclass(frozen=True, slots=True)
class SimulatedModel:
    """A model by the share of 👎 among its thumbs, and of questions that it does not answer."""

    down: float = 0.3
    unanswered: float = 0.05


@dataclass(frozen=True, slots=True)
class SimulatedWeeks:
    """In which share of the weeks a model was rolled back, and after how many answers on average."""

    share: float
    answers: float


USUAL = SimulatedModel()
MODELS: Sequence[tuple[str, SimulatedModel]] = (
    ("as good", USUAL),
    ("👎 50 % of the thumbs, before 30 %", SimulatedModel(down=0.5)),
    ("👎 60 % of the thumbs, before 30 %", SimulatedModel(down=0.6)),
    ("15 % refused or failed, before 5 %", SimulatedModel(unanswered=0.15)),
)


def simulate(model: SimulatedModel, weeks: int, seed: int = 5) -> SimulatedWeeks:
    """Promote a model in place of a usual one, as often as that."""
    chance = Random(seed)
    ends = [end for _ in range(weeks) if (end := _week(model, chance))]
    return SimulatedWeeks(len(ends) / weeks, mean(ends) if ends else 0.0)


def _week(model: SimulatedModel, chance: Random) -> int:
    """After how many answers a model is rolled back; 0 if it is not."""
    before = _quality(USUAL, BEFORE, chance, AnswerQuality())
    after = AnswerQuality()
    for answers in range(LOOK, AFTER + 1, LOOK):
        after = _quality(model, LOOK, chance, after)
        if worse(before, after):
            return answers
    return 0


def _quality(model: SimulatedModel, number: int, chance: Random, so_far: AnswerQuality) -> AnswerQuality:
    thumbs = [chance.random() < model.down for _ in range(number) if chance.random() < THUMBS]
    up, down = so_far.up + thumbs.count(False), so_far.down + thumbs.count(True)
    answers = so_far.answers + number
    unanswered = so_far.unanswered + sum(chance.random() < model.unanswered for _ in range(number))
    return AnswerQuality(
        answers=answers,
        up=up,
        down=down,
        unanswered=unanswered,
        down_share=one_each(down, up + down),
        unanswered_share=one_each(unanswered, answers),
    )


def one_each(count: int, number: int) -> PersonMean:
    """What so many people make of something that happened to some of them, once to each."""
    share = count / number if number else 0.0
    return PersonMean(share, share * (1 - share), number)


def main() -> None:
    """Print the table of docs/promotion.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=1000)
    weeks = parser.parse_args().weeks
    sys.stdout.write("| its answers | rolled back | after so many, on average |\n|---|---|---|\n")
    for name, model in MODELS:
        found = simulate(model, weeks)
        sys.stdout.write(f"| {name} | {found.share:.1%} | {found.answers:.0f} |\n")


if __name__ == "__main__":
    main()
