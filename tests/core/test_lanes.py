"""Lanes: several people in one place are answered at once, and each conversation keeps its order."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlmodel import Session, select

from core.errors import UnreachableError
from core.messages import AnyEvent, Edit, Invocation, Message, Place, Press, Quote, Reply, User
from core.models.scripted import ScriptedModel
from core.ports.model import PromptLine
from core.store import inbox
from core.store.engine.database import Database
from core.store.inbox_table import InboxRow
from core.store.lanes import place_lane
from core.work_lanes import LaneKey, WorkLanes
from tests.core.building import core_over
from tests.core.conftest import Talk
from tests.dialogue import Dialogue, Heard
from tests.paper import PATIENCE, PaperChat

pytestmark = pytest.mark.above_the_store

ROOM = Place("paper", "server", "room")
ANA, BEN, CLEO = User("ana", "Ana"), User("ben", "Ben"), User("cleo", "Cleo")


@dataclass
class Gates:
    """A model's answers, each of which waits until the test lets it go on; `begun` are the questions in their order."""

    begun: list[str] = field(default_factory=list)
    _open: dict[str, asyncio.Event] = field(default_factory=dict)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    def model(self) -> ScriptedModel:
        return ScriptedModel(self._answer, pace=self._wait)

    def open(self, *questions: str) -> None:
        for question in questions:
            self._gate(question).set()

    def _answer(self, lines: Sequence[PromptLine]) -> str:
        self.begun.append(lines[-1].text.rpartition(": ")[2])
        asyncio.current_task().set_name(self.begun[-1])  # type: ignore[union-attr]
        self._heard.set()
        return f"about {self.begun[-1]}"

    async def next(self) -> None:
        """Wait until another answer is begun."""
        self._heard.clear()
        await asyncio.wait_for(self._heard.wait(), PATIENCE)

    async def _wait(self) -> None:
        await self._gate(asyncio.current_task().get_name()).wait()  # type: ignore[union-attr]

    def _gate(self, question: str) -> asyncio.Event:
        return self._open.setdefault(question, asyncio.Event())


@dataclass
class Room:
    """A channel in which each message that calls the assistant begins a conversation of its own."""

    talk: Dialogue
    gates: Gates

    def message(self, user: User, text: str, **fields: Any) -> Message:
        number = f"m-{text}"
        dialogue = replace(self.talk, user=user)
        return Message(**dialogue._event(number), id=number, text=text, **{"fresh": True, **fields})

    async def says(self, user: User, text: str, **fields: Any) -> Message:
        message = self.message(user, text, **fields)
        await self.talk.send(message)
        return message

    async def begun(self, *questions: str) -> None:
        """Wait until exactly these are being answered, or have been."""
        while sorted(self.gates.begun) != sorted(questions):
            assert set(self.gates.begun) <= set(questions)
            await self.gates.next()

    async def answered(self, message: Message) -> Heard:
        return await self.talk.finished(f"{message.key}#answer")

    async def lane(self, key: str) -> str | None:
        return await self.talk.core.store.read(lambda session: inbox.lane(session, key))


@pytest.fixture
def room(talk: Talk) -> Room:
    gates = Gates()
    return Room(replace(talk(gates.model()), place=ROOM), gates)


async def test_three_people_in_one_channel_are_answered_at_once(room: Room) -> None:
    asked = [await room.says(user, text) for user, text in ((ANA, "crows"), (BEN, "cows"), (CLEO, "cats"))]
    await room.begun("crows", "cows", "cats")
    room.gates.open("cats")
    (await room.answered(asked[2])).expect("about cats")
    room.gates.open("crows", "cows")
    for question in asked[:2]:
        await room.answered(question)


async def test_a_reply_waits_for_the_answer_to_what_it_replies_to(room: Room) -> None:
    first = await room.says(ANA, "crows")
    await room.begun("crows")
    second = await room.says(BEN, "really", reply_to=first.id)
    third = await room.says(CLEO, "no", reply_to=second.id)
    other = await room.says(CLEO, "cats")
    await room.begun("crows", "cats")
    assert {await room.lane(event.key) for event in (first, second, third)} == {f"{place_lane(ROOM)}#m-crows"}
    assert await room.lane(other.key) == f"{place_lane(ROOM)}#m-cats"
    room.gates.open("crows")
    await room.begun("crows", "cats", "really")
    room.gates.open("really", "no", "cats")
    await room.answered(third)
    assert [text for text in room.gates.begun if text != "cats"] == ["crows", "really", "no"]


