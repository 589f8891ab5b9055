"""core.commands.own_conversations: people list, name, hide and delete their own conversations."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from sqlmodel import Session, select

from core.event_dispatch import title_by_command
from core.messages import Press, User
from core.ports.chat import ChatCapabilities
from core.ports.surface import ChosenValue
from core.store.engine.database import Database
from core.store.tables import ConversationRow, MessageRow, RatingRow
from tests.core.conftest import Talk, echo
from tests.dialogue import Dialogue, Heard
from tests.paper import PaperChat

T = TypeVar("T")

pytestmark = pytest.mark.above_the_store

LISTS = ChatCapabilities(text_limit=3800, edit_interval=0, idempotent_send=True, selects=frozenset({"option"}))


async def messages(store: Database) -> list[str]:
    found = select(MessageRow).where(MessageRow.role == "prompter").order_by(MessageRow.id)
    return [one.text for one in await store.read(lambda session: session.exec(found).all())]


async def listed(talk: Dialogue) -> list[str]:
    """The titles in the lists of surfaces."""
    return [one.title for one in await talk.core.records.conversations("paper", talk.user)]


async def choose(talk: Dialogue, shown: Heard, number: int) -> Heard:
    value, _ = shown.reply.selects[0].options[number]
    press = replace(talk.press_action(shown, "talks:one"), values=(value,))
    assert isinstance(press, Press)
    await talk.send(press)
    return await talk.answered(press, shown.id)


async def test_a_conversation_of_commands_is_listed_by_the_first_until_something_is_said(talk: Talk) -> None:
    dialogue = talk()
    await dialogue.types("/conversations")
    await dialogue.settled()
    assert await listed(dialogue) == []
    await dialogue.types("/instructions about A secret")
    await dialogue.types("/persona")
    await dialogue.settled()
    assert await listed(dialogue) == ["/instructions"]
    await dialogue.says("Hello")
    assert await listed(dialogue) == ["Hello"]


async def test_only_what_is_on_here_is_in_a_surfaces_menu(talk: Talk) -> None:
    dialogue = talk()
    names = [one.name for one in await dialogue.core.records.commands_in(dialogue.place, dialogue.user)]
    assert names == [one.name for one in dialogue.core.records.commands(dialogue.user)]


async def test_what_answers_somebody_is_told_to_surfaces(talk: Talk) -> None:
    dialogue = talk(echo("large"), echo("small"))
    records = dialogue.core.records
    chosen = await records.chosen(dialogue.place, dialogue.user)
    assert (list(chosen), chosen["model"]) == (["model", "persona", "preset"], ChosenValue("large", ("large", "small")))
    await dialogue.types("/model small")
    assert (await records.chosen(dialogue.place, dialogue.user))["model"].value == "small"


async def test_a_communitys_own_persona_can_be_chosen_on_a_surface_and_the_words_of_its_command_cannot(
    talk: Talk,
) -> None:
    dialogue = talk()
    await dialogue.types("/persona new poet You are a poet.")
    await dialogue.types("/persona poet")
    chosen = await dialogue.core.records.chosen(dialogue.place, dialogue.user)
    assert chosen["persona"] == ChosenValue("poet", ("parley", "pirate", "poet"))


async def test_a_conversation_gets_a_title_and_keeps_it(talk: Talk) -> None:
    ana = talk(chat=PaperChat(capabilities=LISTS))
    await ana.says("How do I keep bees?")
    (await ana.types("/conversations title  Bees  and honey")).expect("title is changed", "Bees and honey")
    assert await listed(ana) == ["Bees and honey"]
    await ana.says("And wasps?")
    assert await listed(ana) == ["Bees and honey"]
    (await ana.types("/conversations title", "#error")).expect("/conversations title My garden")


async def test_the_title_is_asked_in_a_form(talk: Talk) -> None:
    ana = talk()
    await ana.says("How do I keep bees?")
    await ana.send(ana.command("/conversations title"))
    await ana.chat.until(lambda: bool(ana.chat.forms))
    (field,) = ana.chat.forms[-1].fields
    assert field.value == "How do I keep bees?"
    (await ana.submits(ana.chat.forms[-1].action, title=" ")).expect("cannot be empty")
    (await ana.submits(ana.chat.forms[-1].action, title="Bees")).expect("Bees")
    assert await listed(ana) == ["Bees"]


async def test_a_hidden_one_is_in_no_list_and_comes_back(talk: Talk) -> None:
    ana = talk()
    await ana.says("How do I keep bees?")
    other = ana.elsewhere("other")
    await other.says("What is rye?")
    hidden = (await ana.types("/conversations hide")).expect("in no list any more")
    assert await listed(ana) == ["What is rye?"]
    (await ana.types("/conversations")).expect("1. **What is rye?**", "2. **How do I keep bees?** (hidden)")
    await ana.presses_action(hidden, next(one.action for one in hidden.reply.buttons if one.action.endswith(":show")))
    assert sorted(await listed(ana)) == ["How do I keep bees?", "What is rye?"]


@pytest.mark.in_the_store
async def test_one_is_chosen_from_the_list_and_deleted_for_good(talk: Talk, store: Database) -> None:
    ana = talk(chat=PaperChat(capabilities=LISTS))
    await ana.says("How do I keep bees?")
    await ana.types("/rate up")
    other = ana.elsewhere("other")
    await other.says("What is rye?")
    await ana.types("/private")
    shown = (await other.types("/conversations")).expect("How do I keep bees?** (out of training)")
    card = (await choose(other, shown, 1)).expect("How do I keep bees?")
    asked = await other.presses_action(card, next(b.action for b in card.reply.buttons if b.action.endswith("delete")))
    asked.expect("cannot be undone")
    (await other.presses(asked, "keep")).expect("Nothing was erased")
    assert len(await messages(store)) == 2
    gone = await other.presses_action(asked, asked.action("talk"))
    gone.expect("Messages erased: 2")
    assert await messages(store) == ["What is rye?"]
    assert not await store.read(lambda session: session.exec(select(RatingRow)).all())
    assert "bees" not in (await other.types("/mydata")).reply.files[0].content.decode()


async def test_in_a_shared_place_only_ones_own_part_is_deleted(talk: Talk, store: Database) -> None:
    ana = talk().elsewhere("square", private=False)
    ben = ana.elsewhere("square", User("ben", "Ben"), private=False)
    await ana.says("How do I keep bees?")
    await ben.says("What is rye?")
    (await ana.types("/conversations hide", "#error")).expect("not yours alone")
    asked = (await ana.types("/conversations delete")).expect("your messages in this conversation")
    (await ana.presses_action(asked, asked.action("talk"))).expect("Messages erased: 2")
    assert await messages(store) == ["", "What is rye?"]


async def test_nobody_deletes_the_conversation_of_another(talk: Talk, store: Database) -> None:
    ana = talk()
    await ana.says("How do I keep bees?")
    asked = await ana.types("/conversations delete")
    ben = ana.elsewhere("desk", User("ben", "Ben"))
    for what in ("yes", "hide", "delete", "title", "card"):
        action = asked.action("talk").removesuffix("yes") + what
        (await ben.presses_action(replace(asked, id=f"{asked.id}?{what}"), action)).expect("not yours alone")
    assert await messages(store) == ["How do I keep bees?"]
    assert await store.read(lambda session: len(session.exec(select(ConversationRow)).all())) == 2


async def test_mydata_shows_title_and_whether_it_is_hidden(talk: Talk) -> None:
    ana = talk()
    await ana.says("How do I keep bees?")
    await ana.types("/conversations title Bees")
    await ana.types("/conversations hide")
    found = json.loads((await ana.types("/mydata")).reply.files[0].content)["conversations"][0]
    assert found["title"] == "Bees"
    assert found["hidden_at"]


async def test_titles_are_listed_only_where_nobody_else_reads_them(talk: Talk) -> None:
    ana = talk(chat=PaperChat(capabilities=LISTS))
    await ana.says("How do I keep bees?")
    shared = ana.elsewhere("tea", private=False)
    (await shared.types("/conversations", "#error")).expect("in private")
    able = talk(chat=PaperChat(capabilities=replace(LISTS, personal=True))).elsewhere("tea", private=False)
    (await able.types("/conversations")).expect("How do I keep bees?")


async def test_a_title_is_no_markup(talk: Talk) -> None:
    ana = talk(chat=PaperChat(capabilities=LISTS))
    await ana.says("How do I keep bees?")
    (await ana.types("/conversations title **<@1>** [x](https://e.example)")).expect(r"\*\*\<@1\>\*\* \[x\](https")


async def test_only_the_first_command_of_a_conversation_writes_its_name(talk: Talk, store: Database) -> None:
    ana, writes = talk(), list[Any]()

    class Counted:
        async def read(self, unit: Callable[[Session], T]) -> T:
            return await store.read(unit)

        async def write(self, unit: Callable[[Session], T]) -> T:
            writes.append(unit)
            return await store.write(unit)

    for line in ("/help", "/stats"):
        await title_by_command(ana.command(line), Counted())
        rows = await store.read(lambda session: session.exec(select(ConversationRow.title)).all())
        assert rows == ["/help"]
    assert len(writes) == 1
