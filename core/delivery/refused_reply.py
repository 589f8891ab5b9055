"""Handles a growing reply that a platform no longer accepts."""

import structlog

from core.delivery.streaming import PacedReply
from core.errors import EditRefused, UnreachableError, UserError
from core.messages import Reply

log = structlog.get_logger()


async def mark_refused(reply: PacedReply, status: str) -> None:
    """Leave no half of an answer behind that looks as if it still grew; whoever asked is told why elsewhere."""
    spot = reply.spot
    if not spot.posted:
        return
    ended = Reply("", answer=reply.reply.answer, status=status, reply_to=reply.reply.reply_to)
    try:
        await reply.chat.edit(spot.place, spot.posted[0], ended)
    except (UserError, UnreachableError, EditRefused) as error:
        log.warning("refused_answer_unmarked", place=spot.place.platform, error=error)
