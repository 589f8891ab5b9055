"""The embedded model is killed again and again while it answers: every question has an answer or honest words, once."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from time import monotonic

import pytest

from core.messages import Reply
from core.models.embedded.model import EmbeddedModel
from core.store.engine.database import connect
from tests.core.building import core_over
from tests.dialogue import Dialogue
from tests.keys import KEYRING
from tests.models.conftest import Embed, embed, tiny_model_file
from tests.paper import PaperChat, verb

__all__ = ["embed", "tiny_model_file"]

PEOPLE = 6
LONGEST = 200.0
"""Seconds in which a question has to have its end."""

INTERRUPTED, SILENT = "Interrupted.", "The model is not answering"
UNWRITTEN = "The model gave no answer."


@dataclass(slots=True)
class Deaths:
    """People who ask, and a model that is killed while it answers. `answers` are the ends of all questions."""

    model: EmbeddedModel
    people: Sequence[Dialogue]
    random: Random
    answers: list[Reply] = field(default_factory=list)
    killed: list[int] = field(default_factory=list)
    longest: float = 0.0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, person: Dialogue) -> None:
        """Ask one question after the other, until the model has been killed often enough."""
        number = 0
        while not self.over.is_set():
            number += 1
            question, began = person.message(f"hello {number}"), monotonic()
            await person.send(question)
            await person.chat.until(partial(person.chat.finished.__contains__, question.key))
            self.longest = max(self.longest, monotonic() - began)
            shown = [reply for key, reply in person.chat.shown.items() if key.startswith(f"{question.key}#")]
            assert len(shown) == 1, shown
            self.answers.append(shown[0])
            if kind(shown[0]) != "answer" and self.model.state != "ready":
                # As a person does who is told to try again.
                await self.model.changed()

    async def harm(self, deaths: int) -> None:
        """Kill the model in the middle of an answer, so often."""
        chat = self.people[0].chat
        while len(self.killed) < deaths:
            await chat.until(lambda: any(map(growing, chat.shown.values())))
            await asyncio.sleep(self.random.uniform(0, 0.5))
            if (pid := self.model.pid) and pid not in self.killed and any(map(growing, chat.shown.values())):
                self.killed.append(pid)
                os.kill(pid, signal.SIGKILL)
        self.over.set()

    async def run(self, deaths: int) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.harm(deaths))
            for person in self.people:
                tasks.create_task(self.talk(person))


def growing(reply: Reply) -> bool:
    """Whether a message shows an answer that is being written."""
    return any(verb(button) == "stop" for button in reply.buttons)


def kind(reply: Reply) -> str:
    """How a question has ended."""
    words = f"{reply.text} {reply.status}"
    if INTERRUPTED in words or SILENT in words or UNWRITTEN in words:
        return "honest words"
    assert reply.text, reply
    assert not growing(reply), reply
    return "answer"


async def lived(embed: Embed, url: str, deaths: int, seed: int) -> Deaths:
    store, chat = connect(url, KEYRING), PaperChat()
    model = embed(slots=2, context=512)
    core = core_over(store, model)
    core.router.attach("paper", chat)
    ana = Dialogue(core, chat)
    made = Deaths(model, [ana.elsewhere(f"room {number}") for number in range(PEOPLE)], Random(seed))
    try:
        await made.run(deaths)
        # It is there again.
        (await ana.says("hello")).expect("")
    finally:
        await core.router.drain(20)
        await store.close()
    assert made.longest < LONGEST
    return made


@pytest.mark.slow
async def test_a_few_deaths_in_the_middle_of_answers(embed: Embed, sqlite_url: str) -> None:
    made = await lived(embed, sqlite_url, 4, seed=9)
    assert "honest words" in set(map(kind, made.answers))


@pytest.mark.sweep
async def test_fifty_deaths_in_the_middle_of_answers(
    embed: Embed, sqlite_url: str, record_property: Callable[[str, object], None]
) -> None:
    made = await lived(embed, sqlite_url, 50, seed=9)
    record_property("ends", dict(Counter(map(kind, made.answers))))
    record_property("longest", made.longest)
    assert len(set(made.killed)) == 50
