"""Asks the person at a terminal: for a choice of buttons, a line of text, or a form field by field."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bots.shared.button_rows import asked
from bots.terminal.files import save
from bots.terminal.output import TerminalOutput
from bots.terminal.receive import filled, numbers, numeric, pressed, typed
from bots.terminal.render import NumberedChoice, choices, listed, printable, question
from core.messages import AnyEvent, Field, Form, Place, Press, Reply, Submission, User

Ask = Callable[[str], Awaitable[str]]
"""Asks the person a question and returns the line that they type. Raises QuestionLeft if they leave it."""


class QuestionLeft(Exception):
    """The person answers neither this question nor those that would follow it."""


class PromptedPerson(Protocol):
    """Whoever sits at the terminal. `ask` is None if nobody can be asked (a pipe); `where` is their conversation."""

    output: TerminalOutput
    user: User
    where: Place
    ask: Ask | None

    async def say(self, event: AnyEvent) -> None:
        """Hand an event of theirs to the core."""
        ...


@dataclass(slots=True)
class TerminalQuestions:
    """Asks, and says the answers to the core. `shown` are the replies that are on the terminal, by their id."""

    person: PromptedPerson
    folder: Path
    shown: dict[str, Reply] = field(default_factory=dict)

    async def notice(self, message_id: str, reply: Reply, cause: AnyEvent | None) -> None:
        """Save the files of a notice that has just been shown, then ask what it asks."""
        with suppress(QuestionLeft):
            await self._notice(message_id, reply, cause)

    async def _notice(self, message_id: str, reply: Reply, cause: AnyEvent | None) -> None:
        ask = self.person.ask
        for file in reply.files:
            path = await asyncio.to_thread(save, self.folder, file)
            self.person.output.note(str(path))
        if offered := choices(reply):
            await self._choice(message_id, offered)
        elif reply.asks and ask and (line := (await ask(f"{printable(reply.asks)} > ")).strip()):
            await self.person.say(typed(line, self.person.where, self.person.user, message_id))
        elif not reply.replaces and (card := self._card(cause)):
            await self._choice(card, choices(self.shown[card]))

    async def fill(self, form: Form, cause: AnyEvent) -> None:
        """Ask for a form, field by field. Nothing of a form that is left is sent."""
        self.person.output.note(printable("\n\n".join(filter(None, (form.title, form.text)))))
        try:
            values = {one.name: await self._field(one) for one in form.fields}
        except QuestionLeft:
            return
        given = {name: value for name, value in values.items() if value}
        await self.person.say(filled(form, given, self.person.where, self.person.user, cause))

    def _card(self, cause: AnyEvent | None) -> str:
        """The id of the card that a notice was about and that stays open for more choices; empty if there is none.

        A card with a single row of buttons is a question, answered once; a card with more rows stays open.
        """
        id = (cause.id or "") if isinstance(cause, Press | Submission) else ""
        shown = self.shown.get(id)
        return id if shown and self.person.ask and len(asked(shown.buttons)) > 1 else ""

    async def _choice(self, message_id: str, offered: list[NumberedChoice]) -> None:
        """Ask for a number until a valid one, or nothing, is given. Several values of one select may be chosen.

        Words are not a choice: they are sent as a message or command, as at the prompt.
        """
        person = self.person
        if person.ask is None:
            person.output.note("To choose something here, run `parley chat` without a question.")
            return
        span = f"1-{len(offered)}" if len(offered) > 1 else "1"
        question = f"{listed(offered)}\n{span}, or Enter for none > "
        while (line := await person.ask(question)).strip():
            if not numeric(line):
                await person.say(typed(line.strip(), person.where, person.user))
                return
            chosen = [offered[number - 1] for number in numbers(line, len(offered))]
            if len(chosen) == 1 or (chosen and all(one.many and one.action == chosen[0].action for one in chosen)):
                values = tuple(value for one in chosen for value in one.values)
                await person.say(pressed(chosen[0].action, person.where, person.user, message_id, values))
                return
            question = f"One number of {span}, or Enter for none > "

    async def _field(self, one: Field) -> str:
        if self.person.ask is None:
            return ""
        line = await self.person.ask(f"{question(one)} > ")
        if one.kind == "text":
            return line.strip()[: one.limit] or one.value
        if not line.strip():
            return one.value
        chosen = numbers(line, len(one.options))
        wanted = chosen if one.kind == "choices" else chosen[:1]
        return ",".join(one.options[number - 1][0] for number in wanted)
