"""A model at several addresses: a conversation stays at one, and goes to the next one if that fails."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass

import pytest

from core.errors import ModelUnavailable, PromptTooLong
from core.models.remote.balanced import BalancedModel
from core.models.remote.connection import ModelEndpoint
from core.models.timeouts import ModelTimeouts
from tests.models.standin import ASK, FEW, Answer, Asked, Out, StandIn, stand_in
from tests.models.test_client import chats, hello

QUICK = ModelTimeouts(first_token=0.3, before_retry=0)


@dataclass(slots=True)
class Servers:
    """Several servers of a model; `begun` tells when one begins to answer."""

    all: Sequence[StandIn]
    model: BalancedModel
    begun: "asyncio.Queue[str]"

    def asked(self) -> Sequence[int]:
        """How many answers each was asked for."""
        return [len(chats(server)) for server in self.all]

    def home(self, session: str) -> int:
        """Which of them a conversation belongs to."""
        ranked = self.model._ranked(session)
        return [server.url for server in self.all].index(ranked[0].url)

    def session_of(self, number: int) -> str:
        """A conversation that belongs to one of them."""
        return next(name for name in map(str, range(1000)) if self.home(name) == number)

    async def say(self, session: str) -> str:
        return "".join([piece.text async for piece in self.model.stream(ASK, FEW, session)])


@asynccontextmanager
async def servers(*moods: str, slots: int = 4) -> AsyncIterator[Servers]:
    """Servers with their moods: "well", "failing", "silent", "breaking", "full"."""
    begun: asyncio.Queue[str] = asyncio.Queue()
    async with AsyncExitStack() as stack:
        found = [await stack.enter_async_context(stand_in(answering(mood, begun))) for mood in moods]
        yield Servers(found, balanced(found[0], [server.url for server in found], slots), begun)


def balanced(owner: StandIn, urls: Sequence[str], slots: int = 4) -> BalancedModel:
    model = BalancedModel([ModelEndpoint(url, slots=slots) for url in urls], "big", QUICK)
    owner.clients.push_async_callback(model.aclose)
    return model


def answering(mood: str, begun: "asyncio.Queue[str]") -> Answer:
    async def answer(asked: Asked, out: Out) -> None:
        begun.put_nowait(mood)
        if mood == "well":
            await hello(asked, out)
        elif mood == "failing":
            await out.json({"error": {"message": "out of memory"}}, 500)
        elif mood == "full":
            await out.json({"error": {"type": "exceed_context_size_error", "n_ctx": 9, "n_prompt_tokens": 10}}, 400)
        else:
            await out.head()
            if mood == "breaking":
                await out.words("Hel")
                return
            await out.forever()

    return answer


async def test_a_conversation_stays_where_it_is_and_many_are_spread() -> None:
    async with servers("well", "well", "well") as here:
        for _ in range(3):
            assert await here.say("one") == "Hello Ana"
        assert sorted(here.asked()) == [0, 0, 3]
        for number in range(60):
            await here.say(f"talk {number}")
        assert min(here.asked()) >= 10


async def test_every_process_sends_a_conversation_to_the_same_server() -> None:
    async with servers("well", "well", "well") as here:
        other = balanced(here.all[0], [server.url for server in reversed(here.all)])
        for number in range(20):
            assert other._ranked(str(number))[0].url == here.all[here.home(str(number))].url


async def test_a_new_address_takes_its_share_and_leaves_the_rest_where_it_is() -> None:
    async with servers("well") as here:
        urls = [f"http://127.0.0.1:{port}/v1" for port in range(1, 5)]
        before, after = balanced(here.all[0], urls[:3]), balanced(here.all[0], urls)
        moved = Counter(
            after._ranked(name)[0].url
            for name in map(str, range(400))
            if before._ranked(name)[0].url != after._ranked(name)[0].url
        )
        assert set(moved) == {urls[3]}
        assert 60 < moved[urls[3]] < 140


@pytest.mark.parametrize("mood", ["failing", "silent"])
async def test_before_the_first_word_the_next_server_is_asked(mood: str) -> None:
    async with servers(mood, "well") as here:
        session = here.session_of(0)
        assert await here.say(session) == "Hello Ana"
        assert here.asked() == [1, 1]
        # For a while, what has failed is asked last.
        assert await here.say(session) == "Hello Ana"
        assert here.asked() == [1, 2]


async def test_an_address_where_nobody_listens_is_left_out() -> None:
    async with servers("well") as here:
        model = balanced(here.all[0], ["http://127.0.0.1:1/v1", here.all[0].url])
        for number in range(8):
            words = [piece.text async for piece in model.stream(ASK, FEW, str(number))]
            assert "".join(words) == "Hello Ana"
        assert await model.count(ASK) > 0
        await model.reach()
        assert model.state == "ready"


async def test_after_the_first_word_no_other_server_begins_again() -> None:
    async with servers("breaking", "well") as here:
        with pytest.raises(ModelUnavailable):
            await here.say(here.session_of(0))
        assert here.asked() == [1, 0]


async def test_a_prompt_that_is_too_long_is_too_long_everywhere() -> None:
    async with servers("full", "well") as here:
        with pytest.raises(PromptTooLong):
            await here.say(here.session_of(0))
        assert here.asked() == [1, 0]


async def test_if_none_answers_it_is_said_why() -> None:
    async with servers("failing", "failing") as here:
        with pytest.raises(ModelUnavailable, match="model-unavailable") as failed:
            await here.say("one")
        assert "out of memory" in failed.value.cause
        assert here.asked() == [1, 1]


async def test_a_server_with_clearly_more_to_do_is_left() -> None:
    async with servers("silent", "well", slots=4) as here, asyncio.TaskGroup() as tasks:
        sessions = [name for name in map(str, range(1000)) if here.home(name) == 0][:4]
        waiting = [tasks.create_task(first_piece(here.model, session)) for session in sessions[:3]]
        for _ in waiting:
            await here.begun.get()
        assert await here.say(sessions[3]) == "Hello Ana"
        assert len(chats(here.all[1])) == 1
        for task in waiting:
            task.cancel()


async def test_the_slots_are_those_of_all_together() -> None:
    async with servers("well", "well", slots=3) as here:
        assert here.model.slots == 6
        await here.say("one")
        assert {one.running for one in here.model._addresses} == {0}


async def first_piece(model: BalancedModel, session: str) -> None:
    async with aclosing(model.stream(ASK, FEW, session)) as pieces:
        await anext(pieces)
