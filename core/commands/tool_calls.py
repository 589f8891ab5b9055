"""What an answer's tools were called with, and what they said: for whoever wants to see it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from core.commands.registry import Feature
from core.delivery.call import Call
from core.errors import UserError
from core.outside_json import read_json
from core.store import visibility
from core.store.tables import Message

LONGEST = 700
"""Characters shown of one result."""


@dataclass(frozen=True, slots=True)
class Details:
    """The button under an answer that has called tools."""

    def feature(self) -> Feature:
        """The button."""
        return Feature(presses={"calls": self.show})

    async def show(self, call: Call) -> None:
        """Tell who asks, and nobody else, of each call. Raises UserError where the answer is gone."""
        scene = await call.scene()

        def unit(session: Session) -> Message | None:
            return visibility.answer(session, call.event, scene, call.target)

        answer = await call.store.read(unit)
        if answer is None or not answer.calls:
            raise UserError("answer-gone")
        await call.tell("\n\n".join(told(one) for one in answer.calls))


def told(one: Mapping[str, str]) -> str:
    """One call: the line that people saw, its arguments, and the beginning of its result."""
    try:
        given = json.dumps(read_json(one["arguments"] or "{}"), ensure_ascii=False)
    except ValueError:
        given = one["arguments"]
    result = "\n".join(f"> {line}" for line in one.get("result", "")[:LONGEST].splitlines())
    return f"**{one['line']}**\n`{one['name']}` `{given[:LONGEST].replace('`', '')}`\n{result}".strip()
