"""Slack, in a channel: the conversation is a thread, and notices are for one person's eyes."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from core.ports.model import LanguageModel
from core.wiring import LabelingParts
from tests.journeys.stages.guest import Card, Guest, Seen, Stage, fitting, line
from tests.slack.living import actions, answers, buttons, living
from tests.slack.server.server import Person, Slack
from tests.slack.server.world import Channel, Message

REACTIONS = {1: "+1", -1: "-1"}


@dataclass(slots=True)
class SlackGuest(Guest):
    """`thread` is where the conversation is, once it has begun."""

    world: Slack
    person: Person
    room: Channel

    async def says(self, text: str) -> None:
        first = self.room.messages[0] if self.room.messages else ""
        await self.person.says(self.room, text, mention=not first, thread=first)

    async def hands(self, text: str, name: str, content: bytes) -> None:
        await self.person.says(self.room, text, mention=True, file=(name, content, "application/octet-stream"))

    async def commands(self, name: str, /, **options: str) -> None:
        # In a thread Slack offers no commands, so one writes them.
        if self.room.messages:
            await self.person.says(self.room, f"!{line(name, options)}", thread=self.room.messages[0])
        else:
            await self.person.commands(self.room, line(name, options))

    async def presses(self, wanted: str) -> None:
        await self.until(lambda: any(fitting(actions(message), wanted) for message in self._all()))
        shown = next(message for message in reversed(self._all()) if fitting(actions(message), wanted))
        await self.person.presses(shown, fitting(actions(shown), wanted))

    async def chooses(self, action: str, value: str) -> None:
        def having() -> list[Message]:
            return [one for one in self._all() if action in actions(one)]

        await self.until(lambda: bool(having()))
        await self.person.chooses(having()[-1], action, value)

    async def fills(self, **values: str) -> None:
        def offered() -> bool:
            return any("open-form" in buttons(message) for message in self._whispers())

        await self.until(lambda: bool(self.world.views) or offered())
        if not self.world.views:
            await self.presses("open-form")
            await self.until(lambda: bool(self.world.views))
        await self.person.submits(self.world.views[-1], **values)

    async def reacts(self, value: int, *, added: bool = True, card: bool = False) -> None:
        change = self.person.reacts if added else self.person.unreacts
        await change(answers(self.room)[-1], REACTIONS[value])

    def answers(self) -> Sequence[Seen]:
        return [Seen(one.shown, buttons(one), "stop" in buttons(one)) for one in answers(self.room)]

    def notices(self) -> Sequence[str]:
        return [whisper.shown for whisper in self._whispers()]

    def cards(self) -> Sequence[Card]:
        return [Card(one.shown, _worded(one)) for one in self._all() if one.elements()]

    async def another(self, name: str) -> "SlackGuest":
        return replace(self, person=self.world.person(name))

    async def intrudes(self, other: "SlackGuest", action: str) -> None:
        shown = next(message for message in reversed(other._all()) if action in actions(message))
        await self.person.presses(shown, action)

    def posted(self) -> Sequence[str]:
        return [message.shown for message in answers(self.room)]

    def _whispers(self) -> list[Message]:
        return [whisper for whisper in self.room.whispers if whisper.whispered_to == self.person.id]

    def _all(self) -> list[Message]:
        return sorted([*answers(self.room), *self._whispers()], key=lambda message: message.ts)


def _worded(message: Message) -> list[tuple[str, str]]:
    found = [element for element in message.elements() if element["type"] == "button"]
    return [(element["text"]["text"], element["value"]) for element in found]


class SlackStage(Stage):
    """A workspace with one channel, whose admin speaks."""

    def __init__(self, url: str, world: Slack, work: LabelingParts | None = None) -> None:
        super().__init__(url, work)
        self.world = world
        self.room = world.channel()
        self.person = world.person("Ana", admin=True)

    @asynccontextmanager
    async def open(self, *models: LanguageModel) -> AsyncIterator[Guest]:
        async with living(self.world, self.url, *models, work=self.work) as life:
            yield SlackGuest(life.running.chat.capabilities, life, self.world, self.person, self.room)
