"""`parley run` on a platform: a question, an answer, a restart, another question, another answer."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from tests.cli.program import soon
from tests.cli.test_run import running
from tests.models.standin import Asked, Out, stand_in

HELLO = "Hello from the model."


class World(Protocol):
    """A platform's server that can be waited at."""

    async def until(self, true: Callable[[], bool]) -> None: ...


@asynccontextmanager
async def model() -> AsyncIterator[Mapping[str, str]]:
    """A model that says hello, as settings that choose it."""

    async def hello(asked: Asked, out: Out) -> None:
        await out.head()
        await out.words("Hello ", "from the model.")
        await out.end()

    async with stand_in(hello, window=4096) as server:
        yield {"PARLEY_MODEL__SERVERS__TEST__URL": server.url, "PARLEY_MODEL__DEFAULT": "test"}


async def answers_over_a_restart(
    world: World,
    home: Path,
    settings: Mapping[str, str],
    line: str,
    ask: Callable[[], Awaitable[object]],
    answered: Callable[[int], bool],
) -> None:
    """Ask while nobody is there, twice; each time the program starts, says `line` and answers."""
    async with model() as chosen:
        for number in (1, 2):
            await ask()
            async with running(home, **{**settings, **chosen}) as parley:
                assert line.encode() in await soon(parley.process.stdout.readline())
                await world.until(lambda number=number: answered(number))  # type: ignore[misc] # a default
                assert await parley.stop() == 0
