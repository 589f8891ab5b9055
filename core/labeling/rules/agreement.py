"""How far labelers agree: Krippendorff's alpha, with what must stand beside it to be understood.

K. Krippendorff, Content Analysis, 2004; the formulas are those of spec/labeling.md 2.3. Unanswered labels are missing
and never 0.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

Scale = Literal["nominal", "ordinal", "interval"]
ENOUGH = 30
"""Items that at least two people have rated, below which nothing is shown."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """`alpha` is 1 for full agreement and 0 for chance, None where everybody gave one and the same value.

    `raw` is the share of equal pairs; `prevalence` the share of ratings above the middle of the scale from 0 to 1;
    `items` the number of items that at least two have rated, `ratings` that of their ratings. A rare flag has an alpha
    near 0 even where people nearly always agree: raw and prevalence say so.
    """

    alpha: float | None
    raw: float
    prevalence: float
    items: int
    ratings: int

    @property
    def enough(self) -> bool:
        """Whether there is enough to show it."""
        return self.items >= ENOUGH


def agreement(units: Sequence[Sequence[float]], scale: Scale) -> Agreement | None:
    """The agreement over items, each with the values that people gave it; None where no item has two."""
    rated = [unit for unit in units if len(unit) > 1]
    if not rated:
        return None
    counts = Counter(value for unit in rated for value in unit)
    total = counts.total()
    apart = _distance(scale, counts)
    observed = sum(2 * sum(apart(a, b) for a, b in combinations(unit, 2)) / (len(unit) - 1) for unit in rated)
    expected = 2 * sum(counts[a] * counts[b] * apart(a, b) for a, b in combinations(sorted(counts), 2)) / (total - 1)
    pairs = [a == b for unit in rated for a, b in combinations(unit, 2)]
    return Agreement(
        alpha=1 - observed / expected if expected else None,
        raw=sum(pairs) / len(pairs),
        prevalence=sum(count for value, count in counts.items() if value > 0.5) / total,
        items=len(rated),
        ratings=total,
    )


GRADES = frozenset({"quality", "helpfulness", "creativity", "humor", "toxicity", "violence"})
"""Labels with five steps; the others say yes or no."""


@dataclass(slots=True)
class Together:
    """Who gave which values together, by language and label: the same values are counted and not kept."""

    units: defaultdict[tuple[str, str], Counter[tuple[float, ...]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )

    def note(self, lang: str, reviews: Iterable[Mapping[str, float]]) -> None:
        """Take the reviews of one message."""
        given: defaultdict[str, list[float]] = defaultdict(list)
        for labels in reviews:
            for name, value in labels.items():
                given[name].append(float(value))
        for name, values in given.items():
            if len(values) > 1:
                self.units[lang, name][tuple(sorted(values))] += 1

    def agreements(self) -> Iterator[tuple[str, str, Agreement]]:
        """Language, label and agreement, where enough was rated twice."""
        for (lang, name), units in sorted(self.units.items()):
            found = agreement(list(units.elements()), "ordinal" if name in GRADES else "nominal")
            if found and found.enough:
                yield lang, name, found


def _distance(scale: Scale, counts: Counter[float]) -> Callable[[float, float], float]:
    """How far two values are apart."""
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
