"""Discord's addresses: the real ones, a REST proxy in front of them, or a server on loopback."""

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


def point(api_base: str, gateway_url: str) -> None:
    """Make discord.py call `api_base` ("https://…/api/v10") and connect to `gateway_url` ("wss://…").

    Both are class attributes that discord.py reads for every request and connection, so they apply to the whole
    process. An empty one keeps discord.py's default.
    """
    if api_base:
        Route.BASE = api_base.rstrip("/")
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
