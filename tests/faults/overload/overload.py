"""Ten times as many people as a model can answer talk to a whole `parley run` on a Discord of their own, as if it were
quick: whoever is answered rates the answer, whoever is turned away comes again soon.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from pathlib import Path
from random import Random
from time import monotonic

from tests.cluster.discord.living import last
from tests.cluster.platforms import discord_at
from tests.cluster.processes import environment, model_at, process
from tests.discord.living import answers, buttons
from tests.discord.server.server import Discord, Person
from tests.discord.server.world import Channel, Message
from tests.faults.soak.soak import LOOK, PATIENCE, UNLIMITED, Sample, forget, look
from tests.models.standin import Asked, Out, stand_in

SLOTS, SECONDS_AN_ANSWER = 4, 2.0
WAITING = 10
"""How many may wait for each slot."""

PAUSES = (2.0, 4.0)
"""Seconds that somebody waits before they ask again."""

TURNED_AWAY = "Too many people are waiting"


@dataclass(slots=True)
class Overload:
    """What came of it: seconds until somebody was answered or turned away, the thumbs that were given, and the process.

    `drained` are the seconds from the last question until nobody waited any more.
    """

    world: Discord
    random: Random
    asked: int = 0
    answered: list[float] = field(default_factory=list)
    turned_away: list[float] = field(default_factory=list)
    thumbs: int = 0
    most_waiting: int = 0
    seconds: float = 0.0
    drained: float = 0.0
    wrong: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    _waiting: int = 0

    @property
    def times_the_capacity(self) -> float:
        """How many times as many questions came as can be answered."""
        return self.asked / self.seconds / (SLOTS / SECONDS_AN_ANSWER)

    @property
    def begun(self) -> int:
        """The memory after a minute, or after a tenth of a shorter run, in bytes."""
        return self.samples[min(int(60 / LOOK), len(self.samples) // 10)].memory

    @property
    def growth(self) -> int:
        """By how many bytes the memory ever exceeded that."""
        return max(one.memory for one in self.samples) - self.begun

    async def come(self, person: Person, room: Channel, end: asyncio.Event) -> None:
        """Ask, rate what is answered, and ask again after a while."""
        number = 0
        await asyncio.sleep(self.random.uniform(0, PAUSES[1]))
        while not end.is_set():
            number += 1
            await self.ask(person, room, f"Question {number}")
            forget(self.world, room)
            await asyncio.sleep(self.random.uniform(*PAUSES))

    async def ask(self, person: Person, room: Channel, question: str) -> None:
        """Ask one question, and wait for what comes of it."""
        self.asked += 1
        self._waiting += 1
        self.most_waiting = max(self.most_waiting, self._waiting)
        began = monotonic()
        asked = await person.says(room, question, mention=True)
        await self.world.until(partial(is_over, room, asked), PATIENCE)
        self._waiting -= 1
        first, *more = ended(room, asked)
        if TURNED_AWAY in first.content:
            self.turned_away.append(monotonic() - began)
            return
        if more or not first.content.endswith(f": {question}"):
            self.wrong.append(f"{question}: {[one.content for one in (first, *more)]}")
        self.answered.append(monotonic() - began)
        self.thumbs += 1
        await person.reacts(first, "👍")


async def slow_echo(asked: Asked, out: Out) -> None:
    """Repeat what was said last, as slowly as a model does."""
    await out.head()
    await asyncio.sleep(SECONDS_AN_ANSWER / 2)
    await out.words("You said: ")
    await asyncio.sleep(SECONDS_AN_ANSWER / 2)
    await out.words(last(asked))
    await out.end()


def ended(room: Channel, asked: Message) -> Sequence[Message]:
    """What a question came to: finished answers, and the words for whoever is turned away."""
    about = [one for one in answers(room) if one.reference == asked.id]
    return [one for one in about if "retry" in buttons(one) or TURNED_AWAY in one.content]


def is_over(room: Channel, asked: Message) -> bool:
    return bool(ended(room, asked))


def centile(figures: Sequence[float], share: float) -> float:
    """The figure below which this share of them is; 0 for none."""
    return sorted(figures)[ceil(len(figures) * share) - 1] if figures else 0.0


async def overload(world: Discord, home: Path, url: str, *, seed: int, seconds: float, people: int) -> Overload:
    """Let so many people come for so long. Raises TimeoutError if somebody is neither answered nor turned away."""
    made = Overload(world, Random(seed))
    guild = world.guild()
    coming = [(world.person(f"P{number}", guild), world.channel(guild, f"c{number}")) for number in range(people)]
    slots = {"PARLEY_MODEL__SERVERS__TEST__SLOTS": str(SLOTS), "PARLEY_LIMITS__WAITING_PER_SLOT": str(WAITING)}
    async with stand_in(slow_echo, window=4096) as model:
        given = environment(home, url, {**discord_at(world), **model_at(model), **UNLIMITED, **slots})
        async with process("run", given) as running:
            await running.out.until("On Discord as")
            await world.until(lambda: bool(world.commands))
            end, looking = (
                asyncio.Event(),
                asyncio.create_task(look(running.program.pid, made.samples, lambda: len(made.answered))),
            )
            async with asyncio.TaskGroup() as tasks:
                began = monotonic()
                for person, room in coming:
                    tasks.create_task(made.come(person, room, end))
                await asyncio.sleep(seconds)
                end.set()
                made.seconds = monotonic() - began
            made.drained = monotonic() - began - made.seconds
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
            assert await running.stop() == 0, running.log.all[-20:]
    return made
