"""The people of the platform: each talks to the assistant in a conversation of their own, and rates its answers."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from random import Random

from core.messages import Message, Place, Reaction, User
from core.reactions import RATINGS
from tests.faults.cluster.member import PLATFORM
from tests.faults.cluster.wire import Wire

COMMUNITY = "town"

MOST_COPIES = 5
"""The most times that an event is delivered before anybody could have acknowledged it."""

MOST_WAITING = 3
"""Questions that one person asks before the first of them is answered."""


@dataclass(slots=True)
class Somebody:
    """A person. `asked` are the keys of their questions in their order, `rated` are the thumbs that they gave, by their
    keys, with what each says."""

    name: str
    wire: Wire
    random: Random
    pause: float
    asked: list[str] = field(default_factory=list)
    rated: dict[str, int] = field(default_factory=dict)
    _unrated: set[str] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def place(self) -> Place:
        return Place(PLATFORM, COMMUNITY, self.name, private=True)

    async def talk(self, end: asyncio.Event) -> None:
        """Ask one question after the other, until the end."""
        while not end.is_set():
            await self.ask()
            await asyncio.sleep(self.random.uniform(0, self.pause))
            await self.wire.until(lambda: self._waiting() < MOST_WAITING)
            if self.random.random() < 0.3:
                await self.rate()

    def _waiting(self) -> int:
        return sum(not self.wire.finished(key) for key in self.asked[-MOST_WAITING:])

    async def ask(self) -> None:
        """Ask a question. It is accepted when this returns."""
        key = self._key()
        question = Message(
            key=key,
            place=self.place,
            user=User(self.name, self.name),
            at=datetime.now(UTC),
            id=key,
            text=f"<{key}>",
            source="direct",
        )
        self.asked.append(key)
        self._unrated.add(key)
        await self.wire.deliver(question, self.random.randint(1, MOST_COPIES))

    async def rate(self) -> None:
        """Put a thumb under an answer that is whole."""
        # An answer that was interrupted is nothing to rate.
        whole = sorted(key for key in self._unrated if (shown := self.wire.answer(key)) and not shown.interim)
        if not whole:
            return
        about = self.random.choice(whole)
        self._unrated.remove(about)
        shown = self.wire.answer(about)
        assert shown
        key, emoji = self._key(), self.random.choice("👍👎")
        thumb = Reaction(
            key=key,
            place=self.place,
            user=User(self.name, self.name),
            at=datetime.now(UTC),
            id=shown.message,
            emoji=emoji,
            added=True,
        )
        await self.wire.deliver(thumb, self.random.randint(1, MOST_COPIES))
        self.rated[key] = RATINGS[emoji]

    def _key(self) -> str:
        return f"{PLATFORM}:{self.name}:{next(self._numbers):04d}"
