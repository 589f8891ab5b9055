"""core.labeling.service.own_work and its rules: what became of what somebody contributed."""

from collections.abc import Mapping
from typing import get_args

import pytest
from sqlmodel import Session, select

from core.labeling.rules.defaults import LabelingRules
from core.labeling.rules.ranking_consensus import WeightedRanking
from core.labeling.rules.vocabulary import TreeState
from core.labeling.rules.work_outcome import (
    JudgmentOutcome,
    TextOutcome,
    TextState,
    ranking_outcome,
    review_outcome,
    text_outcome,
)
from core.labeling.service import own_work
from core.labeling.service.held_task import SubmittedTask
from core.labeling.service.message_reports import hold_back
from core.labeling.service.moderation import TreeModerator
from core.labeling.service.new_texts import CleanText
from core.labeling.service.own_work import Contribution, WorkSort
from core.store.engine.database import Database, connect
from core.store.labeling_tables import TreeMessageRow
from core.texts import LocalizedTexts
from tests.core.test_texts import LOCALES
from tests.labeling.village import BAD, PAIR, Village
from tests.store.test_plans import plans, slow

pytestmark = pytest.mark.above_the_store

RULES = LabelingRules(limits=PAIR, gold_every=0)
SHORT, LONG = "Cut the grass.", "Cut the grass, and water it."


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (TextState("initial_prompt_review", None), "review"),
        (TextState("growing", None), "review"),
        (TextState("ranking", None), "late"),
        (TextState("ready_for_export", None), "late"),
        (TextState("prompt_lottery_waiting", True), "waiting"),
        (TextState("growing", True), "growing"),
        (TextState("ranking", True), "ranking"),
        (TextState("ready_for_export", True), "ready"),
        (TextState("ready_for_export", True, ranked=True), "ranked"),
        (TextState("scoring_failed", True, ranked=True), "failed"),
        (TextState("aborted_low_grade", False), "rejected"),
        (TextState("aborted_low_grade", True), "stopped"),
        (TextState("halted_by_moderator", None), "stopped"),
        (TextState("growing", True, deleted=True), "deleted"),
        (TextState("halted_by_moderator", None, deleted=True, held=True), "held"),
    ],
)
def test_what_became_of_a_text(text: TextState, outcome: TextOutcome) -> None:
    assert text_outcome(text) == outcome


@pytest.mark.parametrize("state", get_args(TreeState))
@pytest.mark.parametrize("result", [None, True, False])
def test_every_text_and_review_has_an_outcome(state: TreeState, result: bool | None) -> None:
    assert text_outcome(TextState(state, result)) in get_args(TextOutcome)
    assert review_outcome(TextState(state, result), accepts=True) in get_args(JudgmentOutcome)


@pytest.mark.parametrize(
    ("message", "accepts", "outcome"),
    [
        (TextState("growing", None), True, "open"),
        (TextState("growing", True), True, "agreed"),
        (TextState("growing", True), False, "differed"),
        (TextState("aborted_low_grade", False), False, "agreed"),
        (TextState("aborted_low_grade", False, deleted=True), False, "agreed"),
        (TextState("halted_by_moderator", None), True, "unused"),
        (TextState("growing", None, deleted=True), True, "unused"),
    ],
)
def test_what_became_of_a_review(message: TextState, accepts: bool, outcome: JudgmentOutcome) -> None:
    assert review_outcome(message, accepts) == outcome


READY = TextState("ready_for_export", True)
NONE_GOOD = WeightedRanking((), not_rankable=True)


@pytest.mark.parametrize(
    ("parent", "ranking", "ranks", "outcome"),
    [
        (READY, WeightedRanking((("a",), ("b",))), {"a": 0, "b": 1}, "agreed"),
        (READY, WeightedRanking((("b",), ("a",))), {"a": 0, "b": 1}, "differed"),
        (READY, WeightedRanking((("b",), ("a",), ("c",))), {"a": 0, "b": 1, "c": 2}, "agreed"),
        (READY, WeightedRanking((("a", "b"),)), {"a": 0, "b": 1}, "undecided"),
        (READY, WeightedRanking((("a",), ("b",))), {"a": None, "b": None}, "undecided"),
        (READY, NONE_GOOD, {"a": None, "b": None}, "agreed"),
        (READY, NONE_GOOD, {"a": 0, "b": 1}, "differed"),
        (TextState("ranking", True), WeightedRanking((("a",), ("b",))), {"a": None, "b": None}, "open"),
        (TextState("halted_by_moderator", True), NONE_GOOD, {}, "unused"),
        (TextState("ready_for_export", True, deleted=True), NONE_GOOD, {}, "unused"),
    ],
)
def test_what_became_of_a_ranking(
    parent: TextState, ranking: WeightedRanking, ranks: Mapping[str, int | None], outcome: JudgmentOutcome
) -> None:
    assert ranking_outcome(parent, ranking, ranks) == outcome