async def test_whoever_waits_behind_an_answer_sees_that_we_are_at_it(room: Room) -> None:
    first = await room.says(ANA, "crows")
    await room.begun("crows")
    room.talk.chat.typed.clear()
    await room.says(BEN, "really", reply_to=first.id)
    await room.talk.chat.until(lambda: bool(room.talk.chat.typed))
    assert room.gates.begun == ["crows"]
    room.gates.open("crows", "really")


async def test_buttons_edits_and_replies_to_the_answer_go_where_the_question_went(room: Room) -> None:
    question = await room.says(ANA, "crows")
    room.gates.open("crows", "cows", "more")
    heard = await room.answered(question)
    await room.talk.settled()
    lane = await room.lane(question.key)
    ana = replace(room.talk, user=ANA)
    events: list[AnyEvent] = [
        ana.press_of(heard, "retry"),
        replace(ana.press_of(heard, "retry"), key="paper:without", id=None),
        Edit(**ana._event("edit"), id=question.id, text="cows"),
        room.message(BEN, "more", reply_to=heard.id),
        Invocation(**ana._event("again"), command="retry"),
    ]
    for event in events:
        await room.talk.send(event)
    assert {await room.lane(event.key) for event in events} == {lane}
    await room.talk.settled()


async def test_what_was_answered_long_ago_still_has_one_lane(room: Room) -> None:
    question = await room.says(ANA, "crows")
    room.gates.open("crows", "more", "still")
    heard = await room.answered(question)
    more = await room.answered(await room.says(BEN, "more", reply_to=heard.id))
    await room.talk.settled()

    def forget(session: Session) -> None:
        for row in session.exec(select(InboxRow)):
            session.delete(row)

    await room.talk.core.store.write(forget)
    still = await room.says(ANA, "still", reply_to=more.id)
    pressed = replace(room.talk, user=ANA).press_of(heard, "retry")
    await room.talk.send(pressed)
    assert {await room.lane(still.key), await room.lane(pressed.key)} == {f"{place_lane(ROOM)}#m-crows"}
    await room.talk.settled()


async def test_two_who_ask_about_one_message_are_in_one_conversation(room: Room) -> None:
    quoted = (Quote("q1", CLEO, "Crows can count."), Quote("q2", BEN, "Really?", reply_to="q1"))
    one = await room.says(ANA, "crows", reply_to="q2", quoted=quoted)
    two = await room.says(BEN, "cows", reply_to="q1", quoted=quoted[:1])
    three = await room.says(CLEO, "cats", reply_to="q1")
    assert {await room.lane(event.key) for event in (one, two, three)} == {f"{place_lane(ROOM)}#q1"}
    room.gates.open("crows", "cows", "cats")
    await room.talk.settled()


@pytest.mark.parametrize("place", [replace(ROOM, private=True), replace(ROOM, thread="t"), ROOM])
async def test_where_a_place_is_one_conversation_so_is_its_lane(talk: Talk, place: Place) -> None:
    dialogue = replace(talk(), place=place)
    if place == ROOM:
        await dialogue.core.communities.change(place, "always", "room")
    heard = await dialogue.says("Hello")
    await dialogue.says("Again", reply_to=heard.id)
    await dialogue.hear(dialogue.press_of(heard, "retry"), "#answer")
    await dialogue.edits(dialogue.said[0], "Hi")
    await dialogue.types("/help")
    lanes = await dialogue.core.store.read(lambda session: session.exec(select(InboxRow.lane)).all())
    assert set(lanes) == {place_lane(place)}


