"""What other people notice of a hostile plugin: their answers take as long as without it.

Times with and without it are taken in turns in one run, so that both meet the same machine. The model takes the same
time for each answer, so what is added is what the plugin costs them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import httpx
import pytest

from core.models.scripted import ScriptedModel
from core.store.engine.database import Database
from parley import Context, PluginError, manifest_of
from parley.testing import Calendar, Memory, Shelf, Voice
from plugins.host.sandbox.confinement import walls_here
from plugins.host.sandbox.crashes import ProcessCrashed
from plugins.host.sandbox.process import PluginProcess
from plugins.host.sandbox.process_times import ProcessTimes
from plugins.host.sandbox.program import PluginProgram
from tests.core.building import core_over
from tests.dialogue import Dialogue
from tests.paper import PaperChat

WORDS, PAUSE = 20, 0.05
"""The words of an answer, and the seconds before each."""

PEOPLE, QUESTIONS, BLOCKS = 3, 4, 3
LONGER = 1.05
"""How much longer the slowest answers (p95) may take (docs/reliability.md, F15)."""

HASTY = ProcessTimes(pong=1.0, first_pause=0.05)
"""A plugin that is ended is begun again nearly at once, which is worse than in use."""

HOSTILE = {
    "spins": "while True: pass",
    "wants 10 GB": "kept = bytearray(10_000_000_000)\n    for place in range(0, len(kept), 4096): kept[place] = 1",
    "a fork bomb": "import os\n    while True:\n        with contextlib.suppress(OSError): os.fork()",
    "answers with 1 GB": "return 'x' * 1_000_000_000",
    "ends itself": "import os\n    os._exit(1)",
}
PLUGIN = """# /// script
# [tool.parley]
# name = "hostile"
# version = "1"
# description = "Takes what it can get."
# ///
import contextlib
from parley import tool

@tool
async def go() -> str:
    "Go."
    {body}
    return "went"
"""
CONTEXT = Context(httpx.AsyncClient(), Memory(), Shelf(), Calendar(), Voice(), {}, {}, "en", "Ana", "a", "k")


@asynccontextmanager
async def others(store: Database) -> AsyncIterator[Callable[[], Awaitable[list[float]]]]:
    """People who ask at the same time; each call lets them do so, and returns the seconds that each answer took."""
    words = " ".join(f"word{number}" for number in range(WORDS))
    model = ScriptedModel([words], pace=lambda: asyncio.sleep(PAUSE), slots=PEOPLE)
    chat, core = PaperChat(), core_over(store, model)
    core.router.attach("paper", chat)
    people = [Dialogue(core, chat).elsewhere(f"room {number}") for number in range(PEOPLE)]

    async def one(person: Dialogue) -> list[float]:
        taken = []
        for _ in range(QUESTIONS):
            began = perf_counter()
            (await person.says("Hello")).expect(f"word{WORDS - 1}")
            taken.append(perf_counter() - began)
        return taken

    async def block() -> list[float]:
        return [taken for times in await asyncio.gather(*map(one, people)) for taken in times]

    yield block
    await core.router.drain(20)


async def harm(process: PluginProcess) -> None:
    """Call the plugin again and again, until cancelled."""
    while True:
        with suppress(ProcessCrashed, PluginError, TimeoutError):
            async with asyncio.timeout(2.0):
                await process.call("go", {}, CONTEXT)
        # A process that rests after a crash is not waited for.
        process._crashes.not_before = 0.0
        await asyncio.sleep(0)


@pytest.mark.sweep
@pytest.mark.parametrize("name", HOSTILE)
async def test_their_answers_take_as_long(
    name: str, store: Database, common: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    file = tmp_path / "hostile.py"
    file.write_text(PLUGIN.replace("{body}", HOSTILE[name]))
    process = PluginProcess(
        manifest_of(file.read_text()), PluginProgram((common, tmp_path), file, walls=walls_here()), times=HASTY
    )
    calm, harmed = list[float](), list[float]()
    async with others(store) as block:
        await block()
        for _ in range(BLOCKS):
            calm += await block()
            harming = asyncio.create_task(harm(process))
            harmed += await block()
            harming.cancel()
            await asyncio.gather(harming, return_exceptions=True)
            await process.close()
    found = quantiles(harmed, n=20)[-1] / quantiles(calm, n=20)[-1]
    record_property(name, round(found, 3))
    assert found < LONGER
