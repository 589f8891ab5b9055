"""A simulated community (benchmarks/community.py) in small: no tree gets stuck, and hostile people do not decide."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from benchmarks.community import (
    Crowd,
    LabelingCommunity,
    SimulatedLabeler,
    TaskAction,
    exported,
    fates,
    labelers,
    labeling_community,
    stuck,
)
from core.labeling.rules.defaults import WEIGHTS, LabelingRules, TreeLimits
from core.labeling.rules.vocabulary import TERMINAL, TaskRequest
from core.store.engine.database import Database, connect
from core.store.gold_queue import GOLD
from core.store.labeling_tables import TreeRow, WorkItemRow
from tests.sweeping import mostly_swept

SEEDS = (1, 2, 3)
WRITTEN = replace(LabelingRules(), weights={**WEIGHTS, "initial_prompt": 0.0}, limits=TreeLimits(goal_tree_size=4))
"""Prompts are written when a test wants them, so that there is an end of it; and trees are small."""


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[Database]:
    """A community takes its time: one kind of database is enough."""
    opened = connect(sqlite_url)
    yield opened
    await opened.close()


async def write_prompts(place: LabelingCommunity, authors: Sequence[SimulatedLabeler]) -> None:
    """Let some people write a prompt each, and leave what they are given next."""
    for labeler in authors:
        shown_task = await place.units.ask(labeler, "initial_prompt")
        assert shown_task
        following = await place.units.do(labeler, shown_task, TaskAction("write", text=place.crowd.text(labeler)))
        if following:
            await place.units.do(labeler, following, TaskAction("later"))


async def work(place: LabelingCommunity, people: Sequence[SimulatedLabeler]) -> None:
    """Let people take turns, a task each, until they find none, and none either once all that was put off is back."""
    idle = False
    while True:
        while any([await turn(place, labeler) for labeler in people]):
            idle = False
        if idle:
            return
        await wait(place, days=8)
        idle = True


async def turn(place: LabelingCommunity, labeler: SimulatedLabeler, kind: TaskRequest = "random") -> bool:
    """Let somebody do one task. Returns whether they got one."""
    place.time.at += timedelta(seconds=20)
    shown_task = await place.units.ask(labeler, kind)
    if shown_task is None:
        return False
    action = place.crowd.action(labeler, shown_task)
    if place.crowd.reports(labeler, shown_task):
        await place.units.report(labeler, shown_task)
    await place.units.do(labeler, shown_task, action)
    return True


async def wait(place: LabelingCommunity, **time: float) -> None:
    place.time.at += timedelta(**time)
    await place.clock.tick()


def end_lessons(session: Session) -> None:
    """There are no items left with known labels."""
    for item in session.exec(select(WorkItemRow).where(WorkItemRow.pool == GOLD)).all():
        item.open = False


def states(session: Session) -> Sequence[str]:
    return session.exec(select(TreeRow.state)).all()


@pytest.mark.sweep
async def test_no_tree_gets_stuck_and_most_are_exported(store: Database) -> None:
    crowd = Crowd(1, labelers(30, 1, hostile=0.1, sloppy=0.2))
    rules = replace(WRITTEN, gold_every=0)
    place = await labeling_community(store, crowd, rules, by_events=0)
    await write_prompts(place, crowd.labelers[:4])
    await work(place, crowd.labelers)
    assert await store.read(lambda session: stuck(session, place.keeper, place.time.at)) == 0
    ends = await store.read(states)
    assert set(ends) <= TERMINAL
    assert ends.count("ready_for_export") >= 0.6 * len(ends)


@pytest.mark.slow
@pytest.mark.parametrize("number", mostly_swept([2, 3, 4, 5, 6, 8, 12], [2]))
async def test_trees_are_finished_however_few_people_there_are(store: Database, number: int, tmp_path: Path) -> None:
    crowd = Crowd(7, labelers(number, 7, hostile=0, sloppy=0))
    rules = replace(WRITTEN, gold_every=0)
    place = await labeling_community(store, crowd, rules, by_events=0)
    # After the hour of the nightly work.
    place.time.at += timedelta(hours=5)
    await write_prompts(place, crowd.labelers[:2])
    await work(place, crowd.labelers)
    assert await store.read(lambda session: stuck(session, place.keeper, place.time.at)) == 0
    ends = await store.read(states)
    assert set(ends) <= TERMINAL
    assert "ready_for_export" in ends
    assert (await exported(tmp_path, crowd, store))["exported trees"] == ends.count("ready_for_export")


@pytest.mark.sweep
async def test_hostile_people_who_were_seen_through_decide_nothing(store: Database, tmp_path: Path) -> None:
    """For every seed: if the others know which answers are good, no spam and no worse answer gets through."""
    crowd = Crowd(1, labelers(30, 1, hostile=0.1, sloppy=0))
    for labeler in crowd.labelers:
        labeler.sight, labeler.noise = 1.0, 0.0
    # All three of them together cannot hide a message, which is another matter.
    rules = replace(WRITTEN, trust_weights=True, auto_mod_red_flags=4, gold_first=4)
    place = await labeling_community(store, crowd, rules, by_events=0)
    for labeler in crowd.labelers:
        for _ in range(rules.gold_first):
            await turn(place, labeler, "label_initial_prompt")
    await wait(place, hours=4)
    await store.write(end_lessons)
    await write_prompts(place, crowd.labelers[:4])
    await work(place, crowd.labelers)
    found = await store.read(lambda session: fates(session, crowd))
    assert found["good accepted"]
    assert not found["spam accepted"] + found["good rejected"] + found["good hidden"]
    truth = await exported(tmp_path, crowd, store)
    assert truth["best is truly best (50%)"] == truth["chosen is truly better"] == 1
    assert set(await store.read(states)) <= TERMINAL


@pytest.mark.sweep
async def test_the_same_by_events(store: Database) -> None:
    crowd = Crowd(1, labelers(6, 1, hostile=0.1, sloppy=0.2))
    place = await labeling_community(store, crowd, replace(LabelingRules(), gold_first=1), by_events=5)
    await place.live(days=0.3, tasks=12)
    assert place.events.events > 20
    assert (await store.read(lambda session: fates(session, crowd))).total() > 2
    assert await store.read(lambda session: stuck(session, place.keeper, place.time.at)) == 0
