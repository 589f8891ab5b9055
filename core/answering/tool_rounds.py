"""Lets a model write an answer in rounds: whenever it calls tools, they run, and it goes on with their results."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from itertools import chain, count

import structlog

from core.answering.model_requests import ModelRequest
from core.answering.reasoning import ThinkingHabits
from core.answering.tool_arguments import repaired
from core.answering.written_answer import WrittenAnswer
from core.answering.written_calls import CallReading
from core.messages import AnyEvent
from core.outside_text import storable
from core.ports.model import AnswerPiece, PromptLine, ToolCall
from core.ports.plugins import AssistantToolbox, ToolOutcome
from core.ports.tracing import UNTRACED, Attribute, TraceSpan, Tracing
from core.store.tool_records import ToolCallRecord

log = structlog.get_logger()

MOST_ROUNDS, MOST_CALLS = 4, 5
"""How often a model may call tools in one answer, and how many at once."""

MOST_UNREADABLE = 2
"""The number of rounds with an unreadable call after which the model has to answer without tools."""

KEPT_RESULT = 1500
"""How many characters of a tool's result are kept with the answer, for anybody who wants to see it."""

FINISH_REASONS = {"calls": "tool_call"}
"""How OpenTelemetry calls a reason for which an answer ended, where it is not our word for it."""

LONGEST_NAME = 200
"""How many characters of a tool's name and of a call's id are looked at; no tool has a longer one."""

NO_OBJECT = "The arguments were no JSON object, so nothing was done. Call it again with one JSON object."


@dataclass(frozen=True, slots=True)
class ToolRounds:
    """The rounds of an answer to `event`. Without a toolbox there is only one. `alone` says that one person sees it."""

    event: AnyEvent
    request: ModelRequest
    toolbox: AssistantToolbox | None = None
    habits: ThinkingHabits = field(default_factory=ThinkingHabits)
    tracing: Tracing = UNTRACED
    alone: bool = False

    async def write(self, answer: WrittenAnswer) -> AsyncGenerator[WrittenAnswer, None]:
        """The answer as it grows, each time whole: with every piece of text, and after each round of calls."""
        lines, links, unreadable = list(self.request.lines), dict(self.request.links), 0
        taken: set[str] = set()
        for left in reversed(range(MOST_ROUNDS + 1)):
            before, tools = len(answer.text), left > 0 and unreadable < MOST_UNREADABLE
            async with aclosing(self._stream(lines, answer, tools=tools)) as growing:
                async for answer in growing:
                    yield answer
            if not answer.last.calls or self.toolbox is None or not tools:
                break
            said, calls = answer.text[before:], [read(call, taken) for call in answer.last.calls[:MOST_CALLS]]
            outcomes = await asyncio.gather(*(self._use(self.toolbox, call, answer) for call in calls))
            unreadable += any(call.arguments is None for call in calls)
            lines += round_lines(said, calls, outcomes)
            links |= {address: title for outcome in outcomes for title, address in outcome.links}
            answer = answer.with_calls(records(calls, outcomes), outside=any(one.outside for one in outcomes))
            if said and not said.endswith("\n"):
                answer = answer.with_text("\n\n")
            yield answer
        if unreadable >= MOST_UNREADABLE:
            answer = replace(answer, last=replace(answer.last, finish="unreadable"))
            yield answer
        if links:
            yield answer.with_text("\n\n" + " · ".join(f"[{title}]({address})" for address, title in links.items()))

    async def _stream(
        self, lines: Sequence[PromptLine], answer: WrittenAnswer, *, tools: bool
    ) -> AsyncGenerator[WrittenAnswer, None]:
        """One round: the answer as it grows by what the model says to `lines`."""
        request, thought = self.request, ""
        offered = request.tools if tools and self.toolbox else ()
        split = await self.habits.split(request.served.model)
        written = CallReading({tool.name: tool for tool in offered}, f"written-{len(answer.calls)}-")
        stream = request.served.model.stream(lines, request.sampling, request.session, offered)
        # Closing it at once frees the model's slot; the garbage collector would take its time.
        with self.tracing.step("model", asked(request)) as span:
            async with aclosing(stream) as pieces:
                async for piece in pieces:
                    if piece.reasoning:
                        thought += storable(piece.reasoning)
                        split.told_apart()
                    unopened = split.unopened
                    split.feed(storable(piece.text))
                    if piece.finish:
                        split.end(piece.finish)
                        self.habits.learn(request.served.model, split)
                        note_ending(span, piece)
                    said = written.take(split.answer, ended=bool(piece.finish), anew=split.unopened != unopened)
                    if piece.finish and written.calls:
                        piece = replace(piece, finish="calls", calls=(*piece.calls, *written.calls))
                    elif piece.finish and written.lost and not (piece.finish == "length" and (answer.text or said)):
                        piece = replace(piece, finish="impossible")
                    yield answer.with_round(said, thought + split.thought, piece)

    async def _use(self, toolbox: AssistantToolbox, call: "ReadCall", answer: WrittenAnswer) -> ToolOutcome:
        if call.arguments is not None:
            return await toolbox.use(self.event, call.valid, outside=answer.outside, alone=self.alone)
        log.warning("tool_call_unreadable", tool=call.written.name, model=self.request.served.model.name)
        return ToolOutcome(NO_OBJECT, f"{call.written.name} ✗")


