"""The smallest platform: events come from its queue, and its chat is on paper."""

import asyncio
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, SecretStr

from bots.shared.platform import Began, CheckResult, Connection, Host, Platform
from core.messages import AnyEvent
from tests.paper import PaperChat


class MumbleSettings(BaseModel):
    """The section [mumble]."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: SecretStr | None = None
    server: str = "mumble.example"


@dataclass(slots=True)
class Mumble:
    """A server that everybody in this process is on."""

    chat: PaperChat = field(default_factory=PaperChat)
    said: "asyncio.Queue[AnyEvent | None]" = field(default_factory=asyncio.Queue)

    def connect(self, chosen: MumbleSettings, host: Host) -> Connection:
        """Connect the bot, which hands each event of the queue to the core."""
        host.attach("mumble", self.chat)

        async def run(began: Began) -> None:
            await host.recover("mumble")
            began("Parley")
            while event := await self.said.get():
                await host.handle(event)

        async def close() -> None:
            await self.said.put(None)

        return Connection(run, close)

    def answer(self, host: Host) -> Connection:
        """The outgoing side alone."""
        host.attach("mumble", self.chat)
        ended = asyncio.Event()

        async def run(began: Began) -> None:
            began("Parley")
            await ended.wait()

        async def close() -> None:
            ended.set()

        return Connection(run, close)


async def examine(chosen: MumbleSettings) -> list[CheckResult]:
    """Say where it is."""
    return [CheckResult("mumble", "ok", f"on {chosen.server}")]


SERVER = Mumble()
PLATFORM = Platform(
    section=MumbleSettings,
    wanted=lambda chosen: bool(chosen.token),
    connect=lambda chosen, host: SERVER.connect(chosen, host),
    answer=lambda chosen, host: SERVER.answer(host),
    examine=examine,
)
