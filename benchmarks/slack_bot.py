"""The bot of `benchmarks.on_slack`: `python -m benchmarks.slack_bot BASE_URL TOKEN APP_TOKEN DATABASE`."""

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta

from benchmarks.figures import on_first_core, ready
from bots.slack.surface import SlackOptions, SlackSurface
from core.models.scripted import ScriptedModel
from core.store.engine.database import connect
from tests.core.building import core_over


async def main(base_url: str, token: str, app_token: str, database: str) -> None:
    """Answer until the process is ended; a line on standard output says when it can."""
    core = core_over(connect(f"sqlite:///{database}"), ScriptedModel(["A short answer of a few words."], slots=100))
    options = SlackOptions(token, app_token, base_url=base_url)
    slack = SlackSurface(options, core.router.handle, core.records, core.keep("slack"))
    slack.chat.capabilities = replace(slack.chat.capabilities, edit_interval=0.0)
    # Pretend that it has been running for a while: messages from before its start would be looked up.
    slack.chat.began -= timedelta(minutes=1)
    core.router.attach("slack", slack.chat)
    await slack.run(ready)


if __name__ == "__main__":
    on_first_core()
    asyncio.run(main(*sys.argv[1:]))
