"""/private: keep one conversation out of training, and take that back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session

from core.actions import Verb, button_action
from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.messages import Button
from core.store import private_conversations as private

CHOICES = ("on", "off")


class ConversationTrees(Protocol):
    """The labeling trees that were made of conversations."""

    def halt(self, session: Session, person_id: str, conversation_id: str) -> Sequence[str]:
        """Stop the trees of somebody's part of a conversation. Returns their ids."""
        ...

    def reopen(self, session: Session, person_id: str, conversation_id: str, halted: Sequence[str]) -> None:
        """Let the trees go on that nobody keeps out of training any more; of stopped ones, those `halted` for that."""
        ...


@dataclass(frozen=True, slots=True)
class PrivateCommand:
    """Runs /private, about the person's own part of the conversation that it is called in."""

    trees: ConversationTrees | None = None

    def feature(self) -> CommandGroup:
        """Return /private and its button."""
        option = CommandOption("choice", values=lambda: CHOICES)
        return CommandGroup(
            commands=(Command("private", "data", self.command, (option,)),), presses={Verb.PRIVATE: self.press}
        )

    async def command(self, call: CommandCall) -> None:
        """/private keeps the conversation out of training; /private off lets it be used again."""
        await self._choose(call, on=call.arguments.get("choice", "on") != "off")

    async def press(self, call: CommandCall) -> None:
        """Handle the button that does the opposite."""
        await self._choose(call, on=call.target != "off")

    async def _choose(self, call: CommandCall, *, on: bool) -> None:
        scene = await call.scene()

        def unit(session: Session) -> None:
            here = scene.person_id, scene.conversation_id
            if not on:
                halted = private.take_back(session, *here)
                session.flush()
                if halted is not None and self.trees:
                    self.trees.reopen(session, *here, halted)
            elif not private.is_private(session, *here):
                private.keep_out(session, *here, self.trees.halt(session, *here) if self.trees else ())

        await call.store.write(unit)
        alone = call.event.place.private
        text = call.text("private-off") if not on else call.text("private-on" if alone else "private-on-shared")
        other = "off" if on else "on"
        await call.tell(
            text, buttons=[Button(button_action(Verb.PRIVATE, other), call.text(f"button-private-{other}"))]
        )
