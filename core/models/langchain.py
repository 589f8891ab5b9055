"""Adapts LangChain's chat models, under the names of its `init_chat_model`, so that every other provider can be used.

LangChain takes a second to import, so it is imported with the first request, in a thread.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from core.errors import ModelTimeout, ModelUnavailable, OperatorError, ParleyError, PromptTooLong
from core.foreign_code import ForeignFault, guarded
from core.models.quoted_prompt import without_quotations
from core.models.remote.circuit_breaker import CircuitBreaker
from core.models.remote.client import USUAL_WINDOW
from core.models.remote.dialects import CARRY_ON, tool_fields
from core.models.remote.server_errors import read_refusal
from core.models.remote.token_escaping import TokenEscaping
from core.models.timeouts import AnswerDeadline, ModelTimeouts
from core.models.token_estimate import TokenEstimate
from core.outside_json import read_json
from core.ports.model import AnswerPiece, Finish, PromptLine, SamplingSettings, ToolCall, ToolSpec

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

SETTINGS: Mapping[str, Sequence[str]] = {
    "temperature": ("temperature",),
    "top_k": ("top_k",),
    "top_p": ("top_p",),
    "typical_p": ("typical_p",),
    "repetition_penalty": ("repetition_penalty", "repeat_penalty"),
    "max_new_tokens": ("max_tokens", "max_output_tokens", "max_new_tokens", "num_predict"),
    "seed": ("seed",),
}
"""Our name of a sampling setting -> what the providers' classes call it."""

REASONS = ("finish_reason", "stop_reason", "done_reason")
LENGTH = {"length", "max_tokens", "max_output_tokens", "model_length"}
ROLES = {"system": "system", "user": "human", "assistant": "ai"}


