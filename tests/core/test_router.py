"""core.router: committed before it is acknowledged, once, and in spite of a database that fails for a while."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest
from sqlmodel import Session

from core.errors import StoreError
from core.ports import Store
from core.store.database import Database
from tests.core.building import core_over
from tests.core.conftest import Talk, echo
from tests.dialogue import Dialogue
from tests.paper import PaperChat

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


async def test_an_event_that_cannot_be_committed_is_not_acknowledged(store: Database) -> None:
    dialogue = dialogue_over(Failing(store, refused=1))
    question = dialogue.message("Hello")
    with pytest.raises(StoreError):
        await dialogue.send(question)
    (await dialogue.hear(question, "#answer")).expect("You said: Hello")


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
