"""Checks the responses of Discord's REST API before the library reads them.

The library relies on the published shape, and raises all kinds of errors if a response has another one. A proxy in
between, or a fault at Discord, can send anything.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
import discord
from discord.http import HTTPClient, Route

from bots.shared.failures import NETWORK_FAILURES
from core.errors import ParleyError
from core.foreign_code import ForeignFault, ForeignGuard

T = TypeVar("T")

LONGEST = 60.0
"""The longest that a call may take, in seconds, with the pauses that the library makes in it."""

TIME = aiohttp.ClientTimeout(sock_connect=10, total=20)
"""Seconds for a connection, and for a whole request. By itself the library waits five minutes."""


class UnreadableReply(discord.DiscordException):
    """An answer that is not what Discord promises. Whether the call took effect is unknown."""


class _ReplyGuard(ForeignGuard):
    __slots__ = ()

    def fault(self, fault: ForeignFault) -> Exception:
        return UnreadableReply(type(fault.cause).__name__)


def understood() -> ForeignGuard:
    """Call the library in the block. Whatever it runs into while it reads an answer becomes an UnreadableReply."""
    return _ReplyGuard((ParleyError, discord.DiscordException, *NETWORK_FAILURES))


@asynccontextmanager
async def within(longest: float) -> AsyncIterator[None]:
    """Do the same as `understood`, and end the block with TimeoutError after so many seconds."""
    with understood():
        async with asyncio.timeout(longest):
            yield


async def readable(call: Awaitable[T], longest: float = LONGEST) -> T:
    """Make a call whose answer the library reads past its own client. Raises the same as `within`."""
    # As `within` does, which would be a generator for each call.
    with understood():
        async with asyncio.timeout(longest):
            return await call


def check_replies(http: HTTPClient, longest: float = LONGEST) -> None:
    """Have each call of a client end within `longest` seconds.

    It raises only the library's documented errors, failures of the network, and ours.
    """
    request = http.request

    async def checked(route: Route, **given: Any) -> Any:
        where = f"{route.method} {route.path}"
        try:
            with understood():
                async with asyncio.timeout(longest):
                    answer = await request(route, **{"timeout": TIME, **given})
        except (TimeoutError, asyncio.CancelledError):
            # A call that ends while it waits for a limit on everything would leave that limit on for ever. `RoutePace`
            # keeps it.
            http._global_over.set()
            raise
        except UnreadableReply as error:
            raise UnreadableReply(f"{where}: {error}") from error
        # The library returns text if the response was not JSON. An empty one is right if there is nothing to return.
        if answer is None or (isinstance(answer, str) and (answer or route.method == "GET")):
            raise UnreadableReply(f"{where}: not JSON")
        return answer

    http.request = checked  # type: ignore[method-assign] # the library has no place for it
