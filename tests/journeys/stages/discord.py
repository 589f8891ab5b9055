"""Discord, in direct messages or in a channel in which people call the assistant."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from core.ports.model import LanguageModel
from core.wiring import LabelingParts
from tests.discord.living import actions, answers, buttons, living
from tests.discord.server.interactions import Interaction
from tests.discord.server.server import Discord, Person
from tests.discord.server.world import Channel, Message, Payload
from tests.journeys.stages.guest import SPEAKING, THUMBS, Card, Guest, NamedFile, Seen, Stage, fitting

BUTTON, JOINED = 2, 7


@dataclass(slots=True)
class DiscordGuest(Guest):
    world: Discord
    person: Person
    room: Channel
    used: list[Interaction] = field(default_factory=list)
    said: list[Message] = field(default_factory=list)

    async def says(self, text: str) -> None:
        self.said.append(await self.person.says(self.room, text, mention=True))

    async def hands(self, text: str, *files: NamedFile) -> None:
        self.said.append(await self.person.says(self.room, text, mention=True, files=files))

    async def posts(self, text: str, *files: NamedFile) -> None:
        self.said.append(await self.person.says(self.room, text, files=files))

    async def polls(self, question: str, votes: Mapping[str, int]) -> None:
        self.said.append(await self.person.says(self.room, "", poll=_poll(question, votes)))

    async def forwards(self, other: "DiscordGuest") -> None:
        self.said.append(await self.person.forwards(self.room, other.said[-1]))

    async def asks_about(self, other: "DiscordGuest", text: str, part: str = "") -> None:
        assert not part, "Discord has no selected parts"
        self.said.append(await self.person.says(self.room, text, mention=True, reply_to=other.said[-1]))

    async def edits(self, text: str) -> None:
        await self.person.edits(self.said[-1], f"<@{self.world.me.id}> {text}")

    async def replies(self, text: str) -> None:
        self.said.append(await self.person.says(self.room, text, reply_to=answers(self.room)[-1]))

    async def deletes(self) -> None:
        await self.person.deletes(self.said[-1])

    async def explains(self, other: "DiscordGuest") -> None:
        self.used.append(await self.person.uses(other.said[-1], "Explain"))

    async def joins(self) -> None:
        self.world.written(self.room, self.person.account, {}, [], kind=JOINED)

    async def adds(self, name: str) -> None:
        self.world.guild(name, channels=1, owner=self.person.account)

    async def commands(self, name: str, /, **options: str) -> None:
        # The commands of plugins are registered for each server, a little later than the others.
        await self.until(lambda: any(one["name"] == name for one in self.world.offered(self.room)))
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
        return [_seen(one) for one in answers(self.room)]

    def own_answer(self) -> Seen | None:
        found = [one for one in answers(self.room) if one.reference == self.said[-1].id]
        return _seen(found[-1]) if found else None

    def heard(self) -> bool:
        return self.room.id in self.world.typing or self.own_answer() is not None

    def notified(self, words: str) -> bool:
        return any(words in one.content and one.pings == {self.person.id} for one in answers(self.room))

    def notices(self) -> Sequence[str]:
        return [message.content for used in self.used for message in used.messages]

    def cards(self) -> Sequence[Card]:
        return [Card(one.content, _worded(one)) for one in self._all() if one.components]

    async def another(self, name: str, role: str = "") -> "DiscordGuest":
        guild = self.room.guild
        assert guild
        roles = [self.world.role(guild, role)] if role else []
        return replace(self, person=self.world.person(name, guild, roles=roles), used=[], said=[])

    async def alone(self) -> "DiscordGuest":
        return replace(self, room=await self.person.dm(), used=[], said=[])

    async def intrudes(self, other: "DiscordGuest", action: str) -> None:
        shown = next(message for message in reversed(other._all()) if action in actions(message))
        self.used.append(await self.person.presses(shown, action))

    def posted(self) -> Sequence[str]:
        return [message.content for message in answers(self.room)]

    def _all(self) -> list[Message]:
        whispered = [message for used in self.used for message in used.messages]
        return sorted([*answers(self.room), *whispered], key=lambda message: int(message.id))


def _seen(message: Message) -> Seen:
    return Seen(message.content, buttons(message), "stop" in buttons(message))


def _poll(question: str, votes: Mapping[str, int]) -> Payload:
    numbered = list(enumerate(votes.items(), 1))
    return {
        "question": {"text": question},
        "answers": [{"answer_id": number, "poll_media": {"text": answer}} for number, (answer, _) in numbered],
        "results": {
            "answer_counts": [{"id": number, "count": count, "me_voted": False} for number, (_, count) in numbered],
            "is_finalized": False,
        },
        "expiry": "2030-01-01T00:00:00+00:00",
        "allow_multiselect": False,
        "layout_type": 1,
    }


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
        async with living(self.world, self.url, *models, work=self.work, make=self.make) as life:
            yield DiscordGuest(life.bot.chat.capabilities, life, self.world, self.person, self.room, self.used)
