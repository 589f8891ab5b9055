"""The parts of a surface that a journey needs."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Self

from core.ports.chat import ChatCapabilities
from core.ports.model import LanguageModel
from core.wiring import LabelingParts
from tests.living import Heard, Ledger

PATIENCE = 60.0
THUMBS = {1: ("up", "👍"), -1: ("down", "👎")}
SPEAKING = {"👍": "Good", "👎": "Bad"}
"""The name of a thumb on a button without words."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer as somebody sees it: its text, the verbs of its buttons, and whether it still grows."""

    text: str
    verbs: Sequence[str]
    growing: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """Something with buttons, as somebody sees it: its text, and each button's words with its action."""

    text: str
    buttons: Sequence[tuple[str, str]]

    def action(self, words: str) -> str:
        """The action of the button with this label, perhaps after an emoji; empty if there is none."""
        return next((action for label, action in self.buttons if words in (label, label.partition(" ")[2])), "")

    def has(self, *words: str) -> bool:
        """Whether all of this is to be read on it, buttons included."""
        seen = "\n".join([self.text, *(label for label, _ in self.buttons)])
        return all(word in seen for word in words)


@dataclass(slots=True)
class Guest(ABC):
    """Somebody on a surface, who runs the community there."""

    capabilities: ChatCapabilities
    ledger: Ledger

    @abstractmethod
    async def says(self, text: str) -> None:
        """Say something to the assistant."""

    async def hands(self, text: str, name: str, content: bytes) -> None:
        """Say something to the assistant, with a file. Not every surface takes files."""
        raise NotImplementedError

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

    @abstractmethod
    def cards(self) -> Sequence[Card]:
        """Everything that has buttons for this person, oldest first."""

    async def another(self, name: str) -> Self:
        """Somebody else in the same channel, who runs nothing."""
        raise NotImplementedError

    async def intrudes(self, other: Self, action: str) -> None:
        """Press somebody else's button, as far as the platform lets one."""
        raise NotImplementedError

    def posted(self) -> Sequence[str]:
        """The assistant's messages in the channel that everybody can see."""
        raise NotImplementedError

    async def replies(self, text: str) -> None:
        """Reply to the newest message of the assistant."""
        raise NotImplementedError

    async def taps(self, label: str, on: str = "") -> None:
        """Press a button by what it says, on the newest card that has it, and these words."""

        def wanted() -> str:
            fits = [card for card in self.cards() if card.has(on) and card.action(label)]
            return fits[-1].action(label) if fits else ""

        await self.until(lambda: bool(wanted()))
        await self.presses(wanted())

    async def sees(self, *words: str) -> Card:
        """Wait until the newest card has all of these words."""

        def there() -> bool:
            found = self.cards()
            return bool(found) and found[-1].has(*words)

        await self.until(there)
        return self.cards()[-1]

    async def sees_after(self, before: Card) -> Card:
        """Wait until the newest card is another one, or says something else."""
        await self.until(lambda: self.cards()[-1] != before)
        return self.cards()[-1]

    async def rates(self, value: int) -> None:
        """Give the newest answer a thumb in the way that is at hand."""
        await self.presses(THUMBS[value][0])

    async def unrates(self, value: int) -> None:
        """Take the thumb back that was given."""
        await self.rates(value)

    async def reacts(self, value: int, *, added: bool = True, card: bool = False) -> None:
        """Put a thumb on the newest answer as a reaction, or take it away; with `card`, on the newest message."""
        raise NotImplementedError

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until a condition holds. Raises TimeoutError with the present state."""
        try:
            await self.ledger.world.until(true)
        except TimeoutError:
            raise TimeoutError(f"answers {self.answers()}, notices {self.notices()}, cards {self.cards()}") from None

    async def answered(self, number: int = 1) -> Seen:
        """Wait for that many messages that show answers, the last of them finished; returns the last."""

        def finished() -> bool:
            found = self.answers()
            return len(found) >= number and not found[-1].growing

        await self.until(finished)
        return self.answers()[-1]

    async def told(self, words: str) -> None:
        """Wait for a notice with these words."""
        await self.until(lambda: any(words in notice for notice in self.notices()))


class Stage(ABC):
    """A surface, which outlives a restart of ours. `work` is what people label there, None for no tasks."""

    def __init__(self, url: str, work: LabelingParts | None = None) -> None:
        self.url = url
        self.work = work

    @abstractmethod
    def open(self, *models: LanguageModel) -> AbstractAsyncContextManager[Guest]:
        """One life of the program over the stage's database, with somebody on the surface."""


class Waiting:
    """Something to wait at, as at a platform's server, for surfaces that have none."""

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
    """The actions of buttons."""
    return [action.partition(":")[0] for action in actions]


def fitting(actions: Sequence[str], wanted: str) -> str:
    """The first action with this verb, or that equals it; empty if there is none."""
    return next((action for action in actions if wanted in (action, action.partition(":")[0])), "")


def line(name: str, options: Mapping[str, str]) -> str:
    """A command as one types it."""
    return " ".join([name, *options.values()])
