"""Lives of a program one after the other: the first one dies at a step, the second one ends what was begun."""

import asyncio
import shutil
import signal
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from tests.cli.program import LIMIT, soon
from tests.cluster.processes import ClusterProcess, environment, model_at, process
from tests.faults.killed import mortal
from tests.models.standin import Asked, Out, StandIn


class Platform(Protocol):
    """A test's platform: one can wait at it until something is so."""

    async def until(self, true: Callable[[], bool]) -> None: ...


@dataclass(slots=True)
class Home:
    """Where a program lives: its folder with its database, its settings, and the line that says that it is ready.

    `again` is set once it has been killed and started again.
    """

    folder: Path
    settings: Mapping[str, str]
    ready: str
    again: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def file(self) -> Path:
        return self.folder / "parley.sqlite3"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The content of its database."""
        with closing(sqlite3.connect(self.file)) as database:
            return database.execute(query).fetchall()

    def environment(self, step: int) -> dict[str, str]:
        return environment(self.folder, f"sqlite:///{self.file}", {**self.settings, mortal.STEP: str(step)})

    async def heard(self, world: Platform, act: Callable[[], Awaitable[None]], heard: Callable[[], bool]) -> None:
        """Do what a platform does not send again, such as a command: whoever sees that it failed does it once more."""
        await act()
        first, dead = asyncio.create_task(world.until(heard)), asyncio.create_task(self.again.wait())
        await asyncio.wait({first, dead}, return_when=asyncio.FIRST_COMPLETED)
        first.cancel()
        dead.cancel()
        if not heard():
            await act()
            await world.until(heard)


NewHome = Callable[[Mapping[str, str], str], Home]
"""Makes a home with these settings, and the line that says that a program there is ready."""

World = TypeVar("World", bound=Platform)


@dataclass(slots=True)
class Scene(Generic[World]):
    """A fresh platform, and the program that is on it."""

    world: World
    home: Home


S = TypeVar("S")

Scenes = Callable[[], AbstractAsyncContextManager[S]]
Scenario = Callable[[Scenes[S], int], Awaitable[bool]]
"""Lets people play with a program that dies at a step, and looks at what has become of it. Returns whether it died."""


def home(folder: Path, template: Path, settings: Mapping[str, str], model: StandIn, ready: str) -> Home:
    """A new home for a program, with a database of its own."""
    folder.mkdir()
    made = Home(folder, {**settings, **model_at(model)}, ready)
    shutil.copy(template, made.file)
    return made


async def write(asked: Asked, out: Out) -> None:
    """Answer as a model that repeats what was said last."""
    await out.head()
    await out.words("You said: ", str(asked.body["messages"][-1]["content"]))
    await out.end()


Play = Callable[[], Awaitable[None]]
"""What people do. It ends once they have seen what they wait for, in whichever life of the program that is."""


async def nothing() -> None:
    """Do nothing."""


async def outlived(home: Home, step: int, play: Play, before: Play = nothing) -> bool:
    """Let people play with a program that dies at a step and is started again; returns whether it died.

    What they do `before` is not disturbed. In the end nothing may be open. Raises AssertionError with the log of the
    life in which somebody waits in vain.
    """
    playing: asyncio.Task[None] | None = None
    try:
        async with process("run", home.environment(step), mortal.main) as first:
            await first.out.until(home.ready)
            await _soon(before(), first)
            first.program.send_signal(mortal.BEGIN)
            playing = asyncio.create_task(_played(play))
            ending = asyncio.create_task(first.program.wait())
            await asyncio.wait({playing, ending}, return_when=asyncio.FIRST_COMPLETED, timeout=LIMIT)
            if not ending.done():
                await _soon(playing, first)
                first.program.send_signal(signal.SIGTERM)
            died = await soon(ending) != 0
        if died:
            async with process("run", home.environment(0), mortal.main) as second:
                await second.out.until(home.ready)
                home.again.set()
                await _soon(playing, second)
                assert await second.stop() == 0, "".join(second.log.all)
    finally:
        if playing:
            playing.cancel()
    left = home.rows("SELECT key, state FROM inbox WHERE state <> 'done'")
    left += home.rows("SELECT key, state FROM post WHERE state IN ('planned', 'abandoned')")
    assert not left, left
    return died


async def sweep(lived: Callable[[int], Awaitable[bool]]) -> int:
    """Live with a death at each step, until there is none left; returns how many there are.

    Raises AssertionError with everything that went wrong, by its step.
    """
    wrong: list[str] = []
    for step in count(1):
        try:
            if not await lived(step):
                break
        except AssertionError as error:
            wrong.append(f"step {step}: {error}")
    assert not wrong, "\n".join(wrong)
    return step - 1


async def _played(play: Play) -> None:
    await play()


async def _soon(awaited: Awaitable[None], life: ClusterProcess) -> None:
    try:
        await asyncio.wait_for(awaited, LIMIT)
    except TimeoutError:
        raise AssertionError("".join(life.log.all)) from None
