"""The answers that are being written, each of which can be stopped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from core.errors import UserError


class AnswerStopped(UserError):
    """Somebody has stopped an answer; its text so far stays."""


@dataclass(frozen=True, slots=True)
class RunningAnswers:
    """The answers that this process is writing, by their ids."""

    _writing: dict[str, asyncio.Timeout] = field(default_factory=dict)

    def stop(self, answer_id: str = "") -> bool:
        """Stop an answer that is being written; its text so far stays. Returns whether it was being written here."""
        writing = self._writing.get(answer_id)
        if writing and not writing.expired():
            writing.reschedule(asyncio.get_running_loop().time())
        return writing is not None

    @asynccontextmanager
    async def stoppable(self, answer_id: str) -> AsyncIterator[None]:
        """Let `stop` end the body, which then raises AnswerStopped."""
        # A timeout tells our own stop from being cancelled because the process ends.
        writing = asyncio.timeout(None)
        try:
            async with writing:
                self._writing[answer_id] = writing
                yield
        except TimeoutError:
            if writing.expired():
                raise AnswerStopped("answer-stopped") from None
            raise
        finally:
            del self._writing[answer_id]
