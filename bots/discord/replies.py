"""Replies: the messages above one, which Discord sends along only in part."""

from collections.abc import Sequence

import discord
import structlog

from bots.discord import receive
from bots.discord.refusals import PASSING
from bots.discord.rest import understood
from core.messages import Quote

log = structlog.get_logger()

LONGEST_CHAIN = 8
"""How many messages up a chain of replies we look at."""


async def quoted(message: discord.Message, me: int) -> Sequence[Quote]:
    """Return other people's messages up the chain of replies, oldest first, stopping at the first one of ours."""
    found: list[Quote] = []
    at = message
    while at.reference and at.type is discord.MessageType.reply and len(found) < LONGEST_CHAIN:
        above = await replied_to(at)
        if above is None or above.author.id == me:
            break
        if receive.says_something(above):
            found.append(receive.quote(above, me))
        at = above
    return found[::-1]


async def replied_to(message: discord.Message) -> discord.Message | None:
    """Return the message that this one replies to.

    Discord sends it along, but not always, and never sends the message above it.
    """
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    if isinstance(reference.resolved, discord.Message):
        return reference.resolved
    if isinstance(reference.resolved, discord.DeletedReferencedMessage):
        return None
    try:
        with understood():
            fetched = await message.channel.fetch_message(reference.message_id)
    except (*PASSING, discord.HTTPException) as error:
        log.info("reply_not_found", error=error)
        return None
    # The next caller finds it here.
    reference.resolved = fetched
    return fetched
