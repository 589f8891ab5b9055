"""A model with prepared answers, for tests, benchmarks, and running without a real model."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from core.errors import ModelError, PromptTooLong
from core.ports.model import AnswerPiece, Finish, PromptLine, SamplingSettings, ToolCall, ToolSpec

WORD = re.compile(r"\s*\S+|\s+$")
"""A word with the space before it, which is one token of this model."""


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    """An answer that ends in another way: with an error, with tool calls, or never (until somebody closes it)."""

    text: str = ""
    error: ModelError | None = None
    hangs: bool = False
    calls: tuple[ToolCall, ...] = ()


Answer = str | ScriptedAnswer


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request as the model got it."""

    lines: tuple[PromptLine, ...]
    sampling: SamplingSettings
    session: str
    tools: tuple[ToolSpec, ...] = ()


class ScriptedModel:
    """The `LanguageModel` port with prepared answers. A token is a word; `max_new_tokens` cuts as a model does.

    `answers` is a function of the prompt, or a list of answers in their order; the last one is repeated. `pace` is
    awaited before each word (an `asyncio.Event`'s `wait`, say); without it the words come at once.
    """

    def __init__(
        self,
        answers: Callable[[Sequence[PromptLine]], Answer] | Sequence[Answer],
        name: str = "scripted",
        window: int = 4096,
        slots: int = 4,
        pace: Callable[[], Awaitable[object]] | None = None,
        calls_tools: bool = False,
    ) -> None:
        self._answers = answers
        self._name = name
        self._window = window
        self._slots = slots
        self._pace = pace
        self._calls_tools = calls_tools
        self.requests: list[RecordedRequest] = []
        """All requests so far, the latest last."""
        self.open = 0
        """How many answers are being written; a cancelled one must not stay counted."""

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
    def calls_tools(self) -> bool:
        """Whether it can be offered tools."""
        return self._calls_tools

    async def count(self, lines: Sequence[PromptLine]) -> int:
        """Count the words of a prompt."""
        return sum(len(WORD.findall(line.text)) for line in lines)

    async def stream(
        self, lines: Sequence[PromptLine], sampling: SamplingSettings, session: str = "", tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[AnswerPiece, None]:
        """The next answer of the script, word by word."""
        answer = self._next(lines)
        self.requests.append(RecordedRequest(tuple(lines), sampling, session, tuple(tools)))
        prompt = await self.count(lines)
        if prompt > self._window:
            raise PromptTooLong("prompt-too-long", tokens=prompt, window=self._window)
        script = ScriptedAnswer(answer) if isinstance(answer, str) else answer
        words = WORD.findall(script.text)
        spoken = words[: sampling.max_new_tokens]
        self.open += 1
        try:
            for word in spoken:
                if self._pace:
                    await self._pace()
                yield AnswerPiece(word)
            if script.hangs:
                await asyncio.Event().wait()
            if script.error:
                raise script.error
            finish: Finish = "length" if len(spoken) < len(words) else "stop"
            if script.calls:
                finish = "calls"
            yield AnswerPiece(finish=finish, calls=script.calls, prompt_tokens=prompt, completion_tokens=len(spoken))
        finally:
            self.open -= 1

    def _next(self, lines: Sequence[PromptLine]) -> Answer:
        if callable(self._answers):
            return self._answers(lines)
        return self._answers[min(len(self.requests), len(self._answers) - 1)]