@dataclass(frozen=True, slots=True)
class ReadCall:
    """A call as the model has `written` it, and its `arguments` as a JSON object; None if nobody can read them."""

    written: ToolCall
    arguments: str | None

    @property
    def valid(self) -> ToolCall:
        """The call as tools and servers take it; servers refuse a prompt with arguments that are no JSON."""
        return replace(self.written, arguments=self.arguments or "{}")


def asked(request: ModelRequest) -> Mapping[str, Attribute]:
    """What a trace says of a request, in the words of OpenTelemetry's conventions for generative models."""
    sampling = request.sampling
    known: Mapping[str, Attribute | None] = {
        "gen_ai.operation.name": "chat",
        # All models are asked by this protocol; whose server it is that answers, nobody says.
        "gen_ai.provider.name": "openai-compatible",
        "gen_ai.request.model": request.served.model.name,
        "gen_ai.conversation.id": request.session,
        "gen_ai.request.max_tokens": sampling.max_new_tokens,
        "gen_ai.request.temperature": sampling.temperature,
        "gen_ai.request.top_p": sampling.top_p,
        "gen_ai.request.top_k": sampling.top_k,
        "gen_ai.request.seed": sampling.seed,
    }
    return {name: value for name, value in known.items() if value is not None}


def note_ending(span: TraceSpan, last: AnswerPiece) -> None:
    """Note in a trace how a round ended, and how many tokens it took."""
    span.note("gen_ai.response.finish_reasons", (FINISH_REASONS.get(last.finish, last.finish),))
    span.note("gen_ai.usage.input_tokens", last.prompt_tokens)
    span.note("gen_ai.usage.cache_read.input_tokens", last.cached_tokens)
    span.note("gen_ai.usage.output_tokens", last.completion_tokens)


def read(call: ToolCall, taken: set[str]) -> ReadCall:
    """Read a call, with its arguments repaired if need be, and give it an id that is not among the `taken` ones.

    Some servers give none, or the same in every round. What a call does is done once for its id.
    """
    name, id = (storable(one[:LONGEST_NAME]) for one in (call.name, call.id))
    own = next(one for one in chain([id], (f"{id}-{number}" for number in count(2))) if one not in taken)
    taken.add(own)
    return ReadCall(replace(call, id=own, name=name), repaired(call.arguments))


def round_lines(said: str, calls: Sequence[ReadCall], outcomes: Sequence[ToolOutcome]) -> list[PromptLine]:
    """A round's lines of the prompt: what the model said, the tools that it called, and what they returned."""
    results = [PromptLine("tool", one.text, call=call.written.id) for call, one in zip(calls, outcomes, strict=True)]
    return [PromptLine("assistant", said, tuple(call.valid for call in calls)), *results]


def records(calls: Sequence[ReadCall], outcomes: Sequence[ToolOutcome]) -> list[ToolCallRecord]:
    """A round's calls as they are kept with the answer."""
    return [
        ToolCallRecord(call.written.name, call.arguments or call.written.arguments, one.line, one.text[:KEPT_RESULT])
        for call, one in zip(calls, outcomes, strict=True)
    ]
