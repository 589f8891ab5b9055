"""A bot that lives on a test's Telegram: the real library, router, assistant and store, with a scripted model."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlmodel import Session

from bots.telegram.adapter import CAPABILITIES
from bots.telegram.running import Options
from bots.telegram.running import Telegram as Running
from core.engine import Core, Rules
from core.models.scripted import ScriptedModel
from core.ports import Model
from core.store.database import Database, connect
from tests.core.building import RULES, core_over
from tests.telegram.server.server import Chat, Message, Telegram

T = TypeVar("T")


@dataclass(slots=True)
class HeardStore:
    """A store; the test's server hears of each commit, so that one can wait for it there."""

    store: Database
    world: Telegram

    async def write(self, unit: Callable[[Session], T]) -> T:
        done: T = await self.store.write(unit)
        self.world.note()
        return done

    async def read(self, unit: Callable[[Session], T]) -> T:
        found: T = await self.store.read(unit)
        return found


@dataclass(slots=True)
class Living:
    """A running bot with its core."""

    world: Telegram
    running: Running
    core: Core
    url: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as database:
            return database.execute(query).fetchall()

    async def until_rows(self, query: str, expected: list[tuple[Any, ...]]) -> None:
        """Wait until a query finds this."""
        try:
            await self.world.until(lambda: self.rows(query) == expected)
        except TimeoutError:
            assert self.rows(query) == expected

    async def rated(self, *values: int) -> None:
        """Wait until these are all ratings that there are."""
        await self.until_rows("SELECT value FROM rating ORDER BY at", [(value,) for value in values])


def echo() -> ScriptedModel:
    """A model that repeats what was said last."""
    return ScriptedModel(lambda lines: f"You said: {lines[-1].text}")


def answers(chat: Chat) -> list[Message]:
    """The bot's own messages in a chat."""
    return [message for message in chat.messages if message.author.name == "Parley"]


def buttons(message: Message) -> list[str]:
    """What the buttons under a message do."""
    return [button["callback_data"].partition(":")[0] for row in message.keyboard for button in row]


def finished(chat: Chat, number: int = 1) -> bool:
    """Whether so many messages of the bot are there, and the last one is an answer that no longer grows."""
    found = answers(chat)
    return len(found) >= number and "retry" in buttons(found[-1])


@asynccontextmanager
async def living(
    world: Telegram, url: str, *models: Model, rules: Rules = RULES, webhook_url: str = ""
) -> AsyncIterator[Living]:
    """A bot over the database of that URL, from its login to its end; one that follows on it is a restart."""
    store = connect(url)
    core = core_over(HeardStore(store, world), *(models or (echo(),)), rules=rules)
    options = Options(world.token, world.base_url, world.base_file_url, webhook_url, "a-secret" if webhook_url else "")
    running = Running(options, core.router.handle, core.records, core.keep("telegram"))
    running.chat.capabilities = replace(CAPABILITIES, edit_interval=0.0)
    core.router.attach("telegram", running.chat)
    ready = asyncio.Event()

    async def begin(name: str) -> None:
        await core.router.recover("telegram")
        ready.set()

    staying = asyncio.create_task(running.run(begin))
    try:
        await asyncio.wait({staying, asyncio.ensure_future(ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
        await world.until(lambda: any(request.method in ("getUpdates", "setWebhook") for request in world.requests))
        yield Living(world, running, core, url)
    finally:
        await core.router.drain(20)
        await running.close()
        await asyncio.wait_for(staying, 20)
        await store.close()
