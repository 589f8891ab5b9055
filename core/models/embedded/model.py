"""The embedded model: llama.cpp's server in a child process.

It has a process of its own because a crash in native code ends the whole process.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from core.errors import ModelTimeout, ModelUnavailable, OperatorError
from core.models.embedded.supervisor import EmbeddedSettings, ModelSupervisor, RestartPolicy, State
from core.models.remote.circuit_breaker import CircuitBreaker
from core.models.remote.server_errors import PassingFailure
from core.models.timeouts import ModelTimeouts
from core.ports.model import AnswerPiece, PromptLine, SamplingSettings, ToolSpec


class EmbeddedModel:
    """The `LanguageModel` port on an embedded model. It starts with the first request or by `start`; `aclose` ends it.

    Raises SettingsError for impossible settings.
    """

    def __init__(
        self,
        settings: EmbeddedSettings,
        recovery: RestartPolicy | None = None,
        patience: ModelTimeouts | None = None,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        self._slots = settings.slots
        self._supervisor = ModelSupervisor(
            settings, recovery or RestartPolicy(), patience or ModelTimeouts(), breaker or CircuitBreaker()
        )

    @property
    def name(self) -> str:
        return self._supervisor.name

    @property
    def window(self) -> int:
        """The window in the settings; once the model has started, no more than it was trained for."""
        return self._supervisor.window

    @property
    def slots(self) -> int:
        return self._slots

    @property
    def state(self) -> State:
        return self._supervisor.state

    @property
    def cause(self) -> str:
        """The reason, for the operator, why it does not serve; empty while it does."""
        return self._supervisor.cause

    @property
    def pid(self) -> int | None:
        """The child's process id while it serves."""
        return self._supervisor.child.pid if self._supervisor.child else None

    async def changed(self) -> State:
        """Wait for the next change of the state, and return the new one."""
        return await self._supervisor.changed()

    async def start(self) -> None:
        """Start it now, and return once it serves. Raises OperatorError, with the reason, if it does not."""
        try:
            await self._supervisor.client()
        except ModelUnavailable as error:
            raise self._supervisor.fault or OperatorError(f"The model does not start: {error.cause}.") from None

    async def aclose(self) -> None:
        """Stop the child and wait for its end."""
        await self._supervisor.aclose()

    @property
    def calls_tools(self) -> bool:
        """Always False: the bundled model cannot call tools, and a file does not tell whether another model can."""
        return False

    async def count(self, lines: Sequence[PromptLine]) -> int:
        """Count the tokens of a prompt, by the model's own tokeniser and template."""
        client = await self._supervisor.client()
        try:
            return await client.count(lines)
        except PassingFailure:
            await self._supervisor.gone(client)
        client = await self._supervisor.client()
        return await client.count(lines)

    async def stream(
        self, lines: Sequence[PromptLine], sampling: SamplingSettings, session: str = "", tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[AnswerPiece, None]:
        """The answer to a prompt; it is asked for again if the child dies before the first token.

        Closing the generator frees the slot.
        """
        begun = False
        for last in (False, True):
            client = await self._supervisor.client()
            try:
                async with aclosing(client.stream(lines, sampling, session)) as pieces:
                    async for piece in pieces:
                        begun = True
                        self._supervisor.spoke()
                        yield piece
                self._supervisor.answered()
                return
            except ModelTimeout as error:
                self._supervisor.late(client, error)
                raise
            except PassingFailure:
                if begun or last:
                    raise
                await self._supervisor.gone(client)
