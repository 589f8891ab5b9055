"""The bot of `benchmarks.on_telegram`: `python -m benchmarks.telegram_bot BASE_URL TOKEN DATABASE`."""

import asyncio
import sys
from dataclasses import replace

from benchmarks.figures import on_first_core, ready
from bots.telegram.surface import TelegramOptions, TelegramSurface
from core.models.scripted import ScriptedModel
from core.store.engine.database import connect
from tests.core.building import core_over


async def main(base_url: str, token: str, database: str) -> None:
    """Answer until the process is ended; a line on standard output says when it can."""
    core = core_over(connect(f"sqlite:///{database}"), ScriptedModel(["A short answer of a few words."], slots=100))
    telegram = TelegramSurface(
        TelegramOptions(token, base_url), core.router.handle, core.records, core.keep("telegram")
    )
    telegram.chat.capabilities = replace(telegram.chat.capabilities, edit_interval=0.0)
    core.router.attach("telegram", telegram.chat)
    await telegram.run(ready)


if __name__ == "__main__":
    on_first_core()
    asyncio.run(main(*sys.argv[1:]))
