"""People talk without a pause to a whole `parley run` on a Discord of their own; its memory and files are counted."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic

from tests.cluster.discord.living import echo
from tests.cluster.platforms import discord_at
from tests.cluster.processes import environment, model_at, process
from tests.discord.living import answers, buttons
from tests.discord.server.server import Discord, Person
from tests.discord.server.world import Channel, Message
from tests.models.standin import stand_in

LOOK = 5.0
"""Seconds between two looks at the process."""

UNLIMITED = {"PARLEY_LIMITS__ANSWERS": "0", "PARLEY_LIMITS__COMMUNITY_ANSWERS": "0"}

PATIENCE = 180.0
"""Seconds after which an answer that must come is taken for one that never will."""

DROPS = ("close", "reconnect", "abort")
LIMITED = (("POST", "/channels/{channel_id}/messages"), ("PATCH", "/channels/{channel_id}/messages/{message_id}"))
PAUSES, WAITS = (5.0, 15.0), (0.3, 3.0)
"""Seconds between two faults, and for which the platform closes a route."""

KEPT = 6
"""Messages that a channel keeps: the platform's memory must not grow either."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The process at a time, after so many answers: its resident memory in bytes, and its open files."""

    at: float
    answered: int
    memory: int
    files: int


@dataclass(slots=True)
class Soak:
    """A run: `faults` counts what was done to it, `wrong` has what people should not have seen."""

    world: Discord
    random: Random
    samples: list[Sample] = field(default_factory=list)
    answered: int = 0
    faults: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def settled(self) -> Sequence[Sample]:
        """The samples of the second half: what fills up at first is full by then."""
        return self.samples[len(self.samples) // 2 :]

    @property
    def bytes_an_answer(self) -> float:
        """How much the memory grows with each answer, by least squares."""
        return slope([(one.answered, one.memory) for one in self.settled])

    @property
    def bytes_an_hour(self) -> float:
        """How much it grows in an hour."""
        return 3600 * slope([(one.at, one.memory) for one in self.settled])

    async def talk(self, person: Person, room: Channel, end: asyncio.Event) -> None:
        """Ask one question after the other, and give a thumb to every third answer."""
        number = 0
        while not end.is_set():
            number += 1
            asked = await person.says(room, f"Question {number}", mention=True)
            await self.world.until(partial(is_answered, room, asked), PATIENCE)
            first, *more = whole(room, asked)
            if more or not first.content.endswith(f": Question {number}"):
                self.wrong.append(f"{asked.content}: {[one.content for one in (first, *more)]}")
            self.answered += 1
            if number % 3 == 0:
                await person.reacts(first, "👍")
            forget(self.world, room)

    async def harm(self) -> None:
        """Break connections and close routes, until cancelled."""
        while True:
            await asyncio.sleep(self.random.uniform(*PAUSES))
            self.faults += 1
            if self.random.random() < 0.5:
                await self.world.gateway.drop(self.random.choice(DROPS))
            else:
                method, template = self.random.choice(LIMITED)
                self.world.limit(method, template, self.random.uniform(*WAITS))


async def look(pid: int, samples: list[Sample], answered: Callable[[], int]) -> None:
    """Look at a process again and again, until cancelled."""
    while True:
        samples.append(Sample(monotonic(), answered(), *taken(pid)))
        await asyncio.sleep(LOOK)


def forget(world: Discord, room: Channel) -> None:
    """Let the platform forget what was asked of it, and all but the newest messages of a channel."""
    for id in sorted(room.kept, key=int)[:-KEPT]:
        del room.kept[id]
    world.requests.clear()


def taken(pid: int) -> tuple[int, int]:
    """The resident memory of a process in bytes, and how many files it has open."""
    _, pages, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    return int(pages) * os.sysconf("SC_PAGE_SIZE"), len(os.listdir(f"/proc/{pid}/fd"))


def whole(room: Channel, asked: Message) -> Sequence[Message]:
    """The finished answers to a question."""
    return [one for one in answers(room) if one.reference == asked.id and "retry" in buttons(one)]


def is_answered(room: Channel, asked: Message) -> bool:
    return bool(whole(room, asked))


def slope(points: Sequence[tuple[float, float]]) -> float:
    """How steeply the second numbers grow with the first, by least squares; 0 if there is nothing to say."""
    middle = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    wide = sum((x - middle[0]) ** 2 for x, _ in points)
    return sum((x - middle[0]) * (y - middle[1]) for x, y in points) / wide if wide else 0.0


async def soak(world: Discord, home: Path, url: str, *, seed: int, seconds: float, people: int = 8) -> Soak:
    """Let people talk for so long. Raises TimeoutError if somebody gets no answer."""
    made = Soak(world, Random(seed))
    guild = world.guild()
    talking = [(world.person(f"P{number}", guild), world.channel(guild, f"c{number}")) for number in range(people)]
    async with stand_in(echo, window=4096) as model:
        given = environment(home, url, {**discord_at(world), **model_at(model), **UNLIMITED})
        async with process("run", given) as running:
            await running.out.until("On Discord as")
            await world.until(lambda: bool(world.commands))
            end = asyncio.Event()
            beside = [
                asyncio.create_task(made.harm()),
                asyncio.create_task(look(running.program.pid, made.samples, lambda: made.answered)),
            ]
            async with asyncio.TaskGroup() as tasks:
                for person, room in talking:
                    tasks.create_task(made.talk(person, room, end))
                await asyncio.sleep(seconds)
                end.set()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            assert await running.stop() == 0, running.log.all[-20:]
    return made
