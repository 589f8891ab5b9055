"""LangChain's chat models behind our port: its own code, with its own fake models."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

import pytest
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.language_models import FakeListChatModel, FakeMessagesListChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.runnables import Runnable

from core.errors import ModelError, ModelTimeout, ModelUnavailable, OperatorError, PromptTooLong
from core.models.langchain import LangChainModel
from core.models.remote.circuit_breaker import CircuitBreaker
from core.models.remote.dialects import CARRY_ON
from core.models.timeouts import ModelTimeouts
from core.ports.model import AnswerPiece, PromptLine, SamplingSettings, ToolCall, ToolSpec
from tests.models.standin import ASK, FEW, pieces, said


class Provider(FakeListChatModel):
    """A provider that reports what real ones report, and remembers what it was asked."""

    responses: list[str] = []
    chunks: list[AIMessageChunk] = []
    error: Exception | None = None
    hangs: bool = False
    temperature: float | None = None
    num_predict: int | None = None
    heard: Any = None

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        self.heard.append((messages, self.temperature, self.num_predict))
        try:
            for chunk in self.chunks:
                yield ChatGenerationChunk(message=chunk)
            if self.hangs:
                await asyncio.Event().wait()
            if self.error:
                raise self.error
        finally:
            self.heard.append("closed")


class Calling(Provider):
    """A provider that takes tools, as OpenAI's does."""

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        self.heard.append(tools)
        return self.bind(tools=tools)


class Whole(FakeMessagesListChatModel):
    """A provider that takes tools and does not stream."""

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        return self


def chunk(content: str | list[str | dict[Any, Any]] = "", **fields: Any) -> AIMessageChunk:
    return AIMessageChunk(content=content, **fields)


def model(
    patience: ModelTimeouts | None = None, breaker: CircuitBreaker | None = None, **fields: Any
) -> LangChainModel:
    fields.setdefault("heard", [])
    return LangChainModel(lambda: Provider(**fields), patience=patience, breaker=breaker)


def bit(index: int | None, id: str | None, name: str | None, args: str | None) -> AIMessageChunk:
    """A bit of a call, as providers stream it."""
    return chunk(tool_call_chunks=[{"index": index, "id": id, "name": name, "args": args, "type": "tool_call_chunk"}])


COUNT = ToolSpec("count", "Count.", {"type": "object", "properties": {"what": {"type": "string"}}})


async def ending(asked: LangChainModel, lines: Sequence[PromptLine] = ASK) -> AnswerPiece:
    """The last piece of an answer for which there are tools."""
    return [piece async for piece in asked.stream(lines, FEW, tools=[COUNT])][-1]


async def test_what_a_provider_thinks_is_no_part_of_the_text() -> None:
    spoken = await pieces(
        model(
            chunks=[
                chunk("", additional_kwargs={"reasoning_content": "Hm, "}),
                chunk([{"type": "thinking", "thinking": "Lyon? "}, {"type": "reasoning", "reasoning": "No."}]),
                chunk([{"type": "text", "text": "Paris"}]),
            ]
        )
    )
    assert "".join(piece.text for piece in spoken) == "Paris"
    assert "".join(piece.reasoning for piece in spoken) == "Hm, Lyon? No."


async def test_streams_what_langchains_own_fake_says() -> None:
    assert await said(LangChainModel(lambda: FakeListChatModel(responses=["Hello Ana"]))) == "Hello Ana"


async def test_reports_the_end_and_the_counts() -> None:
    first = {"input_tokens": 9, "output_tokens": 0, "total_tokens": 9, "input_token_details": {"cache_read": 4}}
    second = {"input_tokens": 0, "output_tokens": 2, "total_tokens": 2}
    spoken = await pieces(
        model(
            chunks=[
                chunk("Hello", usage_metadata=first),
                chunk(" Ana", response_metadata={"stop_reason": "max_tokens"}, usage_metadata=second),
            ]
        )
    )
    assert spoken[-1] == AnswerPiece(finish="length", prompt_tokens=9, cached_tokens=4, completion_tokens=2)


async def test_reads_text_in_blocks_and_leaves_thoughts_out() -> None:
    blocks: list[str | dict[Any, Any]] = [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "Hi"}, "!"]
    assert await said(model(chunks=[chunk(blocks)])) == "Hi!"


async def test_sampling_goes_into_the_fields_that_the_provider_has() -> None:
    heard: list[Any] = []
    settings = SamplingSettings(temperature=0.2, top_k=40, repetition_penalty=1.1, max_new_tokens=7)
    await said(model(chunks=[chunk("x")], heard=heard), sampling=settings)
    (_, temperature, most), _ = heard
    assert (temperature, most) == (0.2, 7)


async def test_roles_are_kept_and_markers_are_neutralised() -> None:
    heard: list[Any] = []
    lines = [PromptLine("system", "Be kind."), PromptLine("user", "<|im_end|>"), PromptLine("assistant", "Well,")]
    await said(model(chunks=[chunk("x")], heard=heard), lines)
    messages = heard[0][0]
    assert [message.type for message in messages] == ["system", "human", "ai", "human"]
    assert messages[1].content == "<\u200b|im_end|>"
    assert messages[-1].content == CARRY_ON


async def test_calls_are_gathered_from_their_bits() -> None:
    heard: list[Any] = []
    bits = [
        chunk("I look."),
        bit(0, "a", "count", ""),
        bit(0, None, None, '{"what":'),
        bit(1, "b", "count", "{}"),
        bit(0, None, None, ' "crows"}'),
        chunk(response_metadata={"finish_reason": "tool_calls"}),
    ]
    last = await ending(LangChainModel(lambda: Calling(chunks=bits, heard=heard), tools=True))
    assert last.finish == "calls"
    assert last.calls == (ToolCall("a", "count", '{"what": "crows"}'), ToolCall("b", "count", "{}"))
    function = {"name": "count", "description": "Count.", "parameters": COUNT.schema}
    assert heard[0] == [{"type": "function", "function": function}]


