"""The embedded model: llama.cpp's server in a child process.

It has a process of its own because a crash in native code ends the whole process.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from core.errors import ModelTimeout
from core.models.embedded.gguf import GgufHeader
from core.models.embedded.slots import ServerSlots
from core.models.embedded.supervised import SupervisedModel
from core.models.embedded.supervisor import State
from core.models.remote.server_errors import TransientFailure
from core.ports.model import AnswerPiece, PromptLine, SamplingSettings, ToolSpec

# Their HTTP library takes 6 MiB, which a program has that nobody has asked anything.
if TYPE_CHECKING:
    from core.models.remote.client import OpenAIModel
    from core.models.remote.connection import ModelEndpoint


class EmbeddedModel(SupervisedModel["OpenAIModel"]):
    """The `LanguageModel` port on an embedded model. Raises SettingsError for impossible settings."""

    def _client(self, endpoint: "ModelEndpoint", header: GgufHeader) -> "OpenAIModel":
        from core.models.remote.client import OpenAIModel

        pins = ServerSlots(self._settings.slots)
        return OpenAIModel(endpoint, self.name, self._patience, header.markers, retries=0, pins=pins)

    @property
    def window(self) -> int:
        """The window in the settings; once the model has started, no more than it was trained for."""
        return self._supervisor.window

    @property
    def slots(self) -> int:
        return self._settings.slots

    @property
    def pid(self) -> int | None:
        """The child's process id while it serves."""
        return self._supervisor.child.pid if self._supervisor.child else None

    async def changed(self) -> State:
        """Wait for the next change of the state, and return the new one."""
        return await self._supervisor.changed()

    @property
    def calls_tools(self) -> bool:
        """Always False: the bundled model cannot call tools, and a file does not tell whether another model can."""
        return False

    async def count(self, lines: Sequence[PromptLine]) -> int:
        """Count the tokens of a prompt, by the model's own tokeniser and template."""
        return await self._asked(lambda client: client.count(lines))

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
            except TransientFailure:
                if begun or last:
                    raise
                await self._supervisor.gone(client)
