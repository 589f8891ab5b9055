"""How often the best answer by ranking is truly best, with and without weights of trust, in crowds of every mood.

`python -m benchmarks.rankings [SEED …]`. Only the rules run here, without a database, so that there can be many groups.
The people are those of benchmarks/community.py. Everybody has reviewed some messages, by which their reliability is
estimated; those in doubt rank nothing, as in the product. Pairs of answers are then ranked until people agree.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.community import AGREED, Crowd, Group, Soul, code_of, grouped, souls
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
class CrowdMood:
    """How many people there are, and which shares of them are hostile, careless or colluding."""

    people: int = 30
    hostile: float = 0
    sloppy: float = 0
    colluding: float = 0


MOODS: Mapping[str, CrowdMood] = {
    "5 honest": CrowdMood(5),
    "30 honest": CrowdMood(),
    "5, a fifth careless": CrowdMood(5, sloppy=0.2),
    "30: 10 % hostile, 20 % careless": CrowdMood(hostile=0.1, sloppy=0.2),
    "30: 20 % hostile, 30 % careless": CrowdMood(hostile=0.2, sloppy=0.3),
    "30: 15 % colluding": CrowdMood(colluding=0.15),
}


@dataclass(frozen=True, slots=True)
class RankedGroups:
    """Groups of answers as people have ranked them, and how many rankings that took."""

    groups: Sequence[Group]
    rankings: int

    @property
    def clear(self) -> Sequence[Group]:
        """Those in which enough of the honest people would put one answer first."""
        return [group for group in self.groups if group.agreed >= AGREED]

    @property
    def right(self) -> float:
        """The share of the clear ones whose best answer is truly best; a tie is not."""
        return sum(group.right for group in self.clear) / max(len(self.clear), 1)


def ranked(seed: int, mood: CrowdMood, *, trust: bool, number: int = 200) -> RankedGroups:
    """Let a crowd rank pairs of answers."""
    dice = Random(seed)
    crowd = Crowd(seed, souls(mood.people, seed, mood.hostile, mood.sloppy, mood.colluding))
    reliable, doubtful = reliabilities(crowd, dice)
    ready = [soul for soul in crowd.souls if soul.number not in doubtful]
    writers = [soul for soul in crowd.souls if soul.kind != "hostile"]
    honest = [soul for soul in crowd.souls if soul.kind == "honest"]
    groups: list[Group] = []
    rankings = 0
    for _ in range(number):
        codes = [code_of(crowd.text(soul)) for soul in dice.sample(writers, 2)]
        authors = {crowd.pieces[code].author for code in codes}
        rankers = dice.sample(ready, len(ready))
        weights = {soul.number: annotator_model.weight(reliable[soul.number]) if trust else 1.0 for soul in ready}
        given = rank(crowd, codes, [soul for soul in rankers if soul.number not in authors], weights, trust=trust)
        rankings += len(given)
        common = consensus(given)
        if common:
            groups.append(grouped({code: common.rank(code) or 0 for code in codes}, crowd, honest))
    return RankedGroups(groups, rankings)


def reliabilities(crowd: Crowd, dice: Random) -> tuple[Mapping[int, float], frozenset[int]]:
    """Return how reliable everybody is by what they said about messages, and who is in doubt."""
    truth = {f"message {n}": dice.random() < STAYING for n in range(MESSAGES)}
    votes = [
        LabelVote(str(soul.number), item, "good" if says(crowd, soul, item, truth[item]) else "bad")
        for soul in crowd.souls
        for item in dice.sample(sorted(truth), REVIEWED)
    ]
    found = annotator_model.estimate(votes).reliability
    doubtful = (soul.number for soul in crowd.souls if annotator_model.doubtful(found[str(soul.number)], REVIEWED))
    return {soul.number: found[str(soul.number)] for soul in crowd.souls}, frozenset(doubtful)


def says(crowd: Crowd, soul: Soul, item: str, truth: bool) -> bool:
    """Whether somebody says that a message may stay. Colluding people do, of all: they only vote on how good it is."""
    return soul.kind == "colluding" or crowd.stays(soul, item, truth)


def rank(
    crowd: Crowd, codes: Sequence[str], rankers: Sequence[Soul], weights: Mapping[int, float], *, trust: bool
) -> Sequence[WeightedRanking]:
    """Ask one after the other, until there are enough rankings and they agree by the lead, or no more may be asked."""
    limits = TreeLimits()
    lead = LEAD * (annotator_model.weight(NEWCOMER) if trust else 1.0) - ROUNDING
    given: list[WeightedRanking] = []
    for soul in rankers[: limits.num_required_rankings + limits.max_extra_rankings]:
        given.append(WeightedRanking(tuple((code,) for code in crowd.order(soul, codes)), weights[soul.number]))
        if len(given) >= limits.num_required_rankings and is_decided(given, lead):
            break
    return given


def main() -> int:
    """Print a table."""
    seeds = [int(one) for one in sys.argv[1:]] or SEEDS
    sys.stdout.write(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}\n")
    for name, mood in MOODS.items():
        for trust in (False, True):
            found = [ranked(seed, mood, trust=trust) for seed in seeds]
            clear = [group for one in found for group in one.clear]
            right = sum(group.right for group in clear) / max(len(clear), 1)
            each = sum(one.rankings for one in found) / max(sum(len(one.groups) for one in found), 1)
            sys.stdout.write(f"| {name} | {'on' if trust else 'off'} | {len(clear):,} | {right:.1%} | {each:.2f} |\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
