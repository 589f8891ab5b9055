"""A model behind any OpenAI-compatible address: llama-server, Ollama, vLLM, SGLang, OpenAI, or our own child process.

It uses plain aiohttp and parses the stream itself: with a fast model, the usual clients take more time than the model.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import Any

from core.errors import ModelTimeout, ModelUnavailable, PromptTooLong
from core.models.embedded.slots import ServerSlots
from core.models.quoted_prompt import without_quotations
from core.models.remote.answer_opening import answer_opening
from core.models.remote.circuit_breaker import CircuitBreaker
from core.models.remote.connection import ModelEndpoint, ServerConnection
from core.models.remote.dialects import EXTRAS, prompt_fields, sampling_fields, tool_fields
from core.models.remote.response import StreamReading
from core.models.remote.server_errors import SettingRefused, TransientFailure
from core.models.remote.server_knowledge import ServerKnowledge
from core.models.remote.sse import LineTooLong
from core.models.remote.token_count import TokenCounter
from core.models.remote.token_escaping import TokenEscaping
from core.models.timeouts import AnswerDeadline, ModelTimeouts
from core.ports.model import AnswerPiece, PromptLine, SamplingSettings, ToolSpec

USUAL_WINDOW = 4096
"""The window, in tokens, that is assumed if neither the settings nor the server tell it."""


class OpenAIModel:
    """The `LanguageModel` port over HTTP. Call `aclose` when it is no longer needed.

    `markers` are the model's control tokens, if they are known. `pins` assigns the slots of a llama.cpp server that
    nobody else uses. Raises SettingsError for an impossible address.
    """

    def __init__(
        self,
        endpoint: ModelEndpoint,
        name: str = "",
        patience: ModelTimeouts | None = None,
        markers: Sequence[str] = (),
        breaker: CircuitBreaker | None = None,
        retries: int = 1,
        pins: ServerSlots | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._name = name or endpoint.model
        self._patience = patience or ModelTimeouts()
        self._neutral = TokenEscaping(markers)
        self._breaker = breaker or CircuitBreaker()
        self._retries = retries
        self._pins = pins
        self._connection = ServerConnection(endpoint, self._patience)
        self._counter = TokenCounter(self._connection, endpoint.model)
        self._known = ServerKnowledge(endpoint, self._connection)

    @property
    def name(self) -> str:
        return self._name

    @property
    def window(self) -> int:
        """The smaller window of the settings' and the server's; the server's is known only after the first call."""
        return self.known_window or USUAL_WINDOW

    @property
    def known_window(self) -> int:
        """The same; 0 if neither is known yet."""
        return self._known.window

    @property
    def slots(self) -> int:
        return self._endpoint.slots

    @property
    def calls_tools(self) -> bool:
        """Whether the settings say that the server's model can call tools; servers do not tell."""
        return self._endpoint.tools

    @property
    def state(self) -> str:
        """`ready`, `open` while its circuit is open after failures, or `stopped`."""
        if self._connection.closed:
            return "stopped"
        return "open" if self._breaker.state == "open" else "ready"

    async def aclose(self) -> None:
        """Close the connections."""
        await self._connection.aclose()

    async def reach(self) -> None:
        """Ask the server which models it has. Raises ModelUnavailable or ModelTimeout."""
        await self._connection.ask(f"{self._connection.url}/models")

    async def answer_opening(self) -> str:
        """The text that the prompt template puts before an answer; empty if the server does not tell."""
        try:
            dialect = (await self._known.facts()).dialect
            return await answer_opening(self._connection, self._endpoint.model, dialect)
        except (ModelUnavailable, ModelTimeout):
            # Whoever asks for an answer next is told.
            return ""

    async def count(self, lines: Sequence[PromptLine]) -> int:
        """Count the tokens of a prompt: exactly if the server has a tokeniser to ask, else by a high estimate."""
        lines = _cleaned(lines, self._neutral)
        if self._breaker.state == "open":
            raise self._open_circuit()
        for last in (self._retries < 1, True):
            try:
                return await self._counter.count(lines, (await self._known.facts()).dialect)
            except TransientFailure:
                if last:
                    self._breaker.failed()
                    raise
            except ModelTimeout:
                self._breaker.failed()
                raise
        raise AssertionError("the last try returns or raises")

    async def stream(
        self, lines: Sequence[PromptLine], sampling: SamplingSettings, session: str = "", tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[AnswerPiece, None]:
        """The answer to a prompt. Closing the generator closes the connection, which frees the server's slot."""
        lines = _cleaned(lines, self._neutral)
        tries, begun = 0, False
        with self._passage(), _pinned(self._pins, session) as pin:
            more = {**pin, **tool_fields(tools)}
            # It is tried again if that may help, as long as no word of it has been shown.
            while True:
                try:
                    async with aclosing(self._attempt(lines, sampling, session, more)) as pieces:
                        async for piece in pieces:
                            begun = True
                            yield piece
                    return
                except SettingRefused as refusal:
                    if not self._known.refuses(refusal.setting):
                        raise
                except TransientFailure:
                    tries += 1
                    if begun or tries > self._retries:
                        raise
                    await asyncio.sleep(self._patience.before_retry)

    async def _attempt(
        self, lines: Sequence[PromptLine], sampling: SamplingSettings, session: str, more: Mapping[str, Any]
    ) -> AsyncGenerator[AnswerPiece, None]:
        dialect = (await self._known.facts()).dialect
        wanted = {**EXTRAS[dialect], **sampling_fields(sampling, dialect), "stream_options": {"include_usage": True}}
        settings = self._known.accepted(wanted)
        body = {"model": self._endpoint.model, "stream": True, **more, **prompt_fields(lines, dialect), **settings}
        reading, deadline = StreamReading(), AnswerDeadline(self._patience)
        async with self._connection.posted(body, session, deadline) as response:
            if response.status != 200:
                raise self._told(await self._connection.refused(response, settings), lines)
            while not reading.done:
                try:
                    text = _taken(reading, await self._connection.read(response, deadline), self._connection.url)
                except (ModelTimeout, TransientFailure):
                    # The answer itself is complete; only its token counts are missing.
                    if reading.finish:
                        break
                    raise
                if reading.moved:
                    deadline.moved()
                if text or reading.reasoning:
                    yield AnswerPiece(text, reasoning=reading.reasoning)
            if reading.done:
                await self._connection.finish(response)
        if reading.error:
            raise self._told(self._connection.refusal(500, reading.error), lines)
        if not reading.finish:
            raise TransientFailure(f"{self._connection.url} ended in the middle of an answer {reading.garbage!r}")
        last = reading.last()
        self._counter.learn(lines, last.prompt_tokens)
        yield last

    def _told(
        self, error: ModelUnavailable | PromptTooLong, lines: Sequence[PromptLine]
    ) -> ModelUnavailable | PromptTooLong:
        """The error without the words of the prompt, and with the numbers that the server has left out."""
        error.cause = without_quotations(error.cause, [line.text for line in lines])
        if not isinstance(error, PromptTooLong):
            return error
        tokens, window = int(error.values["tokens"]), int(error.values["window"])
        self._counter.learn(lines, tokens)
        tokens, window = tokens or self._counter.estimate(lines), window or self.window
        return PromptTooLong(error.key, error.cause, tokens=tokens, window=window)

    @contextmanager
    def _passage(self) -> Iterator[None]:
        """Ask the circuit breaker for permission, and tell it how the call went."""
        if not self._breaker.admit():
            raise self._open_circuit()
        try:
            yield
            self._breaker.succeeded()
        except (TransientFailure, ModelTimeout):
            self._breaker.failed()
            raise
        finally:
            self._breaker.left()

    def _open_circuit(self) -> ModelUnavailable:
        rest = f"{self._breaker.remaining:.0f} s"
        return ModelUnavailable("model-unavailable", f"{self._connection.url} failed often; the next try is in {rest}")


def _taken(reading: StreamReading, chunk: bytes, url: str) -> str:
    try:
        return reading.take(chunk)
    except LineTooLong:
        raise TransientFailure(f"{url} sends a line without an end") from None


@contextmanager
def _pinned(pins: ServerSlots | None, session: str) -> Iterator[Mapping[str, int]]:
    """The field of a request that names the slot of a conversation; none if we do not assign the slots."""
    if not pins:
        yield {}
        return
    with pins.hold(session) as slot:
        yield {"id_slot": slot}


def _cleaned(lines: Sequence[PromptLine], neutral: TokenEscaping) -> Sequence[PromptLine]:
    # Nearly always nothing has to be changed, which one look at all of it tells.
    whole = "\n".join([line.text for line in lines])
    if _encodable(whole) is whole and neutral(whole) is whole:
        return lines
    return [replace(line, text=neutral(_encodable(line.text))) for line in lines]


def _encodable(text: str) -> str:
    """The text with half surrogate pairs replaced: they are not characters, and servers refuse requests with them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
