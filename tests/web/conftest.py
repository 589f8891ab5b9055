"""A web chat over the core in memory, alone or with a browser before it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from bots.web.adapter import WebChat, WebOptions, create
from tests.web.browser import Journey, Stage, chromium, launch
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    path = chromium()
    if path is None:
        pytest.skip("there is no chromium on this machine: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await launch(playwright, path)
        stage = await Stage.build(browser)
        yield stage
        await browser.close()
        await stage.clear()


@pytest_asyncio.fixture(loop_scope="module")
async def journey(stage: Stage) -> AsyncIterator[Journey]:
    journey = Journey.start(stage)
    yield journey
    await journey.stop()
    assert journey.faults == []