async def test_a_question_that_was_deleted_while_it_waited_is_not_answered(room: Room) -> None:
    first = await room.says(ANA, "crows")
    await room.begun("crows")
    second = await room.says(ANA, "really", reply_to=first.id)
    await room.talk.send(room.talk.deletion(second.id))
    await room.talk.chat.until(lambda: "paper:d1" in room.talk.chat.finished)
    room.gates.open("crows", "really")
    await room.talk.settled()
    assert room.gates.begun == ["crows"]
    assert second.key in room.talk.chat.finished
    assert f"{second.key}#answer" not in room.talk.chat.shown


async def test_everybody_stops_the_answer_to_themselves(room: Room) -> None:
    asked = [await room.says(user, text) for user, text in ((ANA, "crows"), (BEN, "cows"))]
    await room.begun("crows", "cows")
    await room.talk.send(Invocation(**replace(room.talk, user=ANA)._event("halt"), command="stop"))
    (await room.answered(asked[0])).expect("Stopped")
    room.gates.open("cows")
    (await room.answered(asked[1])).expect("about cows")


async def test_a_command_about_an_answer_waits_for_ones_own_alone(room: Room) -> None:
    asked = [await room.says(user, text) for user, text in ((ANA, "crows"), (BEN, "cows"))]
    await room.begun("crows", "cows")
    again = Invocation(**replace(room.talk, user=ANA)._event("again"), command="retry")
    await room.talk.send(again)
    room.gates.open("crows")
    (await room.talk.finished(f"{again.key}#answer")).expect("about crows")
    assert f"{asked[1].key}#answer" not in room.talk.chat.shown
    room.gates.open("cows")
    await room.answered(asked[1])


async def test_a_reaction_to_an_answer_that_is_not_known_yet_waits_for_all_that_are_being_written(room: Room) -> None:
    asked = [await room.says(user, text) for user, text in ((ANA, "crows"), (BEN, "cows"))]
    await room.begun("crows", "cows")
    ana = replace(room.talk, user=ANA)
    reaction = ana.reaction(f"{asked[0].key}#answer", "👍", added=True)
    await room.talk.send(reaction)
    await room.says(CLEO, "cats")
    await room.begun("crows", "cows", "cats")
    room.gates.open("crows", "cows")
    # Not for those that came later.
    await room.talk.chat.until(lambda: reaction.key in room.talk.chat.finished)
    room.gates.open("cats")
    await room.talk.settled()


async def test_lanes_are_the_same_after_a_restart(store: Database) -> None:
    before, chat = Gates(), PaperChat()
    core = core_over(store, before.model())
    core.router.attach("paper", chat)
    first = Room(replace(Dialogue(core, chat), place=ROOM), before)
    asked = await first.says(ANA, "crows")
    await first.begun("crows")
    stuck = [await first.says(BEN, "really", reply_to=asked.id), await first.says(CLEO, "cats")]
    await core.router.drain(0)
    gates = Gates()
    core = core_over(store, gates.model())
    core.router.attach("paper", chat)
    second = Room(replace(Dialogue(core, chat), place=ROOM), gates)
    assert await core.router.recover("paper") == 3
    await second.begun("crows", "cats")
    gates.open("crows", "really", "cats")
    for event in (asked, *stuck):
        await second.answered(event)
    await core.router.drain(20)
    assert [text for text in gates.begun if text != "cats"] == ["crows", "really"]


async def test_an_event_of_an_earlier_version_is_in_the_lane_of_its_place(room: Room) -> None:
    press = Press(**room.talk._event("p"), action="up:x")

    def unit(session: Session) -> str:
        inbox.accept(session, press)
        session.get_one(InboxRow, press.key).lane = None
        (left,) = inbox.unfinished(session, "paper")
        return left.lane

    assert await room.talk.core.store.write(unit) == place_lane(ROOM)


LONG_WAIT = replace(PaperChat().capabilities, typing_lasts=0.02)


