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
from tests.core.building import MakeCore, core_over
from tests.living import Heard, Ledger

PATIENCE = 60.0
THUMBS = {1: ("up", "👍"), -1: ("down", "👎")}
NamedFile = tuple[str, bytes]
"""The name of a file and its content."""

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

    async def hands(self, text: str, *files: NamedFile) -> None:
        """Say something to the assistant, with files that are sent together. Not every surface takes files."""
        raise NotImplementedError

    async def calls(self, text: str) -> None:
        """Call the assistant with a new question, whatever else is said there."""
        await self.says(text)

    async def posts(self, text: str, *files: NamedFile) -> None:
        """Say something in the channel that is not for the assistant."""
        raise NotImplementedError

    async def polls(self, question: str, votes: Mapping[str, int]) -> None:
        """Post a poll in the channel, which already has these votes by answer."""
        raise NotImplementedError

    async def forwards(self, other: Self) -> None:
        """Forward what somebody has said last."""
        raise NotImplementedError

    async def asks_about(self, other: Self, text: str, part: str = "") -> None:
        """Call the assistant in a reply to what somebody has said last, or to the part of it that one has selected."""
        raise NotImplementedError

    async def edits(self, text: str) -> None:
        """Change what one has said last, so that it calls the assistant with this text."""
        raise NotImplementedError

    async def deletes(self) -> None:
        """Delete what one has said last."""
        raise NotImplementedError

    async def explains(self, other: Self) -> None:
        """Have explained what somebody has said last, as that is done with a message."""
        raise NotImplementedError

    async def joins(self) -> None:
        """Come into the channel, which says so to everybody."""
        raise NotImplementedError

    async def adds(self, name: str) -> None:
        """Add the assistant to a community of one's own with this name."""
        raise NotImplementedError

    async def tries(self) -> None:
        """Choose the first of the prompts that are shown before anything was said."""
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

    def own_answer(self) -> Seen | None:
        """The message that answers what one has said last."""
        raise NotImplementedError

    def heard(self) -> bool:
        """Whether one can see that the assistant has heard what one has said last, though it has not yet answered."""
        raise NotImplementedError

    def notified(self, words: str) -> bool:
        """Whether the platform tells this person, and nobody else, of the message with these words."""
        raise NotImplementedError

    async def another(self, name: str, role: str = "") -> Self:
        """Somebody else in the same channel, who runs nothing. Not every surface has roles."""
        raise NotImplementedError

    async def alone(self) -> Self:
        """The same person in their direct messages with the assistant; on a private surface they are there already."""
        return self

    async def intrudes(self, other: Self, action: str) -> None:
        """Press somebody else's button, as far as the platform lets one."""
        raise NotImplementedError

    def posted(self) -> Sequence[str]:
        """The assistant's messages in the channel that everybody can see."""
        raise NotImplementedError

    async def replies(self, text: str) -> None:
        """Reply to the newest message of the assistant; on a private surface that is what one says next."""
        await self.says(text)

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
    """A surface, which outlives a restart of ours. `work` is what people label there, None for no tasks.

    `make` makes the cores of its lives. With `installable`, people may add us to other communities, where a platform
    has a choice.
    """

    def __init__(self, url: str, work: LabelingParts | None = None) -> None:
        self.url = url
        self.work = work
        self.make: MakeCore = core_over
        self.installable = False

    @abstractmethod
    def open(self, *models: LanguageModel) -> AbstractAsyncContextManager[Guest]:
        """One life of the program over the stage's database, with somebody on the surface."""


class Waiting:
    """Something to wait at, as at a platform's server, for surfaces that have none."""

    def __init__(self) -> None:
        self.changes = 0
        self._changed = asyncio.Event()

    def note(self) -> None:
        """Something has changed."""
        self.changes += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def change(self, since: int) -> None:
        """Wait until there were more changes than so many."""
        async with asyncio.timeout(PATIENCE):
            while self.changes == since:
                await self._changed.wait()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so."""
        while not true():
            await self.change(self.changes)


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
