"""A model that is slow or wrong in one conversation, or for one community, takes nothing from the others' time.

Times with and without the harm are taken in turns in one run, so that both meet the same machine. The clock leaps over
pauses, and what the machine itself takes is a small part of an answer.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from statistics import quantiles

import pytest

from core.messages import User
from core.models.remote.client import OpenAIModel
from core.models.remote.connection import ModelEndpoint
from core.store.engine.database import Database, connect
from tests.core.building import core_over
from tests.dialogue import Dialogue
from tests.keys import KEYRING
from tests.living import HeardStore
from tests.models.standin import Answer, Asked, Out, StandIn, stand_in
from tests.paper import PaperChat

WORDS, PAUSE = 20, 0.5
"""The words of a usual answer, and the seconds before each."""

PEOPLE = 3
"""Others, who ask at the same time. The model has one more slot."""

AGAIN = 5.0
"""Seconds after which somebody asks again who has got no answer."""

SLOW = "slow"
"""What somebody says whose answer will be slow."""

Broken = Callable[[Out, asyncio.Event], Awaitable[None]]
"""Answers as it should not be, at most until the event is set."""


async def usual(out: Out) -> None:
    await out.head()
    for number in range(WORDS):
        await asyncio.sleep(PAUSE)
        await out.words(f"word{number} ")
    await out.end()


async def no_first_token(out: Out, over: asyncio.Event) -> None:
    await out.head()
    await over.wait()


async def a_token_a_second(out: Out, over: asyncio.Event) -> None:
    await out.head()
    while not over.is_set():
        await out.words("word ")
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), 1.0)


async def stalls(out: Out, over: asyncio.Event) -> None:
    await out.head()
    await out.words("one ", "two ")
    await over.wait()


async def half_closed(out: Out, over: asyncio.Event) -> None:
    await out.head()
    await out.words("one ")
    out.writer.write_eof()
    await over.wait()


async def refuses(out: Out, over: asyncio.Event) -> None:
    await out.json({"error": "broken"}, 500)


async def garbage(out: Out, over: asyncio.Event) -> None:
    await out.head()
    await out.raw(b"\x00\xff data: {\n\ndata: [1, 2\n\n" * 50)


async def a_huge_line(out: Out, over: asyncio.Event) -> None:
    await out.head()
    await out.raw(b"data: " + b"x" * 10_000_000)


BROKEN: Mapping[str, Broken] = {
    "no first token": no_first_token,
    "a token a second": a_token_a_second,
    "stalls in the middle": stalls,
    "half-closed": half_closed,
    "status 500": refuses,
    "garbage": garbage,
    "a line of 10 MB": a_huge_line,
}


@dataclass(slots=True)
class Scene:
    """People who ask, and one whose model is slow. `over` ends the slow answers."""

    others: list[Dialogue]
    slow: list[Dialogue]
    over: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def asked(self, person: Dialogue) -> float:
        """Ask a question. Returns the seconds until its whole answer is there."""
        clock = asyncio.get_running_loop().time
        began = clock()
        (await person.says("hello")).expect(f"word{WORDS - 1}")
        return clock() - began

    async def block(self, questions: int) -> list[float]:
        """Let the others ask so many questions each."""

        async def one(person: Dialogue) -> list[float]:
            return [await self.asked(person) for _ in range(questions)]

        return [taken for times in await asyncio.gather(*map(one, self.others)) for taken in times]

    async def harm(self, person: Dialogue) -> None:
        """Ask what is answered slowly, again and again until it is over, as fast as people write."""
        while not self.over.is_set():
            question = person.message(SLOW)
            await person.send(question)
            while question.key not in person.chat.finished:
                # It may take as long as a model is waited for.
                with suppress(TimeoutError):
                    await person.chat.until(partial(person.chat.finished.__contains__, question.key))
            with suppress(TimeoutError):
                await asyncio.wait_for(self.over.wait(), AGAIN)

    async def harmed(self, questions: int) -> list[float]:
        """The same, while somebody has slow answers."""
        self.over.clear()
        self.begun.clear()
        harming = [asyncio.create_task(self.harm(person)) for person in self.slow]
        # The harm is there before the others begin.
        await self.begun.wait()
        try:
            return await self.block(questions)
        finally:
            self.over.set()
            await asyncio.gather(*harming)


class Unheard:
    """Nobody waits here for what is committed."""

    def note(self) -> None: ...

    async def until(self, true: Callable[[], bool]) -> None: ...


@asynccontextmanager
async def scene(store: Database, broken: Broken, *, own_model: bool) -> AsyncIterator[Scene]:
    """One model in which one conversation is slow or, with `own_model`, another one that is so for five people."""
    async with AsyncExitStack() as stack:
        made = Scene([], [])

        async def answer(asked: Asked, out: Out) -> None:
            slow = SLOW in str(asked.body["messages"][-1]["content"])
            if slow:
                made.begun.set()
            await (broken(out, made.over) if slow else usual(out))

        models = [await stack.enter_async_context(model(answer, "fast"))]
        if own_model:
            models.append(await stack.enter_async_context(model(answer, "other")))
        chat, core = PaperChat(), core_over(HeardStore(store, Unheard()), *models)
        core.router.attach("paper", chat)
        ana = Dialogue(core, chat)
        made.others += [ana.elsewhere(f"room {number}") for number in range(PEOPLE)]
        made.slow += [
            ana.elsewhere(f"slow {number}", User(f"eve{number}", "Eve")) for number in range(5 if own_model else 1)
        ]
        if own_model:
            for person in made.slow:
                await person.types("/model other")
        yield made
        await core.router.drain(20)


@asynccontextmanager
async def model(answer: Answer, name: str) -> AsyncIterator[OpenAIModel]:
    server: StandIn
    async with stand_in(answer, window=8192) as server:
        made = OpenAIModel(ModelEndpoint(server.url, slots=PEOPLE + 1), name)
        server.clients.push_async_callback(made.aclose)
        yield made


def p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


async def ratio(url: str, broken: Broken, blocks: int, questions: int, *, own_model: bool) -> float:
    """How much longer the others' slowest answers take (p95) while somebody's are slow."""
    calm: list[float] = []
    harmed: list[float] = []
    store = connect(url, KEYRING)
    async with scene(store, broken, own_model=own_model) as made:
        await made.block(2)
        for _ in range(blocks):
            calm += await made.block(questions)
            harmed += await made.harmed(questions)
    await store.close()
    return p95(harmed) / p95(calm)


@pytest.mark.slow
@pytest.mark.leaping
@pytest.mark.parametrize("name", ["stalls in the middle", "a line of 10 MB"])
async def test_one_slow_conversation_does_not_hold_up_the_others(sqlite_url: str, name: str) -> None:
    assert await ratio(sqlite_url, BROKEN[name], 2, 2, own_model=False) < 1.5


@pytest.mark.sweep
@pytest.mark.leaping
@pytest.mark.parametrize("own_model", [False, True], ids=["one conversation", "another model"])
@pytest.mark.parametrize("name", BROKEN)
async def test_the_others_take_at_most_a_fifth_longer(
    sqlite_url: str, name: str, own_model: bool, record_property: Callable[[str, object], None]
) -> None:
    found = await ratio(sqlite_url, BROKEN[name], 4, 4, own_model=own_model)
    record_property(f"{name}, {'another model' if own_model else 'one conversation'}", round(found, 2))
    assert found < 1.2
