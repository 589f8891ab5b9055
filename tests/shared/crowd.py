"""Ten people who ask at the same moment, of a model that writes four answers at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

import pytest

from core.models.scripted import ScriptedModel
from core.ports.model import PromptLine
from tests.living import Heard

ASKERS, SLOTS = 10, 4

WITHIN = (60.0, pytest.param(1.0, marks=pytest.mark.sweep))
"""Seconds within which everybody who asks has to see that they were heard. A machine that is busy with the other tests
tells only whether they see it before anybody is answered; the second is for `make faults`."""

ATTEMPTS = 3
"""The best of these counts: that the machine is busy with something else is no fault of ours."""

T = TypeVar("T")


@dataclass
class BusyModel:
    """A model that says nothing before the test lets it; `most` is the largest number of answers at one time."""

    slots: int = SLOTS
    going: asyncio.Event = field(default_factory=asyncio.Event)
    most: int = 0

    def model(self) -> ScriptedModel:
        async def pace() -> None:
            self.most = max(self.most, made.open)
            await self.going.wait()

        def answer(lines: Sequence[PromptLine]) -> str:
            return f"You said: {lines[-1].text}"

        made = ScriptedModel(answer, slots=self.slots, pace=pace)
        return made


async def first_signs(
    world: Heard, ask: Callable[[int], Awaitable[T]], seen: Callable[[T], bool], number: int = ASKERS
) -> list[tuple[T, float]]:
    """Let all of them ask at once. Returns their questions, each with the seconds to the first sign of life."""

    async def one(asker: int) -> tuple[T, float]:
        began = monotonic()
        question = await ask(asker)
        await world.until(lambda: seen(question))
        return question, monotonic() - began

    return list(await asyncio.gather(*(one(asker) for asker in range(number))))


async def soon(attempt: Callable[[], Awaitable[float]], within: float) -> None:
    """Make attempts that return how long the last of all had to wait. Fails if none of them is soon enough."""
    taken = [await attempt()]
    while min(taken) > within and len(taken) < ATTEMPTS:
        taken.append(await attempt())
    assert min(taken) <= within


def told_position(words: str) -> bool:
    """Whether a message tells somebody their place in the queue."""
    return "in the queue" in words or "You are next" in words
