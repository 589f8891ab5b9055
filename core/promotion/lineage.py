"""The ancestry of models: which was trained from which, and when each was promoted and rolled back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from core.errors import OperatorError
from core.store.promotion_tables import PromotionRow
from core.store.promotions import WIDENED, reach
from core.training.runs import TrainingRun, all_runs


@dataclass(frozen=True, slots=True)
class LineageWidening:
    """When a promotion was let hold in more communities, in which share of them and in how many chosen ones it held
    until then, and the ground, as of a promotion.
    """

    at: datetime
    share: float
    communities: int
    evidence: Mapping[str, Any]
    because: str


@dataclass(frozen=True, slots=True)
class LineagePromotion:
    """A promotion of a model: in place of which, in which share of communities and in how many chosen ones, what the
    votes said (empty if it rests on what the operator said), how it ended, if it has, and how it came to hold in more
    communities than at first.
    """

    replaced: str
    share: float
    communities: int
    evidence: Mapping[str, Any]
    because: str
    begun: datetime
    ended: datetime | None = None
    why: str = ""
    by_itself: bool = False
    widened: Sequence[LineageWidening] = ()


@dataclass(frozen=True, slots=True)
class LineageModel:
    """A model with those that were trained from it.

    `run` is the state of its run, empty for a model that no run here has made; "damaged" if that cannot be read.
    """

    name: str
    run: str = ""
    method: str = ""
    rows: int = 0
    made: str = ""
    promotions: Sequence[LineagePromotion] = ()
    children: "Sequence[LineageModel]" = field(default_factory=list)


def lineage(home: Path, rows: Sequence[PromotionRow], names: Mapping[str, str]) -> Sequence[LineageModel]:
    """The models from which something was trained or that were promoted, the first ancestors first.

    `names` are other names of models, such as that of the bundled one in the settings. It reads each run's files.
    """

    def named(name: str) -> str:
        return names.get(name, name)

    runs = {run.name: run for run in all_runs(home)}
    bases = {name: named(_base(run)) for name, run in runs.items()}
    promoted: dict[str, list[LineagePromotion]] = {}
    for row in rows:
        promoted.setdefault(named(row.candidate), []).append(_promotion(row, named(row.replaced)))

    def model(name: str) -> LineageModel:
        children = [model(one) for one, base in bases.items() if base == name and one != name]
        return _described(name, runs.get(name), promoted.get(name, ()), children)

    first = [base for base in bases.values() if base not in runs]
    others = [name for name in promoted if name not in runs]
    lost = [name for name, base in bases.items() if base == name]
    return [model(name) for name in dict.fromkeys((*first, *others, *lost))]


def told(models: Sequence[LineageModel], depth: int = 0) -> Iterator[str]:
    """The ancestry in lines, each generation further in than its base."""
    for one in models:
        inner = "  " * depth
        made = f"  {one.method}, {one.rows} rows, {one.made[:10]}" if one.method else ""
        state = f" ({one.run})" if one.run not in ("", "done") else ""
        yield f"{inner}{one.name}{state}{made}"
        for promotion in one.promotions:
            yield f"{inner}    {_words(promotion)}"
        yield from told(one.children, depth + 1)


def _base(run: TrainingRun) -> str:
    try:
        return str(run.record["base"]["name"])
    except (OperatorError, KeyError, TypeError):
        return "unknown"


def _described(
    name: str, run: TrainingRun | None, promotions: Sequence[LineagePromotion], children: Sequence[LineageModel]
) -> LineageModel:
    if run is None:
        return LineageModel(name, promotions=promotions, children=children)
    try:
        record, state = run.record, run.state
        return LineageModel(
            name, state, record["method"], record["data"]["rows"], str(record["made"]), promotions, children
        )
    except (OperatorError, KeyError, TypeError):
        return LineageModel(name, "damaged", promotions=promotions, children=children)


def _promotion(row: PromotionRow, replaced: str) -> LineagePromotion:
    where = reach(row.reach)
    return LineagePromotion(
        replaced,
        where.share,
        len(where.communities),
        {name: value for name, value in row.evidence.items() if name != WIDENED},
        row.because,
        row.begun_at,
        row.ended_at,
        row.why,
        row.by_itself,
        [_widening(**step) for step in row.evidence.get(WIDENED, ())],
    )


def _widening(at: str, **step: Any) -> LineageWidening:
    return LineageWidening(datetime.fromisoformat(at), **step)


def _words(one: LineagePromotion) -> str:
    held: Sequence[LineagePromotion | LineageWidening] = (*one.widened, one)
    first, *later = [_where(step.share, step.communities) for step in held]
    begun = f" for {first}" if first else ""
    steps = [f"promoted {one.begun:%Y-%m-%d}{begun} in place of {one.replaced}, {_ground(one)}"]
    for step, where in zip(one.widened, later, strict=True):
        steps.append(f"widened {step.at:%Y-%m-%d} to {where or 'all communities'}, {_ground(step)}")
    if one.ended:
        steps.append(f"rolled back {'by itself ' if one.by_itself else ''}{one.ended:%Y-%m-%d}: {one.why}")
    return "; ".join(steps)


def _where(share: float, communities: int) -> str:
    """Where a promotion holds, in words; empty for everywhere."""
    parts = [f"{100 * share:.4g} % of the communities"] if 0 < share < 1 else []
    parts += [f"{communities} chosen"] if communities and share < 1 else []
    return " and ".join(parts)


def _ground(one: LineagePromotion | LineageWidening) -> str:
    return f"because: {one.because}" if one.because else _votes(one.evidence)


def _votes(evidence: Mapping[str, Any]) -> str:
    rate = evidence.get("win_rate") or {}
    won = f"wins {rate['value']:.1%} ({rate['low']:.1%} to {rate['high']:.1%}), " if rate else ""
    # The rule may be met long before the last vote, and the win rate counts all of them.
    return f"{won}proven by {evidence.get('choices', 0)} choices of {evidence.get('people', 0)} held-out people"
