"""/more: what else can be done with a message, for menus that have room for few commands."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from core.actions import Verb, button_action
from core.commands.registry import Command, CommandGroup
from core.delivery.call import CommandCall
from core.errors import UserError
from core.messages import Button, Invocation, origin_of

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
        message = getattr(call.event, "message", None) or ""
        buttons = [
            Button(button_action(Verb.MORE, command.name, message), call.text(f"menu-{command.name}"))
            for command in self._rest()
        ]
        await call.tell(call.text("more-which"), buttons=buttons)

    async def press(self, call: CommandCall) -> None:
        """Run the command of a button, as if it had been called on the message."""
        if call.target not in {command.name for command in self._rest()}:
            raise UserError("button-outdated")
        called = Invocation(**origin_of(call.event), command=call.target, message=call.rest or None)
        await self.invoke(replace(call, event=called), called)

    def _rest(self) -> Sequence[Command]:
        return sorted((one for one in self.offered() if one.rank > RANK), key=lambda one: one.rank)
