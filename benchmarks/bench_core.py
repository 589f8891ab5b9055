"""The core over a fresh SQLite file (WAL, FULL), with any model and any number of commands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from prometheus_client import CollectorRegistry

from benchmarks.null_chat import NullChat, ShownAnswer
from config import texts
from core.answering.answer_options import Persona
from core.commands.privacy import DataTerms
from core.commands.registry import Command, CommandGroup
from core.delivery.call import CommandCall
from core.limits import AnswerLimits
from core.messages import Message, Place, User
from core.metrics import Metrics
from core.models.registry import ModelRegistry
from core.ports.model import LanguageModel, SamplingSettings
from core.store.engine.database import connect
from core.store.engine.migrate import migrate
from core.texts import LocalizedTexts
from core.wiring import CoreGround, CorePlugins, CoreRules, WiredCore, build

OWN_COMMANDS = 14
SYSTEM = "You are Parley, a friendly assistant. Answer briefly and clearly."


@dataclass(slots=True)
class Bench:
    """A running core and its chat."""

    core: WiredCore
    chat: NullChat
    numbers: "count[int]"

    async def ask(self, channel: str, text: str) -> ShownAnswer:
        """Send a message. Returns a record that notes when the answer appears."""
        event = self.message(channel, text)
        seen = self.chat.watch(f"{event.key}#answer")
        await self.core.router.handle(event)
        return seen

    def message(self, channel: str, text: str) -> Message:
        """A message that was not sent yet."""
        number = next(self.numbers)
        return Message(
            key=f"bench:{number}",
            place=Place("bench", "server", channel, private=True),
            user=User(f"user of {channel}", "Somebody"),
            at=datetime.now(UTC),
            id=str(number),
            text=text,
            source="direct",
        )


async def nothing(call: CommandCall) -> None:
    return


@asynccontextmanager
async def bench(
    file: Path, model: LanguageModel, commands: int = OWN_COMMANDS, sampling: SamplingSettings | None = None
) -> AsyncIterator[Bench]:
    """Run a core over the database `file`, which is created if it is missing."""
    url = f"sqlite:///{file}"
    await migrate(url)
    store = connect(url)
    rules = CoreRules(
        personas={"parley": Persona("Parley", SYSTEM)},
        presets={"bench": sampling or SamplingSettings(temperature=0.3)},
        terms=DataTerms("bench", ""),
        reasons={1: (), -1: ()},
        limits=AnswerLimits(answers=0, community_answers=0, characters=0),
    )
    words = dict(texts.sources())
    extra = [f"bench{number}" for number in range(commands - OWN_COMMANDS)]
    words["en"] += "".join(f"command-{name} = A command\n" for name in extra)
    feature = CommandGroup(commands=tuple(Command(name, "plugins", nothing) for name in extra))
    models = ModelRegistry({model.name: lambda: model}, model.name, waiting_per_slot=1000)
    ground = CoreGround(store, models, LocalizedTexts(words), Metrics(CollectorRegistry()))
    core = build(ground, rules, CorePlugins(features=[feature]))
    chat = NullChat()
    core.router.attach("bench", chat)
    try:
        yield Bench(core, chat, count())
    finally:
        await core.router.drain(10)
        await store.close()
