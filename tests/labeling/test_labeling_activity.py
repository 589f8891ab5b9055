"""core.labeling.service.labeling_activity: nothing waits for people who have left, and nobody is locked out by them."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlmodel import Session

from core.labeling.rules.defaults import LabelingRules
from core.labeling.service.assignment import NoTask
from core.labeling.service.labeling_activity import REMEMBERED, ActivityCache, LabelerActivity, LanguageActivity
from core.store.engine.database import Database
from core.store.labeling_tables import LabelerRow, TaskRow, TreeRow
from tests.labeling.village import BAD, Village

NOW = datetime(2026, 3, 20, tzinfo=UTC)
DAY = timedelta(days=1)
QUIET = LabelingRules(gold_every=0)


def active(**reviews: tuple[float, int]) -> LanguageActivity:
    """People by the days since their last task, and their reviews."""
    people = {name: LabelerActivity(NOW - days * DAY, number) for name, (days, number) in reviews.items()}
    return LanguageActivity(NOW, people, young=False)


def test_what_has_waited_waits_only_for_those_who_are_still_there() -> None:
    here = active(ana=(0, 5), ben=(1, 5), cleo=(5, 5))
    assert here.present(NOW - timedelta(hours=1)) == {"ana", "ben", "cleo"}
    assert here.present(NOW - 3 * DAY) == {"ana", "ben"}


def test_a_quiet_weekend_decides_nothing() -> None:
    assert active(ana=(0, 5), ben=(3, 5), cleo=(5, 5)).present(NOW - 3 * DAY) == {"ana", "ben", "cleo"}


def test_the_share_is_of_those_who_are_here() -> None:
    five = active(ana=(0, 3), ben=(0, 4), cleo=(0, 5), dan=(0, 3), eva=(4, 3))
    assert not any(five.dominates(name, 0.2, 5) for name in five.people)
    crowd = active(**{f"p{number}": (0.0, 2) for number in range(9)}, ana=(0, 30))
    assert crowd.dominates("ana", 0.2, 5)
    assert not crowd.dominates("p1", 0.2, 5)


def test_with_five_people_only_twice_the_average_is_too_much() -> None:
    five = active(ana=(0, 12), ben=(0, 6), cleo=(0, 6), dan=(0, 6), eva=(0, 6))
    assert not five.dominates("ana", 0.2, 5)
    assert active(ana=(0, 30), ben=(0, 6), cleo=(0, 6), dan=(0, 6), eva=(0, 6)).dominates("ana", 0.2, 5)


async def later(village: Village, days: float) -> None:
    """Let time pass, and a night's work be done."""
    village.later(days=days)
    await village.store.write(lambda session: village.keeper.settle_waiting(session, village.now))


async def relaxed(village: Village, tree: str) -> dict[str, int] | None:
    return await village.store.read(lambda session: session.get_one(TreeRow, tree).relaxed)


async def test_on_the_first_day_everything_waits_for_the_usual_number(store: Database) -> None:
    village = Village(store, QUIET)
    await village.settle_in("ana", "ben")
    tree = await village.writes("ana", "Why is the sky blue?")
    await village.labels("ben", "label_initial_prompt")
    assert await village.state(tree) == "initial_prompt_review"
    await later(village, 1.5)
    assert await village.state(tree) == "growing"
    assert await relaxed(village, tree) == {"num_reviews_initial_prompt": 1}


async def test_two_people_finish_a_tree_that_says_what_it_went_without(store: Database) -> None:
    village = Village(store, replace(QUIET, limits=replace(QUIET.limits, goal_tree_size=3)))
    await village.settle_in("ana", "ben")
    tree = await village.writes("ana", "Why is the sky blue?")
    await village.labels("ben", "label_initial_prompt")
    await later(village, 1.5)
    for name, other in (("ana", "ben"), ("ben", "ana")):
        await village.writes(name, f"Because, says {name}.", "assistant_reply")
        await village.labels(other, "label_assistant_reply")
    assert await village.state(tree) == "ready_for_export"
    assert await relaxed(village, tree) == {
        "num_reviews_initial_prompt": 1,
        "num_reviews_reply": 1,
        "num_required_rankings": 0,
    }


