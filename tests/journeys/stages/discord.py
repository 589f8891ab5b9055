"""Discord, in direct messages or in a channel in which people call the assistant."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from core.ports.model import LanguageModel
from core.wiring import LabelingParts
from tests.discord.living import actions, answers, buttons, living
from tests.discord.server.interactions import Interaction
from tests.discord.server.server import Discord, Person
from tests.discord.server.world import Channel, Message, Payload
from tests.journeys.stages.guest import SPEAKING, THUMBS, Card, Guest, Seen, Stage, fitting

BUTTON = 2


@dataclass(slots=True)
class DiscordGuest(Guest):
    world: Discord
    person: Person
    room: Channel
    used: list[Interaction] = field(default_factory=list)

    async def says(self, text: str) -> None:
        await self.person.says(self.room, text, mention=True)

    async def hands(self, text: str, name: str, content: bytes) -> None:
        await self.person.says(self.room, text, mention=True, files=[(name, content)])

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
        await self.until(lambda: self.used[-1].modal is not None)
        self.used.append(await self.person.submits(self.used[-1], values))

    async def reacts(self, value: int, *, added: bool = True, card: bool = False) -> None:
        change = self.person.reacts if added else self.person.unreacts
        await change(answers(self.room)[-1], THUMBS[value][1])

    def answers(self) -> Sequence[Seen]:
        return [Seen(one.content, buttons(one), "stop" in buttons(one)) for one in answers(self.room)]

    def notices(self) -> Sequence[str]:
        return [message.content for used in self.used for message in used.messages]

    def cards(self) -> Sequence[Card]:
        return [Card(one.content, _worded(one)) for one in self._all() if one.components]

    async def another(self, name: str) -> "DiscordGuest":
        assert self.room.guild
        return replace(self, person=self.world.person(name, self.room.guild), used=[])

    async def intrudes(self, other: "DiscordGuest", action: str) -> None:
        shown = next(message for message in reversed(other._all()) if action in actions(message))
        self.used.append(await self.person.presses(shown, action))

    def posted(self) -> Sequence[str]:
        return [message.content for message in answers(self.room)]

    def _all(self) -> list[Message]:
        whispered = [message for used in self.used for message in used.messages]
        return sorted([*answers(self.room), *whispered], key=lambda message: int(message.id))


def _worded(message: Message) -> list[tuple[str, str]]:
    items = [item for row in message.components for item in row["components"] if item["type"] == BUTTON]
    return [(_words(item), item["custom_id"]) for item in items]


def _words(button: Payload) -> str:
    emoji: str = (button.get("emoji") or {}).get("name", "")
    return button.get("label") or SPEAKING.get(emoji, emoji)


class DiscordStage(Stage):
    """A server with one channel, whose keeper speaks."""

    def __init__(self, url: str, world: Discord, work: LabelingParts | None = None) -> None:
        super().__init__(url, work)
        self.world = world
        guild = world.guild()
        self.room = world.channel(guild)
        self.person = world.person("Ana", guild, keeper=True)
        self.used: list[Interaction] = []

    @asynccontextmanager
    async def open(self, *models: LanguageModel) -> AsyncIterator[Guest]:
        async with living(self.world, self.url, *models, work=self.work) as life:
            yield DiscordGuest(life.bot.chat.capabilities, life, self.world, self.person, self.room, self.used)