async def test_who_waits_long_in_a_conversation_is_told_how_many_are_before_them(talk: Talk) -> None:
    gates, chat = Gates(), PaperChat(capabilities=LONG_WAIT)
    thread = Room(replace(talk(gates.model(), chat=chat), place=replace(ROOM, thread="t")), gates)
    asked = [await thread.says(user, text) for user, text in ((ANA, "crows"), (BEN, "cows"), (CLEO, "cats"))]
    lines = [f"{event.key}#waits" for event in asked]
    await chat.until(lambda: set(lines[1:]) <= set(chat.shown))
    assert lines[0] not in chat.shown
    assert [chat.shown[line].reply_to for line in lines[1:]] == ["m-cows", "m-cats"]
    second = chat.shown[lines[2]].text
    assert "2" in second
    gates.open("crows")
    await chat.until(lambda: lines[1] not in chat.shown and chat.shown[lines[2]].text != second)
    gates.open("cows", "cats")
    await thread.answered(asked[2])
    await chat.until(lambda: not set(lines) & set(chat.shown))


@dataclass(slots=True)
class Unsteady(PaperChat):
    """A chat in which the line of who waits cannot be changed."""

    failed: asyncio.Event = field(default_factory=asyncio.Event)

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        if message_id.endswith("#waits"):
            self.failed.set()
            raise UnreachableError("no network")
        await PaperChat.edit(self, place, message_id, reply)


async def test_a_line_that_could_not_be_changed_is_gone_in_the_end(talk: Talk) -> None:
    gates, chat = Gates(), Unsteady(capabilities=LONG_WAIT)
    thread = Room(replace(talk(gates.model(), chat=chat), place=replace(ROOM, thread="t")), gates)
    asked = [await thread.says(user, text) for user, text in ((ANA, "crows"), (BEN, "cows"), (CLEO, "cats"))]
    last = f"{asked[2].key}#waits"
    await chat.until(lambda: last in chat.shown)
    gates.open("crows")
    await asyncio.wait_for(chat.failed.wait(), PATIENCE)
    gates.open("cows", "cats")
    await thread.answered(asked[2])
    await chat.until(lambda: last not in chat.shown)


@dataclass(slots=True)
class Sticky(PaperChat):
    """A chat in which nothing can be deleted at first."""

    refused: int = 2

    async def delete(self, place: Place, message_id: str) -> None:
        if self.refused:
            self.refused -= 1
            raise UnreachableError("too many requests")
        await PaperChat.delete(self, place, message_id)


@pytest.mark.slow
async def test_a_line_that_could_not_be_deleted_at_first_is_gone_in_the_end(talk: Talk) -> None:
    gates, chat = Gates(), Sticky(capabilities=LONG_WAIT)
    thread = Room(replace(talk(gates.model(), chat=chat), place=replace(ROOM, thread="t")), gates)
    asked = [await thread.says(user, text) for user, text in ((ANA, "crows"), (BEN, "cows"))]
    await chat.until(lambda: f"{asked[1].key}#waits" in chat.shown)
    gates.open("crows", "cows")
    await chat.until(lambda: f"{asked[1].key}#waits" not in chat.shown)
    await thread.answered(asked[1])


async def test_who_may_not_ask_here_gets_no_line_but_is_told_so(talk: Talk) -> None:
    gates, chat = Gates(), PaperChat(capabilities=LONG_WAIT)
    thread = Room(replace(talk(gates.model(), chat=chat), place=replace(ROOM, thread="t")), gates)
    first = await thread.says(ANA, "crows")
    await thread.begun("crows")
    await thread.talk.core.communities.change(ROOM, "users", "7")
    second = await thread.says(BEN, "cows")
    gates.open("crows")
    await thread.answered(first)
    await thread.talk.finished(f"{second.key}#error")
    assert f"{second.key}#waits" not in chat.shown


async def aside_behind(talk: Talk, gates: Gates, chat: PaperChat) -> tuple[Room, Invocation]:
    """A command that asks for one person alone, behind an answer that is being written in its place."""
    thread = Room(replace(talk(gates.model(), chat=chat), place=replace(ROOM, thread="t")), gates)
    await thread.says(ANA, "crows")
    await thread.begun("crows")
    command = replace(thread.talk, user=BEN).command("/explain Bees cannot.")
    await thread.talk.send(command)
    return thread, command


async def test_who_waits_with_a_question_for_oneself_is_told_so_alone(talk: Talk) -> None:
    gates, chat = Gates(), PaperChat(capabilities=replace(LONG_WAIT, personal=True))
    _, command = await aside_behind(talk, gates, chat)
    await chat.until(lambda: f"{command.key}#waits" in chat.shown)
    assert chat.shown[f"{command.key}#waits"].personal
    gates.open("crows")


