"""A bot that lives on a test's Slack: the real libraries, router, assistant and store, with a scripted model."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bots.shared.pace import ClosedUntil
from bots.slack.capabilities import CAPABILITIES
from bots.slack.manifest import manifest
from bots.slack.options import SlackOptions
from bots.slack.surface import SlackSurface as Running
from cli.wiring.surface_server import SurfaceServer
from core.commands.registry import CommandGroup
from core.messages import User
from core.ports.model import LanguageModel
from core.store.engine.database import connect
from core.wiring import CoreRules, LabelingParts, WiredCore
from tests.core.building import RULES, MakeCore, core_over
from tests.keys import KEYRING
from tests.living import HeardStore, Ledger, echo
from tests.slack.server.server import Slack
from tests.slack.server.world import Channel, Message


@dataclass(slots=True)
class Living(Ledger):
    """A running bot with its core."""

    running: Running
    core: WiredCore
    address: str = ""


def answers(channel: Channel, thread: str | None = None) -> list[Message]:
    """The bot's own messages in a channel, or in one of its threads."""
    found = channel.messages if thread is None else channel.in_thread(thread)
    return [message for message in found if message.author.bot and message.text != "New Assistant Thread"]


def actions(message: Message) -> list[str]:
    """The meaning of the buttons and selects under a message."""
    found = []
    for element in message.elements():
        sides = [element[side]["value"] for side in ("positive_button", "negative_button") if side in element]
        found += sides or [element.get("value", element["action_id"])]
    return found


def buttons(message: Message) -> list[str]:
    """The verbs of these."""
    return [action.partition(":")[0] for action in actions(message)]


def finished(channel: Channel, number: int = 1, thread: str | None = None) -> bool:
    """Whether the bot has sent that many messages, and the last one is a finished answer."""
    found = answers(channel, thread)
    return len(found) >= number and "retry" in buttons(found[-1]) and not found[-1].streaming


@asynccontextmanager
async def living(
    world: Slack,
    url: str,
    *models: LanguageModel,
    rules: CoreRules = RULES,
    http: bool = False,
    token: str | None = None,
    app_token: str | None = None,
    client_id: str = "",
    ping: float = 0.05,
    more: Sequence[CommandGroup] = (),
    work: LabelingParts | None = None,
    make: MakeCore = core_over,
) -> AsyncIterator[Living]:
    """A bot over the database of that URL, from its login to its end; one that follows on it is a restart."""
    store = connect(url, KEYRING)
    core = make(HeardStore(store, world), *(models or (echo(),)), rules=rules, more=more, work=work)
    world.install(manifest(core.records.commands(User("", "", "en", admin=True)), "Parley", "An assistant"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        options = SlackOptions(
            token=world.token if token is None else token,
            app_token="" if http else app_token or world.app_token,
            signing_secret=world.secret if http else "",
            client_id=client_id,
            client_secret="client-secret" if client_id else "",
            public_url=address,
            base_url=world.base_url,
            authorization_url=f"{world.url}/oauth/v2/authorize",
            ping=ping,
        )
        running = Running(options, core.router.handle, core.records, core.keep("slack"))
        running.chat.capabilities = replace(CAPABILITIES, edit_interval=0.0)
        running.chat.calls.pace.closed = ClosedUntil(asyncio.get_running_loop().time)
        core.router.attach("slack", running.chat)
        ready = asyncio.Event()

        async def begin(name: str) -> None:
            await core.router.recover("slack")
            ready.set()

        serving = SurfaceServer(running.app(), listener)
        tasks = [asyncio.create_task(running.run(begin)), asyncio.create_task(serving.stay())]
        try:
            connected = asyncio.ensure_future(world.until(lambda: http or bool(world.sockets)))
            await asyncio.wait({tasks[0], connected}, return_when=asyncio.FIRST_COMPLETED)
            connected.cancel()
            await asyncio.wait({tasks[0], asyncio.ensure_future(ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
            if http:
                await serving.up.wait()
                world.hook = f"{address}/slack/events"
            yield Living(world, url, running, core, address)
        finally:
            world.hook = ""
            await core.router.drain(20)
            await running.close()
            serving.should_exit = True
            await asyncio.wait_for(asyncio.gather(*tasks), 20)
            await store.close()
