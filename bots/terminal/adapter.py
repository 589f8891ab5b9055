"""The terminal as a chat: answers stream while they are written, with notices and forms between them."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from bots.shared.rows import asked
from bots.terminal.receive import filled, fresh_place, numbers, numeric, pressed, typed
from bots.terminal.render import NumberedChoice, answer_text, choices, listed, printable, question
from core.errors import UserError
from core.messages import AnyEvent, Attachment, Button, Field, File, Form, Place, Press, Reply, Submission, User
from core.ports.chat import ChatCapabilities, Handle


class TerminalOutput(Protocol):
    """Where the terminal's output goes: a screen or a pipe."""

    def answer(self, text: str, *, last: bool) -> None:
        """Show the answer so far; `last` says that it is complete."""
        ...

    def note(self, text: str) -> None:
        """Show a line that is not part of an answer."""
        ...

    def literal(self, text: str) -> None:
        """Show a text verbatim, character for character."""
        ...


OFFERED = frozenset({"tool", "calls"})
"""The buttons under an answer that have no equivalent command."""

Ask = Callable[[str], Awaitable[str]]
"""Asks the person a question and returns the line that they type."""


@dataclass(slots=True)
class TerminalChat:
    """Implements the Chat port for one person at one terminal.

    `ask` asks the person a question and waits for the line; None if nobody can be asked (a pipe). `finished` is set
    when no more output is expected, `changed` whenever something is shown; `failed` says why the last answer failed.
    """

    paper: TerminalOutput
    user: User
    where: Place
    folder: Path
    ask: Ask | None = None
    handle: Handle | None = None
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    failed: str = ""
    stop_button: Button | None = None
    offered: list[Button] = field(default_factory=list)
    _shown: dict[str, Reply] = field(default_factory=dict)
    _questions: "set[asyncio.Task[None]]" = field(default_factory=set)

    @property
    def capabilities(self) -> ChatCapabilities:
        """A terminal shows text as fast as it comes, and can ask for a form field by field."""
        selects = frozenset({"option"}) if self.ask else frozenset[str]()
        return ChatCapabilities(edit_interval=0.05, selects=selects, forms=self.ask is not None, idempotent_send=True)

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Show a reply; its key is its id."""
        if key not in self._shown:
            self._show(key, reply, cause)
        return key

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        """Do nothing: what the terminal has printed stays."""
        return False

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Show how an answer continues. Later changes under a finished answer (a marked thumb) are not shown."""
        before = self._shown.get(message_id)
        same = before and (before.text, before.literal, before.status) == (reply.text, reply.literal, reply.status)
        if before and not before.underway and same:
            return
        self._show(message_id, reply)

    async def delete(self, place: Place, message_id: str) -> None:
        """Do nothing: what the terminal has printed stays."""
        self._shown.pop(message_id, None)

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Ask for a form field by field, without blocking anything else."""
        self._later(self._fill(form, cause))
        self.finished.set()

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """Continue in a new conversation."""
        self.where = fresh_place()
        self.paper.note("-" * 40)
        self.finished.set()
        return self.where

    async def refresh(self, place: Place) -> None:
        """Do nothing: a terminal does not redraw what it has shown."""
        self.finished.set()

    async def typing(self, place: Place) -> None:
        """Do nothing: the prompt is enough."""

    async def read(self, attachment: Attachment) -> bytes:
        """A terminal sends no files."""
        raise UserError("attachments-unread", names=attachment.name)

    async def done(self, event: AnyEvent) -> None:
        """Do nothing: a terminal shows everything as it happens."""

    def mention(self, kind: Literal["channel", "role", "message"], id: str, place: Place | None = None) -> str:
        """A terminal has nothing that a mention could link to."""
        return id

    async def say(self, event: AnyEvent) -> None:
        """Hand an event to the core; more output is expected afterwards."""
        self.finished.clear()
        if self.handle:
            await self.handle(event)

    async def settled(self) -> None:
        """Wait until no more output is expected and the person has answered every question."""
        while True:
            await self.finished.wait()
            if not self._questions:
                return
            await asyncio.wait(self._questions)

    def _show(self, message_id: str, reply: Reply, cause: AnyEvent | None = None) -> None:
        self._shown[message_id] = reply
        self.changed.set()
        self.stop_button = next((b for b in reply.buttons if reply.underway and b.action.startswith("stop:")), None)
        if reply.answer:
            self.paper.answer(answer_text(reply), last=not reply.underway)
            self.failed = "" if reply.text or reply.underway else printable(reply.status)
            self._offer(reply)
        else:
            self.failed = printable(reply.text) if message_id.endswith("#error") else ""
            if self.ask or not self.failed:
                self.paper.note(printable(reply.text))
            if reply.literal:
                self.paper.literal(printable(reply.literal))
            self._later(self._notice(message_id, reply, cause))
        if not reply.underway:
            self.finished.set()

    def _offer(self, reply: Reply) -> None:
        """Show the actions on a finished answer that are not commands: tools, and the details of calls."""
        offered = [one for one in reply.buttons if one.action.partition(":")[0] in OFFERED and not reply.underway]
        self.offered = offered if self.ask else []
        if self.offered:
            self.paper.note("   ".join(f":{number} {printable(one.label)}" for number, one in enumerate(offered, 1)))

    async def choose(self, number: int) -> bool:
        """Press a button under the last answer, by its number. Returns whether there is such a button."""
        if not 0 < number <= len(self.offered):
            return False
        await self.say(pressed(self.offered[number - 1].action, self.where, self.user))
        return True

    async def _notice(self, message_id: str, reply: Reply, cause: AnyEvent | None) -> None:
        for file in reply.files:
            path = await asyncio.to_thread(save, self.folder, file)
            self.paper.note(str(path))
        if offered := choices(reply):
            await self._choice(message_id, offered)
        elif reply.asks and self.ask and (line := (await self.ask(f"{printable(reply.asks)} > ")).strip()):
            await self.say(typed(line, self.where, self.user, message_id))
        elif not reply.replaces and (card := self._card(cause)):
            await self._choice(card, choices(self._shown[card]))

    def _card(self, cause: AnyEvent | None) -> str:
        """The id of the card that a notice was about and that stays open for more choices; empty if there is none.

        A card with a single row of buttons is a question, answered once; a card with more rows stays open.
        """
        id = (cause.id or "") if isinstance(cause, Press | Submission) else ""
        shown = self._shown.get(id)
        return id if shown and self.ask and len(asked(shown.buttons)) > 1 else ""

    async def _choice(self, message_id: str, offered: list[NumberedChoice]) -> None:
        """Ask for a number until a valid one, or nothing, is given. Several values of one select may be chosen.

        Words are not a choice: they are sent as a message or command, as at the prompt.
        """
        if self.ask is None:
            self.paper.note("There is something to choose here: run `parley chat` without a question for that.")
            return
        question = f"{listed(offered)}\n1-{len(offered)}, or Enter for none > "
        while (line := await self.ask(question)).strip():
            if not numeric(line):
                await self.say(typed(line.strip(), self.where, self.user))
                return
            chosen = [offered[number - 1] for number in numbers(line, len(offered))]
            if len(chosen) == 1 or (chosen and all(one.many and one.action == chosen[0].action for one in chosen)):
                values = tuple(value for one in chosen for value in one.values)
                await self.say(pressed(chosen[0].action, self.where, self.user, message_id, values))
                return
            question = f"One number of 1-{len(offered)}, or Enter for none > "

    async def _fill(self, form: Form, cause: AnyEvent) -> None:
        self.paper.note(printable("\n\n".join(filter(None, (form.title, form.text)))))
        values = {one.name: await self._field(one) for one in form.fields}
        given = {name: value for name, value in values.items() if value}
        await self.say(filled(form, given, self.where, self.user, cause))

    async def _field(self, one: Field) -> str:
        if self.ask is None:
            return ""
        line = await self.ask(f"{question(one)} > ")
        if one.kind == "text":
            return line.strip()[: one.limit] or one.value
        chosen = numbers(line, len(one.options))
        wanted = chosen if one.kind == "choices" else chosen[:1]
        return ",".join(one.options[number - 1][0] for number in wanted)

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._questions.add(task)
        task.add_done_callback(self._questions.discard)


def save(folder: Path, file: File) -> Path:
    """Write a file that only its owner can read, under a free name in the folder. This call blocks."""
    name = Path(file.name)
    for number in range(1, sys.maxsize):
        path = folder / (name.name if number == 1 else f"{name.stem}-{number}{name.suffix}")
        try:
            # It may hold somebody's personal data, so nobody else may read it.
            with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as target:
                target.write(file.content)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(folder)
