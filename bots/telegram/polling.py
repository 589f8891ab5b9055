"""Long polling: we ask Telegram for updates, and each question confirms those that we have committed."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import structlog
import telegram
from telegram.error import Conflict, NetworkError, RetryAfter, TelegramError

from bots.shared.attempts import FIRST_PAUSE, AttemptPauses
from bots.telegram.options import POLL
from bots.telegram.receiver import WANTED, TelegramReceiver
from core.errors import StoreError

log = structlog.get_logger()


@dataclass(slots=True)
class UpdatePolling:
    """Asks for updates until it is time to leave. `_offset` is the first update that we do not have yet."""

    bot: telegram.Bot
    receiver: TelegramReceiver
    leaving: asyncio.Event
    first_pause: float = FIRST_PAUSE
    _offset: int | None = None

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
            updates = await self._updates()
            await self.receiver.take_all(updates)
        except StoreError as error:
            log.error("not_committed", error=error, again_in=pause)
        except Conflict:
            log.error("telegram_conflict", mend="another program asks for this bot's updates; stop one of them")
        except RetryAfter as error:
            log.warning("telegram_limit", error=error)
        except NetworkError as error:
            log.warning("telegram_unreachable", error=error, again_in=pause)
        else:
            if updates:
                self._offset = updates[-1].update_id + 1
            return True
        return False

    async def _updates(self) -> tuple[telegram.Update, ...]:
        """Wait for updates; empty if none came, or if it is time to leave."""
        asked = self.bot.get_updates(offset=self._offset, timeout=POLL, allowed_updates=WANTED)
        asking = asyncio.ensure_future(asked)
        leaving = asyncio.ensure_future(self.leaving.wait())
        await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if asking.done():
            return asking.result()
        asking.cancel()
        return ()

    async def _confirm(self) -> None:
        """Confirm the committed updates before we stop; it would do no harm if they came again."""
        if self._offset is not None:
            with suppress(TelegramError):
                await self.bot.get_updates(offset=self._offset, timeout=0, allowed_updates=WANTED)
