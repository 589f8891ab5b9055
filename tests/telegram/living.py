"""A bot that lives on a test's Telegram: the real library, router, assistant and store, with a scripted model."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bots.shared.attempts import FIRST_PAUSE
from bots.shared.pace import ClosedUntil
from bots.shared.turns import InTurn, at_once
from bots.telegram.capabilities import CAPABILITIES
from bots.telegram.options import TelegramOptions
from bots.telegram.surface import TelegramSurface as Running
from core.commands.registry import CommandGroup
from core.ports.model import LanguageModel
from core.store.engine.database import connect
from core.wiring import CoreRules, LabelingParts, WiredCore
from tests.core.building import RULES, MakeCore, core_over
from tests.keys import KEYRING
from tests.living import HeardStore, Ledger, echo
from tests.telegram.server.server import Chat, Message, Telegram


@dataclass(slots=True)
class Living(Ledger):
    """A running bot with its core."""

    running: Running
    core: WiredCore


def answers(chat: Chat) -> list[Message]:
    """The bot's own messages in a chat."""
    return [message for message in chat.messages if message.author.name == "Parley" and not message.begins_topic]


def actions(message: Message) -> list[str]:
    """The meaning of the buttons under a message."""
    return [str(button["callback_data"]) for row in message.keyboard for button in row]


def buttons(message: Message) -> list[str]:
    """The verbs of these."""
    return [action.partition(":")[0] for action in actions(message)]


def finished(chat: Chat, number: int = 1) -> bool:
    """Whether the bot has sent that many messages, and the last one is a finished answer."""
    found = answers(chat)
    return len(found) >= number and "retry" in buttons(found[-1])


def all_finished(chat: Chat, number: int) -> bool:
    """Whether so many of the bot's messages are finished answers, whatever stands between them."""
    return sum("retry" in buttons(message) for message in answers(chat)) == number


@asynccontextmanager
async def living(
    world: Telegram,
    url: str,
    *models: LanguageModel,
    rules: CoreRules = RULES,
    webhook_url: str = "",
    more: Sequence[CommandGroup] = (),
    work: LabelingParts | None = None,
    make: MakeCore = core_over,
    first_pause: float = FIRST_PAUSE,
    alone: InTurn = at_once,
) -> AsyncIterator[Living]:
    """A bot over the database of that URL, from its login to its end; one that follows on it is a restart."""
    store = connect(url, KEYRING)
    core = make(HeardStore(store, world), *(models or (echo(),)), rules=rules, more=more, work=work)
    options = TelegramOptions(
        world.token, world.base_url, world.base_file_url, webhook_url, "a-secret" if webhook_url else ""
    )
    running = Running(options, core.router.handle, core.records, core.keep("telegram"), first_pause, alone)
    running.chat.capabilities = replace(CAPABILITIES, edit_interval=0.0)
    running.chat._edits.pace.closed = ClosedUntil(asyncio.get_running_loop().time)
    core.router.attach("telegram", running.chat)
    ready = asyncio.Event()

    async def begin(name: str) -> None:
        await core.router.recover("telegram")
        ready.set()

    staying = asyncio.create_task(running.run(begin))
    try:
        await asyncio.wait({staying, asyncio.ensure_future(ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
        await world.until(lambda: any(request.method in ("getUpdates", "setWebhook") for request in world.requests))
        yield Living(world, url, running, core)
    finally:
        await core.router.drain(20)
        await running.close()
        await asyncio.wait_for(staying, 20)
        await store.close()
