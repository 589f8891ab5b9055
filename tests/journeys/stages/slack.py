"""Slack, in a channel: the conversation is a thread, and notices are for one person's eyes."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from html import unescape

import httpx

from core.ports.model import LanguageModel
from core.wiring import LabelingParts
from tests.journeys.stages.guest import Card, Guest, NamedFile, Seen, Stage, fitting, line
from tests.slack.living import actions, answers, buttons, living
from tests.slack.server.server import Person, Slack
from tests.slack.server.world import Channel, Message

REACTIONS = {1: "+1", -1: "-1"}


@dataclass(slots=True)
class SlackGuest(Guest):
    """`address` is where the program answers Slack over HTTP, empty if it does not."""

    world: Slack
    person: Person
    room: Channel
    address: str = ""
    said: list[Message] = field(default_factory=list)

    async def says(self, text: str) -> None:
        first = self.room.messages[0] if self.room.messages else ""
        self.said.append(await self.person.says(self.room, text, mention=not first, thread=first))

    async def calls(self, text: str) -> None:
        self.said.append(await self.person.says(self.room, text, mention=True))

    async def hands(self, text: str, *files: NamedFile) -> None:
        self.said.append(await self.person.says(self.room, text, mention=True, files=_kept(files)))

    async def posts(self, text: str, *files: NamedFile) -> None:
        self.said.append(await self.person.says(self.room, text, files=_kept(files)))

    async def forwards(self, other: "SlackGuest") -> None:
        self.said.append(await self.person.shares(self.room, other.said[-1]))

    async def asks_about(self, other: "SlackGuest", text: str, part: str = "") -> None:
        assert not part, "Slack has no selected parts"
        self.said.append(await self.person.says(self.room, text, mention=True, thread=other.said[-1]))

    async def edits(self, text: str) -> None:
        await self.person.edits(self.said[-1], f"<@{self.world.teams[self.room.team].bot.id}> {text}")

    async def replies(self, text: str) -> None:
        self.said.append(await self.person.says(self.room, text, thread=answers(self.room)[-1]))

    async def deletes(self) -> None:
        await self.person.deletes(self.said[-1])

    async def explains(self, other: "SlackGuest") -> None:
        await self.person.takes("explain", other.said[-1])

    async def joins(self) -> None:
        await self.person.enters(self.room)

    async def adds(self, name: str) -> None:
        self.person = self.world.person("Ana", team=self.world.team(name, installed=False))
        self.world.installer = self.person.id
        async with httpx.AsyncClient(verify=False) as browser:
            page = await browser.get(f"{self.address}/slack/install")
            (link, *_) = re.findall(r'href="([^"]*/authorize[^"]*)"', unescape(page.text))
            back = (await browser.get(link)).headers["location"]
            state = page.cookies["slack-app-oauth-state"]
            await browser.get(back, headers={"cookie": f"slack-app-oauth-state={state}"})

    async def tries(self) -> None:
        await self.person.opens_home()
        await self.until(lambda: self.person.id in self.world.homes)
        await self.person.presses_at_home("try:1")

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
        return [_seen(one) for one in answers(self.room)]

    def own_answer(self) -> Seen | None:
        found = answers(self.room, self.said[-1].ts)
        return _seen(found[-1]) if found else None

    def heard(self) -> bool:
        return bool(self.room.status.get(self.said[-1].ts)) or self.own_answer() is not None

    def notified(self, words: str) -> bool:
        found = [one for one in answers(self.room) if words in one.shown]
        return any(set(re.findall(r"<[@!][^>]+>", str(one.blocks))) == {f"<@{self.person.id}>"} for one in found)

    def notices(self) -> Sequence[str]:
        return [whisper.shown for whisper in self._whispers()]

    def cards(self) -> Sequence[Card]:
        return [Card(one.shown, _worded(one)) for one in self._all() if one.elements()]

    async def another(self, name: str, role: str = "") -> "SlackGuest":
        person = self.world.person(name)
        if role:
            group = {"id": "S0000001", "handle": role.lower(), "name": role, "users": [person.id]}
            self.world.teams[self.room.team].groups.append(group)
        return replace(self, person=person, said=[])

    async def alone(self) -> "SlackGuest":
        return replace(self, room=self.person.dm(), said=[])

    async def intrudes(self, other: "SlackGuest", action: str) -> None:
        shown = next(message for message in reversed(other._all()) if action in actions(message))
        await self.person.presses(shown, action)

    def posted(self) -> Sequence[str]:
        return [message.shown for message in answers(self.room)]

    def _whispers(self) -> list[Message]:
        return [whisper for whisper in self.room.whispers if whisper.whispered_to == self.person.id]

    def _all(self) -> list[Message]:
        return sorted([*answers(self.room), *self._whispers()], key=lambda message: message.ts)


def _seen(message: Message) -> Seen:
    return Seen(message.shown, buttons(message), "stop" in buttons(message))


def _kept(files: Sequence[NamedFile]) -> list[tuple[str, bytes, str]]:
    return [(name, content, "application/octet-stream") for name, content in files]


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
        # Slack tells an app who has installed it only where it is installed over HTTP.
        http, client_id = self.installable, "1.2" if self.installable else ""
        async with living(
            self.world, self.url, *models, work=self.work, make=self.make, http=http, client_id=client_id
        ) as life:
            able = life.running.chat.capabilities
            yield SlackGuest(able, life, self.world, self.person, self.room, life.address)
