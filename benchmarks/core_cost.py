"""What a message costs the core, in short and in long conversations, over the floor: `python -m benchmarks core`.

Everything is Parley's own but the platform, which shows nothing; the database makes its promises on a disk, and the
model is asked by HTTP. What the conversations are and how long they have been is told in `benchmarks/long_talks.py`.
"""

import asyncio
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from time import process_time

from benchmarks import floor
from benchmarks.bench_core import OWN_COMMANDS, Bench, bench
from benchmarks.figures import Figure, of_rounds, on_first_core, printed, ratios, turns
from benchmarks.long_talks import ANSWER, QUESTION, grow
from benchmarks.model_server import Owner, model_server
from cli.wiring.surface_server import settle
from core.models.remote.client import OpenAIModel
from core.models.remote.connection import ModelEndpoint
from core.store.engine.database import connect

ROUNDS = 5
TALKS = 10
"""Conversations that are going on at once."""

EACH = 10
"""Messages of a conversation in a round, one after another, after a first one that finds nothing of it in memory."""

COMMANDS = 300
TEXT = "Hello there"
HOW = (
    f"Milliseconds of a processor, all threads of the process, for a message: Parley's core on SQLite (WAL, FULL) with"
    f" {COMMANDS} commands, the model by HTTP in another process. {ROUNDS} rounds by turns, each with {TALKS} other"
    f" conversations at once and {EACH} messages in each, after a first one since the start, which is told apart;"
    " medians, and the extremes of the rounds."
)

Ask = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ConversationKind:
    """A kind of conversation: how many exchanges it has had, how they were, and what kind of server the model is on."""

    name: str
    exchanges: int
    usual: bool = True
    owner: Owner = "someone"

    def talks(self, part: object) -> list[str]:
        """The channels of a round."""
        return [f"{self.name}, {part}, {talk}" for talk in range(TALKS)]


START, MIDDLE, LATE = (ConversationKind(f"exchange {number}", number - 1) for number in (5, 50, 300))
SHORT_START = ConversationKind("exchange 5, two words each", 4, usual=False)
SHORT_LATE = ConversationKind("exchange 300, two words each", 299, usual=False)
COUNTED = ConversationKind("exchange 5, llama.cpp", 4, owner="llamacpp")
OWNERS: tuple[Owner, ...] = ("someone", "llamacpp")
KINDS = (START, MIDDLE, LATE, SHORT_START, SHORT_LATE, COUNTED)
FLOOR = ConversationKind("floor", 49)
Costs = dict[ConversationKind, list[float]]


async def cost(ask: Ask, talks: Sequence[str], each: int = EACH) -> float:
    """The milliseconds of a processor for a message, with all these conversations at once."""
    began = process_time()

    async def talk(channel: str) -> None:
        for _ in range(each):
            await ask(channel)

    await asyncio.gather(*(talk(channel) for channel in talks))
    return 1000 * (process_time() - began) / (each * len(talks))


def asking(running: Bench) -> Ask:
    async def ask(channel: str) -> None:
        await (await running.ask(channel, TEXT)).done.wait()

    return ask


async def prepare(file: Path, kinds: Sequence[ConversationKind], url: str) -> None:
    """Begin all conversations with a real exchange each, and let them grow."""
    async with running_core(file, url, "someone", OWN_COMMANDS) as running:
        for kind in kinds:
            for part in range(ROUNDS):
                await cost(asking(running), kind.talks(part), each=1)
    store = connect(f"sqlite:///{file}")
    for kind in kinds:
        for part in range(ROUNDS):
            channels = kind.talks(part)
            await store.write(partial(grow, exchanges=kind.exchanges, channels=channels, usual=kind.usual))
    await store.close()


@asynccontextmanager
async def running_core(file: Path, url: str, owner: Owner, commands: int) -> AsyncIterator[Bench]:
    """Run the core with the client that Parley uses for the model at an address."""
    model = OpenAIModel(ModelEndpoint(url, slots=TALKS), owner)
    async with aclosing(model), bench(file, model, commands) as running:
        yield running


async def measured(folder: Path) -> list[Figure]:
    """Measure all kinds by turns. The cost of preparing them is not counted."""
    costs: Costs = defaultdict(list)
    firsts: Costs = defaultdict(list)
    plain = folder / "floor.sqlite3"
    floor.prepare(plain)
    said = [("user", QUESTION), ("assistant", ANSWER)] * FLOOR.exchanges
    for part in range(ROUNDS):
        floor.fill(plain, FLOOR.talks(part), said)
    async with AsyncExitStack() as stack:
        asks: dict[ConversationKind, Ask] = {}
        for owner in OWNERS:
            url = await stack.enter_async_context(model_server(owner))
            kinds = [kind for kind in KINDS if kind.owner == owner]
            file = folder / f"{owner}.sqlite3"
            await prepare(file, kinds, url)
            running = await stack.enter_async_context(running_core(file, url, owner, COMMANDS))
            # The keys of a new life must not be those of the one that prepared the conversations.
            running.numbers = count(10**6)
            asks |= dict.fromkeys(kinds, asking(running))
        plainly = await stack.enter_async_context(floor.floor(plain, url))
        asks[FLOOR] = lambda channel: plainly.ask(channel, TEXT)
        for kind, ask in asks.items():
            await cost(ask, kind.talks("warm-up"))
        settle()
        for part, kind in turns(list(asks), ROUNDS):
            firsts[kind].append(await cost(asks[kind], kind.talks(part), each=1))
            costs[kind].append(await cost(asks[kind], kind.talks(part)))
    return told(costs, firsts)


def told(costs: Costs, firsts: Costs) -> list[Figure]:
    rate = [1000 / spent for spent in costs[MIDDLE]]
    counted = [1000 / spent for spent in costs[COUNTED]]
    return [
        of_rounds("core: messages a second of one core, at exchange 50", rate, "1/s", least=700, aim=1000),
        of_rounds("core: the same at exchange 5, llama.cpp counting each prompt", counted, "1/s", least=700, aim=1000),
        *(of_rounds(f"core: a message at {kind.name}", costs[kind], "ms") for kind in KINDS),
        of_rounds("core: growth from exchange 5 to 300", ratios(costs[LATE], costs[START]), "x", most=1.25, aim=1.1),
        of_rounds("core: the same with two words in each message", ratios(costs[SHORT_LATE], costs[SHORT_START]), "x"),
        of_rounds("core: the same for the first message since a start", ratios(firsts[LATE], firsts[START]), "x"),
        of_rounds("floor: the same promises in plain sqlite3 and aiohttp, at exchange 50", costs[FLOOR], "ms"),
        of_rounds("core over the floor, at exchange 50", ratios(costs[MIDDLE], costs[FLOOR]), "x"),
    ]


if __name__ == "__main__":
    on_first_core()
    sys.exit(printed(asyncio.run(measured(Path(sys.argv[1]))), HOW))