async def skips_all(village: Village, name: str) -> None:
    """Skip every prompt that somebody is given to review."""
    while isinstance(task := await village.asks(name, "label_initial_prompt"), TaskRow):
        await village.store.write(partial(skip, village=village, task=task, name=name))


def skip(session: Session, village: Village, task: TaskRow, name: str) -> None:
    village.answers.skip(session, village.holds(session, task, name))


async def test_what_everybody_else_has_skipped_waits_for_nobody(store: Database) -> None:
    village = Village(store, QUIET)
    await village.settle_in("ana", "ben", "cleo")
    tree = await village.writes("ana", "Why is the sky blue?")
    for author in ("ben", "cleo"):
        await village.writes(author, f"Question of {author}?")
    await later(village, 1.5)
    for name in ("ben", "cleo"):
        assert await village.state(tree) == "initial_prompt_review"
        await skips_all(village, name)
    assert await village.state(tree) == "aborted_low_grade"


async def test_whoever_is_alone_waits_for_others(store: Database) -> None:
    village = Village(store, QUIET)
    await village.settle_in("ana", "ben")
    tree = await village.writes("ana", "Is anybody there?")
    await later(village, 1.5)
    await later(village, 1)
    assert await village.state(tree) == "initial_prompt_review"
    await village.labels("ben", "label_initial_prompt")
    assert await village.state(tree) == "growing"


async def test_whoever_has_left_is_not_waited_for(store: Database) -> None:
    village = Village(store, QUIET)
    await village.settle_in("ana", "ben", "cleo")
    tree = await village.writes("ana", "Is anybody there?")
    await village.labels("ben", "label_initial_prompt", BAD)
    await village.writes("cleo", "I am, and then I leave.")
    await later(village, 1.5)
    assert await village.state(tree) == "initial_prompt_review"
    village.later(days=1)
    for author in ("ana", "ben"):
        await village.writes(author, f"Another question of {author}?")
    await later(village, 0.1)
    assert await village.state(tree) == "aborted_low_grade"


async def test_people_who_may_not_review_are_not_waited_for(store: Database) -> None:
    village = Village(store, QUIET)
    await village.settle_in("ana", "ben", "cleo", "dan")
    tree = await village.writes("ana", "Why is the sky blue?")
    await village.labels("ben", "label_initial_prompt")
    for author in ("cleo", "dan"):
        await village.writes(author, f"Question of {author}?")

    def bar(session: Session) -> None:
        session.merge(LabelerRow(person_id=village.people["cleo"], banned=True))
        session.merge(LabelerRow(person_id=village.people["dan"], reliability=0.3, items=50))

    await village.store.write(bar)
    await later(village, 1.5)
    assert await village.state(tree) == "growing"


async def test_an_author_has_few_prompts_waiting_and_others_have_room(store: Database) -> None:
    village = Village(store, QUIET)
    await village.settle_in("ana", "ben")
    for number in range(QUIET.max_prompts_per_author):
        await village.writes("ana", f"Question number {number}?")
    assert await village.asks("ana", "initial_prompt") == NoTask("prompts", 0)
    await village.writes("ben", "May I?")


async def test_the_reserve_of_prompts_follows_how_many_people_there_are(store: Database) -> None:
    village = Village(store, replace(QUIET, max_prompts_per_author=1000))
    await village.settle_in("ana", *(f"p{number}" for number in range(8)))

    async def wanted() -> int:
        village.later(minutes=2)
        return await store.read(lambda s: village.keeper.lottery.prompts_wanted(s, "", "en", village.now))

    assert await wanted() == 2 * QUIET.min_active_trees
    for number in range(8):
        await village.writes(f"p{number}", f"Question number {number}?")
        village.later(minutes=2)
    assert await wanted() == 2 * 8 - 8


def test_the_cache_is_shared_by_threads() -> None:
    """The units of a store run in several threads, which all ask the same keeper."""
    cache, known, switching = ActivityCache(), active(ana=(0, 1)), sys.getswitchinterval()

    def fill(thread: int) -> None:
        for number in range(20_000):
            cache.put(("", f"x{(number * thread) % (2 * REMEMBERED)}"), known)
            cache.get(("", f"x{number % (2 * REMEMBERED)}"))

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(fill, (1, 3, 7, 9)))
    finally:
        sys.setswitchinterval(switching)
