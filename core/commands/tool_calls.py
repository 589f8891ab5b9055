"""Details of an answer's tool calls: the arguments and the results, for anyone who wants to see them."""

import json
from dataclasses import dataclass

from sqlmodel import Session

from core.actions import Verb
from core.commands.registry import CommandGroup
from core.delivery.call import CommandCall
from core.errors import UserError
from core.outside_json import read_json
from core.outside_text import block_quote
from core.store import visibility
from core.store.tables import MessageRow
from core.store.tool_records import ToolCallRecord

LONGEST = 700
"""Maximum length, in characters, of the arguments or the result that is shown."""


@dataclass(frozen=True, slots=True)
class CallDetails:
    """The button that shows tool calls, under an answer that made some."""

    def feature(self) -> CommandGroup:
        """Return the button."""
        return CommandGroup(presses={Verb.CALLS: self.show})

    async def show(self, call: CommandCall) -> None:
        """Show each call to the person who asks, and to nobody else. Raises UserError if the answer is gone."""
        scene = await call.scene()

        def unit(session: Session) -> MessageRow | None:
            return visibility.answer(session, call.event, scene, call.target)

        answer = await call.store.read(unit)
        if answer is None or not answer.calls:
            raise UserError("answer-gone")
        await call.tell("\n\n".join(told(one) for one in answer.calls))


def told(one: ToolCallRecord) -> str:
    """Format one call: the line that people saw, its arguments, and the beginning of its result."""
    try:
        given = json.dumps(read_json(one.arguments or "{}"), ensure_ascii=False)
    except ValueError:
        given = one.arguments
    result = block_quote(one.result[:LONGEST])
    return f"**{one.line}**\n`{one.name}` `{given[:LONGEST].replace('`', '')}`\n{result}".strip()
