"""A model whose template opens its reasoning: what the server tells of it is known before the first answer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.messages import Reply
from core.models.remote.client import OpenAIModel
from core.models.remote.connection import ModelEndpoint
from core.store.engine.database import Database
from tests.core.building import core_over
from tests.dialogue import Dialogue
from tests.models.standin import Asked, Out, StandIn, stand_in
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

OPENED = "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n<think>\n"
PLAIN = OPENED.removesuffix("<think>\n")


@dataclass
class Server:
    """Answers each path with its object, and questions with what the model says."""

    told: Mapping[str, object]
    deltas: list[dict[str, str]]

    async def __call__(self, asked: Asked, out: Out) -> None:
        if asked.path in self.told:
            await out.json(self.told[asked.path])
        elif asked.path != "/v1/chat/completions":
            await out.json({}, 404)
        else:
            await out.head()
            for delta in self.deltas:
                await out.event({"choices": [{"delta": delta}]})
            await out.end()


@dataclass(slots=True)
class Frames(PaperChat):
    """A chat that remembers what it has shown."""

    seen: list[Reply] = field(default_factory=list)

    async def _show(self, message_id: str, reply: Reply) -> None:
        self.seen.append(reply)
        await PaperChat._show(self, message_id, reply)


@asynccontextmanager
async def answered(store: Database, server: Server, owner: str) -> AsyncIterator[tuple[Frames, StandIn]]:
    """The frames of an answer that the server gave."""
    async with stand_in(server, owner) as standing:
        model, chat = OpenAIModel(ModelEndpoint(standing.url)), Frames()
        core = core_over(store, model)
        core.router.attach("paper", chat)
        await Dialogue(core, chat).says("France?")
        await core.router.drain(20)
        yield chat, standing
        await model.aclose()


def texts(*words: str) -> list[dict[str, str]]:
    return [{"content": word} for word in words]


LLAMA: dict[str, Any] = {"/apply-template": {"prompt": OPENED}}
VLLM: dict[str, Any] = {"/tokenize": {"count": 9, "tokens": [1, 2]}, "/detokenize": {"prompt": OPENED}}


@pytest.mark.parametrize(("owner", "told"), [("llamacpp", LLAMA), ("vllm", VLLM)])
async def test_reasoning_that_the_template_opens_is_never_shown(
    store: Database, owner: str, told: dict[str, object]
) -> None:
    server = Server(told, texts("Lyon? ", "No.", "</think>", "\n\nPar", "is."))
    async with answered(store, server, owner) as (chat, _):
        assert chat.seen[-1].text == "Paris."
        assert all("Lyon" not in frame.text for frame in chat.seen)


@pytest.mark.parametrize(
    ("told", "deltas"),
    [
        ({"/apply-template": {"prompt": PLAIN}}, texts("Par", "is.")),
        ({"/apply-template": {"prompt": 7}, "/props": {"default_generation_settings": "x"}}, texts("Par", "is.")),
        ({}, texts("Par", "is.")),
        # The server tells it apart by itself, and says so.
        (
            LLAMA | {"/props": {"default_generation_settings": {"params": {"reasoning_format": "deepseek"}}}},
            texts("Par", "is."),
        ),
        # Or shows it.
        (LLAMA, [{"reasoning_content": "Lyon? "}, *texts("Par", "is.")]),
    ],
)
async def test_any_other_answer_is_shown_as_it_comes(
    store: Database, told: dict[str, object], deltas: list[dict[str, str]]
) -> None:
    async with answered(store, Server(told, deltas), "llamacpp") as (chat, _):
        assert chat.seen[-1].text == "Paris."


async def test_the_server_is_asked_once(store: Database) -> None:
    async with stand_in(Server(LLAMA, texts("Lyon?</think>Paris.")), "llamacpp") as standing:
        model, chat = OpenAIModel(ModelEndpoint(standing.url)), Frames()
        core = core_over(store, model)
        core.router.attach("paper", chat)
        for _ in range(2):
            await Dialogue(core, chat).says("France?")
        await core.router.drain(20)
        await model.aclose()
    assert len([asked for asked in standing.asked if asked.path == "/props"]) == 1
