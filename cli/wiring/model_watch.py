"""Checks regularly whether the default model can be reached, so that nobody has to find out by asking it."""

import asyncio
from dataclasses import dataclass

import structlog

from core.errors import ModelError
from core.labeling.background.clock import repeat
from core.models.registry import ModelRegistry

log = structlog.get_logger()

EVERY = 30.0
"""Seconds between two checks."""

UNREACHABLE = "unreachable"


@dataclass(slots=True)
class ModelWatch:
    """Checks the default model again and again. `reached` is None until the first check.

    Only a server can be away (`remote`): our own child process is started when it is needed.
    """

    models: ModelRegistry
    remote: bool
    reached: bool | None = None

    async def run(self) -> None:
        """Check every half minute, until cancelled."""
        await asyncio.sleep(EVERY)
        await repeat(self.look, EVERY, "model_not_looked_at")

    async def look(self) -> None:
        """Check once, and log a change."""
        if not self.remote:
            return
        before = self.reached
        try:
            await self.models.reach()
        except ModelError as error:
            self.reached = False
            if before is not False:
                log.error("model_unreachable", model=self.models.default, cause=error.cause)
            return
        self.reached = True
        if before is False:
            log.info("model_reached", model=self.models.default)
