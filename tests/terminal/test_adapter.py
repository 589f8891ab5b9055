"""bots.terminal: a person at a terminal talks to the real core."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bots.terminal.adapter import TerminalChat
from bots.terminal.files import MOST_BYTES, content_of, save
from bots.terminal.output import PipeOutput
from bots.terminal.questions import QuestionLeft
from bots.terminal.receive import fresh_place, pressed, typed
from cli.chat_session import stop
from core.commands.registry import Command, CommandGroup
from core.community_settings import kept
from core.delivery.call import CommandCall
from core.errors import ModelUnavailable
from core.messages import AnyEvent, Button, File, Invocation, Message, Press, Reply, Select, Submission, User
from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.store.engine.database import connect
from core.wiring import WiredCore
from tests.core.building import core_over
from tests.core.conftest import echo
from tests.shared.cards import CARDS
from tests.shared.wrong_settings import BARE, NO_DEFAULT, REFUSED, STRICTEST


async def riddle(call: CommandCall) -> None:
    await call.tell("What has a face?", buttons=[Button("guess:", "A clock"), Button("hint:", "A hint", row=1)])


async def hint(call: CommandCall) -> None:
    await call.tell("It has hands")


async def guess(call: CommandCall) -> None:
    await call.tell("Right", in_place=True)


RIDDLE = CommandGroup(
    (Command("riddle", "plugins", riddle, description="Ask a riddle."),), {"hint": hint, "guess": guess}
)


async def colours(call: CommandCall) -> None:
    options = (("r", "Red"), ("g", "Green"), ("b", "Blue"))
    await call.tell("Which?", selects=[Select("take", "Colours", options=options, most=3)])


async def take(call: CommandCall) -> None:
    await call.tell(f"Taken: {getattr(call.event, 'values', ())}")


COLOURS = CommandGroup((Command("colours", "plugins", colours, description="Choose colours."),), {"take": take})


@dataclass
class Person:
    """Somebody at a terminal, who answers questions with the lines of a list."""

    core: WiredCore
    terminal: TerminalChat
    out: io.StringIO
    aside: io.StringIO
    lines: list[str] = field(default_factory=list)

    async def types(self, line: str) -> str:
        """Type a line and wait until all is said. Returns what was printed since, answers first."""
        self.out.truncate(self.out.seek(0))
        self.aside.truncate(self.aside.seek(0))
        await self.terminal.say(typed(line, self.terminal.where, self.terminal.user))
        await self.terminal.settled()
        await self.core.router.drain(20)
        return self.out.getvalue() + self.aside.getvalue()


@pytest.fixture
def model() -> ScriptedModel:
    return echo()


@pytest.fixture
async def person(sqlite_url: str, model: ScriptedModel, tmp_path: Path) -> AsyncIterator[Person]:
    store = connect(sqlite_url)
    core = core_over(store, model, more=(CARDS, RIDDLE, COLOURS))
    pipe = PipeOutput(io.StringIO(), io.StringIO())
    terminal = TerminalChat(pipe, User("ana", "Ana", admin=True), fresh_place(), tmp_path, handle=core.router.handle)
    somebody = Person(core, terminal, io.StringIO(), io.StringIO())
    somebody.out, somebody.aside = pipe.out, pipe.aside  # type: ignore[assignment]  # they are StringIO, as made above

    async def ask(question: str) -> str:
        somebody.aside.write(f"{question}\n")
        return somebody.lines.pop(0)

    terminal.ask = ask
    core.router.attach("terminal", terminal)
    yield somebody
    await store.close()


def listening(person: Person) -> list[AnyEvent]:
    """The events that the core gets from now on."""
    heard: list[AnyEvent] = []

    async def hear(event: AnyEvent) -> None:
        heard.append(event)
        await person.core.router.handle(event)

    person.terminal.handle = hear
    return heard


@pytest.mark.parametrize("model", [ScriptedModel(lambda lines: "Arr!" if "pirate" in lines[0].text else "Hello!")])
async def test_who_compares_two_answers_is_asked_after_the_second(person: Person) -> None:
    await person.types("/arena on pirate")
    person.lines = ["2"]
    heard = listening(person)
    said = await person.types("/arena Who are you?")
    assert [event.action.partition(":")[0] for event in heard if isinstance(event, Press)] == ["arena-vote"]
    assert said.index("Answer B") < said.index("which is better?") < said.index("✓ B. Thank you.")


async def test_an_answer_is_printed_once_and_whole(person: Person) -> None:
    assert await person.types("Hello there") == "You said: Hello there\n"


@pytest.mark.parametrize("wanted", [False, True])
async def test_what_a_model_thinks_is_shown_to_who_asks_for_it(sqlite_url: str, tmp_path: Path, wanted: bool) -> None:
    store = connect(sqlite_url)
    core = core_over(store, ScriptedModel(["<think>Hm, a town. </think>Paris"]))
    out, aside = io.StringIO(), io.StringIO()
    user, place = User("ana", "Ana", admin=True), fresh_place()
    terminal = TerminalChat(PipeOutput(out, aside), user, place, tmp_path, handle=core.router.handle, reasoning=wanted)
    core.router.attach("terminal", terminal)
    await terminal.say(typed("France?", place, user))
    await terminal.settled()
    await core.router.drain(20)
    await store.close()
    assert out.getvalue() == "Paris\n"
    assert aside.getvalue().count("Hm, a town.") == wanted


async def test_commands_work_as_everywhere(person: Person) -> None:
    await person.types("Hello")
    assert "Noted: 👍" in await person.types("/rate up")
    assert "rated 1" in await person.types("/stats")
    assert "/forgetme" in await person.types("/help")
    assert "Did you mean /retry" in await person.types("/retyr")


async def test_a_confirmation_is_asked_with_numbers(person: Person) -> None:
    await person.types("I keep bees")
    person.lines = ["2"]
    printed = await person.types("/forgetme")
    assert "[1] Erase everything  [2] Keep it" in printed
    assert "Nothing was erased" in printed
    person.lines = ["1"]
    assert "messages 2" in await person.types("/forgetme")


async def test_a_form_is_asked_field_by_field(person: Person, model: ScriptedModel) -> None:
    person.lines = ["I bake bread.", ""]
    assert "Saved" in await person.types("/instructions")
    await person.types("Hi")
    assert "I bake bread." in model.requests[-1].lines[0].text


@pytest.mark.parametrize("line", ["/instructions", "/riddle"])
async def test_what_is_left_unanswered_sends_nothing(person: Person, line: str) -> None:
    heard = listening(person)

    async def leave(question: str) -> str:
        raise QuestionLeft

    person.terminal.ask = leave
    await person.types(line)
    assert [type(event) for event in heard] == [Invocation]


async def test_enter_keeps_what_was_chosen_before_and_zero_takes_it_back(person: Person) -> None:
    heard = listening(person)
    await person.types("Hi")
    for line in ("1", "", "0"):
        person.lines = [line]
        await person.types("/label")
    chosen = [one.values.get("labels", "") for one in heard if isinstance(one, Submission)]
    assert chosen == ["spam", "spam", ""]


async def test_of_a_list_several_are_chosen_at_once(person: Person) -> None:
    person.lines = ["1 3"]
    assert "Taken: ('r', 'b')" in await person.types("/colours")


async def test_words_at_a_question_are_said(person: Person, model: ScriptedModel) -> None:
    person.lines = ["/colours", "1"]
    printed = await person.types("/card")
    assert "Taken: ('r',)" in printed
    person.lines = ["What is this?"]
    await person.types("/card")
    assert model.requests[-1].lines[-1].text == "What is this?"


async def test_a_card_with_many_buttons_is_pressed_by_numbers(person: Person) -> None:
    person.lines = ["11", "7 8", "7", "10", "So be it", ""]
    printed = await person.types("/card")
    assert "[7] Pick 7\n" in printed
    again = "One number of 1-10, or Enter for none > \n"
    assert f"[10] Write\n1-10, or Enter for none > \n{again}{again}" in printed
    assert "Picked 7" in printed
    assert "[7] Pick 7 ✓\n" in printed
    assert "Your words\n\nRead **this** <first>.\n" in printed
    assert "Noted: So be it" in printed
    assert not person.lines


async def test_a_card_is_still_there_after_something_was_said_about_it(person: Person) -> None:
    person.lines = ["2", "1"]
    printed = await person.types("/riddle")
    assert printed.count("[1] A clock\n[2] A hint\n") == 2
    assert "It has hands\n" in printed
    assert "Right\n" in printed


async def test_a_form_knows_the_card_that_opened_it(person: Person) -> None:
    heard = listening(person)
    person.lines = ["10", "So be it", ""]
    await person.types("/card")
    called, press, sent = heard
    assert isinstance(press, Press)
    assert isinstance(sent, Submission)
    assert sent.id == press.id == f"{called.key}#notice"


async def test_what_is_asked_for_is_a_reply_to_the_question(person: Person) -> None:
    heard = listening(person)
    person.lines = ["So be it"]
    await person.terminal.send(person.terminal.where, Reply("What do you say?", asks="Your words"), "k1")
    await person.terminal.settled()
    assert "What do you say?\nYour words > \n" in person.aside.getvalue()
    (said,) = heard
    assert isinstance(said, Message)
    assert (said.text, said.reply_to) == ("So be it", "k1")


async def test_mydata_is_saved_without_overwriting(person: Person, tmp_path: Path) -> None:
    await person.types("I keep bees")
    for name in ("parley-mydata.json", "parley-mydata-2.json"):
        assert name in await person.types("/mydata")
        assert "I keep bees" in json.dumps(json.loads((tmp_path / name).read_text()))
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


async def test_new_goes_on_in_another_place(person: Person, model: ScriptedModel) -> None:
    await person.types("My name is Ana")
    before = person.terminal.where
    await person.types("/new")
    assert person.terminal.where != before
    await person.types("Who am I?")
    assert [line.text for line in model.requests[-1].lines] == ["You are Parley.", "Who am I?"]


async def test_retry_prints_another_answer(person: Person) -> None:
    await person.types("Hello")
    assert "You said: Hello" in await person.types("/retry")


class TestTroubledModel:
    """A model that fails, and one that has to be stopped."""

    @pytest.fixture
    def model(self) -> ScriptedModel:
        return ScriptedModel(
            [ScriptedAnswer(error=ModelUnavailable("model-unavailable")), ScriptedAnswer("one two", hangs=True)]
        )

    async def test_a_failure_is_kept_for_the_exit_code(self, person: Person) -> None:
        await person.types("Hello")
        assert "not answering" in person.terminal.failed

    async def test_an_answer_can_be_stopped(self, person: Person) -> None:
        await person.types("Hello")
        await person.terminal.say(typed("Count", person.terminal.where, person.terminal.user))
        while person.terminal.stop_button is None or "two" not in person.out.getvalue():
            person.terminal.changed.clear()
            await person.terminal.changed.wait()
        await person.core.router.handle(
            pressed(person.terminal.stop_button.action, person.terminal.where, person.terminal.user)
        )
        await person.terminal.settled()
        assert person.out.getvalue() == "one two\n"
        assert "Stopped" in person.aside.getvalue()


class ClosedPipe(io.StringIO):
    """A pipe that nobody reads any more."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


