"""What stands around a question: the thread that it was asked in, and the last messages of the channel."""

from collections.abc import Sequence

import discord
import structlog

from bots.discord import receive
from bots.discord.enclosed import attachments, passages, thread_beginning
from bots.discord.refusals import PASSING
from bots.discord.rest import UnreadableReply, understood
from core.messages import Attachment, Passage, Quote

log = structlog.get_logger()

Beginning = tuple[tuple[Passage, ...], tuple[Attachment, ...]]
"""The words of a thread's title and first message, and that message's files."""

SPOKEN = (discord.MessageType.default, discord.MessageType.reply)


async def beginning_of_thread(message: discord.Message, me: int) -> Beginning:
    """Return what the thread of a message is about; nothing outside threads, and in one that we opened.

    The text of a forum's post is the thread's first message. Any other thread may begin with a message of the channel.
    """
    thread = message.channel
    if not isinstance(thread, discord.Thread) or thread.owner_id == me:
        return (), ()
    starter = await _starter(thread) if thread.id != message.id else None
    words = receive.readable(starter, me) if starter else ""
    around = (thread_beginning(thread, starter, words), *(passages(starter) if starter else ()))
    return around, attachments(starter) if starter else ()


async def _starter(thread: discord.Thread) -> discord.Message | None:
    """Return a thread's first message, which has the thread's id; None if it is gone, or we may not read it."""
    if thread.starter_message:
        return thread.starter_message
    parent = thread.parent
    place = parent if isinstance(parent, discord.TextChannel) else thread
    try:
        with understood():
            return await place.fetch_message(thread.id)
    except (*PASSING, discord.HTTPException, discord.ClientException) as error:
        log.info("thread_starter_not_found", error=error)
        return None


async def last_messages(channel: discord.PartialMessageable, before: int | None, most: int, me: int) -> Sequence[Quote]:
    """Return what people and other bots have said in a channel before a message, oldest first; at most so many.

    Nothing comes back if Discord does not let us read there.
    """
    found: list[Quote] = []
    try:
        with understood():
            async for sent in channel.history(limit=most, before=discord.Object(before) if before else None):
                if sent.type in SPOKEN and sent.author.id != me:
                    found.append(receive.quote(sent, me))
    except (*PASSING, UnreadableReply, discord.HTTPException) as error:
        log.info("channel_not_read", error=error)
        return ()
    return found[::-1]
