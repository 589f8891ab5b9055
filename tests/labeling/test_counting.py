"""core.labeling.background.counting: the figures of labeling as metrics."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from sqlmodel import Session

from core.labeling.background.counting import FigureClock
from core.labeling.rules import agreement
from core.metrics import Metrics
from core.store.engine.database import Database
from core.store.labeling_tables import TreeRow
from core.store.tables import PersonRow
from tests.labeling.test_own_work import garden
from tests.labeling.village import Village


def shown(registry: CollectorRegistry) -> set[str]:
    return set(generate_latest(registry).decode().splitlines())


async def counted(village: Village, registry: CollectorRegistry, metrics: Metrics) -> set[str]:
    await FigureClock(village.store, "2026-01", metrics.labeling, now=lambda: village.now).tick()
    return shown(registry)


async def test_figures_are_shown_as_metrics(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "ENOUGH", 1)
    village, registry = await garden(store), CollectorRegistry()
    metrics = Metrics(registry)

    def unit(session: Session) -> None:
        session.get_one(PersonRow, village.people["ana"]).terms = "2026-01"
        for number, pool in enumerate(("", "a community")):
            session.add(TreeRow(id=f"t{number}", lang="de", state="growing", pool=pool, limits={}))

    await store.write(unit)
    village.later(days=3)
    lines = await counted(village, registry, metrics)
    assert {
        "parley_people_agreed 1.0",
        'parley_tree_messages{by="people",lang="en",role="assistant"} 2.0',
        'parley_trees{lang="en",state="ready_for_export"} 1.0',
        # What communities keep to themselves is added up without their ids.
        'parley_trees{lang="de",state="growing"} 2.0',
        'parley_tasks{kind="label_assistant_reply",lang="en"} 6.0',
        'parley_ranker_agreement{lang="en"} 1.0',
    } <= lines
    assert any(line.startswith('parley_reviewer_agreement{label="spam",lang="en"}') for line in lines)


async def test_what_is_no_longer_there_is_no_longer_shown(store: Database) -> None:
    village, registry = Village(store), CollectorRegistry()
    metrics = Metrics(registry)
    await village.settle_in("ana")
    tree = await village.writes("ana", "Is anybody there?")
    village.later(days=3)
    stuck = 'parley_stuck_trees{lang="en",reason="alone"} 1.0'
    assert stuck in await counted(village, registry, metrics)

    def halt(session: Session) -> None:
        session.get_one(TreeRow, tree).state = "halted_by_moderator"

    await store.write(halt)
    assert [line for line in await counted(village, registry, metrics) if line.startswith("parley_stuck_trees{")] == []
