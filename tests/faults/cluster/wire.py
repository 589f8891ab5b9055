"""The platform of the cluster: a socket. It delivers events until they are acknowledged, and logs all that it hears."""

import asyncio
import json
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from time import time
from typing import Any

from core.messages import EVENT, AnyEvent
from core.work_queue.held_leases import clock
from tests.faults.cluster.member import tell

AGAIN = 1.0
"""Seconds after which an event that nobody has acknowledged is delivered again."""

SLOWEST = 0.02
"""The most seconds that a request takes: so a process is often killed while one is under way."""

PATIENCE = 90.0
"""Seconds after which something that must happen is taken for something that never will."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a process asked of the platform: when that `left` the process, and when it had arrived here, `at`.

    `key` is empty for an edit.
    """

    left: float
    at: float
    process: str
    channel: str
    message: str
    key: str
    text: str
    underway: bool
    status: str

    @property
    def interim(self) -> bool:
        """Whether more is to come, or something is said beneath it."""
        return self.underway or bool(self.status)


@dataclass(slots=True)
class Wire:
    """The platform. `delivered` counts deliveries, `acknowledged` has the time of the first acknowledgement.

    Whoever waits gives up after `patience` seconds. `whole` counts the texts that were shown and to which no more is to
    come.
    """

    random: Random
    patience: float
    requests: list[Request] = field(default_factory=list)
    delivered: dict[str, int] = field(default_factory=dict)
    acknowledged: dict[str, float] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    repeated: int = 0
    whole: int = 0
    latest: dict[str, Request] = field(default_factory=dict)
    entered: set[str] = field(default_factory=set)
    _ingresses: dict[str, StreamWriter] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _answers: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def until(self, true: Callable[[], bool], within: float = 0.0) -> None:
        """Wait until something is so. Raises TimeoutError when it never is."""
        async with asyncio.timeout(within or self.patience), self._changed:
            await self._changed.wait_for(true)

    async def deliver(self, event: AnyEvent, copies: int) -> None:
        """Deliver an event so many times, to any process each time, until one has acknowledged it."""
        content = EVENT.dump_python(event, mode="json")
        while event.key not in self.acknowledged:
            for _ in range(copies):
                if self._ingresses:
                    tell(self.random.choice(list(self._ingresses.values())), {"event": content})
                    self.delivered[event.key] = self.delivered.get(event.key, 0) + 1
            with suppress(TimeoutError):
                await self.until(lambda: event.key in self.acknowledged, AGAIN)

    def answer(self, key: str) -> Request | None:
        """The latest of what was shown as the answer to an event."""
        message = self.messages.get(f"{key}#answer")
        return self.latest.get(message) if message else None

    def finished(self, key: str) -> bool:
        """Whether the answer to an event is whole."""
        shown = self.answer(key)
        return shown is not None and not shown.underway

    async def meet(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serve one process."""
        name = ""
        try:
            with suppress(OSError):
                while line := await reader.readline():
                    said = json.loads(line)
                    match said["do"]:
                        case "enter":
                            name = said["name"]
                            self.entered.add(name)
                            if said["role"] == "ingress":
                                self._ingresses[name] = writer
                        case "leave":
                            self._ingresses.pop(name, None)
                        case "acknowledge":
                            self.acknowledged.setdefault(said["key"], time())
                        case _:
                            self._note(name, said, writer)
                    await self._tell()
        finally:
            self._ingresses.pop(name, None)
            writer.close()
            await self._tell()

    def _note(self, name: str, said: dict[str, Any], writer: StreamWriter) -> None:
        key = said.get("key", "")
        if key in self.messages:
            self.repeated += 1
            message = self.messages[key]
        else:
            message = said.get("id") or f"m{next(self._numbers)}"
            at = time()
            # The process's wall clock may be off, but this one is the machine's.
            left = at - (clock() - said["left"])
            shown = said["text"], said["underway"], said["status"]
            one = Request(left, at, name, said["channel"], message, key, *shown)
            self.requests.append(one)
            self.latest[message] = one
            self.whole += not one.underway
            if key:
                self.messages[key] = message
        answer = asyncio.create_task(self._answer(writer, said["number"], message))
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)

    async def _answer(self, writer: StreamWriter, number: int, message: str) -> None:
        await asyncio.sleep(self.random.uniform(0, SLOWEST))
        if not writer.is_closing():
            tell(writer, {"number": number, "id": message})

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@asynccontextmanager
async def wire(path: Path, random: Random, patience: float = PATIENCE) -> AsyncIterator[Wire]:
    """A platform at a path, for as long as the block runs."""
    made = Wire(random, patience)
    server = await asyncio.start_unix_server(made.meet, str(path), limit=2**20)
    try:
        yield made
    finally:
        server.close()
