"""core.labeling.service.figures: what is counted, on both databases, and that no text is read for it."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from core.labeling.rules import agreement
from core.labeling.rules.agreement import RankerAgreement, ranker_agreement
from core.labeling.rules.defaults import LabelingRules
from core.labeling.service.figures import LabelingFigures, figures
from core.labeling.service.gold_items import GoldItemRequest, add
from core.store.engine.database import Database, connect
from core.store.labeling_tables import TreeMessageRow, TreeRow, WorkItemRow
from core.store.tables import PersonRow, now
from tests.labeling.test_own_work import garden
from tests.labeling.village import GOOD, PAIR, Village
from tests.store.test_plans import plans

pytestmark = pytest.mark.above_the_store

TERMS = "2026-01"


async def counted(village: Village, *pools: str) -> LabelingFigures:
    return await village.store.read(lambda session: figures(session, TERMS, village.now, pools or None))


@pytest.mark.slow
@pytest.mark.in_the_store
async def test_messages_trees_and_work_are_counted(store: Database) -> None:
    village = await garden(store)

    def unit(session: Session) -> None:
        for name, terms in (("ana", TERMS), ("ben", TERMS), ("cleo", "2025-01")):
            session.get_one(PersonRow, village.people[name]).terms = terms
        session.add(TreeRow(lang="de", state="backlog_ranking", limits={}, id="imported"))
        # Nobody here had any work with a tree that was imported as a complete one.
        session.add(TreeRow(lang="de", state="ready_for_export", limits={}, id="complete"))
        session.flush()
        session.add(TreeMessageRow(id="m1", tree_id="imported", lang="de", role="prompter"))
        for id, gone in (("m2", False), ("m3", True)):
            row = TreeMessageRow(id=id, tree_id="imported", lang="de", role="assistant", synthetic=True, deleted=gone)
            session.add(row)

    await village.store.write(unit)
    found = await counted(village)
    assert found.agreed == 2
    assert found.languages["en"].trees == {"ready_for_export": 1}
    assert found.languages["en"].messages == {("prompter", False): 1, ("assistant", False): 2}
    assert found.languages["de"].messages == {("prompter", False): 1, ("assistant", True): 1}
    assert found.languages["de"].trees == {"backlog_ranking": 1, "ready_for_export": 1}
    assert found.actions == {"prompts": 1, "replies": 2, "labels": 8, "rankings": 2}
    assert (found.finished, found.actions_per_tree) == (1, 13)


async def test_without_a_complete_tree_there_is_nothing_to_divide_by(store: Database) -> None:
    village = Village(store)
    found = await counted(village)
    assert (found.agreed, found.languages, found.actions_per_tree) == (0, {}, None)


async def test_a_prompt_with_its_reply_is_two_things_and_practice_is_none(store: Database) -> None:
    village = Village(store, LabelingRules(limits=PAIR, gold_every=0))
    await village.settle_in("ana", "ben", "cleo")
    await village.writes("ana", "Why do cats purr?", "prompt_with_reply")
    prompt = await village.labels("ben", "label_initial_prompt")
    practising = Village(store, LabelingRules(gold_first=9), people=village.people, community=village.community)

    def unit(session: Session) -> None:
        item = session.get_one(WorkItemRow, prompt.task.item_id)
        add(session, GoldItemRequest(item.message_id or "", GOOD, "It asks."))

    await store.write(unit)
    practising.later(days=1)
    done = await practising.labels("cleo", "label_initial_prompt")
    assert done.task.pool == "gold"
    assert (await counted(village)).actions == {"prompts": 1, "replies": 1, "labels": 1, "rankings": 0}


async def test_a_community_does_not_see_what_others_keep_to_themselves(store: Database) -> None:
    village = await garden(store)

    def unit(session: Session) -> None:
        session.add(TreeRow(id="theirs", lang="fr", state="growing", pool="another", limits={}))

    await village.store.write(unit)
    assert list((await counted(village)).languages) == ["en", "fr"]
    assert list((await counted(village, "", village.community)).languages) == ["en"]


async def test_what_is_stuck_is_said_with_its_reason(store: Database) -> None:
    village = Village(store, LabelingRules(gold_every=0))
    await village.settle_in("ana")
    await village.writes("ana", "Is anybody there?")
    assert (await counted(village)).stuck == []
    village.now += timedelta(days=3)
    assert [(one.lang, one.reason, one.trees) for one in (await counted(village)).stuck] == [("en", "alone", 1)]
    assert (await counted(village, "another")).stuck == []


async def test_agreement_is_computed_where_there_is_enough(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    village = await garden(store)
    found = await counted(village)
    assert (found.reviewers, found.rankers) == ([], {})
    monkeypatch.setattr(agreement, "ENOUGH", 1)
    found = await counted(village)
    assert found.rankers == {"en": RankerAgreement(1.0, 1, 1)}
    spam = next(one for lang, name, one in found.reviewers if name == "spam")
    # Of six, three, and one pair of reviewers, Dan disagrees with three.
    assert (spam.items, spam.ratings, round(spam.raw, 3)) == (3, 8, round(5 / 8, 3))


@pytest.mark.parametrize(
    ("rankings", "found"),
    [
        ([], None),
        ([[[["a"], ["b"]]]], None),
        ([[[["a"], ["b"]], [["a"], ["b"]]]], RankerAgreement(1.0, 1, 1)),
        ([[[["a"], ["b"]], [["b"], ["a"]]]], RankerAgreement(0.0, 1, 1)),
        # Who calls two answers equally good puts them in no order.
        ([[[["a"], ["b"]], [["a", "b"]]]], None),
        ([[[["a"], ["b"], ["c"]], [["b"], ["a"], ["c"]]], [[["d"]], [["d"]]]], RankerAgreement(2 / 3, 3, 2)),
        # One of them did not see the third answer.
        ([[[["a"], ["b"], ["c"]], [["b"], ["a"]], [["a"], ["b"]]]], RankerAgreement(1 / 3, 3, 1)),
    ],
)
def test_how_far_rankers_agree(rankings: list[list[list[list[str]]]], found: RankerAgreement | None) -> None:
    assert ranker_agreement(rankings) == found


@pytest.mark.in_the_store
@pytest.mark.parametrize("pools", [None, ("", "some community")])
async def test_messages_and_tasks_are_counted_by_their_indexes_alone(
    sqlite_url: str, pools: tuple[str, ...] | None
) -> None:
    def look(session: Session) -> None:
        figures(session, TERMS, now(), pools)

    store = connect(sqlite_url)
    plan = await store.read(lambda session: plans(session, look))
    await store.close()
    read = [line for line in plan if "count(*)" in line and line.startswith(("SCAN", "SEARCH"))]
    assert {line.split()[1] for line in read} >= {"message_tree", "tree_message", "task"}
    slow = [line for line in read if "COVERING INDEX" not in line.partition(" <- ")[0]]
    # People and trees are few beside messages and tasks, and their rows hold no text.
    assert {line.split()[1] for line in slow} <= {"person", "message_tree"}