class TestGoneReader:
    """A reader that goes in mid-answer, as `head` does."""

    @pytest.fixture
    def model(self) -> ScriptedModel:
        return ScriptedModel([ScriptedAnswer("one two three", hangs=True)])

    async def test_whoever_waits_is_told_each_time(self, person: Person) -> None:
        assert isinstance(person.terminal.output, PipeOutput)
        person.terminal.output.out = ClosedPipe()
        for line in ("Count", "/help"):
            await person.terminal.say(typed(line, person.terminal.where, person.terminal.user))
            async with asyncio.timeout(20):
                with pytest.raises(BrokenPipeError):
                    await person.terminal.settled()
        await stop(person.terminal)
        await person.core.router.drain(20)


def test_a_status_is_no_part_of_the_piped_answer() -> None:
    out, aside = io.StringIO(), io.StringIO()
    pipe = PipeOutput(out, aside)
    pipe.answer("", "Searching …", last=False)
    pipe.answer("It is", "Searching …", last=False)
    pipe.answer("It is 4.", "Calculated 2 + 2", last=True)
    assert (out.getvalue(), aside.getvalue()) == ("It is 4.\n", "Searching …\nCalculated 2 + 2\n")


def test_a_changed_text_follows_on_a_line_of_its_own() -> None:
    pipe = PipeOutput(io.StringIO(), io.StringIO())
    pipe.answer("Four", "", last=False)
    pipe.answer("Five.", "", last=True)
    assert pipe.out.getvalue() == "Four\nFive.\n"  # type: ignore[attr-defined]  # a StringIO, as made above


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "plain.json"])
def test_a_file_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    assert save(tmp_path, File(name, "text/plain", b"x")).parent == tmp_path


