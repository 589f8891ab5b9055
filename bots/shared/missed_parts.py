"""Reading what was missed part by part, so that a part that cannot be read holds up no other."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field

import structlog

from bots.shared.failures import SHAPES

log = structlog.get_logger()


@dataclass(slots=True)
class MissedParts:
    """Reads each part of a gap once, however often others have to be tried again: platforms limit how often one looks.

    `failures` are the errors that a call of the platform may raise; `passing` says which of them may pass.
    """

    failures: tuple[type[Exception], ...]
    passing: Callable[[Exception], bool]
    _read: set[Hashable] = field(default_factory=set)

    async def read(self, part: Hashable, reading: Callable[[], Awaitable[None]]) -> bool:
        """Read a part, unless it has been read. Returns False if it should be tried again.

        What we cannot see any more, such as a channel that we have left or an answer that is gone, counts as read.
        """
        if part in self._read:
            return True
        try:
            await reading()
        except self.failures as error:
            log.info("not_caught_up", part=part, error=error)
            if self.passing(error):
                return False
        except SHAPES as error:
            log.warning("not_caught_up", part=part, error=error)
        self._read.add(part)
        return True
