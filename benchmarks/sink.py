"""A chat that shows nothing and notes when: the platform of the benchmarks."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal

from core.messages import AnyEvent, Attachment, Form, Place, Reply, User
from core.ports import Capabilities


@dataclass(slots=True)
class Seen:
    """When the first words of an answer came, when it was finished, and its id."""

    first: float = 0.0
    last: float = 0.0
    answer: str = ""
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class SinkChat:
    """Implements the Chat port; `answers` are what was seen, by the outbox key."""

    capabilities: Capabilities = Capabilities(edit_interval=0, idempotent_send=True)
    answers: dict[str, Seen] = field(default_factory=dict)

    def watch(self, key: str) -> Seen:
        """What will be seen of an answer."""
        return self.answers.setdefault(key, Seen())

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        self._note(key, reply)
        return key

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        return False

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        self._note(message_id, reply)

    async def delete(self, place: Place, message_id: str) -> None:
        return

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        return

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        return None

    async def refresh(self, place: Place) -> None:
        return

    async def typing(self, place: Place) -> None:
        return

    async def read(self, attachment: Attachment) -> bytes:
        return b""

    async def done(self, event: AnyEvent) -> None:
        return

    def mention(self, kind: Literal["channel", "role", "message"], id: str, place: Place | None = None) -> str:
        return id

    def _note(self, key: str, reply: Reply) -> None:
        seen = self.watch(key)
        seen.last, seen.answer = perf_counter(), reply.answer
        if reply.text and not seen.first:
            seen.first = seen.last
            seen.begun.set()
        if not reply.underway:
            seen.done.set()