@pytest.mark.parametrize("sample", [True, pytest.param(False, marks=pytest.mark.sweep)])
async def test_each_setting_holds_what_is_right_and_refuses_what_is_wrong(person: Person, *, sample: bool) -> None:
    for name, value, shown in BARE.right(sample=sample):
        said = await person.types(f"/settings {name} default")
        assert "is now: default" in said or name in NO_DEFAULT, (name, said)
        assert f"is now: {shown}" in await person.types(f"/settings {name} {value}"), (name, value)
    held = await settings_of(person)
    assert held
    for name, value in BARE.wrong(sample=sample):
        said = await person.types(f"/settings {name} {value}")
        assert any(words in said for words in REFUSED), (name, value, said)
        assert await settings_of(person) == held


async def test_nobody_is_locked_out(person: Person) -> None:
    for name, value in STRICTEST.items():
        said = await person.types(f"/settings {name} {value.format(channel='here', role='@mods')}")
        assert "is now" in said or "nothing has changed" in said
    person.lines = ["2"]
    for command in ("help", "privacy", "mydata", "forgetme"):
        assert "only certain members" not in await person.types(f"/{command}")
    for name in STRICTEST:
        assert "is now" in await person.types(f"/settings {name} default")


async def settings_of(person: Person) -> dict[str, str]:
    place = person.terminal.where
    return dict(await person.core.records.store.read(lambda session: kept(session, place)))


def test_a_file_without_an_end_is_read_up_to_a_bound() -> None:
    assert len(content_of(Path("/dev/zero"))) == MOST_BYTES + 1
