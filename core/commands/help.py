"""/help and /stats: what the assistant says about itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from core.commands.registry import Command, CommandGroup
from core.delivery.call import CommandCall
from core.messages import CommandHelp, User
from core.store.identities import EventScene
from core.store.tables import ConversationRow, MessageRow, RatingRow


@dataclass(frozen=True, slots=True)
class CommunityStats:
    """Counts for a community and, within it, for one person."""

    conversations: int
    answers: int
    up: int
    down: int
    my_answers: int
    my_ratings: int


def count(session: Session, scene: EventScene) -> CommunityStats:
    """Compute the figures that /stats shows."""
    here = MessageRow.community_id == scene.community_id

    def thumbs(*conditions: object) -> int:
        joined = (
            select(func.count())
            .select_from(RatingRow)
            .join(MessageRow, col(MessageRow.id) == col(RatingRow.message_id))
        )
        return session.exec(joined.where(here, *conditions)).one()  # type: ignore[arg-type]

    answers = select(func.count()).select_from(MessageRow).where(here, MessageRow.role == "assistant")
    talks = select(func.count()).select_from(ConversationRow).where(ConversationRow.community_id == scene.community_id)
    return CommunityStats(
        conversations=session.exec(talks).one(),
        answers=session.exec(answers).one(),
        up=thumbs(RatingRow.value == 1),
        down=thumbs(RatingRow.value == -1),
        my_answers=session.exec(answers.where(MessageRow.person_id == scene.person_id)).one(),
        my_ratings=thumbs(RatingRow.person_id == scene.person_id),
    )


@dataclass(frozen=True, slots=True)
class HelpCommand:
    """The /help and /stats commands.

    `commands` lists what a person may use; `small_model` says whether the model is the small bundled one.
    """

    commands: Callable[[User], Sequence[CommandHelp]]
    small_model: bool

    def feature(self) -> CommandGroup:
        """/help and /stats."""
        return CommandGroup(commands=(Command("help", self.help), Command("stats", self.stats)))

    async def help(self, call: CommandCall) -> None:
        """Show the commands that the caller may use, one per line."""
        lines = [f"- `{command.usage}`: {command.description}" for command in self.commands(call.event.user)]
        parts = [call.text("help-intro"), "\n".join(lines)]
        if self.small_model:
            parts.append(call.text("small-model"))
        await call.tell("\n\n".join(parts))

    async def stats(self, call: CommandCall) -> None:
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
