"""Combine several people's rankings into one: Tideman's ranked pairs.

T. N. Tideman, Independence of clones as a criterion for voting rules, 1987; Open Assistant's version is described in
docs/reference/open-assistant.md 1.14. Ours differs on purpose (docs/reference/labeling.md 2.2): ties stay ties, a
ranking may leave answers out, and each ranking may have a weight.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

Group = tuple[str, ...]
"""Answers that somebody considers equally good, by their ids."""


@dataclass(frozen=True, slots=True)
class WeightedRanking:
    """One person's ranking: groups from best to worst. `weight` is how much it counts.

    `not_rankable` says that none of the answers is good; the order then means nothing.
    """

    groups: tuple[Group, ...]
    weight: float = 1.0
    not_rankable: bool = False

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield every pair of answers whose first is ranked above its second."""
        for better, worse in combinations(self.groups, 2):
            yield from ((first, second) for first in better for second in worse)


@dataclass(frozen=True, slots=True)
class RankingConsensus:
    """The common ranking: groups from best to worst, with the answers of one group tied.

    `margins` says by how much one answer beats another.
    """

    groups: tuple[Group, ...]
    margins: dict[tuple[str, str], float]

    def clear(self, lead: float) -> bool:
        """Return whether there is one best answer that beats every other by at least `lead`."""
        (best, *others), *_ = self.groups
        rest = [id for group in self.groups[1:] for id in group]
        return not others and all(self.margins.get((best, id), 0.0) >= lead for id in rest)

    def rank(self, id: str) -> int | None:
        """Return an answer's place, 0 for the best; None if nobody has ranked it."""
        return next((place for place, group in enumerate(self.groups) if id in group), None)


def consensus(rankings: Sequence[WeightedRanking]) -> RankingConsensus | None:
    """Return the common ranking of several.

    None if at least half of the weight says that nothing can be ranked, or if fewer than two answers were ranked.

    Pairs are locked in from the widest margin to the narrowest, and at equal margins those with fewer votes against
    them first; a pair that would close a cycle is left out. Then the answers that nothing beats are taken away, group
    by group.
    """
    used = [ranking for ranking in rankings if not ranking.not_rankable]
    answers = sorted({id for ranking in used for group in ranking.groups for id in group})
    if len(answers) < 2 or is_refused(rankings):
        return None
    votes: dict[tuple[str, str], float] = defaultdict(float)
    for ranking in used:
        for pair in ranking.pairs():
            votes[pair] += ranking.weight
    margins = {
        (one, other): margin
        for one in answers
        for other in answers
        if (margin := votes[one, other] - votes[other, one]) > 0
    }
    order = sorted(margins, key=lambda pair: (-margins[pair], votes[pair[1], pair[0]], pair))
    locked: dict[str, set[str]] = {id: set() for id in answers}
    for better, worse in order:
        if not _leads(locked, worse, better):
            locked[better].add(worse)
    return RankingConsensus(tuple(_peeled(locked)), margins)


def is_refused(rankings: Sequence[WeightedRanking]) -> bool:
    """Return whether people find none of the answers good: those who say so have at least half of the weight."""
    whole = sum(ranking.weight for ranking in rankings)
    refused = sum(ranking.weight for ranking in rankings if ranking.not_rankable)
    return 0 < refused * 2 >= whole


def is_decided(rankings: Sequence[WeightedRanking], lead: float) -> bool:
    """Return whether people agree well enough that nobody else needs to be asked.

    They do if one answer beats every other by at least `lead`, or if those who say that no answer is good, or that all
    are equally good, outweigh everybody else by as much.
    """
    whole = sum(ranking.weight for ranking in rankings)
    refused = sum(ranking.weight for ranking in rankings if ranking.not_rankable)
    equal = sum(ranking.weight for ranking in rankings if not ranking.not_rankable and len(ranking.groups) == 1)
    if max(2 * refused, 2 * equal) - whole >= lead:
        return True
    common = consensus(rankings)
    return common is not None and common.clear(lead)


def kendall_tau(ranking: WeightedRanking, common: RankingConsensus) -> float | None:
    """Return how far a ranking agrees with the consensus, from -1 to 1; None if the two share no decided pair.

    (Pairs in the same order - pairs in the opposite order) / pairs that both decide.
    """
    same = other = 0
    for better, worse in ranking.pairs():
        first, second = common.rank(better), common.rank(worse)
        if first is None or second is None or first == second:
            continue
        same, other = (same + 1, other) if first < second else (same, other + 1)
    return (same - other) / (same + other) if same + other else None


def _leads(locked: dict[str, set[str]], start: str, goal: str) -> bool:
    """Return whether the locked pairs make one answer beat another, directly or through others."""
    waiting, seen = [start], {start}
    while waiting:
        at = waiting.pop()
        if at == goal:
            return True
        waiting.extend(found := locked[at] - seen)
        seen |= found
    return False


def _peeled(locked: dict[str, set[str]]) -> Iterator[Group]:
    left = set(locked)
    while left:
        beaten = {worse for better in left for worse in locked[better]}
        unbeaten = tuple(sorted(left - beaten))
        yield unbeaten
        left -= set(unbeaten)