class LangChainModel:
    """The `LanguageModel` port on a LangChain chat model.

    `spec` is a "provider:model" of `init_chat_model`, with its other arguments (the key, a base URL) in `options`; or
    `spec` is a function that makes the chat model. `tools` says that the model can call tools.
    """

    def __init__(
        self,
        spec: "str | Callable[[], BaseChatModel]",
        name: str = "",
        window: int = USUAL_WINDOW,
        slots: int = 4,
        patience: ModelTimeouts | None = None,
        options: Mapping[str, Any] | None = None,
        breaker: CircuitBreaker | None = None,
        tools: bool = False,
    ) -> None:
        self._make = (lambda: _made(spec, options or {})) if isinstance(spec, str) else spec
        self._name = name or (spec if isinstance(spec, str) else "langchain")
        self._window = window
        self._slots = slots
        self._patience = patience or ModelTimeouts()
        self._breaker = breaker or CircuitBreaker()
        self._tools = tools
        self._neutral = TokenEscaping()
        self._estimate = TokenEstimate()
        self._loading = asyncio.Lock()
        self._model: BaseChatModel | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def window(self) -> int:
        return self._window

    @property
    def slots(self) -> int:
        return self._slots

    @property
    def state(self) -> str:
        """`ready`, `open` while its circuit is open after failures, or `stopped` before its first use."""
        if self._model is None:
            return "stopped"
        return "open" if self._breaker.state == "open" else "ready"

    async def start(self) -> None:
        """Load the model now. Raises OperatorError, which names the package to install or says what else is wrong."""
        await self._loaded()

    @property
    def calls_tools(self) -> bool:
        """Whether the settings say that it can call tools; once it is loaded, its class must support them as well."""
        return self._tools and (self._model is None or _takes_tools(self._model))

    async def count(self, lines: Sequence[PromptLine]) -> int:
        """Estimate the tokens of a prompt on the high side; the estimate learns from the counts of real answers.

        LangChain's own count would download a tokeniser for some providers, and ask over the network for others.
        """
        return self._estimate(lines)

    async def stream(
        self, lines: Sequence[PromptLine], sampling: SamplingSettings, session: str = "", tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[AnswerPiece, None]:
        """The answer to a prompt. Closing the generator closes the provider's stream."""
        if not self._breaker.admit():
            raise ModelUnavailable("model-unavailable", f"{self._name} has failed often and is left alone for a while")
        try:
            async with aclosing(self._answer(lines, sampling, tools)) as pieces:
                async for piece in pieces:
                    yield piece
            self._breaker.succeeded()
        except (ModelUnavailable, ModelTimeout):
            self._breaker.failed()
            raise
        finally:
            self._breaker.left()

    async def _answer(
        self, lines: Sequence[PromptLine], sampling: SamplingSettings, tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[AnswerPiece, None]:
        try:
            model = _set(await self._loaded(), sampling)
        except OperatorError as error:
            raise ModelUnavailable("model-missing", str(error)) from error
        deadline, tally = AnswerDeadline(self._patience), _ChunkTally()
        bound = model.bind_tools(tool_fields(tools)["tools"]) if tools and self.calls_tools else model
        chunks = aiter(bound.astream([self._message(line) for line in _ended(lines)]))
        try:
            while (chunk := await self._next(chunks, deadline, lines)) is not None:
                deadline.moved()
                text, reasoning = tally.take(chunk), reasoning_in(chunk)
                if text or reasoning:
                    yield AnswerPiece(text, reasoning=reasoning)
        finally:
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()
        self._estimate.learn(lines, tally.prompt)
        yield tally.last()

    async def _next(
        self, chunks: "AsyncIterator[BaseMessage]", deadline: AnswerDeadline, lines: Sequence[PromptLine]
    ) -> "BaseMessage | None":
        """The next chunk; None at the end."""
        try:
            # Every provider's package has its own errors, without a common base class.
            with guarded(ParleyError):
                return await deadline.wait(anext(chunks, None))
        except ForeignFault as fault:
            refusal = read_refusal(str(fault.cause))
            cause = f"{self._name}: {type(fault.cause).__name__}: {refusal.text}"
            cause = without_quotations(cause, [line.text for line in lines])
            if not refusal.too_long:
                raise ModelUnavailable("model-unavailable", cause) from fault
            tokens = refusal.tokens or self._estimate(lines)
            window = refusal.window or self._window
            raise PromptTooLong("prompt-too-long", cause, tokens=tokens, window=window) from fault

    async def _loaded(self) -> "BaseChatModel":
        async with self._loading:
            if self._model is None:
                self._model = await asyncio.to_thread(self._make)
        return self._model

    def _message(self, line: PromptLine) -> "tuple[str, str] | BaseMessage":
        from langchain_core.messages import AIMessage, ToolMessage

        text = self._neutral(line.text)
        if line.role == "tool":
            return ToolMessage(text, tool_call_id=line.call)
        if line.calls:
            calls = [{"id": call.id, "name": call.name, "args": _arguments(call)} for call in line.calls]
            return AIMessage(text, tool_calls=calls)
        return ROLES[line.role], text


class _ChunkTally:
    """Collects what the chunks say besides text: the finish, tool calls, and token counts.

    Providers split the token counts over several chunks, so they are added up.
    """

    def __init__(self) -> None:
        self._finish: Finish = "stop"
        self._calls: dict[object, list[str]] = {}
        self.prompt = self._cached = self._completion = 0

    def take(self, chunk: "BaseMessage") -> str:
        """Take in a chunk and return its text."""
        for reason in filter(None, map(chunk.response_metadata.get, REASONS)):
            self._finish = "length" if str(reason).lower() in LENGTH else "stop"
        self._called(chunk)
        usage = getattr(chunk, "usage_metadata", None) or {}
        self.prompt += usage.get("input_tokens", 0)
        self._completion += usage.get("output_tokens", 0)
        self._cached += usage.get("input_token_details", {}).get("cache_read", 0)
        if isinstance(chunk.content, str):
            return chunk.content
        blocks = [block if isinstance(block, dict) else {"type": "text", "text": block} for block in chunk.content]
        return "".join(str(block.get("text", "")) for block in blocks if block.get("type") == "text")

    def _called(self, chunk: "BaseMessage") -> None:
        """Collect tool calls, which come in pieces.

        A piece carries the index of its call. Without an index, a piece that has an id begins a new call, and any other
        one continues the last call.
        """
        for piece in getattr(chunk, "tool_call_chunks", None) or _whole_calls(chunk):
            place = piece.get("index")
            if place is None:
                begins = piece.get("id") or not self._calls
                place = f"call {len(self._calls)}" if begins else next(reversed(self._calls))
            call = self._calls.setdefault(place, ["", "", ""])
            call[0] = call[0] or piece.get("id") or ""
            call[1] += piece.get("name") or ""
            call[2] += piece.get("args") or ""

    def last(self) -> AnswerPiece:
        calls = tuple(
            ToolCall(id or f"call-{number}", name, arguments)
            for number, (id, name, arguments) in enumerate(self._calls.values(), 1)
        )
        return AnswerPiece(
            finish="calls" if calls else self._finish,
            calls=calls,
            prompt_tokens=self.prompt,
            cached_tokens=self._cached,
            completion_tokens=self._completion,
        )


def reasoning_in(chunk: "BaseMessage") -> str:
    """The model's reasoning in a chunk; providers put it into different fields."""
    field = chunk.additional_kwargs.get("reasoning_content")
    blocks = [block for block in chunk.content if isinstance(block, dict)] if isinstance(chunk.content, list) else []
    found = [field, *(block.get(kind) for block in blocks if (kind := block.get("type")) in ("thinking", "reasoning"))]
    return "".join(words for words in found if isinstance(words, str))


def _ended(lines: Sequence[PromptLine]) -> Sequence[PromptLine]:
    """The lines, ended by a user's line if needed: providers do not continue an assistant's line by themselves."""
    return [*lines, PromptLine("user", CARRY_ON)] if lines and lines[-1].role == "assistant" else lines


def _arguments(call: ToolCall) -> Mapping[str, Any]:
    """A call's arguments as LangChain wants them; empty if invalid, which the model has been told already."""
    try:
        found = read_json(call.arguments or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _whole_calls(message: "BaseMessage") -> list[dict[str, Any]]:
    """The tool calls of a whole message, from a class that does not stream."""
    calls = getattr(message, "tool_calls", None) or []
    return [{"id": call["id"], "name": call["name"], "args": json.dumps(call["args"])} for call in calls]


def _takes_tools(model: "BaseChatModel") -> bool:
    from langchain_core.language_models import BaseChatModel

    return type(model).bind_tools is not BaseChatModel.bind_tools


def _made(spec: str, options: Mapping[str, Any]) -> "BaseChatModel":
    """Import LangChain and make the chat model of a spec. Raises OperatorError."""
    if not spec:
        raise OperatorError('A LangChain model needs a name of the form "provider:model".')
    try:
        from langchain.chat_models import init_chat_model
    except ImportError:
        raise OperatorError(
            f"The model {spec!r} needs LangChain: install the extra `langchain` (`uv sync --extra langchain`)."
        ) from None
    try:
        with guarded(ParleyError):
            model: BaseChatModel = init_chat_model(spec, **options)
    except ForeignFault as fault:
        # A missing package is named by its error. A missing key, a wrong option, an unknown provider: each package
        # checks them in its own way.
        error = fault.cause
        why = f"{error}." if isinstance(error, ImportError) else f"{type(error).__name__}: {error}"
        raise OperatorError(f"The model {spec!r} cannot be used: {why}") from fault
    return model


def _set(model: "BaseChatModel", sampling: SamplingSettings) -> "BaseChatModel":
    """A copy of the model with these sampling settings, as far as its class has fields for them."""
    known = type(model).model_fields
    wanted = {
        theirs: value
        for ours, names in SETTINGS.items()
        if (value := getattr(sampling, ours)) is not None and (theirs := next(filter(known.__contains__, names), ""))
    }
    return model.model_copy(update=wanted)
