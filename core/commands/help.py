"""/help and /stats: what the assistant says about itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

from sqlmodel import Session, col, func, select

from core.commands.registry import Command, Feature
from core.delivery.call import Call
from core.messages import CommandGroup, CommandHelp, User
from core.store.identities import Scene
from core.store.tables import Conversation, Message, Rating


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts for a community and, within it, for one person."""

    conversations: int
    answers: int
    up: int
    down: int
    my_answers: int
    my_ratings: int


def count(session: Session, scene: Scene) -> Stats:
    """Compute the figures that /stats shows."""
    here = Message.community_id == scene.community_id

    def thumbs(*conditions: object) -> int:
        joined = select(func.count()).select_from(Rating).join(Message, col(Message.id) == col(Rating.message_id))
        return session.exec(joined.where(here, *conditions)).one()  # type: ignore[arg-type]

    answers = select(func.count()).select_from(Message).where(here, Message.role == "assistant")
    talks = select(func.count()).select_from(Conversation).where(Conversation.community_id == scene.community_id)
    return Stats(
        conversations=session.exec(talks).one(),
        answers=session.exec(answers).one(),
        up=thumbs(Rating.value == 1),
        down=thumbs(Rating.value == -1),
        my_answers=session.exec(answers.where(Message.person_id == scene.person_id)).one(),
        my_ratings=thumbs(Rating.person_id == scene.person_id),
    )


@dataclass(frozen=True, slots=True)
class About:
    """The /help and /stats commands.

    `commands` lists what a person may use; `small_model` says whether the model is the small bundled one.
    """

    commands: Callable[[User], Sequence[CommandHelp]]
    small_model: bool

    def feature(self) -> Feature:
        """/help and /stats."""
        return Feature(commands=(Command("help", "talk", self.help), Command("stats", "community", self.stats)))

    async def help(self, call: Call) -> None:
        """Show the commands that the caller may use, one per line, grouped by what a person wants to do."""
        commands = self.commands(call.event.user)
        parts = [call.text("help-intro")]
        for group in get_args(CommandGroup):
            lines = [f"- `{command.usage}`: {command.description}" for command in commands if command.group == group]
            if lines:
                parts.append("\n".join([f"**{call.text(f'help-group-{group}')}**", *lines]))
        if self.small_model:
            parts.append(call.text("small-model"))
        await call.tell("\n\n".join(parts))

    async def stats(self, call: Call) -> None:
        """Show the figures of this community and of the caller."""
        scene = await call.scene()
        found = await call.store.read(lambda session: count(session, scene))
        await call.tell(
            call.text(
                "stats",
                conversations=found.conversations,
                answers=found.answers,
                up=found.up,
                down=found.down,
                mine=found.my_answers,
                ratings=found.my_ratings,
            )
        )
