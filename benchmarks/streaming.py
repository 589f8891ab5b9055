"""The whole engine against the raw model server that it uses, interleaved: `python -m benchmarks.streaming FOLDER`.

Both sides ask the same child process with the real default model. Figures are ratios of medians of `ROUNDS`, because
this model's absolute speeds say more about the machine than about us (docs/reference/inference.md 1.3).
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx

from benchmarks.bench_core import SYSTEM, Bench, bench
from benchmarks.figures import Figure, printed
from core.models.embedded.child_process import ModelChild, start_child
from core.models.embedded.default import default_model_file
from core.models.embedded.server import ModelServerOptions
from core.models.embedded.slots import ServerSlots
from core.models.remote.client import OpenAIModel
from core.models.remote.connection import ModelEndpoint
from core.ports.model import SamplingSettings

ROUNDS = 10
LONG_ROUNDS = 5
TOKENS = 48
SAMPLING = SamplingSettings(temperature=0.3, max_new_tokens=TOKENS)
TOGETHER = 8
TASK = "Number {}. Write a long story about a lighthouse, its keeper and the sea."
LONG = "Number {}. " + "The keeper climbs the stairs and lights the lamp again. " * 50
SLACK_MS = 4


@asynccontextmanager
async def served(folder: Path, slots: int) -> AsyncIterator[ModelChild]:
    """Run the default model's server with `slots` slots."""
    options = ModelServerOptions(
        model=str(default_model_file()),
        key="bench",
        socket="",
        slots=slots,
        context=2048,
        threads=1,
        batch=256,
        cache_mib=256,
        thinking=False,
        seconds=60,
    )
    child = await start_child(options, True, folder)
    try:
        yield child
    finally:
        await child.stop()


def modelled(child: ModelChild) -> OpenAIModel:
    """Return the client that the engine uses, connected to that server."""
    endpoint = ModelEndpoint(
        "http://localhost/v1",
        key=child.options.key,
        socket=child.options.socket,
        dialect="llama.cpp",
        window=child.options.context,
        slots=child.options.slots,
    )
    return OpenAIModel(endpoint, "bench", pins=ServerSlots(child.options.slots))


