"""What Discord's REST answers, checked before the library reads it.

The library takes for granted that an answer has the published shape, and raises whatever its reading runs into. A proxy
in between, or a fault of Discord's, can answer anything.
"""

from collections.abc import Awaitable
from typing import Any, TypeVar

import aiohttp
import discord
from discord.http import HTTPClient, Route

from bots.shared.failures import NETWORK_FAILURES, SHAPES

T = TypeVar("T")

TIME = aiohttp.ClientTimeout(total=120, sock_connect=10, sock_read=20)
"""Seconds for a call, for its connection, and without a word from Discord. By itself the library waits five minutes."""


class UnreadableReply(discord.DiscordException):
    """An answer that is not what Discord promises. Whether the call took effect is unknown."""


async def readable(call: Awaitable[T]) -> T:
    """Make a call of the library's that reads the answer. Raises UnreadableReply if the answer has another shape."""
    try:
        return await call
    except SHAPES as error:
        raise UnreadableReply(type(error).__name__) from error


def check_replies(http: HTTPClient) -> None:
    """Have each call of a client raise only the library's documented errors, failures of the network, and ours."""
    request = http.request

    async def checked(route: Route, **given: Any) -> Any:
        where = f"{route.method} {route.path}"
        try:
            answer = await request(route, **{"timeout": TIME, **given})
        except (discord.DiscordException, *NETWORK_FAILURES):
            raise
        except (ValueError, TypeError, AttributeError, LookupError) as error:
            raise UnreadableReply(f"{where}: {type(error).__name__}") from error
        # The library gives text if the answer was not JSON; an empty one is right where there is nothing to say.
        if answer is None or (isinstance(answer, str) and (answer or route.method == "GET")):
            raise UnreadableReply(f"{where}: not JSON")
        return answer

    http.request = checked  # type: ignore[method-assign] # the library has no place for it
