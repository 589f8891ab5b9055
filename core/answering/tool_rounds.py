"""Lets a model write an answer in rounds: whenever it calls tools, they run, and it goes on with their results."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from core.answering.model_requests import ModelRequest
from core.answering.written_answer import WrittenAnswer
from core.messages import AnyEvent
from core.ports.model import PromptLine, ToolCall
from core.ports.plugins import AssistantToolbox, ToolOutcome
from core.store.tool_records import ToolCallRecord

MOST_ROUNDS, MOST_CALLS = 4, 5
"""How often a model may call tools in one answer, and how many at once."""

KEPT_RESULT = 1500
"""How many characters of a tool's result are kept with the answer, for anybody who wants to see it."""


@dataclass(frozen=True, slots=True)
class ToolRounds:
    """The rounds of an answer to `event`. Without a toolbox there is only one."""

    event: AnyEvent
    request: ModelRequest
    toolbox: AssistantToolbox | None = None

    async def write(self, answer: WrittenAnswer) -> AsyncGenerator[WrittenAnswer, None]:
        """The answer as it grows, each time whole: with every piece of text, and after each round of calls."""
        lines, links = list(self.request.lines), dict(self.request.links)
        for left in reversed(range(MOST_ROUNDS + 1)):
            before = len(answer.text)
            async with aclosing(self._stream(lines, answer, tools=left > 0)) as growing:
                async for answer in growing:
                    yield answer
            if not answer.last.calls or self.toolbox is None or not left:
                break
            said, calls = answer.text[before:], answer.last.calls[:MOST_CALLS]
            using = [self.toolbox.use(self.event, call, outside=answer.outside) for call in calls]
            outcomes = await asyncio.gather(*using)
            lines += round_lines(said, calls, outcomes)
            links |= {address: title for outcome in outcomes for title, address in outcome.links}
            answer = answer.with_calls(records(calls, outcomes), outside=any(one.outside for one in outcomes))
            if said and not said.endswith("\n"):
                answer = answer.with_text("\n\n")
            yield answer
        if links:
            yield answer.with_text("\n\n" + " · ".join(f"[{title}]({address})" for address, title in links.items()))

    async def _stream(
        self, lines: Sequence[PromptLine], answer: WrittenAnswer, *, tools: bool
    ) -> AsyncGenerator[WrittenAnswer, None]:
        """One round: the answer as it grows by what the model says to `lines`."""
        request = self.request
        stream = request.served.model.stream(lines, request.sampling, request.session, request.tools if tools else ())
        # Closing it at once frees the model's slot; the garbage collector would take its time.
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                answer = answer.with_piece(piece)
                yield answer


def round_lines(said: str, calls: tuple[ToolCall, ...], outcomes: Sequence[ToolOutcome]) -> list[PromptLine]:
    """A round's lines of the prompt: what the model said, the tools that it called, and what they returned."""
    results = [PromptLine("tool", one.text, call=call.id) for call, one in zip(calls, outcomes, strict=True)]
    return [PromptLine("assistant", said, calls), *results]


def records(calls: Sequence[ToolCall], outcomes: Sequence[ToolOutcome]) -> list[ToolCallRecord]:
    """A round's calls as they are kept with the answer."""
    return [
        ToolCallRecord(call.name, call.arguments, one.line, one.text[:KEPT_RESULT])
        for call, one in zip(calls, outcomes, strict=True)
    ]
