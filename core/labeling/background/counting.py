"""Counts the figures of labeling for the operator's metrics."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.labeling.background.clock import repeat
from core.labeling.service.figures import LabelingFigures, figures
from core.metrics import LabelingGauges
from core.ports.store import Store
from core.store.tables import now

INTERVAL = 300.0
"""Seconds between two counts."""


@dataclass(frozen=True, slots=True)
class FigureClock:
    """Counts everything every few minutes; `terms` is the version of the current terms."""

    store: Store
    terms: str
    gauges: LabelingGauges
    now: Callable[[], datetime] = now

    async def run(self) -> None:
        """Count again and again, until cancelled."""
        await repeat(self.tick, INTERVAL, "figures_not_counted")

    async def tick(self) -> None:
        """Count now, on the store's reader."""
        at = self.now()
        show(self.gauges, await self.store.read(lambda session: figures(session, self.terms, at)))


def show(gauges: LabelingGauges, found: LabelingFigures) -> None:
    """Show figures as metrics. The pools of communities are added up: no metric carries the id of a place."""
    gauges.people_agreed.set(found.agreed)
    every = found.languages.items()
    gauges.put(
        gauges.messages,
        {
            (lang, role, "models" if synthetic else "people"): number
            for lang, one in every
            for (role, synthetic), number in one.messages.items()
        },
    )
    gauges.put(gauges.trees, {(lang, state): number for lang, one in every for state, number in one.trees.items()})
    gauges.put(gauges.tasks, {(lang, kind): number for lang, one in every for kind, number in one.tasks.items()})
    stuck: Counter[tuple[str, ...]] = Counter()
    for one in found.stuck:
        stuck[one.lang, one.reason] += one.trees
    gauges.put(gauges.stuck, stuck)
    gauges.put(gauges.reviewer_agreement, {(lang, name): one.raw for lang, name, one in found.reviewers})
    gauges.put(gauges.ranker_agreement, {(lang,): one.equal for lang, one in found.rankers.items()})
