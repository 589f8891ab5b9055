"""From a chat into the trees: with the consent of everybody, or without their turns."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlmodel import Session, col, select

from core.labeling.chat import contributions
from core.messages import Place, User
from core.store import private_conversations
from core.store.engine.database import Database
from core.store.labeling_tables import PreferenceRow, TreeMessageRow, TreeRow
from core.store.tables import MessageRow
from tests.labeling.conftest import Begin

ROOM = Place("paper", "server", "room")


async def rows(store: Database) -> list[tuple[str, str, bool]]:
    """The messages of trees: role, text, whether a model wrote it."""

    def unit(session: Session) -> list[tuple[str, str, bool]]:
        found = session.exec(select(TreeMessageRow).order_by(col(TreeMessageRow.depth), col(TreeMessageRow.id))).all()
        return [(row.role, row.text, row.synthetic) for row in found]

    return await store.read(unit)


async def test_a_member_gives_their_own_conversation(labelers: Begin, store: Database) -> None:
    village = labelers()
    ana = await village.named("Ana")
    await ana.says("How do I make bread?")
    await ana.says("And without yeast?")
    asked = (await ana.types("/contribute")).expect("4 turns")
    (await ana.presses(asked, "contribute")).expect("Thank you")
    assert [(role, synthetic) for role, _, synthetic in await rows(store)] == [
        ("prompter", False),
        ("assistant", True),
        ("prompter", False),
        ("assistant", True),
    ]
    (await ana.presses(asked, "contribute")).expect("contributed before")
    assert len(await rows(store)) == 4
    (await village.card("Ben", "label_initial_prompt")).expect("How do I make bread?")


async def test_turns_of_who_has_not_agreed_are_left_out(labelers: Begin, store: Database) -> None:
    village = labelers()
    ana = await village.named("Ana")
    here = replace(ana, place=ROOM)
    ben = replace(ana, place=ROOM, user=User("ben", "Ben"))
    await here.says("How do I make bread?")
    await ben.says("I like cake better.")
    await here.says("And without yeast?")
    asked = (await here.types("/contribute")).expect("4 turns", "2 by people who have not agreed")
    await here.presses(asked, "contribute")
    assert "cake" not in str(await rows(store))
    assert len(await rows(store)) == 4


async def test_personal_data_stays_where_it_is(labelers: Begin, store: Database) -> None:
    village = labelers()
    ana = await village.named("Ana")
    await ana.says("Write to ana.lopez@gmail.com that I am ill.")
    await replace(ana, user=replace(ana.user, language="de")).says("Bitte ruf mich heute Abend an: 0171 2345678.")
    (await ana.types("/contribute", "#error")).expect("nothing in this conversation")


async def test_nothing_of_who_is_forgotten_is_left_in_a_tree(labelers: Begin, store: Database) -> None:
    village = labelers()
    ana = await village.named("Ana")
    await ana.says("How do I bake bread in Bilbao?")
    await ana.presses(await ana.types("/contribute"), "contribute")
    await store.write(lambda session: setattr(session.exec(select(TreeRow)).one(), "topic", "bilbao"))
    await ana.send(ana.press_of(await ana.types("/forgetme"), "forget"))
    await ana.settled()
    assert {text for _, text, _ in await rows(store)} == {""}
    assert await store.read(lambda session: session.exec(select(TreeRow.topic)).one()) == ""


async def test_who_has_not_agreed_cannot_give_anything(labelers: Begin, store: Database) -> None:
    ana = labelers().first
    await ana.says("How do I make bread?")
    (await ana.types("/contribute", "#error")).expect("/privacy")
    assert not await rows(store)


async def test_an_answer_that_was_rated_down_becomes_a_task_to_write_a_better_one(
    labelers: Begin, store: Database
) -> None:
    village = labelers()
    ana = await village.named("Ana")
    answer = await ana.says("How do I make bread?")
    await ana.presses(answer, "down")
    tree = await store.read(lambda session: session.exec(select(TreeRow)).one())
    assert (tree.state, tree.origin) == ("growing", "low_rated")
    assert tree.pool == tree.community_id
    card = await village.card("Ben", "assistant_reply")
    card.expect("How do I make bread?")


async def test_without_consent_a_rating_makes_no_task(labelers: Begin, store: Database) -> None:
    ana = labelers().first
    answer = await ana.says("How do I make bread?")
    await ana.presses_action(answer, answer.action("down"))
    assert not await rows(store)


async def test_after_a_retry_one_tap_says_which_answer_is_better(labelers: Begin, store: Database) -> None:
    village = labelers()
    ana = await village.named("Ana")
    first = await ana.says("How do I make bread?")
    retry = ana.press_of(first, "retry")
    await ana.send(retry)
    asked = await ana.finished(f"{retry.key}#prefer")
    asked.expect("Which answer is better?")
    new = next(button.action for button in asked.reply.buttons if button.label == "The new one")
    old = next(button.action for button in asked.reply.buttons if button.label == "The earlier one")
    await ana.presses_action(asked, new)
    kept = await store.read(lambda session: session.exec(select(PreferenceRow)).one())
    assert kept.chosen_id > kept.rejected_id
    await ana.presses_action(asked, old)
    kept = await store.read(lambda session: session.exec(select(PreferenceRow)).one())
    assert kept.chosen_id < kept.rejected_id


async def test_a_community_may_keep_its_tasks_to_itself_or_have_none(labelers: Begin, store: Database) -> None:
    village = labelers()
    ana = await village.named("Ana")
    await village.first.types("/settings tasks own")
    await village.writes("Ana", "How do I make bread without any yeast?")
    tree = await store.read(lambda session: session.exec(select(TreeRow)).one())
    assert tree.pool == tree.community_id
    await village.first.types("/settings tasks off")
    (await ana.types("/tasks", "#error")).expect("switched off")


async def test_what_is_deleted_on_the_platform_is_gone_from_its_tree_too(labelers: Begin, store: Database) -> None:
    village = labelers()
    ana = await village.named("Ana")
    await ana.says("How do I bake bread?")
    said = ana.said[-1]
    await ana.presses(await ana.types("/contribute"), "contribute")
    assert ("prompter", "How do I bake bread?", False) in await rows(store)
    await ana.send(ana.deletion(said))
    await ana.settled()
    assert [text for role, text, _ in await rows(store) if role == "prompter"] == [""]
    (await village.card("Ben", "label_initial_prompt")).expect("Judge a prompt**: ")


async def test_nobody_gets_an_empty_task_of_who_has_left(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", "How do I bake bread without any yeast?")
    ana = await village.named("Ana")
    await ana.send(ana.press_of(await ana.types("/forgetme"), "forget"))
    await ana.settled()
    (await village.card("Ben", "label_initial_prompt")).expect("Judge a prompt**: ")


async def test_what_becomes_private_while_it_is_looked_at_is_no_task(
    labelers: Begin, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ben keeps his part out while Ana's contribution is searched for personal data, in a thread."""
    village = labelers()
    ana, ben = replace(await village.named("Ana"), place=ROOM), replace(await village.named("Ben"), place=ROOM)
    await ben.says("How do I bake bread?")
    await ana.says("And rye?")
    asked = await ana.types("/contribute")
    loop = asyncio.get_running_loop()

    def keep(session: Session) -> None:
        said = session.exec(
            select(MessageRow).where(MessageRow.role == "prompter").order_by(col(MessageRow.id))
        ).first()
        assert said
        assert said.person_id
        private_conversations.keep_out(session, said.person_id, said.conversation_id, ())

    def slow(path: Sequence[MessageRow], agreed: frozenset[str]) -> contributions.SharedTurns:
        asyncio.run_coroutine_threadsafe(store.write(keep), loop).result()
        return allowed(path, agreed)

    allowed = contributions.allowed
    monkeypatch.setattr(contributions, "allowed", slow)
    await ana.presses(asked, "contribute", "#error")
    assert await rows(store) == []
