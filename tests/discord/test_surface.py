"""Discord as a part of the running program."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
from discord.gateway import KeepAliveHandler

from bots.discord.client import DiscordClient, DiscordOptions, create
from bots.discord.session_budget import DAY
from bots.discord.surface import DiscordSurface as Running
from core.errors import OperatorError
from core.store.engine.database import connect
from core.wiring import WiredCore
from tests.core.building import core_over
from tests.discord.server.server import Discord
from tests.living import echo


async def nothing(bot: DiscordClient) -> None:
    """Nothing is to be done before it begins."""


@pytest.fixture
async def core(sqlite_url: str) -> AsyncIterator[WiredCore]:
    store = connect(sqlite_url)
    yield core_over(store, echo())
    await store.close()


def running(world: Discord, core: WiredCore, token: str) -> Running:

    def make(content: bool) -> DiscordClient:
        options = DiscordOptions(world.api, world.gateway_url, content, ready_timeout=0.02)
        return create(core.router.handle, core.records, core.keep("discord"), options)

    return Running(make, token, message_content=True, first_pause=0.0)


@pytest.mark.parametrize("intent", [True, False], ids=["with the intent", "without the intent"])
async def test_it_stays_until_it_is_told_to_leave(world: Discord, core: WiredCore, intent: bool) -> None:
    if not intent:
        world.privileged.clear()
    discord = running(world, core, world.token)
    staying = asyncio.create_task(discord.run(nothing))
    await world.until(lambda: len(world.gateway.identified) == 1)
    await discord.close()
    await asyncio.wait_for(staying, 20)


async def test_a_wrong_token_is_said_and_not_tried_again(world: Discord, core: WiredCore) -> None:
    with pytest.raises(OperatorError, match="does not know it"):
        await running(world, core, "wrong").run(nothing)
    assert len(world.requests) == 1


async def test_an_unreachable_discord_is_tried_again(world: Discord, core: WiredCore) -> None:
    world.fail("GET", "/users/@me", status=530)
    discord = running(world, core, world.token)
    staying = asyncio.create_task(discord.run(nothing))
    await world.until(lambda: len(world.gateway.identified) == 1)
    await discord.close()
    await asyncio.wait_for(staying, 20)


async def test_the_last_sessions_of_a_day_are_left_alone(world: Discord, core: WiredCore) -> None:
    world.sessions_left = 50
    discord = running(world, core, world.token)
    staying = asyncio.create_task(discord.run(nothing))
    await world.until(lambda: any(request.path == "/gateway/bot" for request in world.requests))
    staying.cancel()
    await asyncio.gather(staying, return_exceptions=True)
    assert len(world.gateway.identified) == 0


@pytest.mark.leaping
async def test_sessions_that_are_lost_again_and_again_are_begun_later(world: Discord, core: WiredCore) -> None:
    world.sessions_left, world.sessions_last = 600, DAY
    discord, time = running(world, core, world.token), asyncio.get_running_loop().time
    staying = asyncio.create_task(discord.run(nothing))
    for number in (1, 2):
        await world.until(lambda number=number: len(world.gateway.identified) == number, within=DAY)  # type: ignore[misc]
        await world.drop("invalid")
    # It connects again, and begins no session there; nothing stays of that connection.
    lost = time()
    await world.until(lambda: world.gateway.connections == world.gateway.ended == 3)
    client = discord._bot
    assert client
    for one in threading.enumerate():
        if isinstance(one, KeepAliveHandler) and one.ws._connection is client._connection:
            await asyncio.to_thread(one.join, 20)
            assert not one.is_alive()
    await world.until(lambda: len(world.gateway.identified) == 3, within=DAY)
    assert time() - lost > 300
    await discord.close()
    await asyncio.wait_for(staying, 20)
