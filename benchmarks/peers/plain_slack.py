"""A bot with Bolt alone: `python -m benchmarks.peers.plain_slack BASE_URL TOKEN APP_TOKEN MODEL`."""

import asyncio
import sys
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.figures import on_first_core, ready
from benchmarks.plain_model import asked


async def main(base_url: str, token: str, app_token: str, model: str) -> None:
    async with aiohttp.ClientSession() as http, aiohttp.ClientSession() as slack:
        app = AsyncApp(client=AsyncWebClient(token, base_url=base_url, session=slack))

        @app.event("app_mention")
        async def answer(event: dict[str, Any], client: AsyncWebClient) -> None:
            question = event["text"].partition(">")[2].strip()
            shown = await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="...")
            text = await asked(http, model, [("user", question)])
            await client.chat_update(channel=event["channel"], ts=shown["ts"], text=text)

        @app.event("message")
        async def nothing() -> None:
            """Each mention is a message, too, and Bolt complains of events that nobody takes."""

        handler = AsyncSocketModeHandler(app, app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await ready("Slack")
        await asyncio.Event().wait()


if __name__ == "__main__":
    on_first_core()
    asyncio.run(main(*sys.argv[1:]))
