"""A process of the cluster: the real core, queue and leases, on a platform that is a socket.

It is not `parley ingress` or `parley worker` as a whole: without the command, its settings and surfaces it starts
within a moment, so that hundreds can be killed in minutes.
"""

import asyncio
import json
import signal
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import uniform
from typing import Any, Literal

from cli.wiring.shared_work import SharedWork
from core.errors import StoreError, UnreachableError
from core.messages import EVENT, AnyEvent, Place, Reply
from core.models.scripted import ScriptedModel
from core.ports.chat import ChatCapabilities
from core.store.engine.database import connect
from core.wiring import WiredCore
from core.work_queue.held_leases import HeldLeases, clock
from core.work_queue.leased_homes import LeasedHomes
from core.work_queue.leased_queue import LeasedQueue
from core.work_queue.shared_turns import ModelTurns
from core.work_queue.sharing_processes import SharingProcesses
from tests.core.building import core_over
from tests.faults.cluster.doom import Doom, DoomedStore
from tests.silent import SilentChat

Role = Literal["ingress", "worker"]

PLATFORM = "wire"
DRAIN = 10.0
"""Seconds that work in progress gets when the process is asked to stop, as in the program."""

SLOWEST = 0.1
"""The most seconds that a request waits before it leaves."""

TAIL = "and this is all that there is to say about it."
"""What each answer ends with."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What a process is given: its name, where its database and its platform are, and where it will die.

    `lease` is how many seconds a lease lasts, `pace` how many the model takes for a word.
    """

    name: str
    role: Role
    url: str
    socket: str
    lease: float
    pace: float
    step: str = ""
    times: int = 1


@dataclass(slots=True)
class WireChat(SilentChat):
    """A platform at the other end of a socket. A key that was sent before makes no second message.

    A request waits for some time before it leaves, and is checked then, as those of the real platforms are.
    """

    writer: StreamWriter
    doom: Doom
    check: Callable[[], None]
    capabilities: ChatCapabilities = ChatCapabilities(edit_interval=0.2, idempotent_send=True)
    _numbers: "count[int]" = field(default_factory=count)
    _waiting: "dict[int, asyncio.Future[str]]" = field(default_factory=dict)

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        self.doom.tick("send before")
        sent = await self._asked({"do": "send", "key": key, "channel": place.channel, **shown(reply)})
        self.doom.tick("send after")
        return sent

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        self.doom.tick("edit before")
        await self._asked({"do": "edit", "id": message_id, "channel": place.channel, **shown(reply)})
        self.doom.tick("edit after")

    def answered(self, number: int, said: str) -> None:
        """The platform has answered a request."""
        waiting = self._waiting.pop(number, None)
        if waiting and not waiting.done():
            waiting.set_result(said)

    async def _asked(self, request: Mapping[str, object]) -> str:
        # As for a connection, or for a platform's limit.
        await asyncio.sleep(uniform(0, SLOWEST))
        self.check()
        if self.writer.is_closing():
            raise UnreachableError("wire: the platform is gone")
        number = next(self._numbers)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        tell(self.writer, {**request, "number": number, "left": clock()})
        return await answer


def shown(reply: Reply) -> Mapping[str, object]:
    return {"text": reply.text, "status": reply.status, "underway": reply.underway}


def tell(writer: StreamWriter, what: Mapping[str, Any]) -> None:
    """Write a line to a socket."""
    writer.write(json.dumps(what).encode() + b"\n")


@dataclass(slots=True)
class Member:
    """A process at work."""

    given: Membership
    core: WiredCore
    chat: WireChat
    doom: Doom
    _accepting: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def hear(self, reader: StreamReader) -> None:
        """Take what the platform says, until it is gone."""
        while line := await reader.readline():
            said = json.loads(line)
            if "event" in said:
                task = asyncio.create_task(self._accept(EVENT.validate_python(said["event"])))
                self._accepting.add(task)
                task.add_done_callback(self._accepting.discard)
            else:
                self.chat.answered(said["number"], said["id"])

    async def _accept(self, event: AnyEvent) -> None:
        try:
            await self.core.router.handle(event)
        except StoreError:
            # It is not acknowledged, so it comes again.
            return
        tell(self.chat.writer, {"do": "acknowledge", "key": event.key})
        if self.doom.step == "acknowledge after":
            await self.chat.writer.drain()
        self.doom.tick("acknowledge after")


def model(pace: float) -> ScriptedModel:
    """A model that repeats what was said and goes on for some words, each of which takes its time."""

    async def wait() -> None:
        await asyncio.sleep(pace)

    return ScriptedModel(lambda lines: f"You said: {lines[-1].text.split()[-1]} {TAIL}", slots=8, pace=wait)


async def take_part(given: Membership) -> None:
    """Be a process of the cluster until we are asked to stop."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    doom, store = Doom(given.step, given.times), connect(given.url)
    reader, writer = await asyncio.open_unix_connection(given.socket, limit=2**20)
    queued = DoomedStore(store, doom, "lease")
    platforms = (PLATFORM,) if given.role == "worker" else ()
    leases = HeldLeases(queued, given.name, given.lease)
    queue = LeasedQueue(queued, store.url, LeasedHomes(queued, leases, platforms))
    worked = DoomedStore(store, doom, "write" if given.role == "worker" else "accept")
    once, others = HeldLeases(store, given.name), SharingProcesses(store, queue.subjects)
    shared = SharedWork(worked, queue, once, ModelTurns(store), others)
    core = core_over(shared.store, model(given.pace), queue=queue)
    chat = WireChat(writer, doom, shared.check)
    core.router.attach(PLATFORM, shared.fenced(chat))
    member = Member(given, core, chat, doom)
    hearing = asyncio.create_task(member.hear(reader))
    async with shared.working():
        tell(writer, {"do": "enter", "name": given.name, "role": given.role})
        await stop.wait()
        tell(writer, {"do": "leave"})
        await shared.drain(partial(core.router.drain, DRAIN))
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)
    await store.close()
    writer.close()
