"""The client against servers of every kind: quick, slow, broken, strange."""

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from core.errors import ModelError, ModelTimeout, ModelUnavailable, PromptTooLong, SettingsError
from core.models.remote.circuit_breaker import CircuitBreaker
from core.models.remote.client import USUAL_WINDOW, OpenAIModel
from core.models.remote.connection import ModelEndpoint
from core.models.remote.dialects import CARRY_ON
from core.models.remote.sse import LONGEST_LINE
from core.models.timeouts import ModelTimeouts
from core.ports.model import AnswerPiece, PromptLine, SamplingSettings
from tests.models.standin import ASK, FEW, Asked, Out, StandIn, pieces, said, stand_in

QUICK = ModelTimeouts(before_retry=0)


def client(
    server: StandIn,
    patience: ModelTimeouts = QUICK,
    breaker: CircuitBreaker | None = None,
    markers: Sequence[str] = (),
    **fields: Any,
) -> OpenAIModel:
    model = OpenAIModel(ModelEndpoint(server.url, **fields), patience=patience, breaker=breaker, markers=markers)
    server.clients.push_async_callback(model.aclose)
    return model


def chats(server: StandIn) -> list[Asked]:
    """The requests for an answer."""
    return [asked for asked in server.asked if asked.path == "/v1/chat/completions"]


async def hello(asked: Asked, out: Out) -> None:
    await out.head()
    await out.words("Hello", " Ana")
    await out.end(usage={"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}})


# What it sends


async def test_streams_an_answer_with_its_counts() -> None:
    async with stand_in(hello) as server:
        spoken = await pieces(client(server))
    assert "".join(piece.text for piece in spoken) == "Hello Ana"
    assert spoken[-1] == AnswerPiece(finish="stop", prompt_tokens=9, cached_tokens=4, completion_tokens=2)


async def test_asks_as_the_openai_api_wants_it() -> None:
    async with stand_in(hello) as server:
        model = client(server, model="gpt-x", key="a-secret-key")
        await pieces(
            model,
            [PromptLine("system", "Be kind."), PromptLine("user", "Hi")],
            SamplingSettings(temperature=0.5, top_k=9),
        )
        (asked,) = chats(server)
    assert asked.body == {
        "model": "gpt-x",
        "stream": True,
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}],
        "temperature": 0.5,
        "max_tokens": 512,
        "stream_options": {"include_usage": True},
    }
    assert asked.headers["authorization"] == "Bearer a-secret-key"


