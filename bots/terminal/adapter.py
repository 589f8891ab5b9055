"""The terminal as a chat: answers stream while they are written, with notices and forms between them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from bots.shared.background import BackgroundTasks
from bots.shared.button_rows import stop_button
from bots.terminal.capabilities import PERSON, PIPE
from bots.terminal.files import PIPED, content_of
from bots.terminal.output import TerminalOutput
from bots.terminal.questions import Ask, TerminalQuestions
from bots.terminal.receive import fresh_place, pressed
from bots.terminal.render import printable
from core.actions import Action, Verb
from core.errors import UserError
from core.messages import AnyEvent, Attachment, Button, Form, Place, Quote, Reply, User
from core.ports.chat import ChatCapabilities, Handle, NamedKind

OFFERED = frozenset({Verb.TOOL, Verb.CALLS})
"""The buttons under an answer that have no equivalent command: tools, and the details of calls."""


@dataclass(slots=True)
class TerminalChat:
    """Implements the Chat port for one person at one terminal.

    `ask` asks the person a question and waits for the line; None if nobody can be asked (a pipe). `finished` is set
    when no more output is expected, `changed` whenever something is shown; `failed` says why the last answer failed,
    and `broken` why nothing can be shown any more: the reader of a pipe has gone, or the disk is full. `answer` is the
    id of the answer that was shown last. With `reasoning`, what a model thinks is shown before its answer. `piped` is a
    text from standard input that goes along with a message as a file.
    """

    output: TerminalOutput
    user: User
    where: Place
    folder: Path
    ask: Ask | None = None
    handle: Handle | None = None
    reasoning: bool = False
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    failed: str = ""
    answer: str = ""
    broken: OSError | None = None
    piped: bytes = b""
    stop_button: Button | None = None
    offered: list[Button] = field(default_factory=list)
    _questions: TerminalQuestions = field(init=False)
    _asking: BackgroundTasks = field(default_factory=BackgroundTasks)
    _open: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._questions = TerminalQuestions(self, self.folder)

    @property
    def capabilities(self) -> ChatCapabilities:
        return replace(PERSON if self.ask else PIPE, reasoning=self.reasoning)

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Show a reply; its key is its id."""
        if key not in self._questions.shown:
            self._show(key, reply, cause)
        return key

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        """Do nothing: what the terminal has printed stays."""
        return False

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Show how an answer continues. Later changes under a finished answer (a marked thumb) are not shown."""
        before = self._questions.shown.get(message_id)
        same = before and (before.text, before.literal, before.status) == (reply.text, reply.literal, reply.status)
        if before and not before.underway and same:
            return
        self._show(message_id, reply)

    async def delete(self, place: Place, message_id: str) -> None:
        """Do nothing: what the terminal has printed stays."""
        self._questions.shown.pop(message_id, None)

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Ask for a form field by field, without blocking anything else."""
        self._asking.start(self._questions.fill(form, cause))

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """Continue in a new conversation."""
        self.where = fresh_place()
        self.output.note("-" * 40)
        return self.where

    async def refresh(self, place: Place) -> None:
        """Do nothing: a terminal does not redraw what it has shown."""

    async def typing(self, place: Place) -> bool:
        """Do nothing: who has just pressed Enter waits for the answer."""
        return True

    async def direct(self, place: Place, user: User) -> Place | None:
        """Return None: whoever sits at the terminal has one place, and it is theirs alone."""
        return None

    async def read(self, attachment: Attachment) -> bytes:
        """The content of a file that the person named, or of what was piped in."""
        if attachment.address == PIPED:
            return self.piped
        try:
            return await asyncio.to_thread(content_of, Path(attachment.address))
        except OSError:
            raise UserError("attachments-unread", names=attachment.name) from None

    async def recent(self, place: Place, before: str | None, most: int) -> Sequence[Quote]:
        """Return nothing: nobody else writes here."""
        return ()

    async def done(self, event: AnyEvent) -> None:
        """Expect no more output for an event: some have several answers, or a question after the answer."""
        self._open.discard(event.key)
        if not self._open:
            self.finished.set()

    async def find(self, kind: NamedKind, text: str, place: Place) -> str:
        """A terminal has no channels, roles or other people."""
        raise UserError(f"named-no-{kind}")

    def mention(self, kind: NamedKind | Literal["message"], id: str, place: Place | None = None) -> str:
        """A terminal has nothing that a mention could link to."""
        return id

    async def say(self, event: AnyEvent) -> None:
        """Hand an event to the core; more output is expected afterwards."""
        self.finished.clear()
        if self.handle:
            self._open.add(event.key)
            await self.handle(event)

    async def settled(self) -> None:
        """Wait until no more output is expected and the person has answered every question.

        Raises the OSError with which the output broke.
        """
        while True:
            await self.finished.wait()
            if self.broken:
                raise self.broken
            if not self._asking.running:
                return
            await self._asking.settled()

    def _show(self, message_id: str, reply: Reply, cause: AnyEvent | None = None) -> None:
        if self.broken:
            self.finished.set()
            return
        try:
            self._print(message_id, reply, cause)
        except OSError as error:
            # Nobody reads the output any more. Whoever waits for it is told; sending it again would not help.
            self.broken = error
            self.finished.set()

    def _print(self, message_id: str, reply: Reply, cause: AnyEvent | None) -> None:
        before = self._questions.shown.get(message_id)
        self._questions.shown[message_id] = reply
        self.changed.set()
        if reply.reasoning and _answers(reply) and not (before and _answers(before)):
            self.output.thought(printable(reply.reasoning))
        self.stop_button = stop_button(reply)
        if reply.answer:
            self.answer = reply.answer
            self.failed = "" if reply.text or reply.underway else printable(reply.status)
            status = "" if self.failed and self.ask is None else printable(reply.status)
            firm = len(printable(reply.text[: reply.firm]))
            self.output.answer(printable(reply.text), status, last=not reply.underway, firm=firm)
            self._offer(reply)
        else:
            self.failed = printable(reply.text) if message_id.endswith("#error") else ""
            if self.ask or not self.failed:
                self.output.note(printable(reply.text))
            if reply.literal:
                self.output.literal(printable(reply.literal))
            self._asking.start(self._questions.notice(message_id, reply, cause))

    def _offer(self, reply: Reply) -> None:
        """Show the actions on a finished answer that are not commands, and those that the line beneath it speaks of."""
        verbs = OFFERED | {Verb.CONTINUE} | (set() if reply.text else {Verb.RETRY})
        offered = [one for one in reply.buttons if Action.parse(one.action).verb in verbs and not reply.underway]
        self.offered = offered if self.ask else []
        if self.offered:
            self.output.note("   ".join(f":{number} {printable(one.label)}" for number, one in enumerate(offered, 1)))

    async def choose(self, number: int) -> bool:
        """Press a button under the last answer, by its number. Returns whether there is such a button."""
        if not 0 < number <= len(self.offered):
            return False
        await self.say(pressed(self.offered[number - 1].action, self.where, self.user))
        return True


def _answers(reply: Reply) -> bool:
    """Whether the model has done with thinking."""
    return bool(reply.text) or not reply.underway
