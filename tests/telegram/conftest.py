"""A Telegram on loopback for every test, held to the published description if that is there."""

from collections.abc import AsyncIterator

import pytest

from tests.shared.leaping import pytest_asyncio_loop_factories
from tests.telegram.server.server import Telegram, telegram_server
from tests.telegram.server.specification import published

__all__ = ["pytest_asyncio_loop_factories", "world"]


@pytest.fixture
async def world() -> AsyncIterator[Telegram]:
    async with telegram_server(published()) as running:
        yield running
