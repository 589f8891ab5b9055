"""What a journey needs of any surface."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from core.ports import Capabilities, Model
from tests.living import Heard, Ledger

PATIENCE = 60.0
THUMBS = {1: ("up", "👍"), -1: ("down", "👎")}


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer as somebody sees it: its text, the verbs of its buttons, and whether it still grows."""

    text: str
    verbs: Sequence[str]
    growing: bool = False


@dataclass(slots=True)
class Guest(ABC):
    """Somebody on a surface, who runs the community there."""

    capabilities: Capabilities
    ledger: Ledger

    @abstractmethod
    async def says(self, text: str) -> None:
        """Say something to the assistant."""

    @abstractmethod
    async def commands(self, name: str, /, **options: str) -> None:
        """Use a command with its options in their order."""

    @abstractmethod
    async def presses(self, wanted: str) -> None:
        """Press the newest button with this verb, or with this whole action."""

    @abstractmethod
    async def chooses(self, action: str, value: str) -> None:
        """Choose a value of the newest select with this action."""

    @abstractmethod
    async def fills(self, **values: str) -> None:
        """Fill in the form that has been opened, as soon as it is there."""

    @abstractmethod
    def answers(self) -> Sequence[Seen]:
        """The messages that show answers, oldest first."""

    @abstractmethod
    def notices(self) -> Sequence[str]:
        """Everything else that the assistant has shown to this person."""

    async def rates(self, value: int) -> None:
        """Give the newest answer a thumb in the way that is at hand."""
        await self.presses(THUMBS[value][0])

    async def unrates(self, value: int) -> None:
        """Take the thumb back that was given."""
        await self.rates(value)

    async def reacts(self, value: int, *, added: bool = True) -> None:
        """Put a thumb on the newest answer as a reaction, or take it away."""
        raise NotImplementedError

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so. Raises TimeoutError with what there is instead."""
        try:
            await self.ledger.world.until(true)
        except TimeoutError:
            raise TimeoutError(f"answers {self.answers()}, notices {self.notices()}") from None

    async def answered(self, number: int = 1) -> Seen:
        """Wait for so many messages that show answers, the last of them finished; returns the last."""

        def finished() -> bool:
            found = self.answers()
            return len(found) >= number and not found[-1].growing

        await self.until(finished)
        return self.answers()[-1]

    async def told(self, words: str) -> None:
        """Wait for a notice with these words."""
        await self.until(lambda: any(words in notice for notice in self.notices()))


class Stage(ABC):
    """A surface, which outlives a restart of ours."""

    def __init__(self, url: str) -> None:
        self.url = url

    @abstractmethod
    def open(self, *models: Model) -> AbstractAsyncContextManager[Guest]:
        """One life of the program over the stage's database, with somebody on the surface."""


class Waiting:
    """Something that can be waited at: what a platform's server is, where there is none."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def note(self) -> None:
        """Something has changed."""
        self._changed.set()

    async def change(self) -> None:
        """Wait for the next change since the last one that was waited for."""
        async with asyncio.timeout(PATIENCE):
            await self._changed.wait()
        self._changed.clear()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so."""
        while not true():
            await self.change()


class HeardChat:
    """A chat that passes everything on; the world hears of each call that has ended."""

    def __init__(self, chat: Any, world: Heard) -> None:
        self._chat, self._world = chat, world

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._chat, name)
        if not asyncio.iscoroutinefunction(found):
            return found

        async def noted(*given: Any, **more: Any) -> Any:
            try:
                return await found(*given, **more)
            finally:
                self._world.note()

        return noted


def verbs(actions: Sequence[str]) -> list[str]:
    """What buttons do, by their actions."""
    return [action.partition(":")[0] for action in actions]


def fitting(actions: Sequence[str], wanted: str) -> str:
    """The first action with this verb, or which is this one; empty where there is none."""
    return next((action for action in actions if wanted in (action, action.partition(":")[0])), "")


def line(name: str, options: Mapping[str, str]) -> str:
    """A command as one types it."""
    return " ".join([name, *options.values()])
