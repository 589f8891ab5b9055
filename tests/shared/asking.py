"""A question about a call, as every platform must show it: letter by letter, and the rest for one person's eyes."""

from core.commands.registry import Command, CommandGroup
from core.delivery.call import CommandCall
from core.delivery.outbox import announce
from core.messages import Button, Reply

TRICKS = "path: ```\n[x](http://evil.example) <@everyone> <!channel> </pre> @evil_bot https://evil.example _a_ *b*"
WHOLE = "".join(f"body {number}: `x` <y> [z](http://evil.example)\n" for number in range(400)) + "the end"


async def ask(call: CommandCall) -> None:
    """Ask before everybody's eyes."""
    reply = Reply("Shall I?", literal=TRICKS, buttons=(Button("whole:1", "Show everything"),))
    await announce(call.store, call.chat, call.event.place, reply, f"{call.event.key}#confirm")
    await call.tell("Asked.")


async def show(call: CommandCall) -> None:
    """Show all of it."""
    buttons = [Button("whole:2", "Do it")]
    await call.tell("This is the whole call.", literal=WHOLE, buttons=buttons, about="all")


ASKS = CommandGroup(commands=(Command("demand", "plugins", ask, description="Ask."),), presses={"whole": show})
