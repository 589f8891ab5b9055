"""A bot that lives on a test's Discord: the real client, router, assistant and store, with a scripted model."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bots.discord.adapter import DiscordChat
from bots.discord.client import DiscordClient, DiscordOptions, create
from bots.discord.intake import FIRST_PAUSE
from bots.shared.pace import ClosedUntil
from core.commands.registry import CommandGroup
from core.messages import AnyEvent
from core.ports.model import LanguageModel
from core.store.engine.database import Database, connect
from core.wiring import CoreRules, LabelingParts, WiredCore
from tests.core.building import RULES, MakeCore, core_over
from tests.discord.server.server import Discord
from tests.discord.server.world import Channel, Message
from tests.keys import KEYRING
from tests.living import HeardStore, Ledger, echo


class HeardChat(DiscordChat):
    """The real one; the test's server hears when an event has been dealt with, so that one can wait for it there."""

    world: Discord

    async def done(self, event: AnyEvent) -> None:
        await super().done(event)
        self.world.note()


@dataclass(slots=True)
class Living(Ledger):
    """A running bot, with its core and its store."""

    bot: DiscordClient
    core: WiredCore
    store: Database


def answers(channel: Channel) -> list[Message]:
    """The bot's own messages in a channel."""
    return [message for message in channel.messages if message.author.name == "Parley"]


def actions(message: Message) -> list[str]:
    """The meaning of the buttons and selects under a message."""
    return [item["custom_id"] for row in message.components for item in row["components"]]


def buttons(message: Message) -> list[str]:
    """The verbs of these."""
    return [action.partition(":")[0] for action in actions(message)]


def finished(channel: Channel, number: int = 1) -> bool:
    """Whether the bot has sent that many messages, and the last one is a finished answer."""
    found = answers(channel)
    return len(found) >= number and "retry" in buttons(found[-1])


@asynccontextmanager
async def living(
    world: Discord,
    url: str,
    *models: LanguageModel,
    rules: CoreRules = RULES,
    content: bool = True,
    shards: Sequence[int] = (),
    shard_count: int = 0,
    bots: frozenset[str] = frozenset(),
    edit_interval: float = 0.0,
    more: Sequence[CommandGroup] = (),
    work: LabelingParts | None = None,
    make: MakeCore = core_over,
    first_pause: float = FIRST_PAUSE,
) -> AsyncIterator[Living]:
    """A bot over the database of that URL, from its login to its end; one that follows on it is a restart."""
    store = connect(url, KEYRING)
    core = make(HeardStore(store, world), *(models or (echo(),)), rules=rules, more=more, work=work)
    options = DiscordOptions(
        world.api, world.gateway_url, content, tuple(shards), shard_count, bots, edit_interval, 0.02, first_pause
    )
    bot = create(core.router.handle, core.records, core.keep("discord"), options)
    bot.pace.closed = ClosedUntil(asyncio.get_running_loop().time)
    real = bot.chat
    able = replace(real.capabilities)
    chat = HeardChat(bot, real.places, real.messages, real.interactions, real.ids, real.servers, able)
    chat.world, bot.chat = world, chat
    core.router.attach("discord", bot.chat)
    try:
        async with bot:
            await bot.login(world.token)
            await core.router.recover("discord", bot.serves)
            connected = asyncio.create_task(bot.connect())
            try:
                await asyncio.wait_for(bot.wait_until_ready(), 20)
                yield Living(world, url, bot, core, store)
            finally:
                await core.router.drain(20)
                await bot.close()
                await asyncio.gather(connected, return_exceptions=True)
    finally:
        await store.close()
