"""Telegram, in a group: there each notice is a message, or a word over the chat."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from core.ports.model import LanguageModel
from core.wiring import LabelingParts
from tests.journeys.stages.guest import SPEAKING, THUMBS, Card, Guest, Seen, Stage, fitting, line
from tests.telegram.living import actions, answers, buttons, living
from tests.telegram.server.server import Chat, Message, Person, Pressed, Telegram


@dataclass(slots=True)
class TelegramGuest(Guest):
    world: Telegram
    person: Person
    chat: Chat
    pressed: list[Pressed] = field(default_factory=list)

    async def says(self, text: str) -> None:
        await self.person.says(self.chat, text, mention=True)

    async def hands(self, text: str, name: str, content: bytes) -> None:
        await self.person.says(self.chat, text, mention=True, file=(name, content, "application/octet-stream"))

    async def commands(self, name: str, /, **options: str) -> None:
        await self.person.says(self.chat, f"/{line(name, options)}")

    async def presses(self, wanted: str) -> None:
        await self.until(lambda: any(fitting(actions(message), wanted) for message in answers(self.chat)))
        shown = next(message for message in reversed(answers(self.chat)) if fitting(actions(message), wanted))
        self.pressed.append(await self.person.presses(shown, fitting(actions(shown), wanted)))

    async def chooses(self, action: str, value: str) -> None:
        await self.until(lambda: any(f"{action}={value}" in str(one.keyboard) for one in answers(self.chat)))
        shown = next(one for one in reversed(answers(self.chat)) if f"{action}={value}" in str(one.keyboard))
        self.pressed.append(await self.person.presses(shown, f"{action}={value}"))

    async def fills(self, **values: str) -> None:
        raise NotImplementedError

    async def reacts(self, value: int, *, added: bool = True, card: bool = False) -> None:
        shown = answers(self.chat) if card else self._answers()
        await self.person.reacts(shown[-1], *([THUMBS[value][1]] if added else []))

    def answers(self) -> Sequence[Seen]:
        return [Seen(one.text, buttons(one), "stop" in buttons(one)) for one in self._answers()]

    def notices(self) -> Sequence[str]:
        shown = [message.text for message in answers(self.chat) if message not in self._answers()]
        return [*shown, *(one.answer["text"] for one in self.pressed if one.answer and one.answer.get("text"))]

    def cards(self) -> Sequence[Card]:
        return [Card(one.text, _worded(one)) for one in answers(self.chat) if one.keyboard]

    async def another(self, name: str) -> "TelegramGuest":
        return replace(self, person=self.world.person(name), pressed=[])

    async def replies(self, text: str) -> None:
        await self.person.says(self.chat, text, reply_to=answers(self.chat)[-1])

    async def intrudes(self, other: "TelegramGuest", action: str) -> None:
        await self.presses(action)

    def posted(self) -> Sequence[str]:
        return [message.text for message in answers(self.chat)]

    def _answers(self) -> list[Message]:
        ids = {id for (id,) in self.ledger.rows("SELECT platform_id FROM post WHERE message_id IS NOT NULL")}
        return [one for one in answers(self.chat) if str(one.id) in ids]


def _worded(message: Message) -> list[tuple[str, str]]:
    buttons = [button for row in message.keyboard for button in row]
    return [(_words(button["text"]), button["callback_data"]) for button in buttons]


def _words(label: str) -> str:
    return SPEAKING.get(label, label)


class TelegramStage(Stage):
    """A group whose admin speaks, and in which the assistant is one too, so that it hears of reactions."""

    def __init__(self, url: str, world: Telegram, work: LabelingParts | None = None) -> None:
        super().__init__(url, work)
        self.world = world
        self.person = world.person("Ana")
        self.chat = world.group(admins=[self.person])

    @asynccontextmanager
    async def open(self, *models: LanguageModel) -> AsyncIterator[Guest]:
        async with living(self.world, self.url, *models, work=self.work) as life:
            yield TelegramGuest(life.running.chat.capabilities, life, self.world, self.person, self.chat)
