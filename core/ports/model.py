"""The port to language models: the messages of a prompt, the chunks of an answer, tools and sampling settings."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """The sampling settings for an answer. A setting that is None is left to the model server's default.

    The names and ranges are Open Assistant's (docs/reference/open-assistant.md 3.4): temperature 0.01-2, max_new_tokens
    1-1024, top_p 0-1, typical_p 0-1, repetition_penalty 1-3, top_k 5-2000.
    """

    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    typical_p: float | None = None
    repetition_penalty: float | None = None
    max_new_tokens: int = 512
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool that is offered to a model. `schema` is the JSON schema of its arguments."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's request to call a tool. `arguments` is the JSON that the model wrote, which may be invalid."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class PromptLine:
    """One message of a prompt. If the last message is the assistant's, the model continues it.

    `calls` are the tool calls in an assistant's message. In a tool's message, `call` is the id of the call whose result
    it holds.
    """

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    calls: tuple[ToolCall, ...] = ()
    call: str = ""


Finish = Literal["", "stop", "length", "calls", "impossible", "unreadable"]
"""Why an answer ended: by itself, at the token limit, or to call tools; in its text, a tool may also be called that is
not possible here, or in a way that cannot be read. Empty if it has not ended or if the reason is not known."""


@dataclass(frozen=True, slots=True)
class AnswerPiece:
    """A chunk of a streamed answer. Only the last one has `finish`.

    `reasoning` is what the model thinks before it answers, if its server tells that apart from the text.
    The last one also has `calls`, the tools that the model wants to call, and the token counts `prompt_tokens`,
    `cached_tokens` and `completion_tokens`. A count is 0 if the server does not report it.
    """

    text: str = ""
    finish: Finish = ""
    reasoning: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    calls: tuple[ToolCall, ...] = ()


class LanguageModel(Protocol):
    """A language model of any provider."""

    @property
    def name(self) -> str: ...

    @property
    def window(self) -> int:
        """The size of the context window: the most tokens that the prompt and the answer may have together."""
        ...

    @property
    def slots(self) -> int:
        """The number of answers that the model can generate at the same time."""
        ...

    @property
    def calls_tools(self) -> bool:
        """Whether the model supports tool calls."""
        ...

    async def count(self, lines: Sequence[PromptLine]) -> int:
        """Count the tokens of a prompt with the model's own tokeniser and chat template.

        Raises ModelError if the model cannot be reached.
        """
        ...

    def stream(
        self, lines: Sequence[PromptLine], sampling: SamplingSettings, session: str = "", tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[AnswerPiece, None]:
        """Stream the answer to a prompt. Closing the generator frees the model's slot.

        `session` is the same for all turns of a conversation, so that a router can reuse the prefix cache.
        Raises ModelUnavailable, ModelTimeout or PromptTooLong.
        """
        ...


@runtime_checkable
class ReachableModel(Protocol):
    """A model on a server that can be asked whether it is there."""

    async def reach(self) -> None:
        """Ask the server something short. Raises ModelUnavailable or ModelTimeout."""
        ...


@runtime_checkable
class TemplatedModel(Protocol):
    """A model whose server can be asked about the template of its prompts."""

    async def answer_opening(self) -> str:
        """What the template puts before an answer, as far as the server tells; empty otherwise."""
        ...
