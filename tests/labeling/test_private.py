"""Conversations that somebody keeps out of training: neither exported nor used for tasks, until they take it back."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session, select

from core.dataset.export.consent import ExportSwitches
from core.dataset.export.exporter import export
from core.dataset.export.options import ExportOptions
from core.errors import UserError
from core.labeling.service import gold_items
from core.labeling.service.gold_items import GoldItemRequest
from core.labeling.service.moderation import TreeModerator
from core.messages import User
from core.store.engine.database import Database
from core.store.labeling_tables import TreeMessageRow, TreeRow, WorkItemRow
from core.store.tables import PrivateConversationRow, now
from tests.dataset.files import read
from tests.dialogue import Dialogue
from tests.labeling.conftest import Begin
from tests.labeling.labelers import Labelers
from tests.labeling.test_contributions import ROOM

pytestmark = pytest.mark.above_the_store

BREAD = "How do I make bread?"


@pytest.fixture
def village(labelers: Begin) -> Labelers:
    return labelers()


async def exported(store: Database, path: Path, terms: str) -> tuple[list[str], list[int], dict[str, int]]:
    """The texts and the numbers of thumbs in an export of everything, and what was left out of it."""
    options = ExportOptions(terms=terms, switches=ExportSwitches({"paper": True}, {"direct": True, "form": True}))
    counts = await export(store, "oasst-messages", path / "out.jsonl", replace(options, states=None))
    rows = read(path / "out.jsonl")
    thumbs = [sum(row.get("emojis", {}).values()) for row in rows]
    return [row["text"] for row in rows], thumbs, {**counts.left_out, **counts.ratings_left_out}


def terms_of(village: Labelers) -> str:
    labeling = village.first.core.labeling
    assert labeling is not None
    return labeling.desk.terms.version


async def test_a_private_conversation_is_not_exported_until_that_is_taken_back(
    village: Labelers, store: Database, tmp_path: Path
) -> None:
    ana, terms = await village.named("Ana"), terms_of(village)
    await ana.presses(await ana.says(BREAD), "up")
    whole = await exported(store, tmp_path, terms)
    assert (whole[0], whole[1]) == ([BREAD, f"You said: {BREAD}"], [0, 1])
    told = (await ana.types("/private")).expect("stays out of training")
    assert (await exported(store, tmp_path, terms))[0] == []
    assert (await exported(store, tmp_path, terms))[2]["private"] == 1
    (await ana.types("/privacy")).expect("with /private: 1", "This is one of them")
    mine = json.loads((await ana.types("/mydata")).reply.files[0].content)
    assert len(mine["private_conversations"]) == 1
    (await ana.presses(told, "private")).expect("treated like your others")
    assert await exported(store, tmp_path, terms) == whole
    assert "with /private" not in (await ana.types("/privacy")).reply.text


async def test_in_a_shared_place_it_is_ones_own_part(village: Labelers, store: Database, tmp_path: Path) -> None:
    ana, ben = replace(await village.named("Ana"), place=ROOM), replace(await village.named("Ben"), place=ROOM)
    terms = terms_of(village)
    answer = await ben.says("What is rye?")
    await ana.says(BREAD)
    for talk in (ana, ben):
        await talk.send(talk.reaction(answer.id, "👍", added=True))
        await talk.settled()
    (await ana.types("/private")).expect("What others say here is for them to decide")
    options = ExportOptions(terms=terms, switches=ExportSwitches({"paper": True}, {"direct": True, "reaction": True}))
    counts = await export(store, "oasst-messages", tmp_path / "out.jsonl", options)
    rows = read(tmp_path / "out.jsonl")
    assert [row["text"] for row in rows] == ["What is rye?", "You said: Ben: What is rye?"]
    assert rows[1]["emojis"] == {"+1": 1}
    assert (counts.left_out["private"], counts.ratings_left_out["private"]) == (1, 1)


async def test_it_cannot_be_contributed_and_a_bad_rating_makes_no_task(village: Labelers, store: Database) -> None:
    ana = await village.named("Ana")
    await ana.says(BREAD)
    asked = await ana.types("/contribute")
    await ana.types("/private")
    (await ana.types("/contribute", "#error")).expect("/private off")
    await ana.presses(asked, "contribute", "#error")
    await ana.types("/rate down")
    await ana.settled()
    assert not await store.read(lambda session: session.exec(select(TreeRow)).all())


async def test_what_was_contributed_before_is_no_task_meanwhile_and_not_exported(
    village: Labelers, store: Database, tmp_path: Path
) -> None:
    ana, terms = await village.named("Ana"), terms_of(village)
    await ana.says(BREAD)
    await ana.presses(await ana.types("/contribute"), "contribute")
    (await village.card("Ben", "label_initial_prompt")).expect(BREAD)
    told = await ana.types("/private")
    (await village.card("Cleo", "label_initial_prompt")).expect("Judge a prompt**: ")
    assert (await exported(store, tmp_path, terms))[0] == []
    await ana.presses(told, "private")
    (await village.card("Cleo", "label_initial_prompt")).expect(BREAD)


async def test_a_tree_that_moderators_stopped_stays_stopped(village: Labelers, store: Database) -> None:
    ana = await village.named("Ana")
    await ana.says(BREAD)
    await ana.presses(await ana.types("/contribute"), "contribute")

    def halt(session: Session) -> None:
        session.exec(select(TreeRow)).one().state = "halted_by_moderator"

    await store.write(halt)
    for _ in range(2):
        await ana.types("/private")
    await ana.types("/private off")
    assert (await store.read(lambda session: session.exec(select(TreeRow)).one())).state == "halted_by_moderator"


@pytest.mark.in_the_store
async def test_it_goes_with_its_person(village: Labelers, store: Database) -> None:
    zoe = village.first.elsewhere("x", User("zoe", "Zoe"))
    await zoe.says(BREAD)
    await zoe.types("/private")
    await zoe.send(zoe.press_of(await zoe.types("/forgetme"), "forget"))
    await zoe.settled()
    assert not await store.read(lambda session: session.exec(select(PrivateConversationRow)).all())


async def test_what_is_deleted_is_gone_from_its_tree_too(village: Labelers, store: Database) -> None:
    ana = await village.named("Ana")
    await ana.says(BREAD)
    await ana.presses(await ana.types("/contribute"), "contribute")
    asked = await ana.types("/conversations delete")
    (await ana.presses_action(asked, asked.action("talk"))).expect("Messages erased: 2")
    left = select(TreeMessageRow.text, TreeMessageRow.deleted, TreeMessageRow.person_id)
    rows = await store.read(lambda session: session.exec(left).all())
    assert rows == [("", True, None)] * 2


async def contributed(village: Labelers) -> Dialogue:
    """Ana has given her conversation to labeling."""
    ana = await village.named("Ana")
    await ana.says(BREAD)
    await ana.presses(await ana.types("/contribute"), "contribute")
    return ana


async def moderates(village: Labelers, store: Database, verb: str) -> None:
    """A moderator at the machine acts on the only tree."""
    labeling = village.first.core.labeling
    assert labeling is not None
    moderator = TreeModerator(labeling.desk.answers.keeper, now(), who="terminal")
    act: Callable[[TreeModerator, Session, str], object] = getattr(TreeModerator, verb)
    await store.write(lambda session: act(moderator, session, session.exec(select(TreeRow.id)).one()))


async def state(store: Database) -> str:
    return await store.read(lambda session: session.exec(select(TreeRow.state)).one())


async def test_a_tree_that_moderators_stopped_meanwhile_stays_stopped(village: Labelers, store: Database) -> None:
    ana = await contributed(village)
    await ana.types("/private")
    await moderates(village, store, "halt")
    await ana.types("/private off")
    assert await state(store) == "halted_by_moderator"


@pytest.mark.parametrize("before", ["", "delete"])
async def test_moderators_do_not_let_it_go_on(village: Labelers, store: Database, before: str) -> None:
    ana = await contributed(village)
    await ana.types("/private")
    if before:
        await moderates(village, store, before)
        await moderates(village, store, "restore")
    with pytest.raises(UserError, match="mod-private"):
        await moderates(village, store, "reopen")
    (await village.card("Cleo", "label_initial_prompt")).expect("Judge a prompt**: ")
    await ana.types("/private off")
    (await village.card("Cleo", "label_initial_prompt")).expect(BREAD)


async def test_it_waits_for_everybody_who_keeps_it_out(village: Labelers, store: Database) -> None:
    """Two people talked in a channel, and one of them takes it back."""
    ana, ben = replace(await village.named("Ana"), place=ROOM), replace(await village.named("Ben"), place=ROOM)
    await ana.says(BREAD)
    await ben.says("And what is rye?")
    await ana.presses(await ana.types("/contribute"), "contribute")
    for talk in (ana, ben):
        await talk.types("/private")
    await ana.types("/private off")
    assert await state(store) == "halted_by_moderator"
    await ben.types("/private off")
    assert await state(store) == "initial_prompt_review"


async def test_it_is_no_practice_task_and_gets_no_labels_either(village: Labelers, store: Database) -> None:
    ana = await contributed(village)
    id = await store.read(lambda session: session.exec(select(TreeRow.id)).one())
    wish = GoldItemRequest(id, {"spam": 0.0}, "why")
    item = await store.write(lambda session: gold_items.add(session, wish))
    assert await store.read(lambda session: gold_items.turns(session, session.get_one(WorkItemRow, item.id)))
    ben = await village.named("Ben")
    kept = await ben.types(f"/label {id} pii")
    await ana.types("/private")
    assert not await store.read(lambda session: gold_items.turns(session, session.get_one(WorkItemRow, item.id)))
    with pytest.raises(UserError, match="mod-gone"):
        await store.write(lambda session: gold_items.add(session, wish))
    for line in (f"/label {id}", f"/label {id} humor=1"):
        (await ben.types(line, "#error")).expect("no longer there")
    (await village.taps("Ben", kept, "Take the labels back")).expect("no longer there")


async def test_a_ranking_that_is_taken_back_makes_no_task_of_it(village: Labelers, store: Database) -> None:
    """Its tree was complete, so it was not halted, and is open again now."""
    ana = await contributed(village)
    await ana.types("/private")

    def unscored(session: Session) -> None:
        session.exec(select(TreeRow)).one().state = "initial_prompt_review"
        session.exec(select(TreeRow)).one().stale = True

    await store.write(unscored)
    labeling = village.first.core.labeling
    assert labeling is not None
    keeper = labeling.desk.answers.keeper
    await store.write(lambda session: keeper.settle_stale(session, now()))
    (await village.card("Cleo", "label_initial_prompt")).expect("Judge a prompt**: ")
    await ana.types("/private off")
    (await village.card("Cleo", "label_initial_prompt")).expect(BREAD)
