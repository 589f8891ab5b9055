"""The button that deletes an answer: here and on the platform, by who asked, and by moderators."""

from dataclasses import dataclass, field, replace

import pytest
from sqlmodel import select

from core.errors import UnreachableError
from core.messages import Place, User
from core.models.scripted import ScriptedModel
from core.ports.chat import ChatCapabilities
from core.store.engine.database import Database
from core.store.tables import MessageRow
from tests.core.conftest import Talk
from tests.dialogue import Dialogue, Heard
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

SQUARE = Place("paper", "server", "square")
BEN, MO = User("ben", "Ben"), User("mo", "Mo", roles=frozenset({"5"}))


@dataclass(slots=True)
class FailingDeletes(PaperChat):
    """A chat in which deleting fails with these errors first."""

    failing: list[Exception] = field(default_factory=list)

    async def delete(self, place: Place, message_id: str) -> None:
        if self.failing:
            raise self.failing.pop(0)
        await PaperChat.delete(self, place, message_id)


async def deletes(dialogue: Dialogue, heard: Heard) -> None:
    press = dialogue.press_of(heard, "delete")
    await dialogue.send(press)
    await dialogue.chat.until(lambda: press.key in dialogue.chat.finished)


async def words(store: Database) -> list[str]:
    rows = await store.read(lambda session: session.exec(select(MessageRow).order_by(MessageRow.id)).all())
    return [row.text for row in rows]


@pytest.mark.parametrize("place", [SQUARE, replace(SQUARE, channel="desk", private=True)])
async def test_an_answer_is_deleted_on_the_platform_and_here(talk: Talk, store: Database, place: Place) -> None:
    ben = replace(talk(), place=place, user=BEN)
    answer = await ben.says("I keep bees")
    await deletes(ben, answer)
    assert answer.id not in ben.chat.shown
    assert await words(store) == ["I keep bees", ""]
    (await ben.says("And now?")).expect("And now?")


async def test_a_long_answer_is_deleted_whole(talk: Talk, store: Database) -> None:
    able = ChatCapabilities(edit_interval=0, text_limit=50, idempotent_send=True)
    ben = replace(talk(ScriptedModel(["word " * 40]), chat=PaperChat(capabilities=able)), place=SQUARE, user=BEN)
    question = ben.message("Go")
    await ben.send(question)
    await ben.settled()
    shown = [id for id, reply in ben.chat.shown.items() if reply.answer]
    assert len(shown) > 2
    await deletes(ben, Heard(shown[-1], ben.chat.shown[shown[-1]]))
    assert not any(reply.answer for reply in ben.chat.shown.values())
    assert (await words(store))[-1] == ""


async def test_an_answer_that_could_not_be_deleted_at_first_is_deleted_later(talk: Talk, store: Database) -> None:
    chat = FailingDeletes()
    ben = replace(talk(chat=chat), place=SQUARE, user=BEN)
    answer = await ben.says("I keep bees")
    chat.failing.append(UnreachableError("paper: too many requests"))
    await deletes(ben, answer)
    assert not chat.shown
    assert (await words(store))[-1] == ""


async def test_an_answer_whose_message_is_still_there_can_be_deleted_once_more(talk: Talk) -> None:
    chat = FailingDeletes()
    ben = replace(talk(chat=chat), place=SQUARE, user=BEN)
    answer = await ben.says("I keep bees")
    chat.failing.append(RuntimeError("the platform's library failed"))
    await ben.presses(answer, "delete", "#error")
    assert answer.id in chat.shown
    (await replace(ben, user=User("cleo", "Cleo")).presses(answer, "delete")).expect("Only the person who asked")
    await deletes(ben, answer)
    assert answer.id not in chat.shown
    (await ben.presses(answer, "delete")).expect("no longer there")


async def test_a_moderator_deletes_the_answers_of_others_and_nobody_else_does(talk: Talk, store: Database) -> None:
    ana = replace(talk(), place=SQUARE)
    await ana.types("/settings moderators <@&5>")
    ben = replace(ana, user=BEN)
    answer = await ben.says("Hi")
    cleo, mo = replace(ana, user=User("cleo", "Cleo")), replace(ana, user=MO)
    (await cleo.presses(answer, "delete")).expect("Only the person who asked and moderators")
    assert answer.id in ana.chat.shown
    await deletes(mo, answer)
    assert answer.id not in ana.chat.shown


async def test_an_answer_is_deleted_only_where_it_stands(talk: Talk) -> None:
    ben = replace(talk(), place=SQUARE, user=BEN)
    answer = await ben.says("Hi")
    elsewhere = replace(ben, place=replace(SQUARE, channel="other"))
    (await elsewhere.presses(Heard("other", answer.reply), "delete")).expect("no longer there")
    assert answer.id in ben.chat.shown


async def test_the_last_answer_is_deleted_by_a_command(talk: Talk, store: Database) -> None:
    ben = replace(talk(), place=SQUARE, user=BEN)
    answer = await ben.says("I keep bees")
    cleo = replace(ben, user=User("cleo", "Cleo"))
    (await cleo.types("/delete", "#error")).expect("Only the person who asked and moderators")
    command = ben.command("/delete")
    await ben.send(command)
    await ben.chat.until(lambda: command.key in ben.chat.finished)
    assert answer.id not in ben.chat.shown
    assert (await words(store))[-1] == ""


@pytest.mark.parametrize("command", ["/delete", "/report", "/rate up"])
async def test_where_there_is_no_answer_that_is_all_that_is_said(talk: Talk, command: str) -> None:
    (await replace(talk(), place=SQUARE, user=BEN).types(command, "#error")).expect("There is no answer here yet.")
