"""Long polling: we ask Telegram for updates, and each question confirms those that we have committed."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from telegram.error import Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bots.shared.attempts import FIRST_PAUSE, AttemptPauses
from bots.telegram.intake import WANTED, UpdateIntake
from bots.telegram.options import POLL, TelegramBot
from bots.telegram.replies import UnreadableReply
from bots.telegram.updates import read_batch
from core.errors import StoreError
from core.ports.surface import SurfaceStorage

log = structlog.get_logger()

CONFLICT = "conflict"
"""The name under which the time is kept at which another program was last seen to ask for our updates."""

POLLED_TWICE = (
    "another program asks for this bot's updates with the same token, perhaps on another machine: stop it, or give one"
    " of the two a bot of its own; processes that share a database take turns by themselves"
)
HOOKED = "another program has set a webhook for this bot with the same token: stop it, or give it a bot of its own"


@dataclass(slots=True)
class UpdatePolling:
    """Asks for updates until it is time to leave. `_offset` is the first update that we do not have yet."""

    bot: TelegramBot
    intake: UpdateIntake
    keep: SurfaceStorage
    leaving: asyncio.Event
    first_pause: float = FIRST_PAUSE
    _offset: int | None = None
    _conflicts: int = 0

    async def run(self) -> None:
        """Poll for updates, commit them, and only then poll for the next ones: that confirms them to Telegram."""
        pauses = AttemptPauses(self.leaving, self.first_pause)
        while not self.leaving.is_set():
            if await self._took_updates(pauses.seconds):
                pauses.reset()
            else:
                await pauses.rest()
        await self._confirm()

    async def _took_updates(self, pause: float) -> bool:
        """Take the next updates. Returns False, and logs why, if we have to ask for them again after a pause."""
        try:
            batch = read_batch(await self._updates(), self.bot)
            await self.intake.take_all(batch)
        except StoreError as error:
            log.error("not_committed", error=error, again_in=pause)
        except TelegramError as error:
            self.keep.unusable("getUpdates")
            tell(error, pause)
            await self._note(error)
        else:
            self._conflicts = 0
            if batch.last is not None:
                self._offset = batch.last + 1
            elif batch.numberless:
                self.keep.unusable("getUpdates")
                log.error("updates_without_number", again_in=pause)
            return not batch.numberless
        return False

    async def _note(self, error: TelegramError) -> None:
        """Note that another program asks for our updates, too, for `parley doctor`.

        One refusal may be about a process that has taken our work over: we are told to stop then.
        """
        self._conflicts = self._conflicts + 1 if isinstance(error, Conflict) else 0
        if self._conflicts > 1:
            try:
                await self.keep.remember(CONFLICT, datetime.now(UTC).isoformat())
            except StoreError as failed:
                log.error("not_committed", error=failed)

    async def _updates(self) -> Sequence[Any]:
        """Wait for updates; empty if none came, or if it is time to leave."""
        asking = asyncio.ensure_future(self.bot.raw_updates(self._offset, POLL, WANTED))
        leaving = asyncio.ensure_future(self.leaving.wait())
        try:
            await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return asking.result() if asking.done() else ()
        finally:
            leaving.cancel()
            asking.cancel()

    async def _confirm(self) -> None:
        """Confirm the committed updates before we stop; it would do no harm if they came again."""
        if self._offset is not None:
            with suppress(TelegramError):
                await self.bot.raw_updates(self._offset, 0, WANTED)


def tell(error: TelegramError, pause: float) -> None:
    """Log why we have to ask again."""
    match error:
        case Conflict():
            log.error("telegram_conflict", fix=HOOKED if "webhook" in error.message else POLLED_TWICE, again_in=pause)
        case RetryAfter():
            log.warning("telegram_limit", error=error)
        case InvalidToken() | Forbidden():
            fix = "if this goes on, the token was revoked: ask @BotFather for it again"
            log.error("telegram_refused", error=error, fix=fix, again_in=pause)
        case UnreadableReply():
            log.error("telegram_unreadable", error=error, again_in=pause)
        case _:
            log.warning("telegram_unreachable", error=error, again_in=pause)
