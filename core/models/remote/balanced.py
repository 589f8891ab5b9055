"""A model that several servers offer: a conversation stays at one of them, and goes to another one if that fails.

The addresses of a conversation have an order of their own: that of the hashes of its session with each address
(rendezvous hashing, Thaler and Ravishankar 1998). So all processes send it to the same server, where the prefix of its
prompt is cached, and if an address is added or fails, only its share of the conversations moves.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from time import monotonic
from typing import TypeVar

import structlog

from core.errors import ModelTimeout, ModelUnavailable
from core.models.remote.client import USUAL_WINDOW, OpenAIModel
from core.models.remote.connection import ModelEndpoint
from core.models.timeouts import ModelTimeouts
from core.ports.model import AnswerPiece, PromptLine, SamplingSettings, ToolSpec

T = TypeVar("T")

log = structlog.get_logger()

REST = 15.0
"""Seconds for which an address that has failed is tried last."""


@dataclass(slots=True, eq=False)
class ModelAddress:
    """A server of the model, with how many answers of ours it is writing, and until when it is tried last."""

    url: str
    model: OpenAIModel
    running: int = 0
    last_until: float = 0.0

    @property
    def doubtful(self) -> bool:
        """Whether it has failed lately."""
        return self.model.state != "ready" or monotonic() < self.last_until

    def busy(self, least: int) -> bool:
        """Whether it clearly has more to do than the one with the least: a cached prompt is not worth the wait."""
        more, slots = self.running - least, self.model.slots
        return more > slots / 2 or (more > 0 and self.running >= slots)

    def rank(self, session: str) -> bytes:
        """Its place in the order of a session's addresses."""
        return blake2b(f"{self.url}\n{session}".encode("utf-8", "replace"), digest_size=8).digest()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Count an answer, and note how it went."""
        self.running += 1
        try:
            yield
            self.last_until = 0.0
        except (ModelUnavailable, ModelTimeout):
            self.last_until = monotonic() + REST
            raise
        finally:
            self.running -= 1


class BalancedModel:
    """The `LanguageModel` port over the servers of several endpoints, which differ in their addresses alone.

    Each has a circuit breaker of its own. What an address refuses before the first word, the next one is asked. The
    slots are those of all together. Call `aclose` when it is no longer needed.
    """

    def __init__(self, endpoints: Sequence[ModelEndpoint], name: str, patience: ModelTimeouts | None = None) -> None:
        self._patience = patience or ModelTimeouts()
        # Instead of the same server, the next one is tried again.
        made = [OpenAIModel(endpoint, name, self._patience, retries=0) for endpoint in endpoints]
        self._addresses = [ModelAddress(one.url, model) for one, model in zip(endpoints, made, strict=True)]
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def window(self) -> int:
        """The smallest window of the servers that were asked."""
        told = (one.model.known_window for one in self._addresses)
        return min(filter(None, told), default=USUAL_WINDOW)

    @property
    def slots(self) -> int:
        return sum(one.model.slots for one in self._addresses)

    @property
    def calls_tools(self) -> bool:
        return all(one.model.calls_tools for one in self._addresses)

    @property
    def state(self) -> str:
        """`ready` if one of the servers is; else the state of the first."""
        states = [one.model.state for one in self._addresses]
        return "ready" if "ready" in states else states[0]

    async def aclose(self) -> None:
        """Close the connections."""
        for one in self._addresses:
            await one.model.aclose()

    async def reach(self) -> None:
        """Ask the servers, until one answers. Raises ModelUnavailable or ModelTimeout if none does."""
        await self._first("", lambda model: model.reach())

    async def answer_opening(self) -> str:
        """The text that the prompt template puts before an answer; empty if no server tells."""
        return await self._first("", lambda model: model.answer_opening())

    async def count(self, lines: Sequence[PromptLine]) -> int:
        """Count the tokens of a prompt, at whichever server answers."""
        opening = next((line.text for line in lines if line.role != "system"), "")
        return await self._first(opening, lambda model: model.count(lines))

    async def stream(
        self, lines: Sequence[PromptLine], sampling: SamplingSettings, session: str = "", tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[AnswerPiece, None]:
        """The answer to a prompt. Closing the generator closes the connection, which frees the server's slot."""
        give_up = monotonic() + self._patience.whole
        failure: ModelUnavailable | ModelTimeout | None = None
        for address in self._ranked(session):
            begun = False
            try:
                with address.serving():
                    async with aclosing(address.model.stream(lines, sampling, session, tools)) as pieces:
                        async for piece in pieces:
                            begun = True
                            yield piece
                return
            except (ModelUnavailable, ModelTimeout) as error:
                failure = failure or error
                if begun or monotonic() >= give_up:
                    raise
                log.warning("model_address_failed", model=self._name, url=address.url, cause=error.cause)
        assert failure
        raise failure

    async def _first(self, session: str, ask: Callable[[OpenAIModel], Awaitable[T]]) -> T:
        """The answer of the first server that gives one. Raises what the first one raises if none does."""
        failure: ModelUnavailable | ModelTimeout | None = None
        for address in self._ranked(session):
            try:
                return await ask(address.model)
            except (ModelUnavailable, ModelTimeout) as error:
                address.last_until = monotonic() + REST
                failure = failure or error
        assert failure
        raise failure

    def _ranked(self, session: str) -> Sequence[ModelAddress]:
        """The addresses in the order in which they are tried. What belongs to no session goes to the idlest."""
        least = min(one.running for one in self._addresses)

        def place(one: ModelAddress) -> tuple[bool, bool, int, bytes]:
            return one.doubtful, one.busy(least), 0 if session else one.running, one.rank(session)

        return sorted(self._addresses, key=place)
