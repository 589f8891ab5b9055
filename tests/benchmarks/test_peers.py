"""Each bot that Parley is compared with answers in two requests, as it does."""

from contextlib import AsyncExitStack
from importlib.util import find_spec

import pytest

from benchmarks import on_discord, on_slack, on_telegram
from benchmarks.asking import RunningBot, peer
from benchmarks.model_server import model_server

pytestmark = pytest.mark.sweep


async def on_a_discord(stack: AsyncExitStack, name: str, model: str) -> RunningBot:
    side, _ = await on_discord.side(
        stack,
        lambda world: peer(name, world.api, world.gateway_url, world.token, model),
        on_discord.by_others,
    )
    return side


async def plain_telegram(stack: AsyncExitStack, model: str) -> RunningBot:
    return await on_telegram.side(
        stack, lambda world: peer("plain_telegram", world.base_url, world.token, model), on_telegram.by_others
    )


async def plain_slack(stack: AsyncExitStack, model: str) -> RunningBot:
    return await on_slack.side(
        stack,
        lambda world: peer("plain_slack", world.base_url, world.token, world.app_token, model),
        on_slack.by_others,
    )


@pytest.mark.parametrize("name", ["plain_discord", "nonebot_discord", "plain_telegram", "plain_slack"])
async def test_a_peer_answers_in_two_requests(name: str) -> None:
    if name == "nonebot_discord" and not find_spec("nonebot"):
        pytest.skip("needs the dependency group `bench`")
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(model_server())
        if name == "plain_telegram":
            side = await plain_telegram(stack, model)
        elif name == "plain_slack":
            side = await plain_slack(stack, model)
        else:
            side = await on_a_discord(stack, name, model)
        before, used = side.requests(), side.used
        await side.ask(1, 1)
        # Telegram's long poll may end and begin anew in between.
        assert 2 <= side.requests() - before <= 3
        assert 0 < side.used - used < 60
