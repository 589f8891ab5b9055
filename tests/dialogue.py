"""A person who talks to the core, for tests that read like a conversation."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from core.messages import (
    AnyEvent,
    Deletion,
    Edit,
    Invocation,
    Message,
    Place,
    Press,
    Reaction,
    Reply,
    Submission,
    User,
)
from core.wiring import WiredCore
from tests.paper import PaperChat, verb

HERE = Place("paper", "server", "room", private=True)
ANA = User("ana", "Ana", admin=True)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back: a reply, with the platform's id of the message that shows it."""

    id: str
    reply: Reply

    def expect(self, *fragments: str) -> "Heard":
        """Fails unless the reply has all of these in its text, its literal or its status."""
        seen = f"{self.reply.text}\n{self.reply.literal}\n{self.reply.status}"
        for fragment in fragments:
            assert fragment in seen, f"{fragment!r} is not in {seen!r}"
        return self

    def buttons(self) -> list[str]:
        """The verbs of the reply's buttons."""
        return [verb(button) for button in self.reply.buttons]

    def action(self, name: str) -> str:
        """The action of the button with a verb."""
        return next(button.action for button in self.reply.buttons if verb(button) == name)


@dataclass(slots=True)
class Dialogue:
    """One person in one place."""

    core: WiredCore
    chat: PaperChat
    place: Place = HERE
    user: User = ANA
    said: list[str] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def elsewhere(self, channel: str, user: User | None = None, *, private: bool = True) -> "Dialogue":
        """The same chat, in another place or with another person."""
        place = replace(self.place, channel=channel, private=private)
        return Dialogue(self.core, self.chat, place, user or self.user, _numbers=self._numbers)

    def message(self, text: str, reply_to: str | None = None) -> Message:
        """A message of this person, not yet sent."""
        number = f"m{next(self._numbers)}"
        self.said.append(number)
        return Message(**self._event(number), id=number, text=text, reply_to=reply_to, source="direct")

    async def says(self, text: str, reply_to: str | None = None) -> Heard:
        """Send a message and wait for the whole answer."""
        return await self.hear(self.message(text, reply_to), "#answer")

    async def refused(self, text: str) -> Heard:
        """Send a message and wait for the notice that explains why there is no answer."""
        return await self.hear(self.message(text), "#error")

    async def edits(self, message_id: str, text: str, about: str = "#answer") -> Heard:
        """Edit an earlier message and wait for the answer, or with "#error" for the refusal."""
        edit = Edit(**self._event(f"e{next(self._numbers)}"), id=message_id, text=text, source="direct")
        return await self.hear(edit, about)

    async def types(self, line: str, about: str = "#notice") -> Heard:
        """Type a command and wait for what it says; with "#error" or "#answer" for those."""
        return await self.hear(self.command(line), about)

    def command(self, line: str) -> Invocation:
        """A typed command, not yet sent."""
        name, _, rest = line.removeprefix("/").partition(" ")
        return Invocation(**self._event(f"i{next(self._numbers)}"), command=name, arguments={"": rest})

    def press_of(self, heard: Heard, name: str) -> Press:
        """A press of a reply's button, not yet sent."""
        return Press(**self._event(f"p{next(self._numbers)}"), action=heard.action(name), id=heard.id)

    def press_action(self, heard: Heard, action: str) -> Press:
        """A press of a button by its whole action, not yet sent."""
        return Press(**self._event(f"p{next(self._numbers)}"), action=action, id=heard.id)

    async def presses_action(self, heard: Heard, action: str, about: str = "#notice") -> Heard:
        """Press a button by its whole action, and see what stands in its message's place, or what is said about it."""
        press = self.press_action(heard, action)
        await self.send(press)
        return await self.answered(press, heard.id, about)

    async def answered(self, event: AnyEvent, replaced: str, about: str = "#notice") -> Heard:
        """Wait until an event is done; what it shows stands in place of a message, or under a key of its own."""
        await self.chat.until(lambda: event.key in self.chat.finished)
        for id in (f"{event.key}{about}", f"{event.key}#error", replaced):
            if id in self.chat.shown:
                return Heard(id, self.chat.shown[id])
        raise AssertionError(f"nothing was said about {event.key}")

    async def presses(self, heard: Heard, name: str, about: str = "#notice") -> Heard:
        """Press a button and wait for what it says."""
        return await self.presses_action(heard, heard.action(name), about)

    async def switches(self, message_id: str) -> None:
        """Go over to another version of a message."""
        before = self.chat.refreshed
        await self.send(Press(**self._event(f"p{next(self._numbers)}"), action=f"branch:{message_id}"))
        await self.chat.until(lambda: self.chat.refreshed > before)

    def reaction(self, message_id: str, emoji: str, *, added: bool) -> Reaction:
        """A reaction to a message, not yet sent."""
        return Reaction(**self._event(f"r{next(self._numbers)}"), id=message_id, emoji=emoji, added=added)

    def deletion(self, message_id: str) -> Deletion:
        """The deletion of a message, not yet sent."""
        return Deletion(**self._event(f"d{next(self._numbers)}"), id=message_id)

    async def submits(self, form: str, id: str | None = None, **values: str) -> Heard:
        """Fill in a form and wait for what it says; `id` is the message whose button opened it."""
        event = Submission(**self._event(f"s{next(self._numbers)}"), form=form, id=id, values=values)
        await self.send(event)
        return await self.answered(event, id or "")

    async def send(self, event: AnyEvent) -> None:
        """Hand an event to the core."""
        await self.core.router.handle(event)

    async def hear(self, event: AnyEvent, about: str = "#notice") -> Heard:
        """Send an event and wait until the reply about it is finished."""
        await self.send(event)
        return await self.finished(f"{event.key}{about}")

    async def finished(self, message_id: str) -> Heard:
        """Wait until a message is there and no more text is coming."""
        shown = self.chat.shown
        await self.chat.until(lambda: message_id in shown and not shown[message_id].underway)
        return Heard(message_id, shown[message_id])

    async def settled(self) -> None:
        """Wait until the core has nothing left to do."""
        await self.core.router.drain(20)

    def _event(self, number: str) -> dict[str, Any]:
        return {"key": f"paper:{number}", "place": self.place, "user": self.user, "at": datetime.now(UTC)}