@asynccontextmanager
async def direct(child: ModelChild) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client for the server itself in advance, because opening one takes tens of milliseconds."""
    transport = httpx.AsyncHTTPTransport(uds=child.options.socket)
    headers = {"Authorization": f"Bearer {child.options.key}", "Connection": "close"}
    async with httpx.AsyncClient(transport=transport, headers=headers, timeout=120, trust_env=False) as client:
        yield client


async def raw(client: httpx.AsyncClient, text: str, slot: int = 0) -> tuple[float, float, int]:
    """Ask the server itself. Returns the seconds to the first token and to the end, and the number of tokens."""
    body = {
        "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}],
        "stream": True,
        "temperature": SAMPLING.temperature,
        "max_tokens": TOKENS,
        # The server is set to keep each conversation in its slot, so this side names a slot as the engine does.
        "id_slot": slot,
    }
    began, first, tokens = perf_counter(), 0.0, 0
    async with client.stream("POST", "http://localhost/v1/chat/completions", json=body) as response:
        async for line in response.aiter_lines():
            if not line.startswith("data: {"):
                continue
            choices = json.loads(line[6:]).get("choices")
            if choices and choices[0]["delta"].get("content"):
                tokens += 1
                first = first or perf_counter() - began
    return first, perf_counter() - began, tokens


async def through(running: Bench, channel: str, text: str) -> tuple[float, float]:
    """Ask through the engine. Returns seconds to the first words that the platform saw and to the finished answer."""
    began = perf_counter()
    seen = await running.ask(channel, text)
    await seen.done.wait()
    return seen.first - began, seen.last - began


async def single(folder: Path) -> list[Figure]:
    """Measure one conversation at a time: first token, time per token, and a later turn whose prefix is cached."""
    raws: list[tuple[float, float, int]] = []
    ours: list[tuple[float, float]] = []
    uncached: list[float] = []
    cached: list[float] = []
    async with (
        served(folder, 4) as child,
        direct(child) as client,
        bench(folder / "single.sqlite3", modelled(child), 300, SAMPLING) as running,
    ):
        await raw(client, "Warm up.")
        for number in range(ROUNDS):
            if number % 2:
                ours.append(await through(running, f"single {number}", TASK.format(2 * number + 1)))
            raws.append(await raw(client, TASK.format(2 * number)))
            if number % 2 == 0:
                ours.append(await through(running, f"single {number}", TASK.format(2 * number + 1)))
        for number in range(LONG_ROUNDS):
            uncached.append((await through(running, f"long {number}", LONG.format(number)))[0])
            cached.append((await through(running, f"long {number}", "And then?"))[0])
    raw_first, our_first = median(first for first, _, _ in raws), median(first for first, _ in ours)
    raw_rest = median((whole - first) / (tokens - 1) for first, whole, tokens in raws)
    our_rest = median((whole - first) / (TOKENS - 1) for first, whole in ours)
    allowed = max(1.05, (raw_first + SLACK_MS / 1000) / raw_first)
    return [
        Figure("time to first token, engine / raw server", our_first / raw_first, "x", most=round(allowed, 3)),
        Figure("time to first token, engine - raw server", (our_first - raw_first) * 1000, "ms"),
        Figure("time per token, engine / raw server", our_rest / raw_rest, "x", most=1.05),
        Figure("later turn on a 600-token prefix / uncached turn", median(cached) / median(uncached), "x", most=0.2),
    ]


async def together(folder: Path) -> list[Figure]:
    """Measure eight conversations at once: tokens per second of all together."""
    raws: list[float] = []
    ours: list[float] = []
    async with (
        served(folder, TOGETHER) as child,
        direct(child) as client,
        bench(folder / "together.sqlite3", modelled(child), 300, SAMPLING) as running,
    ):
        await raw(client, "Warm up.")
        for number in range(5):
            texts = [TASK.format(100 * number + place) for place in range(TOGETHER)]
            began = perf_counter()
            tokens = sum(
                count
                for _, _, count in await asyncio.gather(*(raw(client, text, slot) for slot, text in enumerate(texts)))
            )
            raws.append(tokens / (perf_counter() - began))
            began = perf_counter()
            channels = [f"{number}-{place}" for place in range(TOGETHER)]
            await asyncio.gather(
                *(through(running, channel, f"Again. {text}") for channel, text in zip(channels, texts, strict=True))
            )
            ours.append(TOKENS * TOGETHER / (perf_counter() - began))
    return [Figure("8 conversations at once, engine / raw server", median(ours) / median(raws), "x", least=0.92)]


async def cancelled(folder: Path) -> list[Figure]:
    """Measure from a stop to the next request's first token on the only slot, minus what that request takes anyway."""
    waits: list[float] = []
    usual: list[float] = []
    sampling = SamplingSettings(temperature=0.3, max_new_tokens=600)
    async with (
        served(folder, 1) as child,
        direct(child) as client,
        bench(folder / "stop.sqlite3", modelled(child), 300, sampling) as running,
    ):
        for number in range(5):
            usual.append((await raw(client, "Say hello."))[0])
            seen = await running.ask(f"stop {number}", TASK.format(number))
            await seen.begun.wait()
            await running.core.assistant.stop(seen.answer)
            waits.append((await raw(client, "Say hello."))[0])
            await seen.done.wait()
    return [Figure("a stop frees the slot within", median(waits) - median(usual), "s", most=0.2)]


async def main(folder: Path) -> int:
    codes = [printed(await measure(folder), measure.__doc__ or "") for measure in (single, together, cancelled)]
    return max(codes)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]))))
