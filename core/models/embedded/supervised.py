"""The common parts of all models that are served by their own child process."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from core.errors import ModelUnavailable, OperatorError
from core.models.embedded.gguf import GgufHeader
from core.models.embedded.supervisor import Client, EmbeddedSettings, ModelSupervisor, RestartPolicy, State
from core.models.remote.circuit_breaker import CircuitBreaker
from core.models.remote.server_errors import TransientFailure
from core.models.timeouts import ModelTimeouts

# This imports an HTTP library of 6 MiB, which an idle program does without until the first question.
if TYPE_CHECKING:
    from core.models.remote.connection import ModelEndpoint

T = TypeVar("T")


class SupervisedModel(ABC, Generic[Client]):
    """A model in a child process that is kept alive. The first request or `start` starts it; `aclose` ends it.

    Raises SettingsError for impossible settings.
    """

    def __init__(
        self,
        settings: EmbeddedSettings,
        recovery: RestartPolicy | None = None,
        patience: ModelTimeouts | None = None,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        self._settings = settings
        self._patience = patience or ModelTimeouts()
        self._supervisor: ModelSupervisor[Client] = ModelSupervisor(
            settings, self._client, recovery or RestartPolicy(), breaker or CircuitBreaker()
        )

    @abstractmethod
    def _client(self, endpoint: "ModelEndpoint", header: GgufHeader) -> Client:
        """Make the client of a child."""

    @property
    def name(self) -> str:
        return self._supervisor.name

    @property
    def state(self) -> State:
        return self._supervisor.state

    @property
    def cause(self) -> str:
        """Why it does not serve, for the operator; empty while it does."""
        return self._supervisor.cause

    async def start(self) -> None:
        """Start it now, and return once it serves. Raises OperatorError, with the reason, if it does not."""
        try:
            await self._supervisor.client()
        except ModelUnavailable as error:
            raise self._supervisor.fault or OperatorError(f"The model does not start: {error.cause}.") from None

    async def aclose(self) -> None:
        """Stop the child and wait for its end."""
        await self._supervisor.aclose()

    async def _asked(self, ask: Callable[[Client], Awaitable[T]]) -> T:
        """Ask the child something, and once more if it dies meanwhile."""
        client = await self._supervisor.client()
        try:
            return await ask(client)
        except TransientFailure:
            await self._supervisor.gone(client)
        return await ask(await self._supervisor.client())
