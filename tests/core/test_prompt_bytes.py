"""What a model is sent grows at its end alone, byte for byte, so that its server need not read the rest again."""

import json

import orjson
import pytest

from core.models.remote.client import OpenAIModel
from core.models.remote.connection import ModelEndpoint
from core.store.engine.database import Database
from tests.core.building import core_over
from tests.dialogue import Dialogue
from tests.models.standin import StandIn, stand_in
from tests.models.test_client import chats, hello
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store


def beginning(server: StandIn, number: int) -> bytes:
    """A request up to the end of its messages: the model's name, tools and everything else that comes before."""
    asked = chats(server)[number]
    messages = orjson.dumps(asked.body["messages"])[:-1]
    return asked.sent[: asked.sent.index(messages) + len(messages)]


async def test_each_turn_begins_with_the_bytes_of_the_one_before(store: Database) -> None:
    async with stand_in(hello) as server:
        model = OpenAIModel(ModelEndpoint(server.url, model="big"), "big")
        server.clients.push_async_callback(model.aclose)
        core, chat = core_over(store, model), PaperChat()
        core.router.attach("paper", chat)
        ana = Dialogue(core, chat)
        await ana.types("/persona pirate")
        for text in ("My name is Ana 🙂", "Who am I?", "And what is the time?"):
            await ana.says(text)
        sent = [asked.sent for asked in chats(server)]
        assert len(sent) == 3
        for number in (0, 1):
            assert sent[number + 1].startswith(beginning(server, number))
        sessions = {asked.headers["x-session-id"] for asked in chats(server)}
    assert len(sessions) == 1
    first, last = (json.loads(sent[number])["messages"] for number in (0, 2))
    assert (first[0]["role"], len(last)) == ("system", len(first) + 4)
