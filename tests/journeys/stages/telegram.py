"""Telegram, in a group: there each notice is a message, or a word over the chat."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from core.ports.model import LanguageModel
from core.wiring import LabelingParts
from tests.journeys.stages.guest import SPEAKING, THUMBS, Card, Guest, NamedFile, Seen, Stage, fitting, line
from tests.telegram.living import actions, answers, buttons, living
from tests.telegram.server.server import Chat, Message, Payload, Person, Pressed, Telegram


@dataclass(slots=True)
class TelegramGuest(Guest):
    world: Telegram
    person: Person
    chat: Chat
    pressed: list[Pressed] = field(default_factory=list)
    said: list[Message] = field(default_factory=list)

    async def says(self, text: str) -> None:
        self.said.append(await self.person.says(self.chat, text, mention=True))

    async def hands(self, text: str, *files: NamedFile) -> None:
        self.said += await self._sends(f"@{self.world.me.username} {text}", files)

    async def posts(self, text: str, *files: NamedFile) -> None:
        self.said += await self._sends(text, files)

    async def polls(self, question: str, votes: Mapping[str, int]) -> None:
        self.said.append(await self.person.says(self.chat, "", more={"poll": _poll(question, votes)}))

    async def forwards(self, other: "TelegramGuest") -> None:
        self.said.append(await self.person.forwards(self.chat, other.said[-1]))

    async def asks_about(self, other: "TelegramGuest", text: str, part: str = "") -> None:
        above = other.said[-1]
        more = {"quote": {"text": part, "position": above.text.index(part), "is_manual": True}} if part else None
        self.said.append(await self.person.says(self.chat, text, mention=True, reply_to=above, more=more))

    async def edits(self, text: str) -> None:
        await self.person.edits(self.said[-1], f"@{self.world.me.username} {text}")

    async def tries(self) -> None:
        # Telegram shows a button to whoever opens a bot for the first time, which writes this.
        alone = await self.alone()
        await alone.commands("start")
        await alone.presses("try:1")

    async def explains(self, other: "TelegramGuest") -> None:
        await self.person.says(self.chat, "/explain", reply_to=other.said[-1])

    async def joins(self) -> None:
        await self.person.says(self.chat, "", more={"new_chat_members": [self.person.account.payload()]})

    async def adds(self, name: str) -> None:
        await self.person.adds(self.world.group(name, admins=[self.person]))

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
        shown = (answers(self.chat) if card else self._answers())[-1]
        others = [one for one in shown.reactions.get(self.person.id, []) if one != THUMBS[value][1]]
        await self.person.reacts(shown, *others, *([THUMBS[value][1]] if added else []))

    def answers(self) -> Sequence[Seen]:
        return [_seen(one) for one in self._answers()]

    def own_answer(self) -> Seen | None:
        found = [one for one in answers(self.chat) if one.reply_to is self.said[-1]]
        return _seen(found[-1]) if found else None

    def heard(self) -> bool:
        return self.chat.id in self.world.actions or self.own_answer() is not None

    def notified(self, words: str) -> bool:
        named = [set(re.findall(r"tg://user\?id=(\d+)", one.html)) for one in answers(self.chat) if words in one.text]
        return {str(self.person.id)} in named

    def notices(self) -> Sequence[str]:
        shown = [message.text for message in answers(self.chat) if message not in self._answers()]
        return [*shown, *(one.answer["text"] for one in self.pressed if one.answer and one.answer.get("text"))]

    def cards(self) -> Sequence[Card]:
        return [Card(one.text, _worded(one)) for one in answers(self.chat) if one.keyboard]

    async def another(self, name: str, role: str = "") -> "TelegramGuest":
        assert not role, "Telegram has no roles"
        return replace(self, person=self.world.person(name), pressed=[], said=[])

    async def alone(self) -> "TelegramGuest":
        return replace(self, chat=self.person.dm(), pressed=[], said=[])

    async def replies(self, text: str) -> None:
        self.said.append(await self.person.says(self.chat, text, reply_to=answers(self.chat)[-1]))

    async def intrudes(self, other: "TelegramGuest", action: str) -> None:
        await self.presses(action)

    def posted(self) -> Sequence[str]:
        return [message.text for message in answers(self.chat)]

    async def _sends(self, text: str, files: Sequence[NamedFile]) -> list[Message]:
        kept = [(name, content, "application/octet-stream") for name, content in files]
        if len(kept) > 1:
            return await self.person.sends_album(self.chat, text, *kept)
        return [await self.person.says(self.chat, text, file=kept[0] if kept else None)]

    def _answers(self) -> list[Message]:
        ids = {id for (id,) in self.ledger.rows("SELECT platform_id FROM post WHERE message_id IS NOT NULL")}
        return [one for one in answers(self.chat) if str(one.id) in ids]


def _seen(message: Message) -> Seen:
    return Seen(message.text, buttons(message), "stop" in buttons(message))


def _poll(question: str, votes: Mapping[str, int]) -> Payload:
    options = [
        {"text": answer, "voter_count": count, "persistent_id": str(number)}
        for number, (answer, count) in enumerate(votes.items(), 1)
    ]
    kinds = {"total_voter_count": sum(votes.values()), "is_closed": False, "is_anonymous": True, "type": "regular"}
    flags = {"allows_multiple_answers": False, "allows_revoting": True, "members_only": False}
    return {"id": "1", "question": question, "options": options, **kinds, **flags}


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
        async with living(self.world, self.url, *models, work=self.work, make=self.make) as life:
            yield TelegramGuest(life.running.chat.capabilities, life, self.world, self.person, self.chat)