async def test_where_all_see_everything_the_line_of_a_question_for_oneself_goes_again(talk: Talk) -> None:
    gates, chat = Gates(), PaperChat(capabilities=LONG_WAIT)
    _, command = await aside_behind(talk, gates, chat)
    await chat.until(lambda: f"{command.key}#waits" in chat.shown)
    gates.open("crows")
    await chat.until(lambda: f"{command.key}#waits" not in chat.shown)


async def test_where_the_platform_shows_by_itself_that_we_are_at_it_there_is_no_line(talk: Talk) -> None:
    gates = Gates()
    chat = PaperChat(capabilities=replace(LONG_WAIT, personal=True, personal_edits=True))
    room, _ = await aside_behind(talk, gates, chat)
    (lane,) = [lane for lane in room.talk.core.router.work._lanes._lanes.values() if lane.waiting]
    assert not lane.lines
    gates.open("crows")


async def test_in_private_who_waits_with_such_a_question_sees_that_we_are_at_it(talk: Talk) -> None:
    gates, chat = Gates(), PaperChat(capabilities=LONG_WAIT)
    room = Room(replace(talk(gates.model(), chat=chat), place=replace(ROOM, private=True)), gates)
    await room.says(ANA, "crows")
    await room.begun("crows")
    chat.typed.clear()
    await room.talk.send(replace(room.talk, user=ANA).command("/explain Bees cannot."))
    await chat.until(lambda: bool(chat.typed))
    gates.open("crows")


async def test_the_line_is_gone_after_a_crash(talk: Talk) -> None:
    gates, chat = Gates(), PaperChat(capabilities=LONG_WAIT)
    place = replace(ROOM, thread="t")
    thread = Room(replace(talk(gates.model(), chat=chat), place=place), gates)
    first, second = [await thread.says(user, text) for user, text in ((ANA, "crows"), (BEN, "cows"))]
    await chat.until(lambda: f"{second.key}#waits" in chat.shown)
    await thread.talk.core.router.drain(0)
    again = replace(talk(chat=chat), place=place)
    assert await again.core.router.recover("paper") == 2
    await again.finished(f"{second.key}#answer")
    await chat.until(lambda: f"{second.key}#waits" not in chat.shown)


async def test_for_what_one_person_alone_sees_nobody_is_shown_that_it_waits() -> None:
    shown, go = asyncio.Event(), asyncio.Event()

    async def show(place: Place, waiting: Callable[[], bool]) -> None:
        assert waiting()
        shown.set()

    async def work() -> None:
        await go.wait()

    lanes, key = WorkLanes(show), LaneKey(ROOM, "one", "answers", "room")
    lanes.add(key, work)
    lanes.add(key, work, quiet=True)
    assert [lane.sign for lane in lanes._lanes.values()] == [None]
    lanes.add(key, work)
    await asyncio.wait_for(shown.wait(), PATIENCE)
    go.set()
    assert await lanes.drain(PATIENCE) == 0


async def test_such_are_ask_and_what_is_asked_about_a_message(talk: Talk) -> None:
    ana = talk()
    quiet = [line for line in ("/ask x", "/explain x", "/translate x", "/retry", "/help") if _aside(ana, line)]
    assert quiet == ["/ask x", "/explain x", "/translate x"]


def _aside(dialogue: Dialogue, line: str) -> bool:
    return dialogue.core.router.dispatch.menu.aside(dialogue.command(line))


async def test_what_work_begins_while_it_is_drained_is_waited_for() -> None:
    async def show(place: Place, waiting: Callable[[], bool]) -> None:
        return

    lanes, done = WorkLanes(show), asyncio.Event()

    async def later() -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        done.set()

    async def work() -> None:
        await asyncio.sleep(0)
        lanes.add(LaneKey(ROOM, "two", "answers", "home"), later)

    lanes.add(LaneKey(ROOM, "one", "answers", "home"), work)
    assert await lanes.drain(20) == 0
    assert done.is_set()
