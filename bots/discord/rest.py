"""What Discord's REST answers, checked before the library reads it.

The library takes for granted that an answer has the published shape, and raises whatever its reading runs into. A proxy
in between, or a fault of Discord's, can answer anything.
"""

from typing import Any

import discord
from discord.http import HTTPClient, Route

from bots.shared.failures import NETWORK_FAILURES
from core.foreign_code import ForeignFault, guarded


class UnreadableReply(discord.DiscordException):
    """An answer that is not what Discord promises. Whether the call took effect is unknown."""


def check_replies(http: HTTPClient) -> None:
    """Have each call of a client raise only the library's documented errors, failures of the network, and ours."""
    request = http.request

    async def checked(route: Route, **given: Any) -> Any:
        where = f"{route.method} {route.path}"
        try:
            with guarded(discord.DiscordException, *NETWORK_FAILURES):
                answer = await request(route, **given)
        except ForeignFault as fault:
            raise UnreadableReply(f"{where}: {type(fault.cause).__name__}") from fault
        # The library gives text if the answer was not JSON; an empty one is right where there is nothing to say.
        if answer is None or (isinstance(answer, str) and (answer or route.method == "GET")):
            raise UnreadableReply(f"{where}: not JSON")
        return answer

    http.request = checked  # type: ignore[method-assign] # the library has no place for it
