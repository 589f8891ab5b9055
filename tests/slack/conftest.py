"""A Slack on loopback for every test, held to Slack's own shapes and validators."""

from collections.abc import AsyncIterator

import pytest

from tests.shared.leaping import pytest_asyncio_loop_factories
from tests.slack.server.server import Slack, slack_server

__all__ = ["pytest_asyncio_loop_factories", "world"]


@pytest.fixture
async def world() -> AsyncIterator[Slack]:
    async with slack_server() as running:
        yield running
