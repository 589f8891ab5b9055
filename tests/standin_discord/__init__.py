"""A Discord on loopback for tests: REST v10 and gateway, written from the published protocol, for the real client."""

from tests.standin_discord.server import Discord, discord_server

__all__ = ["Discord", "discord_server"]