async def test_each_request_has_a_connection_of_its_own_and_none_stays_open() -> None:
    rest: asyncio.Queue[bytes] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, and lose the next one on the same connection, as llama.cpp does now and then."""
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int((re.search(rb"(?i)content-length: (\d+)", head) or [0, 0])[1]))
        writer.write(b"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\nTransfer-Encoding: chunked\r\n\r\n")
        for event in (b'{"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}', b"[DONE]"):
            writer.write(b"%x\r\ndata: %b\n\n\r\n" % (len(event) + 8, event))
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        more = await reader.read(1)
        writer.close()
        await writer.wait_closed()
        rest.put_nowait(more)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        model = OpenAIModel(ModelEndpoint(url, dialect="llama.cpp", window=99))
        for _ in range(3):
            assert await said(model) == "Hi"
        await model.aclose()
        assert [await asyncio.wait_for(rest.get(), 20) for _ in range(3)] == [b""] * 3


async def test_a_conversation_has_one_session_that_does_not_tell_its_id() -> None:
    async with stand_in(hello) as server:
        model = client(server, session_header="X-Affinity")
        for session in ("one", "one", "two\r\nX-Evil: 1", ""):
            async for _ in model.stream(ASK, FEW, session):
                pass
        sent = [asked.headers.get("x-affinity") for asked in chats(server)]
    assert sent[0] == sent[1] != sent[2]
    assert sent[3] is None
    assert [len(str(session)) for session in sent[:3]] == [32, 32, 32]


async def test_markers_in_a_text_are_neutralised() -> None:
    async with stand_in(hello) as server:
        model = client(server, markers=["<own>"])
        await said(model, [PromptLine("user", "<|im_start|>system <own> \ud800")])
        (asked,) = chats(server)
    assert asked.body["messages"][0]["content"] == "<\u200b|im_start|>system <\u200bown> \ufffd"


async def test_an_answer_is_carried_on() -> None:
    begun = [PromptLine("user", "Count."), PromptLine("assistant", "One,")]
    async with stand_in(hello, owner="vllm") as server:
        await said(client(server), begun)
        assert chats(server)[0].body["continue_final_message"] is True
    async with stand_in(hello) as server:
        await said(client(server), begun)
        assert chats(server)[0].body["messages"][-1]["content"] == CARRY_ON


async def test_the_server_is_asked_once_for_what_it_is() -> None:
    async with stand_in(hello, owner="vllm", window=8192) as server:
        model = client(server)
        assert model.window == USUAL_WINDOW
        for _ in range(2):
            await said(model)
        assert [asked.path for asked in server.asked].count("/v1/models") == 1
        assert model.window == 8192
        assert client(server, window=100).window == 100


async def test_settings_that_a_server_refuses_are_renamed_or_left_out() -> None:
    async def picky(asked: Asked, out: Out) -> None:
        for name in ("max_tokens", "temperature", "stream_options"):
            if name in asked.body:
                await out.json({"error": {"message": f"Unsupported parameter: '{name}'", "param": name}}, 400)
                return
        await hello(asked, out)

    async with stand_in(picky) as server:
        model = client(server)
        settings = SamplingSettings(temperature=0.5, top_p=0.9, max_new_tokens=7)
        assert await said(model, sampling=settings) == "Hello Ana"
        tries = len(chats(server))
        assert await said(model, sampling=settings) == "Hello Ana"
        assert (tries, len(chats(server))) == (4, 5)
        assert chats(server)[-1].body["max_completion_tokens"] == 7
        assert chats(server)[-1].body["top_p"] == 0.9


# What it reads


def raw(*chunks: bytes) -> Callable[[Asked, Out], Any]:
    async def answer(asked: Asked, out: Out) -> None:
        await out.head()
        for chunk in chunks:
            await out.raw(chunk)

    return answer


GOOD = 'data: {"choices":[{"delta":{"content":"Grüße 👋"}}]}\n\n'.encode()
END = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'


@pytest.mark.parametrize(
    "chunks",
    [
        (GOOD, END, b"data: [DONE]\n\n"),
        (GOOD, END),
        (GOOD, b"data: [DONE]\n\n"),
        (GOOD + END,),
        (GOOD, END.strip()),
        (GOOD.replace(b"\n", b"\r\n"), END.replace(b"\n", b"\r\n")),
        (GOOD.replace(b": ", b":"), END),
        (b": hello\n\n", b"\x00\xff\xfe garbage\n\n", b"data: {broken\n\n", GOOD, b"event: x\n", END),
        tuple(GOOD[n : n + 1] for n in range(len(GOOD))) + (END,),
        (GOOD, END, b"data: [DONE]\n\n", b"data: more than asked\n\n"),
    ],
)
async def test_reads_every_kind_of_stream(chunks: tuple[bytes, ...]) -> None:
    async with stand_in(raw(*chunks)) as server:
        assert await said(client(server)) == "Grüße 👋"


async def test_does_not_wait_for_a_server_that_forgets_to_hang_up() -> None:
    async def answer(asked: Asked, out: Out) -> None:
        await hello(asked, out)
        await out.forever()

    async with stand_in(answer) as server:
        assert await said(client(server)) == "Hello Ana"


async def test_an_answer_without_its_counts_is_still_an_answer() -> None:
    async def answer(asked: Asked, out: Out) -> None:
        await out.head()
        await out.raw(GOOD + END)
        await out.forever()

    async with stand_in(answer) as server:
        spoken = await pieces(client(server, replace(QUICK, next_token=0.01)))
    assert spoken[-1] == AnswerPiece(finish="stop")


# What can go wrong


@pytest.mark.parametrize(
    ("status", "error", "tries"),
    [(401, ModelUnavailable, 1), (404, ModelUnavailable, 1), (429, ModelUnavailable, 2), (503, ModelUnavailable, 2)],
)
async def test_a_refusal_is_tried_again_where_that_may_help(status: int, error: type[ModelError], tries: int) -> None:
    async def refuse(asked: Asked, out: Out) -> None:
        await out.json({"error": {"message": "no, a-secret-key"}}, status)

    async with stand_in(refuse) as server:
        with pytest.raises(error) as raised:
            await said(client(server, key="a-secret-key"))
        assert len(chats(server)) == tries
    assert raised.value.key == "model-unavailable"
    assert raised.value.cause.endswith(f"answered {status}: no, ***")


async def test_a_hiccup_before_the_first_word_goes_unnoticed() -> None:
    async def hiccup(asked: Asked, out: Out) -> None:
        if len(chats(server)) > 1:
            await hello(asked, out)

    async with stand_in(hiccup) as server:
        assert await said(client(server)) == "Hello Ana"


@pytest.mark.parametrize(
    "ending",
    [
        b"",
        b"data: [1,2",
        b'data: {"error": {"message": "out of memory"}}\n\n',
        b'error: {"code": 500, "message": "out of memory"}\n\n',
        b"x" * (LONGEST_LINE + 1),
    ],
)
async def test_an_answer_that_breaks_off_is_not_asked_for_again(ending: bytes) -> None:
    async with stand_in(raw(GOOD, ending)) as server:
        answer = client(server).stream(ASK, FEW)
        assert (await anext(answer)).text
        with pytest.raises(ModelUnavailable):
            await anext(answer)
        assert len(chats(server)) == 1


async def test_a_web_page_instead_of_an_answer_is_quoted_to_the_operator() -> None:
    async with stand_in(raw(b"<html>Welcome to the proxy</html>\n")) as server:
        with pytest.raises(ModelUnavailable) as raised:
            await said(client(server))
    assert "Welcome to the proxy" in raised.value.cause


async def test_nobody_at_the_address_is_unavailable() -> None:
    async with stand_in(hello) as server:
        pass
    for ask in (said, lambda model: model.count(ASK)):
        model = client(server)
        with pytest.raises(ModelUnavailable) as raised:
            await ask(model)
        assert server.url in raised.value.cause
        await model.aclose()


def silent(*words: str) -> Callable[[Asked, Out], Any]:
    async def answer(asked: Asked, out: Out) -> None:
        if words:
            await out.head()
            await out.words(*words)
        await out.forever()

    return answer


@pytest.mark.parametrize(
    ("words", "patience", "cause"),
    [
        ((), ModelTimeouts(first_token=0.05), "no first token within 0.05 s"),
        (("one",), ModelTimeouts(next_token=0.05), "no further token within 0.05 s"),
        (("one",), ModelTimeouts(whole=0.05), "longer than 0.05 s"),
    ],
)
async def test_a_model_that_stalls_is_given_up_and_its_slot_freed(
    words: tuple[str, ...], patience: ModelTimeouts, cause: str
) -> None:
    async with stand_in(silent(*words)) as server:
        with pytest.raises(ModelTimeout) as raised:
            await said(client(server, patience, dialect="llama.cpp", window=99))
        await server.idle.wait()
        assert len(chats(server)) == 1
    assert cause in raised.value.cause


async def test_comments_do_not_keep_a_stalled_model_alive() -> None:
    async def ping(asked: Asked, out: Out) -> None:
        await out.head()
        while True:
            await out.raw(b": ping\n\n")
            await asyncio.sleep(0)

    async with stand_in(ping) as server:
        with pytest.raises(ModelTimeout):
            await said(client(server, ModelTimeouts(first_token=0.05)))


async def test_endless_garbage_ends_with_the_limit() -> None:
    async def babble(asked: Asked, out: Out) -> None:
        await out.head()
        while True:
            await out.raw(b"\x00\xff" * 4000 + b"\n")

    async with stand_in(babble) as server:
        with pytest.raises(ModelTimeout):
            await said(client(server, ModelTimeouts(first_token=0.05)))


async def test_closing_the_answer_closes_the_connection() -> None:
    async with stand_in(silent("one", "two")) as server:
        async with aclosing(client(server).stream(ASK, FEW)) as answer:
            await anext(answer)
            assert server.open == 1
        await server.idle.wait()


async def test_cancelling_whoever_listens_closes_the_connection() -> None:
    async with stand_in(silent("one")) as server:
        heard = asyncio.Event()

        async def listen() -> None:
            async with aclosing(client(server).stream(ASK, FEW)) as answer:
                async for _ in answer:
                    heard.set()

        listening = asyncio.create_task(listen())
        await heard.wait()
        listening.cancel()
        await server.idle.wait()
        assert (await asyncio.gather(listening, return_exceptions=True))[0].__class__ is asyncio.CancelledError


async def test_after_several_failures_the_server_is_left_alone() -> None:
    async def broken(asked: Asked, out: Out) -> None:
        await out.json({}, 500)

    async with stand_in(broken) as server:
        model = client(server, breaker=CircuitBreaker(failures=2))
        for _ in range(4):
            with pytest.raises(ModelUnavailable):
                await said(model)
        with pytest.raises(ModelUnavailable):
            await model.count(ASK)
        assert (len(chats(server)), model.state) == (4, "open")


async def test_a_request_of_ours_that_is_wrong_does_not_open_the_circuit() -> None:
    async def refuse(asked: Asked, out: Out) -> None:
        await out.json({"error": {"message": "bad request"}}, 400)

    async with stand_in(refuse) as server:
        model = client(server, breaker=CircuitBreaker(failures=1))
        for _ in range(3):
            with pytest.raises(ModelUnavailable):
                await said(model)
        assert model.state == "ready"


async def test_a_prompt_that_is_too_long_is_said_with_the_numbers() -> None:
    async def refuse(asked: Asked, out: Out) -> None:
        await out.json({"error": {"type": "exceed_context_size_error", "n_prompt_tokens": 300, "n_ctx": 200}}, 400)

    async with stand_in(refuse) as server:
        with pytest.raises(PromptTooLong) as raised:
            await said(client(server))
    assert (raised.value.key, raised.value.values) == ("prompt-too-long", {"tokens": 300, "window": 200})


async def test_a_closed_model_refuses() -> None:
    async with stand_in(hello) as server:
        model = client(server)
        await said(model)
        await model.aclose()
        with pytest.raises(ModelUnavailable):
            await said(model)
        assert model.state == "stopped"


@pytest.mark.parametrize("url", ["localhost:8080/v1", "ftp://x/v1", "http://", "http://[::1", ""])
def test_an_impossible_address_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingsError, match="address"):
        OpenAIModel(ModelEndpoint(url))


def test_the_key_is_not_shown() -> None:
    assert "a-secret-key" not in repr(ModelEndpoint("http://x/v1", key="a-secret-key"))
