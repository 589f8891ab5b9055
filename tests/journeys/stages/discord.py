"""Discord, in direct messages or in a channel where one calls the assistant."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from core.ports import Model
from tests.discord.living import actions, answers, buttons, living
from tests.discord.server.interactions import Interaction
from tests.discord.server.server import Discord, Person
from tests.discord.server.world import Channel, Message
from tests.journeys.stages.guest import THUMBS, Guest, Seen, Stage, fitting


@dataclass(slots=True)
class DiscordGuest(Guest):
    world: Discord
    person: Person
    room: Channel
    used: list[Interaction] = field(default_factory=list)

    async def says(self, text: str) -> None:
        await self.person.says(self.room, text, mention=True)

    async def commands(self, name: str, /, **options: str) -> None:
        self.used.append(await self.person.commands(self.room, name, options))

    async def presses(self, wanted: str) -> None:
        await self.until(lambda: any(fitting(actions(message), wanted) for message in self._all()))
        shown = next(message for message in reversed(self._all()) if fitting(actions(message), wanted))
        self.used.append(await self.person.presses(shown, fitting(actions(shown), wanted)))

    async def chooses(self, action: str, value: str) -> None:
        def having() -> list[Message]:
            return [one for one in self._all() if action in actions(one)]

        await self.until(lambda: bool(having()))
        self.used.append(await self.person.selects(having()[-1], action, [value]))

    async def fills(self, **values: str) -> None:
        await self.until(lambda: any(one.modal for one in self.used))
        asked = next(one for one in reversed(self.used) if one.modal)
        self.used.append(await self.person.submits(asked, values))

    async def reacts(self, value: int, *, added: bool = True) -> None:
        change = self.person.reacts if added else self.person.unreacts
        await change(answers(self.room)[-1], THUMBS[value][1])

    def answers(self) -> Sequence[Seen]:
        return [Seen(one.content, buttons(one), "stop" in buttons(one)) for one in answers(self.room)]

    def notices(self) -> Sequence[str]:
        return [message.content for used in self.used for message in used.messages]

    def _all(self) -> list[Message]:
        return [*answers(self.room), *(message for used in self.used for message in used.messages)]


class DiscordStage(Stage):
    """A server with one channel, whose keeper speaks."""

    def __init__(self, url: str, world: Discord) -> None:
        super().__init__(url)
        self.world = world
        guild = world.guild()
        self.room = world.channel(guild)
        self.person = world.person("Ana", guild, keeper=True)

    @asynccontextmanager
    async def open(self, *models: Model) -> AsyncIterator[Guest]:
        async with living(self.world, self.url, *models) as life:
            yield DiscordGuest(life.bot.chat.capabilities, life, self.world, self.person, self.room)
