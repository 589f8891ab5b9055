"""Practice tasks: made of messages that people know the right labels of, and always a way back for who is in doubt."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from sqlmodel import Session

from config.labels import labels as labels_of
from core.errors import UserError
from core.labeling.rules import review_modes
from core.labeling.rules.vocabulary import TaskKind
from core.labeling.service import gold_items
from core.labeling.service.assignment import NoTask
from core.labeling.service.gold_items import GoldItemRequest
from core.store import people
from core.store.engine.database import Database
from core.store.gold_queue import GOLD, gold_pool
from core.store.labeling_tables import LabelerRow, TaskRow, TreeMessageRow
from tests.labeling.test_tree_lifecycle import QUIET
from tests.labeling.village import GOOD, Village

WHY = "It asks for something, and one can answer it."
RIGHT = {"spam": 0.0, "lang_mismatch": 0.0}


@pytest.fixture
async def village(store: Database) -> Village:
    made = Village(
        store, replace(QUIET, gold_every=1, gold_first=5, limits=replace(QUIET.limits, num_reviews_initial_prompt=3))
    )
    await made.settle_in("ana", "ben", "cleo", "dan", "eva", "finn")
    return made


async def prompted(village: Village, *names: str) -> str:
    """A prompt by Ana that some people find good."""
    tree = await village.writes("ana", "Why is the sky blue?")
    for name in names:
        await village.labels(name, "label_initial_prompt")
    return tree


async def made(village: Village, wish: GoldItemRequest) -> str:
    return await village.store.write(lambda session: gold_items.add(session, wish).id)


async def test_a_message_becomes_a_practice_task_with_its_reason(village: Village) -> None:
    tree = await prompted(village)
    item = await made(village, GoldItemRequest(tree, RIGHT, WHY))
    task = await village.gets("dan", "label_initial_prompt")
    assert task.item_id == item
    done = await village.labels_this("dan", task, {"spam": 1.0})
    assert (done.right, done.why) == (False, WHY)
    # Its author knows it, and its reviewers need no second look at it.
    assert await village.asks("ana", "label_initial_prompt") == NoTask("yours", 1)


async def test_it_ends_when_its_message_is_changed_or_erased(village: Village) -> None:
    tree = await prompted(village)
    item = await made(village, GoldItemRequest(tree, RIGHT, WHY))
    task = await village.gets("dan", "label_initial_prompt")
    await village.store.write(lambda session: people.forget(session, village.people["ana"]))
    with pytest.raises(UserError, match="task-message-gone"):
        await village.labels_this("dan", task)
    assert isinstance(await village.asks("eva", "label_initial_prompt"), NoTask)
    assert await village.store.read(gold_items.all_items) == []
    with pytest.raises(UserError, match="gold-gone"):
        await village.store.write(lambda session: gold_items.remove(session, item))


async def test_a_changed_text_is_no_longer_what_its_labels_are_about(village: Village) -> None:
    tree = await prompted(village)
    await made(village, GoldItemRequest(tree, RIGHT, WHY))

    def edit(session: Session) -> None:
        session.get_one(TreeMessageRow, tree).text = "Something else."

    await village.store.write(edit)
    assert (await village.gets("dan", "label_initial_prompt")).pool != GOLD


async def test_a_community_has_its_own_and_takes_away_only_those(village: Village) -> None:
    tree = await prompted(village)
    for_all = await made(village, GoldItemRequest(tree, RIGHT, WHY))
    own = await made(village, GoldItemRequest(tree, RIGHT, WHY, village.community))
    pools = {gold_pool(village.community)}
    assert [item.id for item in await village.store.read(lambda s: gold_items.all_items(s, pools))] == [own]
    with pytest.raises(UserError, match="gold-gone"):
        await village.store.write(lambda session: gold_items.remove(session, for_all, pools))
    await village.store.write(lambda session: gold_items.remove(session, own, pools))
    assert (await village.gets("dan", "label_initial_prompt")).item_id == for_all


@pytest.mark.parametrize(
    "labels", [{}, {"quality": 1.0}, {"spam": 0.5}, {"spam": 0.0, "quality": 0.3}, {"spam": 0.0, "fails_task": 1.0}]
)
async def test_labels_that_a_prompt_cannot_have_are_refused(village: Village, labels: Mapping[str, float]) -> None:
    tree = await prompted(village)
    with pytest.raises(UserError, match="gold-labels"):
        await made(village, GoldItemRequest(tree, labels, WHY))


@pytest.mark.parametrize(("asked", "offered"), [(2, True), (3, False)])
async def test_as_many_must_agree_as_are_asked_there(store: Database, asked: int, offered: bool) -> None:
    village = Village(store, replace(QUIET, limits=replace(QUIET.limits, num_reviews_initial_prompt=asked)))
    await village.settle_in("ana", "ben", "cleo", "eva")
    tree = await prompted(village, "ben", "cleo")

    def candidates(session: Session) -> list[str]:
        return [message.id for message, _ in gold_items.candidates(session, village.community, ["en"])]

    assert await store.read(candidates) == ([tree] if offered else [])
    await store.write(lambda s: s.add(LabelerRow(person_id=village.people["eva"], reliability=0.4, items=30)))
    assert isinstance(await village.asks("eva", "label_initial_prompt"), TaskRow) == offered


async def test_what_one_person_has_reviewed_teaches_only_if_a_moderator_chooses_it(store: Database) -> None:
    village = Village(store, replace(QUIET, limits=replace(QUIET.limits, num_reviews_initial_prompt=1)))
    await village.settle_in("ana", "ben", "eva")
    await prompted(village, "ben")
    found = await store.read(lambda s: [*gold_items.candidates(s, village.community, ["en"])])
    assert [labels["spam"] for _, labels in found] == [0.0]
    await store.write(lambda s: s.add(LabelerRow(person_id=village.people["eva"], reliability=0.4, items=30)))
    assert await village.asks("eva", "label_initial_prompt") == NoTask("doubtful")


async def test_where_there_is_no_practice_task_who_is_in_doubt_gets_what_others_agree_on(village: Village) -> None:
    def doubt(session: Session) -> None:
        session.add(LabelerRow(person_id=village.people["eva"], reliability=0.4, items=30))

    await village.store.write(doubt)
    assert await village.asks("eva", "label_initial_prompt") == NoTask("doubtful")
    tree = await prompted(village, "ben", "cleo", "dan")
    assert await village.store.read(gold_items.langs_without) == ["en"]
    done = await village.labels("eva", "label_initial_prompt", GOOD)
    assert (done.task.item_id, done.right) == (f"{GOLD}/{tree}", True)
    # Its reviews are those of the others.
    assert (await village.message(tree)).review_count == 3
    (item,) = await village.store.read(gold_items.all_items)
    assert item.gold
    assert item.gold["labels"]["spam"] == 0.0
    assert await village.store.read(gold_items.langs_without) == []


KINDS: Sequence[tuple[str, TaskKind]] = (
    ("prompt", "label_initial_prompt"),
    ("prompter_reply", "label_prompter_reply"),
    ("assistant_reply", "label_assistant_reply"),
)


@pytest.mark.parametrize(("on", "kind"), KINDS)
def test_the_labels_of_the_list_are_those_that_are_accepted(on: str, kind: TaskKind) -> None:
    known = {*review_modes.FLAGS, *review_modes.SCALES}
    accepted = {name for name in known if not review_modes.fault({name: 1.0}, kind)}
    assert accepted == {*labels_of(on)} | {"moral_judgement", "political_content"}
    assert review_modes.fault({"quality": 0.25}, kind) == ""
    for odd in ({"quality": 0.3}, {"pii": 0.5}, {"unheard": 1.0}, {"spam": 2.0}, {"quality": float("nan")}):
        assert review_modes.fault(odd, kind) == next(iter(odd))
