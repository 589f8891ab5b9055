"""A web chat over the core in memory."""

from collections.abc import AsyncIterator

import pytest

from bots.web.adapter import WebChat, WebOptions, create
from tests.web.client import KEY, Visitor
from tests.web.standin import Standin


@pytest.fixture
def core() -> Standin:
    return Standin()


@pytest.fixture
def web(core: Standin) -> WebChat:
    core.chat = web = create(core.handle, core, hosts={"127.0.0.1", "localhost"}, options=WebOptions(KEY))
    return web


@pytest.fixture
async def visitor(web: WebChat) -> AsyncIterator[Visitor]:
    async with Visitor(web.app) as visitor:
        yield visitor
