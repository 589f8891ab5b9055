"""The port to language models: lines of a prompt, pieces of an answer, tools, and sampling settings."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """The sampling settings, by which a model picks its words; None leaves a setting to the model's server.

    Names and ranges are Open Assistant's (docs/reference/open-assistant.md 3.4): temperature 0.01-2, max_new_tokens
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
    """A tool as it is offered to a model; `schema` is the JSON schema of its arguments."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's request to call a tool; `arguments` is JSON as the model wrote it, which may be wrong."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class PromptLine:
    """One message of a prompt. A prompt that ends with an assistant's line asks the model to carry that line on.

    `calls` are the tools that an assistant's line asks for; a tool's line says in `call` which of them it answers.
    """

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    calls: tuple[ToolCall, ...] = ()
    call: str = ""


Finish = Literal["", "stop", "length", "calls"]
"""Why an answer ended: naturally, cut by the limit, or to call tools; empty if it has not ended or nobody knows."""


@dataclass(frozen=True, slots=True)
class AnswerPiece:
    """A bit of an answer. The last piece has `finish`.

    `calls` are the tools that the model wants called. They come with the last piece, and so do `prompt_tokens`,
    `cached_tokens` and `completion_tokens`, which are 0 if the server does not tell them.
    """

    text: str = ""
    finish: Finish = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    calls: tuple[ToolCall, ...] = ()


class LanguageModel(Protocol):
    """A language model behind any provider."""

    @property
    def name(self) -> str: ...

    @property
    def window(self) -> int:
        """The most tokens that prompt and answer may have together."""
        ...

    @property
    def slots(self) -> int:
        """How many answers it can write at the same time."""
        ...

    @property
    def calls_tools(self) -> bool:
        """Whether it can be offered tools."""
        ...

    async def count(self, lines: Sequence[PromptLine]) -> int:
        """Count the tokens of a prompt of these lines, by the model's own tokeniser and chat template.

        Raises ModelError if the model cannot be asked.
        """
        ...

    def stream(
        self, lines: Sequence[PromptLine], sampling: SamplingSettings, session: str = "", tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[AnswerPiece, None]:
        """The answer to a prompt, piece by piece. Closing the generator frees the model's slot.

        `session` is the same for all turns of a conversation, so that a router can keep its prefix cache warm.
        Raises ModelUnavailable, ModelTimeout or PromptTooLong.
        """
        ...