async def test_bits_without_a_place_follow_each_other() -> None:
    bits = [bit(None, "a", "count", "{"), bit(None, None, None, "}"), bit(None, "b", "count", "{")]
    last = await ending(LangChainModel(lambda: Calling(chunks=bits, heard=[]), tools=True))
    assert last.calls == (ToolCall("a", "count", "{}"), ToolCall("b", "count", "{"))


async def test_calls_without_an_id_get_one() -> None:
    bits = [bit(0, None, "count", "{}"), bit(1, None, "count", "{}")]
    last = await ending(LangChainModel(lambda: Calling(chunks=bits, heard=[]), tools=True))
    assert [call.id for call in last.calls] == ["call-1", "call-2"]


async def test_calls_of_a_provider_that_does_not_stream() -> None:
    told = AIMessage("", tool_calls=[{"id": "a", "name": "count", "args": {"what": "crows"}}])
    last = await ending(LangChainModel(lambda: Whole(responses=[told]), tools=True))
    assert (last.finish, last.calls) == ("calls", (ToolCall("a", "count", '{"what": "crows"}'),))


async def test_calls_and_what_came_of_them_are_told_back() -> None:
    heard: list[Any] = []
    calls = (ToolCall("a", "count", '{"what": "crows"}'), ToolCall("b", "count", "{"), ToolCall("c", "count", "[]"))
    lines = [
        *ASK,
        PromptLine("assistant", "I look.", calls),
        *(PromptLine("tool", "one <s>", call=one.id) for one in calls),
    ]
    await ending(LangChainModel(lambda: Calling(chunks=[chunk("One.")], heard=heard), tools=True), lines)
    _, asked, *answers = heard[1][0]
    assert isinstance(asked, AIMessage)
    assert (asked.content, asked.tool_calls[0]["args"]) == ("I look.", {"what": "crows"})
    assert [(call["id"], call["args"]) for call in asked.tool_calls[1:]] == [("b", {}), ("c", {})]
    assert all(isinstance(answer, ToolMessage) for answer in answers)
    assert [answer.tool_call_id for answer in answers] == ["a", "b", "c"]
    assert answers[0].content == "one <\u200bs>"


@pytest.mark.parametrize(
    ("kind", "tools", "before", "after"),
    [(Calling, True, True, True), (Calling, False, False, False), (Provider, True, True, False)],
)
async def test_tools_are_for_classes_and_settings_that_have_them(
    kind: type[Provider], tools: bool, before: bool, after: bool
) -> None:
    heard: list[Any] = []
    asked = LangChainModel(lambda: kind(chunks=[chunk("x")], heard=heard), tools=tools)
    assert asked.calls_tools is before
    assert (await ending(asked)).finish == "stop"
    assert asked.calls_tools is after
    assert len(heard) == 2 + after


async def test_closing_the_answer_closes_the_providers_stream() -> None:
    heard: list[Any] = []
    async with aclosing(model(chunks=[chunk("x")], hangs=True, heard=heard).stream(ASK, FEW)) as answer:
        await anext(answer)
        assert heard[-1] != "closed"
    assert heard[-1] == "closed"


async def test_a_stalled_provider_is_given_up() -> None:
    stalled = model(ModelTimeouts(next_token=0.01), chunks=[chunk("x")], hangs=True)
    with pytest.raises(ModelTimeout):
        await said(stalled)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RuntimeError("503 overloaded"), ModelUnavailable),
        (ConnectionError("refused"), ModelUnavailable),
        (ValueError("This model's maximum context length is 10 tokens. You requested 30 tokens"), PromptTooLong),
    ],
)
async def test_a_providers_errors_become_ours(error: Exception, kind: type[ModelError]) -> None:
    with pytest.raises(kind) as raised:
        await said(model(error=error))
    assert str(error)[:20] in raised.value.cause


async def test_a_provider_that_keeps_failing_is_left_alone() -> None:
    heard: list[Any] = []
    failing = model(breaker=CircuitBreaker(failures=2), error=RuntimeError("no"), heard=heard)
    for _ in range(3):
        with pytest.raises(ModelUnavailable):
            await said(failing)
    assert (heard.count("closed"), failing.state) == (2, "open")


async def test_counts_without_a_tokeniser_by_learning() -> None:
    usage = {"input_tokens": 400, "output_tokens": 1, "total_tokens": 401}
    learning = model(chunks=[chunk("x", usage_metadata=usage)])
    before = await learning.count(ASK)
    await said(learning)
    assert before < 400 <= await learning.count(ASK)


@pytest.mark.parametrize(
    ("spec", "hint"), [("openai:gpt-x", "langchain-openai"), ("nosuch:model", "nosuch"), ("", "provider:model")]
)
async def test_what_to_install_is_said_to_the_operator_and_not_to_the_people(spec: str, hint: str) -> None:
    absent = LangChainModel(spec)
    with pytest.raises(OperatorError, match=hint):
        await absent.start()
    with pytest.raises(ModelUnavailable) as raised:
        await said(absent)
    assert (raised.value.key, raised.value.values) == ("model-missing", {})
    assert hint in raised.value.cause


async def test_a_missing_langchain_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(OperatorError, match="extra `langchain`"):
        await LangChainModel("openai:gpt-x").start()


@pytest.mark.slow
def test_our_module_does_not_import_langchain_until_it_is_needed() -> None:
    program = "import core.models.langchain, sys; sys.exit('langchain_core' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
