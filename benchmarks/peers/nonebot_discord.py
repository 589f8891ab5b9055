"""A bot with NoneBot2, its Discord adapter and a hundred commands.

`python -m benchmarks.peers.nonebot_discord API GATEWAY TOKEN MODEL`
"""

import sys

import aiohttp
import nonebot
from nonebot.adapters.discord import Adapter, Bot, MessageEvent
from nonebot.drivers import URL
from nonebot.rule import to_me

from benchmarks.figures import on_first_core, ready
from benchmarks.plain_model import asked

COMMANDS = 100


async def nothing() -> None:
    return


def main(api: str, gateway: str, token: str, model: str) -> None:
    chosen = {"token": token, "intent": {"message_content": True}}
    nonebot.init(driver="~aiohttp", discord_bots=[chosen], log_level="ERROR")
    driver = nonebot.get_driver()
    driver.register_adapter(Adapter)
    # Where the gateway is, it asks there.
    nonebot.get_adapter(Adapter).base_url = URL(api)
    sessions: list[aiohttp.ClientSession] = []

    for number in range(COMMANDS):
        nonebot.on_command(f"bench{number}", handlers=[nothing])
    questions = nonebot.on_message(rule=to_me(), priority=10, block=True)

    @questions.handle()
    async def answer(bot: Bot, event: MessageEvent) -> None:
        shown = await bot.send(event, "...", reply_message=True)
        text = await asked(sessions[0], model, [("user", event.get_plaintext().strip())])
        await bot.edit_message(channel_id=event.channel_id, message_id=shown.id, content=text)

    @driver.on_bot_connect
    async def begin(bot: Bot) -> None:
        sessions.append(aiohttp.ClientSession())
        await ready("NoneBot2")

    nonebot.run()


if __name__ == "__main__":
    on_first_core()
    main(*sys.argv[1:])
