"""The bot of `benchmarks.on_discord`: `python -m benchmarks.discord_bot API GATEWAY TOKEN DATABASE`."""

import asyncio
import sys

from benchmarks.figures import on_first_core, ready
from bots.discord.client import DiscordOptions, create
from core.models.scripted import ScriptedModel
from core.store.engine.database import connect
from tests.core.building import core_over


async def main(api: str, gateway: str, token: str, database: str) -> None:
    """Answer until the process is ended; a line on standard output says when it can."""
    store = connect(f"sqlite:///{database}")
    core = core_over(store, ScriptedModel(["A short answer of a few words."], slots=100))
    options = DiscordOptions(api, gateway, edit_interval=0.0, ready_timeout=0.05)
    bot = create(core.router.handle, core.records, core.keep("discord"), options)
    core.router.attach("discord", bot.chat)
    tasks: list[asyncio.Task[None]] = []
    bot.when_ready = lambda: tasks.append(asyncio.create_task(ready("Parley")))
    async with bot:
        await bot.start(token)


if __name__ == "__main__":
    on_first_core()
    asyncio.run(main(*sys.argv[1:]))