def test_every_outcome_and_sort_has_a_text() -> None:
    texts = LocalizedTexts(LOCALES)
    names = [f"is-{name}" for name in {*get_args(TextOutcome), *get_args(JudgmentOutcome)}]
    assert [name for name in [*names, *get_args(WorkSort)] if not texts.has(f"mywork-{name}")] == []


async def garden(store: Database) -> Village:
    """Ana's prompt with answers by Ben and Cleo, which Dan and Eva have ranked; Dan was wrong about Ben's."""
    village = Village(store, RULES)
    await village.settle_in("ana", "ben", "cleo", "dan", "eva", "finn")
    await village.writes("ana", "How do I get a lawn?")
    await village.accepts("label_initial_prompt", "ben", "cleo")
    await village.writes("ben", SHORT, "assistant_reply")
    await village.labels("dan", "label_assistant_reply", BAD)
    await village.accepts("label_assistant_reply", "ana", "cleo", "eva")
    await village.writes("cleo", LONG, "assistant_reply")
    await village.accepts("label_assistant_reply", "ana", "ben")
    for name in ("dan", "eva"):
        await village.ranks(name, [LONG, SHORT])
    return village


async def seen(village: Village, name: str, sort: WorkSort) -> list[Contribution]:
    return await village.store.read(lambda s: list(own_work.listed(s, village.people[name], sort, 10)))


@pytest.mark.slow
async def test_a_person_sees_what_became_of_each_contribution(store: Database) -> None:
    village = await garden(store)
    assert await seen(village, "ana", "prompts") == [Contribution("How do I get a lawn?", "en", "ready")]
    assert await seen(village, "cleo", "replies") == [Contribution(LONG, "en", "ranked", 1)]
    assert await seen(village, "ben", "replies") == [Contribution(SHORT, "en", "ranked", 2)]
    assert await seen(village, "dan", "labels") == [Contribution(SHORT, "en", "differed")]
    assert {one.outcome for one in await seen(village, "ana", "labels")} == {"agreed"}
    assert await seen(village, "eva", "rankings") == [Contribution("How do I get a lawn?", "en", "agreed")]
    assert await seen(village, "finn", "prompts") == await seen(village, "finn", "rankings") == []


async def test_contributions_are_counted_by_what_became_of_them(store: Database) -> None:
    village = await garden(store)
    ana, dan = village.people["ana"], village.people["dan"]
    counted = await village.store.read(lambda s: {one: own_work.summary(s, one) for one in (ana, dan)})
    assert counted[ana] == {"prompts": {"ready": 1}, "replies": {}, "labels": {"decided": 2}, "rankings": {}}
    assert counted[dan] == {"prompts": {}, "replies": {}, "labels": {"decided": 1}, "rankings": {"decided": 1}}


@pytest.mark.in_the_store
async def test_the_newest_come_first_and_older_ones_follow(store: Database) -> None:
    village = Village(store, LabelingRules(gold_every=0, max_prompts_per_author=9))
    await village.settle_in("ana")
    for number in range(3):
        await village.writes("ana", f"What is {number}?")
        village.later(hours=1)

    def pages(session: Session) -> list[list[str]]:
        ana = village.people["ana"]
        return [[one.text for one in own_work.listed(session, ana, "prompts", 2, skip)] for skip in (0, 2)]

    assert await village.store.read(pages) == [["What is 2?", "What is 1?"], ["What is 0?"]]


@pytest.mark.slow
async def test_what_a_moderator_must_see_waits_and_what_was_removed_is_named_so(store: Database) -> None:
    village = await garden(store)
    village.later(days=1)
    task = await village.gets("finn", "initial_prompt")

    def hold(session: Session) -> None:
        mine = village.holds(session, task, "finn")
        done: SubmittedTask = village.answers.write(session, mine, CleanText("Call 555 1234", "x"))
        hold_back(session, village.keeper, done, mine.by, ["phone"])

    await village.store.write(hold)
    assert [one.outcome for one in await seen(village, "finn", "prompts")] == ["held"]
    assert [one.outcome for one in await seen(village, "ana", "prompts")] == ["ready"]

    def remove(session: Session) -> None:
        root = session.exec(select(TreeMessageRow).where(TreeMessageRow.person_id == village.people["ana"])).one()
        TreeModerator(village.keeper, village.now).delete(session, root.id)

    await village.store.write(remove)
    assert [one.outcome for one in await seen(village, "cleo", "replies")] == ["deleted"]
    # The text that somebody else wrote is shown no more, but what was decided stays.
    assert [(one.text, one.outcome) for one in await seen(village, "dan", "labels")] == [("", "differed")]
    assert [(one.text, one.outcome) for one in await seen(village, "eva", "rankings")] == [("", "unused")]


async def test_only_the_persons_own_rows_are_read(sqlite_url: str) -> None:
    def look(session: Session) -> None:
        own_work.summary(session, "somebody")
        for sort in own_work.SORTS:
            own_work.listed(session, "somebody", sort, 5)

    store = connect(sqlite_url)
    plan = await store.read(lambda session: plans(session, look))
    await store.close()
    assert not slow(plan)
