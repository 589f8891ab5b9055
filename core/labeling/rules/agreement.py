"""Labelers' agreement: Krippendorff's alpha, with the figures that it takes to understand it.

K. Krippendorff, Content Analysis, 2004; the formulas are those of docs/reference/labeling.md 2.3. Unanswered labels
count as missing and never as 0.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Literal

Scale = Literal["nominal", "ordinal", "interval"]
ENOUGH = 30
"""With fewer items than this that at least two people have rated, nothing is shown."""


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """Labelers' agreement on one label, with the figures needed to read it.

    `alpha` is 1 for full agreement and 0 for chance; it is None if everybody gave the same value. `raw` is the share of
    equal pairs, and `prevalence` the share of ratings above the middle of the scale from 0 to 1. `items` counts the
    items that at least two people have rated, and `ratings` their ratings. A rare flag has an alpha near 0 even if
    people nearly always agree; raw and prevalence show that.
    """

    alpha: float | None
    raw: float
    prevalence: float
    items: int
    ratings: int

    @property
    def enough(self) -> bool:
        """Whether there are enough items to show it."""
        return self.items >= ENOUGH


def agreement(units: Sequence[Sequence[float]], scale: Scale) -> LabelAgreement | None:
    """Compute the agreement over items, each given as its values; None if no item has two values."""
    rated = [unit for unit in units if len(unit) > 1]
    if not rated:
        return None
    counts = Counter(value for unit in rated for value in unit)
    total = counts.total()
    apart = _distance(scale, counts)
    observed = sum(2 * sum(apart(a, b) for a, b in combinations(unit, 2)) / (len(unit) - 1) for unit in rated)
    expected = 2 * sum(counts[a] * counts[b] * apart(a, b) for a, b in combinations(sorted(counts), 2)) / (total - 1)
    pairs = [a == b for unit in rated for a, b in combinations(unit, 2)]
    return LabelAgreement(
        alpha=1 - observed / expected if expected else None,
        raw=sum(pairs) / len(pairs),
        prevalence=sum(count for value, count in counts.items() if value > 0.5) / total,
        items=len(rated),
        ratings=total,
    )


@dataclass(frozen=True, slots=True)
class RankerAgreement:
    """How far rankers agree: the share of pairs of answers that two of them put in the same order.

    `pairs` counts, for each two rankers of the same answers, the pairs that both have put in an order, and `groups` the
    groups of answers that at least two people have ranked.
    """

    equal: float
    pairs: int
    groups: int

    @property
    def enough(self) -> bool:
        """Whether there are enough pairs to show it."""
        return self.pairs >= ENOUGH


def ranker_agreement(groups: Iterable[Sequence[Sequence[Sequence[str]]]]) -> RankerAgreement | None:
    """Compute how far rankers agree, over groups of answers with their rankings, each from best to worst.

    Answers that somebody calls equally good are in no order. Returns None if no pair was put in an order twice.
    """
    same = other = number = 0
    for rankings in groups:
        orders = [
            {pair for better, worse in combinations(one, 2) for pair in product(better, worse)} for one in rankings
        ]
        number += len(orders) > 1
        for first, second in combinations(orders, 2):
            same += len(first & second)
            other += len(first & {(worse, better) for better, worse in second})
    return RankerAgreement(same / (same + other), same + other, number) if same + other else None


GRADES = frozenset({"quality", "helpfulness", "creativity", "humor", "toxicity", "violence"})
"""Labels with five steps; the others are yes or no."""


@dataclass(slots=True)
class SharedItems:
    """Collects the values that people gave to the same message, by language and label.

    Equal sets of values are counted instead of being kept one by one.
    """

    units: defaultdict[tuple[str, str], Counter[tuple[float, ...]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )

    def note(self, lang: str, reviews: Iterable[Mapping[str, float]]) -> None:
        """Add the reviews of one message."""
        given: defaultdict[str, list[float]] = defaultdict(list)
        for labels in reviews:
            for name, value in labels.items():
                given[name].append(float(value))
        for name, values in given.items():
            if len(values) > 1:
                self.units[lang, name][tuple(sorted(values))] += 1

    def agreements(self) -> Iterator[tuple[str, str, LabelAgreement]]:
        """Yield language, label and agreement, if enough items have two ratings."""
        for (lang, name), units in sorted(self.units.items()):
            found = agreement(list(units.elements()), "ordinal" if name in GRADES else "nominal")
            if found and found.enough:
                yield lang, name, found


def _distance(scale: Scale, counts: Counter[float]) -> Callable[[float, float], float]:
    """Return the function that says how far apart two values are on a scale."""
    if scale == "nominal":
        return lambda a, b: float(a != b)
    if scale == "interval":
        return lambda a, b: (a - b) ** 2
    values = sorted(counts)

    def ordinal(a: float, b: float) -> float:
        first, last = sorted((values.index(a), values.index(b)))
        between = sum(counts[value] for value in values[first : last + 1])
        return (between - (counts[a] + counts[b]) / 2) ** 2

    return ordinal
