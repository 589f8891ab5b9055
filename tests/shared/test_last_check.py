"""A request that has waited leaves only if its work is ours still: nothing is written after the lease has ended."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest

from bots.discord.client import DiscordOptions, create
from bots.shared.last_check import last_checks
from bots.slack.workspaces import WorkspaceDirectory, web_client
from bots.telegram import options as telegram
from core.errors import LeaseLost
from core.store.engine.database import connect
from core.wiring import WiredCore
from core.work_queue.fencing import check_lease
from core.work_queue.held_leases import Lease, clock
from tests.core.building import core_over
from tests.living import echo

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass(slots=True)
class HeldServer:
    """A server that answers when it may. `came` has the first line of each request."""

    port: int = 0
    came: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def meet(self, reader: StreamReader, writer: StreamWriter) -> None:
        while head := await reader.readline():
            self.came.append(head.decode().strip())
            while (await reader.readline()).strip():
                pass
            self.asked.set()
            await self.may.wait()
            writer.write(ANSWER)
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[HeldServer]:
    made = HeldServer()
    listening = await asyncio.start_server(made.meet, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    yield made
    made.may.set()
    listening.close()


def lease(seconds: float) -> Lease:
    return Lease("paper/town/square", 1, clock() + seconds)


async def test_a_request_that_waits_for_a_connection_does_not_leave_once_its_lease_has_ended(
    server: HeldServer,
) -> None:
    async def ask(session: aiohttp.ClientSession, held: Lease, path: str) -> int:
        with held.bound():
            async with session.get(f"{server.url}/{path}") as answer:
                return answer.status

    ours, others = lease(60), lease(60)
    connector, checks = aiohttp.TCPConnector(limit=1), list(last_checks(check_lease))
    async with aiohttp.ClientSession(connector=connector, trace_configs=checks) as session:
        first = asyncio.create_task(ask(session, others, "first"))
        await server.asked.wait()
        second, third = (asyncio.create_task(ask(session, held, "late")) for held in (ours, others))
        # As after a pause: the request waits, and its time is over.
        ours.until = 0.0
        server.may.set()
        with pytest.raises(LeaseLost):
            await second
        assert [await first, await third] == [200, 200]
        assert server.came == ["GET /first HTTP/1.1", "GET /late HTTP/1.1"]
    assert ours.refused
    assert not others.refused


@pytest.fixture
async def core(sqlite_url: str) -> AsyncIterator[WiredCore]:
    store = connect(sqlite_url)
    yield core_over(store, echo())
    await store.close()


async def on_telegram(core: WiredCore, url: str) -> None:
    bot = telegram.create(telegram.TelegramOptions("1:a", f"{url}/bot", check=check_lease))
    await bot.request.initialize()
    try:
        await bot.send_message(1, "Too late")
    finally:
        await bot.request.shutdown()


async def on_slack(core: WiredCore, url: str) -> None:
    directory = WorkspaceDirectory(f"{url}/", core.keep("slack"), check=check_lease)
    await directory.open("")
    try:
        await web_client("xoxb-1", f"{url}/", directory.session).chat_postMessage(channel="C1", text="Too late")
    finally:
        await directory.close()


async def on_discord(core: WiredCore, url: str) -> None:
    options = DiscordOptions(f"{url}/api/v10", check=check_lease)
    async with create(core.router.handle, core.records, core.keep("discord"), options) as bot:
        await bot.login("a.token")


@pytest.mark.parametrize("send", [on_telegram, on_slack, on_discord])
async def test_each_platform_checks_before_a_request_leaves(
    server: HeldServer, core: WiredCore, send: Callable[[WiredCore, str], Awaitable[None]]
) -> None:
    with lease(0).bound(), pytest.raises(LeaseLost):
        await send(core, server.url)
    assert not server.came
