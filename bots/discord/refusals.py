"""What Discord refuses, and what that means for us: its error codes by their meaning, and its errors as ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from bots.shared.failures import NETWORK_FAILURES
from core.errors import UnreachableError

PASSING = (*NETWORK_FAILURES, discord.DiscordServerError, discord.RateLimited)

UNCHANGEABLE = frozenset({10003, 10008, 30046, 50001, 50013, 50083})
"""Error codes for a message that cannot be edited.

Unknown channel or message, too many edits of an old message, no access, no permission, archived thread.
"""

MUTE = frozenset({10003, 50001, 50013, 50083, 160005})
"""Error codes which mean that we may not, or cannot, write in a channel."""

GONE = frozenset({10008, 10015, 10062, 40060, 50027})
"""Error codes which mean that there is nobody left to answer.

Unknown message, webhook or interaction, answered already, token no longer valid.
"""


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turn temporary errors into UnreachableError, so that the message is sent later."""
    try:
        yield
    except PASSING as error:
        raise UnreachableError(f"Discord: {type(error).__name__}") from error
    except discord.HTTPException as error:
        if error.status == 429:
            raise UnreachableError("Discord: 429") from error
        raise
    except RuntimeError as error:
        # aiohttp's session is closed while the client reconnects or stops.
        if "closed" not in str(error).lower():
            raise
        raise UnreachableError("Discord: the session is closed") from error
