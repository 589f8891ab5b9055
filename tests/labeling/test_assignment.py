"""People get tasks, or the reason why there is none for them."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session, select

from core.errors import NotAllowed, UserError
from core.labeling.rules.defaults import LabelingRules
from core.labeling.rules.vocabulary import LABELS, WorkKind
from core.labeling.service import reliability
from core.labeling.service.assignment import NoTask
from core.store import labeling_queue as queue
from core.store.engine.database import Database
from core.store.gold_queue import GOLD, gold_pool
from core.store.labeling_tables import LabelerRow, TaskRow, WorkItemRow
from tests.labeling.village import Village

pytestmark = pytest.mark.above_the_store

PEOPLE = ("ana", "ben", "cleo", "dan", "eva")
MANY: Any = {"min_active_trees": 20, "max_prompts_per_author": 20}
"""Rules under which one person may write many prompts."""

QUIET = LabelingRules(gold_every=0, p_activate_backlog_tree=0)


@pytest.fixture
async def village(store: Database) -> Village:
    made = Village(store, QUIET)
    await made.settle_in(*PEOPLE)
    return made


def gold_item(number: int, kind: WorkKind = "label_initial_prompt") -> WorkItemRow:
    gold = {"conversation": [{"role": "prompter", "text": "Hi"}], "labels": {"spam": 0.0}, "why": "It is a greeting."}
    return WorkItemRow(id=f"gold{number}", kind=kind, pool=GOLD, lang="en", need=1, rnd=0.5, gold=gold)


async def test_nobody_judges_what_they_wrote(village: Village) -> None:
    await village.writes("ana", "Why is the sky blue?")
    assert await village.asks("ana", "label_initial_prompt") == NoTask("yours", 1)
    assert isinstance(await village.asks("ben", "label_initial_prompt"), TaskRow)


async def test_nobody_reviews_twice_and_nobody_replies_twice(village: Village) -> None:
    await village.writes("ana", "Why is the sky blue?")
    await village.labels("ben", "label_initial_prompt")
    assert isinstance(await village.asks("ben", "label_initial_prompt"), NoTask)
    await village.labels("cleo", "label_initial_prompt")
    await village.writes("dan", "Because.", "assistant_reply")
    assert isinstance(await village.asks("dan", "assistant_reply"), NoTask)


@pytest.mark.slow
async def test_you_may_answer_your_own_question(village: Village) -> None:
    await village.writes("ana", "Why is the sky blue?")
    await village.accepts("label_initial_prompt", "ben", "cleo")
    assert await village.writes("ana", "I found out myself.", "assistant_reply")


@pytest.mark.in_the_store
async def test_the_last_slot_is_given_once(store: Database) -> None:
    crowd = [f"p{number}" for number in range(12)]
    village = Village(store, replace(QUIET, tasks_per_window=100))
    await village.settle_in("ana", *crowd)
    for number in range(3):
        await village.writes("ana", f"Question {number}?")
    given = await asyncio.gather(*(village.asks(name, "label_initial_prompt") for name in crowd))
    taken = [task for task in given if isinstance(task, TaskRow)]
    items = await village.items()
    assert len(taken) == sum(took for _, _, took, _ in items) == 3 * QUIET.limits.num_reviews_initial_prompt
    assert all(need == took and not open for _, need, took, open in items)


async def run_out(village: Village) -> int:
    """Let the time for the tasks at hand run out. Returns how many there were."""
    village.later(minutes=11)

    def expire(session: Session) -> int:
        tasks = queue.expired(session, village.now)
        for task in tasks:
            village.keeper.settle(session, session.get_one(WorkItemRow, task.item_id).tree_id or "", village.now)
        return len(tasks)

    return await village.store.write(expire)


@pytest.mark.in_the_store
async def test_a_task_that_runs_out_frees_its_slot_and_is_still_taken(village: Village) -> None:
    await village.writes("ana", "Why is the sky blue?")
    late = await village.gets("ben", "label_initial_prompt")
    await village.gets("cleo", "label_initial_prompt")
    assert isinstance(await village.asks("dan", "label_initial_prompt"), NoTask)
    assert await run_out(village) == 2
    await village.labels("dan", "label_initial_prompt")
    await village.labels_this("ben", late)
    assert [took for _, _, took, _ in await village.items()][-1] == 2


async def test_a_task_that_ran_out_is_given_again_if_there_is_nothing_else(village: Village) -> None:
    await village.writes("ana", "Why is the sky blue?")
    left = await village.gets("ben", "label_initial_prompt")
    await run_out(village)
    await village.writes("ana", "Why is the grass green?")
    other = await village.gets("ben", "label_initial_prompt")
    assert other.id != left.id
    await village.labels_this("ben", other)
    offered = await village.store.read(lambda s: village.assigner.available(s, village.person("ben")))
    assert offered["label_initial_prompt"].theirs == 1
    again = await village.gets("ben", "label_initial_prompt")
    assert (again.id, again.state) == (left.id, "leased")
    assert again.expires_at
    assert again.expires_at > village.now
    assert isinstance(await village.asks("ben", "label_initial_prompt"), NoTask)
    await village.labels_this("ben", again)
    assert sum(took for _, _, took, _ in await village.items()) == 2


async def test_a_task_that_ran_out_is_not_given_again_once_others_have_done_it(village: Village) -> None:
    await village.writes("ana", "Why is the sky blue?")
    await village.gets("ben", "label_initial_prompt")
    await run_out(village)
    await village.accepts("label_initial_prompt", "cleo", "dan")
    offered = await village.store.read(lambda s: village.assigner.available(s, village.person("ben")))
    assert not offered["label_initial_prompt"].theirs
    assert isinstance(await village.asks("ben", "label_initial_prompt"), NoTask)


async def test_skipped_is_for_good_and_later_for_a_day(village: Village) -> None:
    await village.writes("ana", "Why is the sky blue?")
    skipped = await village.gets("ben", "label_initial_prompt")
    await village.store.write(lambda s: village.answers.skip(s, village.holds(s, skipped, "ben")))
    off = await village.gets("cleo", "label_initial_prompt")
    await village.store.write(lambda s: village.answers.later(s, village.holds(s, off, "cleo")))
    for name in ("ben", "cleo"):
        assert isinstance(await village.asks(name, "label_initial_prompt"), NoTask)
    assert [(taken, open) for _, _, taken, open in await village.items()] == [(0, True)]
    village.later(hours=25)
    assert await village.store.write(lambda s: queue.come_back(s, village.now, village.now)) == 1
    assert isinstance(await village.asks("ben", "label_initial_prompt"), NoTask)
    assert isinstance(await village.asks("cleo", "label_initial_prompt"), TaskRow)


async def test_an_item_comes_in_the_languages_of_the_person(village: Village) -> None:
    await village.writes("ana", "Why is the sky blue?")
    assert isinstance(await village.asks("ben", "label_initial_prompt", ("es",)), NoTask)
    assert isinstance(await village.asks("ben", "label_initial_prompt", ("es", "en")), TaskRow)


async def test_no_prompts_are_wanted_where_enough_wait(store: Database) -> None:
    village = Village(store, replace(QUIET, max_prompt_lottery_waiting=0))
    await village.settle_in(*PEOPLE)
    assert await village.asks("ana", "initial_prompt") == NoTask("prompts")


async def test_who_is_banned_or_too_fast_is_told(store: Database) -> None:
    village = Village(store, replace(QUIET, tasks_per_window=3, max_pending_tasks=2))
    await village.settle_in(*PEOPLE)
    await village.store.write(lambda s: s.add(LabelerRow(person_id=village.people["eva"], banned=True)))
    with pytest.raises(NotAllowed, match="task-banned"):
        await village.asks("eva")
    for _ in range(2):
        await village.gets("ana", "initial_prompt")
    with pytest.raises(UserError, match="task-too-many"):
        await village.asks("ana")
    village.later(minutes=3, seconds=30)
    with pytest.raises(UserError, match="task-too-many"):
        await village.asks("ana")


@pytest.mark.slow
async def test_replies_are_limited_however_they_are_asked_for(store: Database) -> None:
    village = Village(store, replace(QUIET, **MANY))
    await village.settle_in(*PEOPLE)
    for number in range(5):
        await village.writes("ana", f"Question number {number}?")
    for _ in range(5):
        await village.accepts("label_initial_prompt", "ben", "cleo")
    for _ in range(4):
        await village.gets("dan", "assistant_reply")
    assert await village.asks("dan", "assistant_reply") == NoTask("quota", 5)


@pytest.mark.in_the_store
async def test_whoever_leaves_the_choice_to_us_mostly_ranks(store: Database) -> None:
    village = Village(store, QUIET)
    drawn = [village.assigner._order("random")[0] for _ in range(400)]
    assert drawn.count("rank_assistant_replies") > drawn.count("assistant_reply") * 2
    assert len(set(village.assigner._order("random"))) == len(QUIET.weights)


async def test_what_only_older_trees_have_is_drawn_last(store: Database) -> None:
    asked = replace(QUIET, limits=replace(QUIET.limits, rank_prompter_replies=True))
    for rules, wanted in ((QUIET, False), (asked, True)):
        assigner = Village(store, rules).assigner
        orders = [assigner._order("random") for _ in range(100)]
        assert any(order[0] == "rank_prompter_replies" for order in orders) == wanted
        assert all(order[-1] == "rank_prompter_replies" for order in orders) != wanted


async def test_first_there_are_items_to_learn_on_and_then_now_and_then_one(store: Database) -> None:
    village = Village(store, replace(QUIET, gold_every=20, gold_first=2))
    await village.settle_in(*PEOPLE)
    await village.store.write(lambda s: s.add_all([gold_item(number) for number in range(4)]))
    done = [await village.labels("ana", "label_initial_prompt") for _ in range(2)]
    assert [(one.right, one.why) for one in done] == [(True, "It is a greeting.")] * 2
    village.assigner.chance.seed(1)
    assert isinstance(await village.asks("ana", "label_initial_prompt"), NoTask)
    assert {"label_initial_prompt", "label_prompter_reply", "label_assistant_reply"} == LABELS


async def test_who_is_often_wrong_gets_nothing_but_items_that_we_know(store: Database) -> None:
    village = Village(store, replace(QUIET, gold_every=1000, gold_first=0))
    await village.settle_in(*PEOPLE)
    await village.writes("ana", "Why is the sky blue?")

    def doubt(session: Session) -> None:
        session.add(LabelerRow(person_id=village.people["ben"], reliability=0.4, items=30))
        session.add(gold_item(1))

    await village.store.write(doubt)
    task = await village.gets("ben", "label_initial_prompt")
    assert task.item_id == "gold1"
    await village.labels_this("ben", task)
    assert await village.asks("ben", "label_initial_prompt") == NoTask("doubtful", 1)


@pytest.mark.parametrize("gold_every", [0, 20])
async def test_who_is_in_doubt_always_has_a_way_back(store: Database, gold_every: int) -> None:
    """With a single gold item it is long: once a day, and each time that they are right counts."""
    village = Village(store, replace(QUIET, gold_every=gold_every, gold_first=0))
    await village.settle_in("ben")

    def doubt(session: Session) -> None:
        session.add(LabelerRow(person_id=village.people["ben"], reliability=0.4, items=30))
        session.add_all([gold_item(1), gold_item(2)])

    await village.store.write(doubt)
    for _ in range(3):
        given = {(await village.labels("ben", "label_initial_prompt")).task.item_id for _ in range(2)}
        assert given == {"gold1", "gold2"}
        assert await village.asks("ben", "label_initial_prompt") == NoTask("doubtful")
        village.later(days=1, minutes=1)
    found = await store.read(lambda session: reliability.votes(session, village.now))
    assert sorted((vote.item, vote.value) for vote in found.votes) == [("gold1", "good")] * 3 + [("gold2", "good")] * 3


async def test_a_practice_task_comes_again_after_three_weeks_and_any_of_them_may_be_next(store: Database) -> None:
    village = Village(store, replace(QUIET, gold_every=1, gold_first=0))
    await village.settle_in(*PEOPLE)
    await village.store.write(lambda session: session.add_all([gold_item(number) for number in range(9)]))
    firsts = {(await village.gets(name, "label_initial_prompt")).item_id for name in PEOPLE}
    assert len(firsts) > 1
    await village.settle_in("gia")
    done = [(await village.labels("gia", "label_initial_prompt")) for _ in range(9)]
    assert isinstance(await village.asks("gia", "label_initial_prompt"), NoTask)
    village.later(days=20)
    assert isinstance(await village.asks("gia", "label_initial_prompt"), NoTask)
    village.later(days=2)
    assert isinstance(await village.asks("gia", "label_initial_prompt"), TaskRow)
    with pytest.raises(UserError, match="undo-late"):
        await village.undoes("gia", done[0])


async def test_a_communitys_own_practice_tasks_are_for_its_people_alone(store: Database) -> None:
    village = Village(store, replace(QUIET, gold_every=1, gold_first=0))
    await village.settle_in("ben")

    def unit(session: Session) -> None:
        for number, pool in enumerate((gold_pool(village.community), gold_pool("another"))):
            item = gold_item(number)
            item.pool = pool
            session.add(item)

    await village.store.write(unit)
    assert (await village.labels("ben", "label_initial_prompt")).task.item_id == "gold0"
    assert isinstance(await village.asks("ben", "label_initial_prompt"), NoTask)


@pytest.mark.slow
async def test_nobody_gives_more_than_their_share_of_reviews(store: Database) -> None:
    crowd = [f"p{number}" for number in range(6)]
    village = Village(store, replace(QUIET, most_share=0.2, tasks_per_window=1000, max_active_trees=0, **MANY))
    await village.settle_in("ana", *crowd)
    for number in range(8):
        await village.writes("ana", f"Question number {number}?")
        village.later(minutes=2)
    for name in crowd[1:]:
        await village.labels(name, "label_initial_prompt")
    for _ in range(6):
        village.later(minutes=2)
        if isinstance(task := await village.asks("p0", "label_initial_prompt"), TaskRow):
            await village.labels_this("p0", task)

    def reviews(session: Session) -> int:
        mine = select(TaskRow).where(TaskRow.person_id == village.people["p0"], TaskRow.state == "done")
        return len(session.exec(mine).all())

    assert await store.read(reviews) < 6


async def offered(village: Village, name: str) -> dict[str, int]:
    """What the menu says that somebody may do, by kind."""
    found = await village.store.write(lambda session: village.assigner.available(session, village.person(name)))
    return {kind: one.theirs for kind, one in found.items() if one.theirs}


async def test_the_menu_offers_nothing_that_assignment_would_refuse(store: Database) -> None:
    village = Village(store, replace(QUIET, max_prompts_per_author=1))
    await village.settle_in(*PEOPLE)
    assert await offered(village, "ana") == {"initial_prompt": 6}
    await village.writes("ana", "Why is the sky blue?")
    assert await offered(village, "ana") == {}
    assert set(await offered(village, "ben")) == {"initial_prompt", "label_initial_prompt"}

    def bar(session: Session) -> None:
        session.merge(LabelerRow(person_id=village.people["ben"], banned=True))
        session.merge(LabelerRow(person_id=village.people["cleo"], reliability=0.3, items=50))

    await store.write(bar)
    with pytest.raises(NotAllowed, match="task-banned"):
        await offered(village, "ben")
    assert set(await offered(village, "cleo")) == {"initial_prompt"}


@pytest.mark.slow
async def test_the_menu_knows_who_gives_too_large_a_share(store: Database) -> None:
    village = Village(store, replace(QUIET, tasks_per_window=1000, max_active_trees=0, many=3, **MANY))
    await village.settle_in(*PEOPLE)
    for number in range(12):
        await village.writes("ana", f"Question number {number}?")
    for name in ("cleo", "dan"):
        await village.labels(name, "label_initial_prompt")
    for _ in range(10):
        await village.labels("ben", "label_initial_prompt")
    village.later(minutes=2)
    refused = await village.asks("ben", "label_initial_prompt")
    assert isinstance(refused, NoTask)
    assert refused.why == "share"
    assert "label_initial_prompt" not in await offered(village, "ben")
    assert "label_initial_prompt" in await offered(village, "cleo")


async def test_of_who_is_forgotten_during_the_night_no_reliability_is_kept(store: Database) -> None:
    village = Village(store, LabelingRules())
    await village.settle_in("ana")
    ana = village.people["ana"]
    await store.write(lambda session: reliability.keep(session, {ana: 0.7, "gone": 0.9}, {ana: 3, "gone": 4}))
    kept = await store.read(lambda session: session.exec(select(LabelerRow)).all())
    assert [(one.person_id, one.reliability) for one in kept] == [(ana, 0.7)]
