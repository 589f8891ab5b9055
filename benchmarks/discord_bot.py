"""The bot of `benchmarks.on_discord`: `python -m benchmarks.discord_bot API GATEWAY TOKEN DATABASE`."""

import asyncio
import logging
import os
import sys

import structlog

from bots.discord.client import Options, create
from core.models.scripted import ScriptedModel
from core.store.database import connect
from tests.core.building import core_over


async def main(api: str, gateway: str, token: str, database: str) -> None:
    """Answer until the process is ended; a line on standard output says when it can."""
    store = connect(f"sqlite:///{database}")
    core = core_over(store, ScriptedModel(["A short answer of a few words."], slots=100))
    options = Options(api, gateway, edit_interval=0.0, ready_timeout=0.05)
    bot = create(core.router.handle, core.records, core.keep("discord"), options)
    core.router.attach("discord", bot.chat)
    bot.when_ready = lambda: print("ready", flush=True)  # noqa: T201
    async with bot:
        await bot.start(token)


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asyncio.run(main(*sys.argv[1:]))
