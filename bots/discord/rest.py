"""Checks the responses of Discord's REST API before the library reads them.

The library relies on the published shape, and raises all kinds of errors if a response has another one. A proxy in
between, or a fault at Discord, can send anything.
"""

from typing import Any

import discord
from discord.http import HTTPClient, Route

from bots.shared.failures import NETWORK_FAILURES


class UnreadableReply(discord.DiscordException):
    """An answer that is not what Discord promises. Whether the call took effect is unknown."""


def check_replies(http: HTTPClient) -> None:
    """Have each call of a client raise only the library's documented errors, failures of the network, and ours."""
    request = http.request

    async def checked(route: Route, **given: Any) -> Any:
        where = f"{route.method} {route.path}"
        try:
            answer = await request(route, **given)
        except (discord.DiscordException, *NETWORK_FAILURES):
            raise
        except (ValueError, TypeError, AttributeError, LookupError) as error:
            raise UnreadableReply(f"{where}: {type(error).__name__}") from error
        # The library returns text if the response was not JSON. An empty one is right if there is nothing to return.
        if answer is None or (isinstance(answer, str) and (answer or route.method == "GET")):
            raise UnreadableReply(f"{where}: not JSON")
        return answer

    http.request = checked  # type: ignore[method-assign] # the library has no place for it
