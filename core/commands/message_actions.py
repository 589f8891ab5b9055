"""/more: what else can be done with a message, for menus that have room for few commands."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from core.actions import Verb, button_action, fits
from core.commands.registry import Command, CommandGroup
from core.delivery.call import CommandCall
from core.errors import UserError
from core.messages import Button, Invocation, origin_of
from core.store import conversations, outbox

RANK = 5
"""Its place in the menu of a message, the last one that every platform has room for."""

Offered = Callable[[], Sequence[Command]]
Invoke = Callable[[CommandCall, Invocation], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class MessageActions:
    """Offers the commands on a message that come after it in the menu, as buttons for one person.

    `offered` gives the commands on a message, and `invoke` runs one.
    """

    offered: Offered
    invoke: Invoke

    def feature(self) -> CommandGroup:
        """Return /more and its buttons."""
        return CommandGroup(
            commands=(Command("more", "talk", self.show, on_message=True, rank=RANK),),
            presses={Verb.MORE: self.press},
        )

    async def show(self, call: CommandCall) -> None:
        """Show the buttons for the message that it was called on, or for the last answer here."""
        message = getattr(call.event, "message", None) or await self._newest(call)
        buttons = [
            Button(self._action(command, message), call.text(f"menu-{command.name}")) for command in self._rest()
        ]
        await call.tell(call.text("more-which"), buttons=buttons)

    async def press(self, call: CommandCall) -> None:
        """Run the command of a button, as if it had been called on the message."""
        if call.target not in {command.name for command in self._rest()}:
            raise UserError("button-outdated")
        message = call.rest or await self._newest(call)
        called = Invocation(**origin_of(call.event), command=call.target, message=message or None)
        await self.invoke(replace(call, event=called), called)

    def _action(self, command: Command, message: str) -> str:
        # Where ids are long, as on a page of one person, the button is about the last answer.
        return button_action(Verb.MORE, command.name, message if fits(Verb.MORE, command.name, message) else "")

    async def _newest(self, call: CommandCall) -> str:
        """The platform's id of the last answer here; there may be a newer one once a button is pressed."""
        scene = await call.scene()

        def unit(session: Session) -> str:
            answer_id = conversations.newest_answer(session, scene.conversation_id)
            shown = outbox.posted(outbox.of_answer(session, answer_id)) if answer_id else ()
            return shown[-1] if shown else ""

        return await call.store.read(unit)

    def _rest(self) -> Sequence[Command]:
        return sorted((one for one in self.offered() if one.rank > RANK), key=lambda one: one.rank)
