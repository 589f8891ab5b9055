"""A bot with discord.py alone: `python -m benchmarks.peers.plain_discord API GATEWAY TOKEN MODEL`."""

import asyncio
import sys

import aiohttp
import discord

from benchmarks.figures import on_first_core, ready
from benchmarks.plain_model import asked
from bots.discord.endpoints import point


async def main(api: str, gateway: str, token: str, model: str) -> None:
    point(api, gateway)
    intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    client = discord.Client(intents=intents, max_messages=None, chunk_guilds_at_startup=False)

    @client.event
    async def on_ready() -> None:
        await ready(str(client.user))

    @client.event
    async def on_message(message: discord.Message) -> None:
        if client.user not in message.mentions:
            return
        question = message.content.replace(f"<@{message.mentions[0].id}>", "").strip()
        shown = await message.reply("...", mention_author=False)
        await shown.edit(content=await asked(http, model, [("user", question)]))

    async with client, aiohttp.ClientSession() as http:
        await client.start(token)


if __name__ == "__main__":
    on_first_core()
    asyncio.run(main(*sys.argv[1:]))
