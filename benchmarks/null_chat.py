"""The benchmarks' platform: a chat that shows nothing, and notes when something would have been shown."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter

from core.messages import AnyEvent, Place, Reply
from core.ports.chat import ChatCapabilities
from tests.silent import SilentChat


@dataclass(slots=True)
class ShownAnswer:
    """When the first words of an answer came, when it was finished, and its id."""

    first: float = 0.0
    last: float = 0.0
    answer: str = ""
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class NullChat(SilentChat):
    """Implements the Chat port. `answers` holds what was seen, by outbox key."""

    capabilities: ChatCapabilities = ChatCapabilities(edit_interval=0, idempotent_send=True)
    answers: dict[str, ShownAnswer] = field(default_factory=dict)

    def watch(self, key: str) -> ShownAnswer:
        """Return the record that will note when an answer appears."""
        return self.answers.setdefault(key, ShownAnswer())

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        self._note(key, reply)
        return key

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        self._note(message_id, reply)

    def _note(self, key: str, reply: Reply) -> None:
        seen = self.watch(key)
        seen.last, seen.answer = perf_counter(), reply.answer
        if reply.text and not seen.first:
            seen.first = seen.last
            seen.begun.set()
        if not reply.underway:
            seen.done.set()
