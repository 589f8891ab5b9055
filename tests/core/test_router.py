"""core.router: committed before it is acknowledged, once, and in spite of a database that fails for a while."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import pytest
from sqlmodel import Session, select

from core.errors import StoreError, UnreachableError
from core.messages import AnyEvent, Place, Quote, Reply
from core.models.scripted import ScriptedModel
from core.ports.store import Store
from core.store.engine.database import Database
from core.store.inbox_table import InboxRow
from core.store.tables import MessageRow, RatingRow
from tests.core.building import core_over
from tests.core.conftest import Talk, echo
from tests.dialogue import Dialogue, Heard
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

T = TypeVar("T")


@dataclass
class Failing:
    """A store that refuses one write, as a full disk or a lock does."""

    store: Store
    refused: int
    writes: int = 0

    async def write(self, unit: Callable[[Session], T]) -> T:
        self.writes += 1
        if self.writes == self.refused:
            raise StoreError("the disk of the database is full")
        result: T = await self.store.write(unit)
        return result

    async def read(self, unit: Callable[[Session], T]) -> T:
        found: T = await self.store.read(unit)
        return found


def dialogue_over(store: Store) -> Dialogue:
    """A dialogue with a core over this store."""
    core, chat = core_over(store, echo()), PaperChat()
    core.router.attach("paper", chat)
    return Dialogue(core, chat)


BAD = "a\x00b\ud800"


@pytest.mark.in_the_store
async def test_nothing_that_no_database_holds_comes_in(store: Database) -> None:
    talk = dialogue_over(store)
    first = await talk.says("Hello")
    for press in (talk.press_action(first, f"up:{BAD}"), replace(talk.press_action(first, "up:x"), id=BAD)):
        await talk.send(press)
        (await talk.answered(press, first.id)).expect("no longer there")
    quote = Quote(BAD, replace(talk.user, id="ben", name=BAD), BAD)
    await talk.hear(replace(talk.message(BAD, BAD), quoted=(quote,)), "#answer")
    call = replace(talk.command("/help"), message=BAD, arguments={BAD: BAD})
    (await talk.hear(call, "#error")).expect("")


async def test_nothing_that_no_database_holds_comes_from_a_model(store: Database) -> None:
    core, chat = core_over(store, ScriptedModel([BAD])), PaperChat()
    core.router.attach("paper", chat)
    (await Dialogue(core, chat).says("Hello")).expect("ab?")


@pytest.mark.in_the_store
async def test_an_event_that_cannot_be_committed_is_counted_and_not_acknowledged(store: Database) -> None:
    dialogue = dialogue_over(Failing(store, refused=1))
    question = dialogue.message("Hello")
    with pytest.raises(StoreError):
        await dialogue.send(question)
    labels = {"boundary": "store", "outcome": "refused"}
    registry = dialogue.core.router.metrics.registry
    assert registry.get_sample_value("parley_boundary_failures_total", labels) == 1
    (await dialogue.hear(question, "#answer")).expect("You said: Hello")


@pytest.mark.in_the_store
@pytest.mark.parametrize("refused", [2, 3, 4, 5])
async def test_a_database_that_fails_for_a_moment_costs_no_answer_and_doubles_none(
    store: Database, refused: int
) -> None:
    dialogue = dialogue_over(Failing(store, refused))
    (await dialogue.says("Hello")).expect("You said: Hello")
    await dialogue.settled()
    turns = await dialogue.core.records.transcript(dialogue.place, dialogue.user)
    assert [(turn.text, turn.state) for turn in turns] == [("Hello", "manual"), ("You said: Hello", "complete")]
    assert len(dialogue.chat.shown) == 1


@pytest.mark.in_the_store
async def test_an_event_that_is_delivered_again_is_answered_once(talk: Talk) -> None:
    dialogue = talk()
    question = dialogue.message("Hello")
    for _ in range(5):
        await dialogue.send(question)
    await dialogue.settled()
    assert len(dialogue.chat.shown) == 1
    assert dialogue.chat.sends == 1


async def test_a_button_that_no_longer_exists_is_explained(talk: Talk) -> None:
    dialogue = talk()
    answer = await dialogue.says("Hello")
    press = dialogue.press_of(answer, "up")
    outdated = type(press)(key="paper:old", place=press.place, user=press.user, at=press.at, action="dance:1")
    (await dialogue.hear(outdated, "#error")).expect("no longer works")


class Away(PaperChat):
    """A platform that cannot be reached for the first few requests."""

    refusals = 3

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        if self.refusals:
            self.refusals -= 1
            raise UnreachableError("the platform is away")
        return await PaperChat.send(self, place, reply, key, cause)


@pytest.mark.parametrize("line", ["Hello", "/help"])
async def test_a_platform_that_is_away_gets_its_replies_later(store: Database, line: str) -> None:
    core, chat = core_over(store, echo()), Away()
    dispatch = replace(core.router.dispatch, assistant=replace(core.router.dispatch.assistant, first_pause=0.0))
    work = replace(core.router.work, dispatch=dispatch, first_pause=0.0)
    core = replace(core, router=replace(core.router, dispatch=dispatch, work=work))
    core.router.attach("paper", chat)
    dialogue = Dialogue(core, chat)
    event = dialogue.command(line) if line.startswith("/") else dialogue.message(line)
    await dialogue.hear(event, "#notice" if line.startswith("/") else "#answer")
    await dialogue.settled()
    assert len(chat.shown) == 1
    assert chat.finished == [event.key]


@pytest.mark.slow
@pytest.mark.in_the_store
async def test_an_answer_that_was_given_up_is_offered_before_the_next(store: Database) -> None:
    core, chat = core_over(store, echo()), Away()
    dispatch = replace(core.router.dispatch, assistant=replace(core.router.dispatch.assistant, first_pause=0.0))
    work = replace(core.router.work, dispatch=dispatch, first_pause=0.0)
    core = replace(core, router=replace(core.router, dispatch=dispatch, work=work))
    core.router.attach("paper", chat)
    dialogue, chat.refusals = Dialogue(core, chat), sys.maxsize
    lost = dialogue.message("Hello")
    await dialogue.send(lost)
    await dialogue.settled()
    assert (chat.shown, chat.finished) == ({}, [lost.key])
    chat.refusals = 0
    heard = await dialogue.says("Again")
    await dialogue.settled()
    (unseen,) = [key for key in chat.shown if "#unseen:" in key]
    assert list(chat.shown) == [unseen, heard.id]
    await dialogue.send(dialogue.press_of(Heard(unseen, chat.shown[unseen]), "show"))
    await dialogue.settled()
    assert chat.shown[unseen].text == "You said: Hello"
    await dialogue.says("Once more")
    await dialogue.settled()
    assert len(chat.shown) == 3


async def test_a_reaction_and_its_removal_keep_their_order_while_an_answer_is_written(talk: Talk) -> None:
    going = asyncio.Event()
    dialogue = talk(ScriptedModel(["one two"], pace=going.wait))
    question = dialogue.message("Hello")
    await dialogue.send(question)
    shown = f"{question.key}#answer"
    # The platform shows the answer, and we do not know yet under which id.
    await dialogue.send(dialogue.reaction(shown, "👍", added=True))
    await dialogue.send(dialogue.reaction(shown, "👍", added=False))
    going.set()
    await dialogue.settled()
    found = await dialogue.core.store.read(lambda session: session.exec(select(RatingRow)).all())
    assert found == []


async def test_the_deletion_of_a_message_that_was_never_seen_is_not_kept(talk: Talk) -> None:
    dialogue = talk()
    await dialogue.send(dialogue.deletion("somebody else's"))
    kept = await dialogue.core.store.read(lambda session: session.exec(select(InboxRow)).all())
    assert kept == []


async def test_a_person_whose_language_is_not_known_reads_the_communitys(talk: Talk) -> None:
    dialogue = replace(talk(), place=Place("paper", "server", "room"))
    await dialogue.core.communities.change(dialogue.place, "language", "xx")
    silent = replace(dialogue, user=replace(dialogue.user, language=""))
    await silent.says("Hello")
    found = await dialogue.core.store.read(lambda session: session.exec(select(MessageRow.lang)).all())
    assert set(found) == {"xx"}
