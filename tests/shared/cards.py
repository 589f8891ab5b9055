"""A card to try surfaces with: ten buttons in rows that it asks for, which change it, and a form to write in."""

from core.commands.registry import Command, CommandGroup
from core.delivery.call import CommandCall
from core.delivery.outbox import post
from core.messages import Button, Field, Form, Reply

ROWS = (5, 2, 3)
FORM = Form("write:1", "Your words", (Field("words", "What do you say?"),), "Send", "Read **this** <first>.")
ASKED = "In your own words?"


def buttons(chosen: int = 0) -> tuple[Button, ...]:
    """Two rows to pick from, and the row that opens the form."""
    rows = [row for row, width in enumerate(ROWS) for _ in range(width)]
    picks = [Button(f"pick:{at}", f"Pick {at}", chosen=at == chosen, row=row) for at, row in enumerate(rows[:-1], 1)]
    return *picks, Button("write:1", "Write", "✏️", row=rows[-1])


async def card(call: CommandCall) -> None:
    await call.tell("The card", buttons=buttons())


async def pick(call: CommandCall) -> None:
    await call.tell(f"Picked {call.target}", buttons=buttons(int(call.target)), in_place=True)


async def write(call: CommandCall) -> None:
    if call.chat.capabilities.forms:
        await call.chat.show(call.event.place, FORM, call.event)
        return
    await post(call.store, call.chat, call.event, Reply(ASKED, personal=True, asks="Your words"), f"{call.event.key}#w")


async def take(call: CommandCall) -> None:
    await call.tell(f"Noted: {call.arguments['words']}", buttons=buttons(), in_place=True)


CARDS = CommandGroup(
    (Command("card", card, description="Show a card."),), {"pick": pick, "write": write}, {"write": take}
)
