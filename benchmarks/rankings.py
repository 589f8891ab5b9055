"""How often the best answer by ranking is truly best, with and without weights of trust, in crowds of every kind.

`python -m benchmarks.rankings [SEED …]`. Only the rules run here, without a database, so that there can be many groups.
The people are those of benchmarks/community.py. Everybody has reviewed some messages, by which their reliability is
estimated; those in doubt rank nothing, as in the product. Pairs of answers are then ranked until people agree.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.community import AGREED, AnswerGroup, Crowd, SimulatedLabeler, code_of, grouped, labelers
from core.labeling.rules import annotator_model
from core.labeling.rules.annotator_model import LabelVote
from core.labeling.rules.defaults import TreeLimits
from core.labeling.rules.ranking_consensus import WeightedRanking, consensus, is_decided
from core.labeling.service.reliability import NEWCOMER
from core.labeling.service.tree_rankings import LEAD, ROUNDING

SEEDS = tuple(range(101, 111))
HEAD = "crowd", "weights of trust", "clear groups", "best is truly best", "rankings a group"
MESSAGES, STAYING = 150, 0.8
"""How many messages were reviewed before, and which share of them is to stay."""

REVIEWED = 25
"""How many of them each person has reviewed."""


@dataclass(frozen=True, slots=True)
class CrowdMix:
    """How many people there are, and which shares of them are hostile, careless or colluding."""

    people: int = 30
    hostile: float = 0
    sloppy: float = 0
    colluding: float = 0


CROWDS: Mapping[str, CrowdMix] = {
    "5 honest": CrowdMix(5),
    "30 honest": CrowdMix(),
    "5, a fifth careless": CrowdMix(5, sloppy=0.2),
    "30: 10 % hostile, 20 % careless": CrowdMix(hostile=0.1, sloppy=0.2),
    "30: 20 % hostile, 30 % careless": CrowdMix(hostile=0.2, sloppy=0.3),
    "30: 15 % colluding": CrowdMix(colluding=0.15),
}


@dataclass(frozen=True, slots=True)
class RankedGroups:
    """Groups of answers as people have ranked them, and how many rankings that took."""

    groups: Sequence[AnswerGroup]
    rankings: int

    @property
    def clear(self) -> Sequence[AnswerGroup]:
        """Those in which enough of the honest people would put one answer first."""
        return [group for group in self.groups if group.agreed >= AGREED]

    @property
    def right(self) -> float:
        """The share of the clear ones whose best answer is truly best; a tie is not."""
        return sum(group.right for group in self.clear) / max(len(self.clear), 1)


def ranked(seed: int, scenario: CrowdMix, *, trust: bool, number: int = 200) -> RankedGroups:
    """Let a crowd rank pairs of answers."""
    dice = Random(seed)
    crowd = Crowd(seed, labelers(scenario.people, seed, scenario.hostile, scenario.sloppy, scenario.colluding))
    reliable, doubtful = reliabilities(crowd, dice)
    ready = [labeler for labeler in crowd.labelers if labeler.number not in doubtful]
    writers = [labeler for labeler in crowd.labelers if labeler.kind != "hostile"]
    honest = [labeler for labeler in crowd.labelers if labeler.kind == "honest"]
    groups: list[AnswerGroup] = []
    rankings = 0
    for _ in range(number):
        codes = [code_of(crowd.text(labeler)) for labeler in dice.sample(writers, 2)]
        authors = {crowd.truths[code].author for code in codes}
        rankers = dice.sample(ready, len(ready))
        weights = {
            labeler.number: annotator_model.weight(reliable[labeler.number]) if trust else 1.0 for labeler in ready
        }
        given = rank(
            crowd, codes, [labeler for labeler in rankers if labeler.number not in authors], weights, trust=trust
        )
        rankings += len(given)
        common = consensus(given)
        if common:
            groups.append(grouped({code: common.rank(code) or 0 for code in codes}, crowd, honest))
    return RankedGroups(groups, rankings)


def reliabilities(crowd: Crowd, dice: Random) -> tuple[Mapping[int, float], frozenset[int]]:
    """Return how reliable everybody is by what they said about messages, and who is in doubt."""
    truth = {f"message {n}": dice.random() < STAYING for n in range(MESSAGES)}
    votes = [
        LabelVote(str(labeler.number), item, "good" if says(crowd, labeler, item, truth[item]) else "bad")
        for labeler in crowd.labelers
        for item in dice.sample(sorted(truth), REVIEWED)
    ]
    found = annotator_model.estimate(votes).reliability
    doubtful = (
        labeler.number for labeler in crowd.labelers if annotator_model.doubtful(found[str(labeler.number)], REVIEWED)
    )
    return {labeler.number: found[str(labeler.number)] for labeler in crowd.labelers}, frozenset(doubtful)


def says(crowd: Crowd, labeler: SimulatedLabeler, item: str, truth: bool) -> bool:
    """Whether somebody says that a message may stay. Colluding people do, of all: they only vote on how good it is."""
    return labeler.kind == "colluding" or crowd.stays(labeler, item, truth)


def rank(
    crowd: Crowd,
    codes: Sequence[str],
    rankers: Sequence[SimulatedLabeler],
    weights: Mapping[int, float],
    *,
    trust: bool,
) -> Sequence[WeightedRanking]:
    """Ask one after the other, until there are enough rankings and they agree by the lead, or no more may be asked."""
    limits = TreeLimits()
    lead = LEAD * (annotator_model.weight(NEWCOMER) if trust else 1.0) - ROUNDING
    given: list[WeightedRanking] = []
    for labeler in rankers[: limits.num_required_rankings + limits.max_extra_rankings]:
        given.append(WeightedRanking(tuple((code,) for code in crowd.order(labeler, codes)), weights[labeler.number]))
        if len(given) >= limits.num_required_rankings and is_decided(given, lead):
            break
    return given


def main() -> int:
    """Print a table."""
    seeds = [int(one) for one in sys.argv[1:]] or SEEDS
    sys.stdout.write(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}\n")
    for name, scenario in CROWDS.items():
        for trust in (False, True):
            found = [ranked(seed, scenario, trust=trust) for seed in seeds]
            clear = [group for one in found for group in one.clear]
            right = sum(group.right for group in clear) / max(len(clear), 1)
            each = sum(one.rankings for one in found) / max(sum(len(one.groups) for one in found), 1)
            sys.stdout.write(f"| {name} | {'on' if trust else 'off'} | {len(clear):,} | {right:.1%} | {each:.2f} |\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
