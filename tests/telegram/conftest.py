"""A Telegram on loopback for every test, held to the published description if that is there."""

from collections.abc import AsyncIterator

import pytest

from tests.telegram.server.server import Telegram, telegram_server
from tests.telegram.server.specification import published


@pytest.fixture
async def world() -> AsyncIterator[Telegram]:
    async with telegram_server(published()) as running:
        yield running
