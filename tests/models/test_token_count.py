"""Counting tokens by whatever way a server has."""

import pytest

from core.errors import ModelTimeout, ModelUnavailable
from core.models.remote.client import OpenAIModel
from core.models.remote.connection import ModelEndpoint
from core.models.timeouts import ModelTimeouts
from core.ports.model import PromptLine
from tests.models.standin import ASK, Asked, Out, StandIn, said, stand_in

AT_ONCE = "/v1/chat/completions/input_tokens"


def client(server: StandIn, patience: ModelTimeouts | None = None) -> OpenAIModel:
    model = OpenAIModel(ModelEndpoint(server.url), patience=patience)
    server.clients.push_async_callback(model.aclose)
    return model


def paths(server: StandIn) -> list[str]:
    return [asked.path for asked in server.asked if asked.path != "/v1/models"]


async def test_a_new_llama_cpp_counts_at_once() -> None:
    async def count(asked: Asked, out: Out) -> None:
        await out.json({"input_tokens": 17})

    async with stand_in(count, owner="llamacpp") as server:
        assert await client(server).count(ASK) == 17
        assert paths(server) == [AT_ONCE]


async def test_an_older_llama_cpp_counts_in_two_steps() -> None:
    async def count(asked: Asked, out: Out) -> None:
        if asked.path == "/apply-template":
            await out.json({"prompt": "<|im_start|>user..."})
        elif asked.path == "/tokenize":
            assert asked.body == {"content": "<|im_start|>user...", "add_special": True, "parse_special": True}
            await out.json({"tokens": [1, 2, 3]})
        else:
            await out.json({"error": {"message": "not found"}}, 404)

    async with stand_in(count, owner="llamacpp") as server:
        model = client(server)
        assert [await model.count(ASK), await model.count([*ASK, *ASK])] == [3, 3]
        # What it does not know is not asked for a second time.
        assert paths(server) == [AT_ONCE, "/apply-template", "/tokenize", "/apply-template", "/tokenize"]


async def test_vllm_counts_with_its_own_template() -> None:
    async def count(asked: Asked, out: Out) -> None:
        assert asked.body["messages"] == [{"role": "user", "content": "hello"}]
        await out.json({"count": 23, "max_model_len": 4096, "tokens": []})

    async with stand_in(count, owner="vllm") as server:
        assert await client(server).count(ASK) == 23
        assert paths(server) == ["/tokenize"]


async def test_the_same_prompt_is_asked_for_once() -> None:
    async def count(asked: Asked, out: Out) -> None:
        await out.json({"input_tokens": len(asked.body["messages"])})

    async with stand_in(count, owner="llamacpp") as server:
        model = client(server)
        texts = [
            [PromptLine("user", "a"), PromptLine("user", "b")],
            [PromptLine("user", "ab")],
            [PromptLine("user", "a"), PromptLine("user", "b")],
        ]
        assert [await model.count(lines) for lines in texts] == [2, 1, 2]
        assert len(paths(server)) == 2


@pytest.mark.parametrize("body", [{}, {"input_tokens": "many"}, [], "x", None])
async def test_a_strange_count_falls_back_to_the_estimate(body: object) -> None:
    async def count(asked: Asked, out: Out) -> None:
        await out.json(body)

    async with stand_in(count, owner="llamacpp") as server:
        assert await client(server).count(ASK) > 0


async def test_without_a_tokeniser_the_estimate_learns_from_real_answers() -> None:
    async def answer(asked: Asked, out: Out) -> None:
        await out.head()
        await out.words("x")
        await out.end(usage={"prompt_tokens": 500, "completion_tokens": 1})

    async with stand_in(answer) as server:
        model = client(server)
        before = await model.count(ASK)
        await said(model)
        assert before < 500 <= await model.count(ASK)


async def test_a_failing_tokeniser_is_an_error_and_no_guess() -> None:
    async def fail(asked: Asked, out: Out) -> None:
        await out.json({"error": "oops"}, 500)

    async with stand_in(fail, owner="llamacpp") as server:
        with pytest.raises(ModelUnavailable):
            await client(server).count(ASK)
        assert len(paths(server)) == 2


async def test_a_tokeniser_that_hangs_is_given_up() -> None:
    async def hang(asked: Asked, out: Out) -> None:
        await out.forever()

    async with stand_in(hang, owner="llamacpp") as server:
        with pytest.raises(ModelTimeout):
            await client(server, ModelTimeouts(question=0.05)).count(ASK)
        await server.idle.wait()
