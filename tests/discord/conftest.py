"""A Discord on loopback for every test, held to the published description if that is there."""

from collections.abc import AsyncIterator

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discord.server.server import Discord, discord_server
from tests.discord.server.specification import published
from tests.shared.leaping import pytest_asyncio_loop_factories

__all__ = ["pytest_asyncio_loop_factories", "world"]


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Discord]:
    """The server; afterwards discord.py knows the real one again."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    async with discord_server(published()) as running:
        yield running
