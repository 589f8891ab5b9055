"""core.answering.prompt_paths: what is remembered from turn to turn is what the store would tell."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from sqlmodel import Session, col, select

from core.answering.prompt import prompt
from core.answering.prompt_paths import PromptPaths, spoken
from core.answering.turns import PathTip
from core.messages import Edit, Place, Relocation, User
from core.models.scripted import ScriptedModel
from core.ports.store import T
from core.store import identities, linking
from core.store.engine.database import Database
from core.store.hot_path import PathMessage
from core.store.tables import MessageRow
from tests.core.conftest import Talk
from tests.dialogue import Dialogue, Heard
from tests.sweeping import mostly_swept

ROOM = Place("paper", "server", "room")
BEN = User("ben", "Ben")


def stored(session: Session, place: Place) -> list[str]:
    """The words of the newest answer's prompt, read anew."""
    newest = select(MessageRow.parent_id).where(MessageRow.role == "assistant").order_by(col(MessageRow.id).desc())
    path = spoken(session, session.exec(newest).first() or "", place.platform, alone=place.private)
    return [line.text for line in prompt("", path)]


async def same_as_stored(store: Database, model: ScriptedModel, place: Place) -> None:
    words = await store.read(lambda session: stored(session, place))
    assert [line.text for line in model.requests[-1].lines if line.role != "system"] == words


@dataclass(slots=True)
class Reads:
    """A store that counts how often it is read."""

    store: Database
    count: int = 0

    async def read(self, unit: Callable[[Session], T]) -> T:
        self.count += 1
        return await self.store.read(unit)

    async def write(self, unit: Callable[[Session], T]) -> T:
        return await self.store.write(unit)


@dataclass(slots=True)
class Chance:
    """People who do this and that in one place."""

    random: Random
    people: list[Dialogue]
    answers: list[Heard] = field(default_factory=list)
    questions: list[tuple[Dialogue, str]] = field(default_factory=list)

    async def step(self) -> None:
        person = self.random.choice(self.people)
        deed = self.random.choice((self.speak, self.speak, self.speak, self.reply, self.retry, self.edit, self.delete))
        await deed(person)

    async def speak(self, person: Dialogue, reply_to: str | None = None) -> None:
        self.answers.append(await person.says(f"word{self.random.randrange(10**6)}", reply_to))
        self.questions.append((person, person.said[-1]))

    async def reply(self, person: Dialogue) -> None:
        await self.speak(person, self.random.choice(self.answers).id if self.answers else None)

    async def retry(self, person: Dialogue) -> None:
        if self.answers:
            heard = self.answers[-1]
            owner = self.questions[-1][0]
            self.answers.append(await owner.presses(heard, "retry", "#answer"))
            self.questions.append(self.questions[-1])

    async def edit(self, person: Dialogue) -> None:
        if self.questions:
            owner, message_id = self.random.choice(self.questions)
            self.answers.append(await owner.edits(message_id, f"edited{self.random.randrange(10**6)}"))
            self.questions.append((owner, message_id))

    async def delete(self, person: Dialogue) -> None:
        if len(self.questions) > 2:
            owner, message_id = self.questions.pop(self.random.randrange(len(self.questions) - 1))
            self.questions = [one for one in self.questions if one[1] != message_id]
            await owner.send(owner.deletion(message_id))
            await owner.settled()
        await self.speak(person)


@pytest.mark.slow
@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("seed", mostly_swept(range(6), [0, 1]))
async def test_whatever_people_do_a_prompt_has_the_words_that_are_stored(
    talk: Talk, store: Database, seed: int, private: bool
) -> None:
    random = Random(seed)
    model = ScriptedModel(lambda lines: f"answer{random.randrange(10**6)}", window=10**6)
    ana = replace(talk(model), place=replace(ROOM, private=private))
    people = [ana] if private else [ana, replace(ana, user=BEN, said=[])]
    chance = Chance(random, people)
    for _ in range(25):
        before = len(model.requests)
        await chance.step()
        if len(model.requests) > before:
            await same_as_stored(store, model, ana.place)


async def test_what_somebody_erases_is_in_no_later_prompt(talk: Talk, store: Database) -> None:
    model = ScriptedModel(lambda lines: "Well.", window=10**6)
    ana = replace(talk(model), place=ROOM)
    ben = replace(ana, user=BEN, said=[])
    await ben.says("My number is 4711.")
    await ana.says("Is it?")
    await ben.presses(await ben.types("/forgetme"), "forget")
    await ana.says("And now?")
    assert "4711" not in str(model.requests[-1].lines)
    await same_as_stored(store, model, ROOM)


async def test_what_another_process_erases_is_in_no_later_prompt(talk: Talk, store: Database) -> None:
    model = ScriptedModel(lambda lines: "Well.", window=10**6)
    ana = replace(talk(model), place=ROOM)
    await ana.says("My number is 4711.")
    other = replace(talk(), place=ROOM)
    await other.send(other.deletion(ana.said[0]))
    await other.settled()
    await ana.says("And now?")
    assert "4711" not in str(model.requests[-1].lines)


