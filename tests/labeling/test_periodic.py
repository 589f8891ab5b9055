"""Periodic work: expired slots, warnings, the nightly estimate, calls for labelers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from core.labeling.background.periodic import LabelingClock
from core.labeling.rules.defaults import PROFILES, TreeLimits
from core.labeling.rules.task_answer import TaskPlace
from core.messages import Place
from core.store import choices
from core.store.engine.database import Database
from core.store.labeling_tables import LabelerRow, TaskRow
from core.texts import LocalizedTexts
from tests.core.test_texts import LOCALES
from tests.labeling.test_assignment import gold_item
from tests.labeling.test_tree_lifecycle import QUIET, imported
from tests.labeling.village import BAD, Village
from tests.paper import PaperChat

CROWD = tuple(f"p{number}" for number in range(8))


@pytest.fixture
async def village(store: Database) -> Village:
    made = Village(store, replace(QUIET, tasks_per_window=1000, max_pending_tasks=1000))
    await made.settle_in(*CROWD)
    return made


def clock_of(village: Village, chat: PaperChat) -> LabelingClock:
    return LabelingClock(
        village.store, village.keeper, LocalizedTexts(LOCALES), {"paper": chat}, now=lambda: village.now
    )


async def test_a_slot_that_nobody_used_is_free_again_and_the_rest_comes_back(village: Village) -> None:
    await village.writes("p0", "Why is the sky blue?")
    await village.gets("p1", "label_initial_prompt")
    await village.gets("p2", "label_initial_prompt")
    village.later(minutes=11)
    await clock_of(village, PaperChat()).tick()
    await village.accepts("label_initial_prompt", "p3", "p4")
    village.later(days=8)
    await clock_of(village, PaperChat()).tick()
    left = await village.store.read(
        lambda session: session.exec(select(TaskRow).where(TaskRow.state == "expired")).all()
    )
    assert not left


@pytest.mark.parametrize(("few", "ranked"), [(3, 3), (1, 1), (0, 0)])
async def test_imported_trees_are_ranked_although_nothing_else_is_complete_yet(
    store: Database, few: int, ranked: int
) -> None:
    village = Village(store, replace(QUIET, min_active_rankings_per_lang=few))
    await village.settle_in(*CROWD)
    # The first one has nothing to compare. A later import may bring its other answer.
    for number in range(6):
        await store.write(partial(imported, tree_id=f"t{number}", pair=number > 0))
    await clock_of(village, PaperChat()).tick()
    await clock_of(village, PaperChat()).tick()
    states = [await village.state(f"t{number}") for number in range(6)]
    assert states == ["backlog_ranking", *["ranking"] * ranked, *["backlog_ranking"] * (5 - ranked)]


def test_a_small_community_ranks_what_it_imports_and_open_assistants_profile_waits_as_it_did() -> None:
    assert PROFILES["small"].min_active_rankings_per_lang == 3
    assert PROFILES["open-assistant"].min_active_rankings_per_lang == 0


async def test_who_has_begun_a_text_is_warned_once_before_its_time_is_over(village: Village) -> None:
    task = await village.gets("p0", "initial_prompt")

    def begin(session: Session) -> None:
        row = session.get_one(TaskRow, task.id)
        row.draft = "Once upon a time"
        row.place = TaskPlace(Place("paper", "village", "desk", private=True))

    await village.store.write(begin)
    chat = PaperChat()
    clock = clock_of(village, chat)
    await clock.tick()
    assert not chat.shown
    village.later(minutes=110)
    await clock.tick()
    await clock.tick()
    (warning,) = chat.shown.values()
    assert "10 more minutes" in warning.text
    assert warning.buttons[0].action == f"t:{task.id}:show"


@pytest.mark.slow
async def test_every_night_it_is_estimated_who_is_reliable(store: Database) -> None:
    limits = TreeLimits(num_reviews_initial_prompt=7, max_extra_reviews=0)
    rules = replace(
        QUIET,
        tasks_per_window=1000,
        max_active_trees=0,
        min_active_trees=20,
        max_prompts_per_author=20,
        many=100,
        max_pending_tasks=1000,
        limits=limits,
    )
    village = Village(store, rules)
    await village.settle_in(*CROWD)
    for number in range(12):
        await village.writes("p0", f"Question number {number}?")
    for name in CROWD[1:]:
        for _ in range(12):
            if isinstance(task := await village.asks(name, "label_initial_prompt"), TaskRow):
                await village.labels_this(name, task, BAD if name == "p7" else {"spam": 0.0})
    village.now = datetime(2026, 3, 2, 4, tzinfo=UTC)
    await clock_of(village, PaperChat()).tick()

    def reliability(session: Session) -> dict[str, float]:
        names = {id: name for name, id in village.people.items()}
        return {names[one.person_id]: one.reliability for one in session.exec(select(LabelerRow)).all()}

    found = await store.read(reliability)
    assert all(found[name] > 0.8 for name in CROWD[1:-1])
    assert found["p7"] < 0.4


async def test_gold_counts_for_the_estimate(store: Database) -> None:
    village = Village(store, replace(QUIET, gold_every=20, gold_first=5))
    await village.settle_in(*CROWD)
    await store.write(lambda session: session.add_all([gold_item(number) for number in range(5)]))
    for _ in range(5):
        await village.labels("p1", "label_initial_prompt", BAD)
        await village.labels("p2", "label_initial_prompt", {"spam": 0.0})
    await clock_of(village, PaperChat()).tick()

    def reliability(session: Session) -> list[float]:
        return [session.get_one(LabelerRow, village.people[name]).reliability for name in ("p1", "p2")]

    wrong, right = await store.read(reliability)
    assert wrong < 0.5 < right


async def waiting_tasks(village: Village) -> None:
    """Have four prompts wait to be judged, in a community that wants to hear of that in a channel."""

    def wish(session: Session) -> None:
        choices.choose(session, village.community, "community", village.community, "task_channel", "help-wanted")

    await village.store.write(wish)
    for name in ("p0", "p1", "p2", "p3"):
        await village.writes(name, f"Question of {name}?")


async def test_a_channel_is_told_once_a_day_that_tasks_wait(village: Village) -> None:
    await waiting_tasks(village)
    chat = PaperChat()
    clock = clock_of(village, chat)
    for _ in range(2):
        await clock.tick()
    (call,) = chat.shown.values()
    assert "4 tasks wait" in call.text
    assert call.buttons[0].action == "give:random"
    village.now += timedelta(days=1)
    await clock.tick()
    assert len(chat.shown) == 2


async def test_a_clock_that_was_a_year_ahead_holds_nothing_up_and_repeats_nothing(village: Village) -> None:
    await waiting_tasks(village)
    chat = PaperChat()
    clock = clock_of(village, chat)
    told: list[int] = []
    for days in (0, 365, -365, 1):
        village.now += timedelta(days=days)
        for _ in range(2):
            await clock.tick()
        told.append(len(chat.shown))
    assert told == [1, 2, 2, 3]
