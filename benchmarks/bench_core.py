"""The core over a fresh SQLite file (WAL, FULL), with any model and any number of commands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from prometheus_client import CollectorRegistry

from benchmarks.sink import Seen, SinkChat
from config import texts
from core.answering.assistant import Persona
from core.commands.privacy import Terms
from core.commands.registry import Command, Feature
from core.delivery.call import Call
from core.limits import Limits
from core.messages import Message, Place, User
from core.metrics import Metrics
from core.models.registry import Models
from core.ports.model import Model, Sampling
from core.store.engine.database import connect
from core.store.engine.migrate import migrate
from core.texts import Texts
from core.wiring import Core, Rules, build

OWN_COMMANDS = 14
SYSTEM = "You are Parley, a friendly assistant. Answer briefly and clearly."


@dataclass(slots=True)
class Bench:
    """A running core and its chat."""

    core: Core
    chat: SinkChat
    numbers: "count[int]"

    async def ask(self, channel: str, text: str) -> Seen:
        """Send a message. Returns a record that notes when the answer appears."""
        number = next(self.numbers)
        event = Message(
            key=f"bench:{number}",
            place=Place("bench", "server", channel, private=True),
            user=User(f"user of {channel}", "Somebody"),
            at=datetime.now(UTC),
            id=str(number),
            text=text,
            source="direct",
        )
        seen = self.chat.watch(f"{event.key}#answer")
        await self.core.router.handle(event)
        return seen


async def nothing(call: Call) -> None:
    return


@asynccontextmanager
async def bench(
    file: Path, model: Model, commands: int = OWN_COMMANDS, sampling: Sampling | None = None
) -> AsyncIterator[Bench]:
    """Run a core over the database `file`, which is created if it is missing."""
    url = f"sqlite:///{file}"
    await migrate(url)
    store = connect(url)
    rules = Rules(
        personas={"parley": Persona("Parley", SYSTEM)},
        presets={"bench": sampling or Sampling(temperature=0.3)},
        terms=Terms("bench", ""),
        reasons={1: (), -1: ()},
        limits=Limits(answers=0, community_answers=0, characters=0),
    )
    words = dict(texts.sources())
    extra = [f"bench{number}" for number in range(commands - OWN_COMMANDS)]
    words["en"] += "".join(f"command-{name} = A command\n" for name in extra)
    feature = Feature(commands=tuple(Command(name, "plugins", nothing) for name in extra))
    models = Models({model.name: lambda: model}, model.name, waiting_per_slot=1000)
    core = build(store, models, Texts(words), rules, Metrics(CollectorRegistry()), [feature])
    chat = SinkChat()
    core.router.attach("bench", chat)
    try:
        yield Bench(core, chat, count())
    finally:
        await core.router.drain(10)
        await store.close()