async def test_an_answer_that_another_process_continues_is_whole_in_the_next_prompt(
    talk: Talk, store: Database
) -> None:
    model = ScriptedModel(["one " * 600, "Fine."], window=10**6)
    ana = replace(talk(model), place=ROOM)
    cut = await ana.says("Count")
    other = replace(talk(ScriptedModel(["two"])), place=ROOM)
    other.chat.shown.update(ana.chat.shown)
    await other.presses(cut, "continue", "#answer")
    await ana.says("Thanks")
    assert model.requests[-1].lines[2].text.endswith("two")
    await same_as_stored(store, model, ROOM)


async def test_a_long_talk_is_not_read_again(store: Database) -> None:
    reads = Reads(store)
    paths = PromptPaths(reads)
    path: tuple[PathMessage, ...] = ()
    above: str | None = None
    for turn in range(50):
        asked = PathMessage(f"q{turn}", "prompter", f"question {turn}", 2 * turn)
        tip = PathTip(asked.id, "talk", 0, asked, above)
        found = await paths.to(tip, "model", "paper", alone=True)
        assert [message.id for message in found] == [*(message.id for message in path), asked.id]
        answer = PathMessage(f"a{turn}", "assistant", "yes", 2 * turn + 1)
        paths.remember(found, answer, tip, "model")
        path, above = (*found, answer), answer.id
    assert reads.count == 0


async def test_the_memory_has_a_bound(store: Database) -> None:
    paths = PromptPaths(store)
    for talk_number in range(40):
        asked = PathMessage(f"q{talk_number}", "prompter", "x" * 2**20, 0)
        answer = PathMessage(f"a{talk_number}", "assistant", "", 1)
        paths.remember((asked,), answer, PathTip(asked.id, "talk", 0), "model")
    assert paths.remembered <= 16 * 2**20


async def test_words_erased_in_one_thread_are_in_no_later_prompt_of_another(talk: Talk, store: Database) -> None:
    model = ScriptedModel(lambda lines: "Well.", window=10**6)
    ana = replace(talk(model), place=replace(ROOM, thread="one"))
    elsewhere = replace(ana, place=replace(ROOM, thread="two"), said=[])
    first = await ana.says("My number is 4711.")
    await elsewhere.says("Is it long?", first.id)
    await ana.send(ana.deletion(ana.said[0]))
    await ana.settled()
    await elsewhere.says("And now?")
    assert "4711" not in str(model.requests[-1].lines)
    await same_as_stored(store, model, ROOM)


async def test_a_reply_in_another_thread_has_no_words_that_were_erased_in_the_first(talk: Talk) -> None:
    model = ScriptedModel(lambda lines: "Well.", window=10**6)
    ana = replace(talk(model), place=replace(ROOM, thread="one"))
    elsewhere = replace(ana, place=replace(ROOM, thread="two"), said=[])
    first = await ana.says("My number is 4711.")
    await ana.send(ana.deletion(ana.said[0]))
    await ana.settled()
    await elsewhere.says("Is it long?", first.id)
    assert "4711" not in str(model.requests[-1].lines)


async def test_words_that_were_erased_before_two_conversations_became_one_stay_erased(
    talk: Talk, store: Database
) -> None:
    model = ScriptedModel(lambda lines: "Well.", window=10**6)
    ana = replace(talk(model), place=Place("paper", "-1005", "-1005"))
    former = replace(ana, place=Place("paper", "-5", "-5"), said=[])
    await former.says("Hello.")
    await ana.says("My number is 4711.")
    await ana.send(ana.deletion(ana.said[0]))
    await ana.settled()
    await ana.send(Relocation(**ana._event("moved"), former=former.place))
    await ana.settled()
    await ana.says("And now?")
    assert "4711" not in str(model.requests[-1].lines)
    await same_as_stored(store, model, ana.place)


async def test_an_edit_that_replaces_words_is_in_the_prompts_that_follow_from_them(talk: Talk, store: Database) -> None:
    model = ScriptedModel(lambda lines: "Well.", window=10**6)
    ana = replace(talk(model), place=ROOM)
    ben = replace(ana, user=BEN, said=[])

    async def edit(text: str) -> None:
        await ana.send(Edit(**ana._event(f"edit-{text}"), id=ana.said[0], text=text, offer=True))
        await ana.settled()

    await ana.says("My number is 1.")
    await edit("My number is 4711.")
    await ben.says("Is it?", ana.said[0])
    await edit("My number is secret.")
    await ben.says("And now?")
    assert "4711" not in str(model.requests[-1].lines)
    await same_as_stored(store, model, ROOM)


async def test_ones_own_words_stay_ones_own_when_accounts_are_linked(talk: Talk, store: Database) -> None:
    ana = replace(talk(), place=replace(ROOM, private=True))
    await ana.says("I keep bees.")

    def link(session: Session) -> None:
        known = identities.scene(session, replace(ROOM, channel="phone", private=True), BEN)
        linking.merge(session, known.person_id, identities.scene(session, ana.place, ana.user).person_id)

    await store.write(link)
    await ana.says("How many?")

    def outside(session: Session) -> list[bool | None]:
        return list(session.exec(select(MessageRow.outside).where(MessageRow.role == "assistant")).all())

    assert not any(await store.read(outside))
