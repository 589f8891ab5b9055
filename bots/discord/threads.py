"""Threads, one for each new conversation in a channel."""

from datetime import UTC, datetime
from typing import Final

import discord
import structlog

from bots.discord.rest import understood
from core.messages import Message, Place, User

log = structlog.get_logger()

THREAD_NAME = 100
ARCHIVED_AFTER: Final = 1440
"""Minutes without a message after which Discord puts a thread away."""


HAS_ONE = 160004
"""Discord's error code for a message that has a thread already, whose id is that of the message."""


async def thread_under(client: discord.Client, question: Message) -> str:
    """Open a thread under a question, named after it. Returns its id; empty if there can be no thread."""
    parent = await _parent(client, question.place)
    if parent is None:
        return ""
    name = " ".join(question.text.split())[:THREAD_NAME] or question.user.name[:THREAD_NAME]
    try:
        with understood():
            thread = await parent.get_partial_message(int(question.id)).create_thread(
                name=name, auto_archive_duration=ARCHIVED_AFTER
            )
    except discord.HTTPException as error:
        # An earlier process may have opened it.
        log.info("thread_refused", code=error.code)
        return question.id if error.code == HAS_ONE else ""
    return str(thread.id)


async def begin_thread(client: discord.Client, place: Place, user: User) -> discord.Thread | None:
    """Open a thread in a place's channel and add the person to it; None if there can be no thread."""
    parent = None if place.private else await _parent(client, place)
    if parent is None:
        return None
    name = f"{user.name} · {datetime.now(UTC):%Y-%m-%d %H:%M}"[:THREAD_NAME]
    try:
        with understood():
            thread = await parent.create_thread(
                name=name, type=discord.ChannelType.public_thread, auto_archive_duration=ARCHIVED_AFTER
            )
            await thread.add_user(discord.Object(int(user.id)))
    except discord.HTTPException as error:
        log.info("thread_refused", code=error.code)
        return None
    return thread


async def _parent(client: discord.Client, place: Place) -> discord.TextChannel | None:
    """Return the channel of a place, if threads can be opened there. Without the gateway, Discord has to be asked."""
    channel = client.get_channel(int(place.channel))
    if channel is None:
        try:
            with understood():
                channel = await client.fetch_channel(int(place.channel))
        except (discord.NotFound, discord.Forbidden):
            return None
    return channel if isinstance(channel, discord.TextChannel) else None
