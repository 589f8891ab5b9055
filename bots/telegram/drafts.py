"""Drafts: a growing answer in a private chat, which Telegram animates smoothly and forgets after half a minute."""

import zlib
from dataclasses import dataclass, replace
from functools import partial

import structlog
import telegram
from telegram.constants import ParseMode
from telegram.error import BadRequest, InvalidToken, TelegramError

from bots.telegram.messages import topic_arguments
from bots.telegram.pace import EditPace
from bots.telegram.refusals import UNREADABLE, refusal_of
from bots.telegram.render import html
from core.messages import Place, Reply

log = structlog.get_logger()


@dataclass(slots=True)
class AnswerDrafts:
    """Shows drafts, until the server turns out not to know them."""

    bot: telegram.Bot
    edits: EditPace
    _known: bool = True

    async def show(self, place: Place, reply: Reply, key: str) -> bool:
        """Show a growing answer. Returns False if there can be no draft of it."""
        if not place.private or not self._known or not reply.text:
            return False
        chat = int(place.channel)
        try:
            await self.edits.pace.call(
                ("draft", chat),
                partial(
                    self.bot.send_message_draft,
                    chat,
                    draft_id(key),
                    html(replace(reply, status="")),
                    parse_mode=ParseMode.HTML,
                    **topic_arguments(place),
                ),
            )
        except (BadRequest, InvalidToken) as error:
            if refusal_of(error) in UNREADABLE:
                # This frame alone could not be shown.
                log.error("draft_refused", error=error)
                return True
            # A self-hosted server that is too old to know the method answers like this.
            log.info("no_drafts", error=error)
            self._known = False
            return False
        except TelegramError as error:
            log.info("draft_dropped", error=error)
        return True


def draft_id(key: str) -> int:
    """Return the draft id for an outbox key: never zero, and always the same for the same key."""
    return zlib.crc32(key.encode()) or 1
