"""Where Discord is: the real one, a REST proxy in front of it, or a server on loopback."""

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


def point(api_base: str, gateway_url: str) -> None:
    """Have discord.py call `api_base` ("https://…/api/v10") and connect to `gateway_url` ("wss://…").

    Both are class attributes that it reads for every request and connection, so they hold for the whole process; an
    empty one leaves discord.py's own.
    """
    if api_base:
        Route.BASE = api_base.rstrip("/")
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
