"""Discord's refusals: what each error code means for us, and its errors turned into ours."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum, auto

import discord

from bots.discord.rest import UnreadableReply
from bots.shared.failures import NETWORK_FAILURES
from core.errors import UnreachableError, WriteRefused

PASSING = (*NETWORK_FAILURES, discord.DiscordServerError, discord.RateLimited, UnreadableReply)


class DiscordRefusal(Enum):
    """What to do about a message that Discord refuses."""

    UNQUOTED = auto()
    """Send it again without the reference to the message that it answers."""
    MUTE = auto()
    """We may not, or cannot, write there: tell the person in private, and the admins."""
    BLOCKED = auto()
    """A rule of the server forbids these words: tell the person, and the admins."""
    DELETED = auto()
    """The message is not there any more: a growing answer ends."""
    OLD = auto()
    """The message is too old to be changed: what it was to show is shown elsewhere."""


MESSAGE_REFUSALS: Mapping[int, DiscordRefusal] = {
    160002: DiscordRefusal.UNQUOTED,  # no permission to read the message history
    10003: DiscordRefusal.MUTE,  # unknown channel
    50001: DiscordRefusal.MUTE,  # missing access
    50008: DiscordRefusal.MUTE,  # no channel for texts: a forum, say
    50007: DiscordRefusal.MUTE,  # the person takes no direct messages
    50278: DiscordRefusal.MUTE,  # the same, from those with whom they share no server, say
    50013: DiscordRefusal.MUTE,  # missing permissions
    50024: DiscordRefusal.MUTE,  # not in this type of channel
    50083: DiscordRefusal.MUTE,  # archived thread
    160005: DiscordRefusal.MUTE,  # locked thread
    200000: DiscordRefusal.BLOCKED,  # AutoMod
    240000: DiscordRefusal.BLOCKED,  # harmful link
    10008: DiscordRefusal.DELETED,  # unknown message
    30046: DiscordRefusal.OLD,  # too many edits of an old message
}
"""Each error code that Discord gives for a message, and what we do about it."""

REFUSED_KEYS: Mapping[DiscordRefusal, str] = {
    DiscordRefusal.MUTE: "channel-mute",
    DiscordRefusal.BLOCKED: "answer-blocked",
}
"""The text that the person is told."""

UNREADABLE = 50035
"""The code which says that Discord does not take a message as we have made it: its words are sent alone."""

ACKNOWLEDGED = 40060
"""The code which says that an interaction has had its first answer."""

UNKNOWN = 10062
"""The code which says that Discord knows no such interaction, or has stopped waiting for its first answer."""

GONE = frozenset({10008, 10015, UNKNOWN, ACKNOWLEDGED, 50027})
"""Error codes which mean that there is nobody left to answer.

Unknown message, webhook or interaction, answered already, token no longer valid.
"""


def unreadable(error: discord.HTTPException) -> bool:
    """Return whether Discord does not take a message as we have made it."""
    return error.code == UNREADABLE


def refusal_of(error: discord.HTTPException) -> DiscordRefusal | None:
    """Return what to do about a refused message; None for an error that we do not expect."""
    return MESSAGE_REFUSALS.get(error.code)


def refused(error: discord.HTTPException) -> WriteRefused | None:
    """Return the error that a refusal is for the core, if it is a refusal to let us write.

    Discord adds codes in time. Whatever is forbidden for a reason that we do not know, we may not do.
    """
    refusal = refusal_of(error) or (DiscordRefusal.MUTE if isinstance(error, discord.Forbidden) else None)
    key = REFUSED_KEYS.get(refusal) if refusal else None
    return WriteRefused(key, f"Discord {error.code}") if key else None


@contextmanager
def translated() -> Iterator[None]:
    """Turn temporary errors into UnreachableError, so that the message is sent later, and refusals into ours."""
    try:
        yield
    except PASSING as error:
        raise UnreachableError(f"Discord: {type(error).__name__}") from error
    except discord.HTTPException as error:
        if error.status == 429:
            raise UnreachableError("Discord: 429") from error
        raise (refused(error) or error) from error
