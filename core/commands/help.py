"""/help and /stats: what the assistant says about itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from sqlmodel import Session, col, func, select

from core.commands.registry import Command, CommandGroup
from core.community_settings import CommunitySettings, CommunitySettingsStore, within
from core.delivery.call import CommandCall
from core.messages import CommandHelp, HelpGroup, Place, User
from core.outside_text import quoted_line
from core.rights import Role, role_of
from core.store import tokens, transcripts
from core.store.identities import EventScene
from core.store.tables import ConversationRow, MessageRow, RatingRow
from core.store.tokens import CommunityTokens

LONGEST_NAME = 40


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


async def no_figures(call: CommandCall) -> Sequence[str]:
    """No more figures than those of the chats."""
    return ()


@dataclass(frozen=True, slots=True)
class HelpCommand:
    """The /help and /stats commands.

    `commands` lists what a person may use in a place; `small_model` says whether the model is the small bundled one.
    `figures` returns further paragraphs of /stats.
    """

    commands: Callable[[Place, User], Awaitable[Sequence[CommandHelp]]]
    communities: CommunitySettingsStore
    small_model: bool
    figures: Callable[[CommandCall], Awaitable[Sequence[str]]] = no_figures

    def feature(self) -> CommandGroup:
        """/help and /stats."""
        return CommandGroup(
            commands=(Command("help", "talk", self.help, portable=True), Command("stats", "community", self.stats))
        )

    async def help(self, call: CommandCall) -> None:
        """Show the commands that the caller may use, one per line, grouped by what a person wants to do."""
        place = call.event.place
        commands = await self.commands(place, call.event.user)
        settings = await self.communities.settings(place)
        if settings.tasks == "off":
            commands = [command for command in commands if command.group != "tasks"]
        parts = [call.text(f"help-talk-{self._way(place, settings)}"), call.text("help-intro")]
        if (mark := call.chat.capabilities.thread_mark) and not place.thread:
            parts.insert(1, call.text("help-threads", mark=mark))
        for group in get_args(HelpGroup):
            lines = [f"- `{command.usage}`: {command.description}" for command in commands if command.group == group]
            if lines:
                parts.append("\n".join([f"**{call.text(f'help-group-{group}')}**", *lines]))
        if self.small_model:
            parts.append(call.text("small-model"))
        await call.tell("\n\n".join(parts))

    def _way(self, place: Place, settings: CommunitySettings) -> str:
        """How one talks to the assistant in a place: by writing, by mentioning it, or not at all."""
        if place.private or within(place, settings.always):
            return "here"
        return "mention" if not settings.channels or within(place, settings.channels) else "elsewhere"

    async def stats(self, call: CommandCall) -> None:
        """Show the figures of this community and of the caller, and those of tasks."""
        scene = await call.scene()
        found = await call.store.read(lambda session: count(session, scene))
        chats = call.text(
            "stats",
            conversations=found.conversations,
            answers=found.answers,
            up=found.up,
            down=found.down,
            mine=found.my_answers,
            ratings=found.my_ratings,
        )
        parts = [chats, await self._tokens(call, scene), *await self.figures(call)]
        await call.tell("\n\n".join(filter(None, parts)))

    async def _tokens(self, call: CommandCall, scene: EventScene) -> str:
        """The tokens of this community and of the caller; for an admin, also whose they are."""
        admin = call.confidential and role_of(call.event.user) >= Role.ADMIN

        def unit(session: Session) -> tuple[CommunityTokens, Mapping[str, str]]:
            used = tokens.used(session, scene)
            return used, transcripts.names(session, call.event.place.platform, set(used.people))

        used, names = await call.store.read(unit)
        here, mine = used.everybody, used.mine
        if not here.read + here.written:
            return ""
        lines = [
            call.text("stats-tokens", read=here.read, written=here.written, my_read=mine.read, my_written=mine.written)
        ]
        if used.chosen:
            lines.append(call.text("stats-drafts", answers=used.chosen, drafts=used.drafts))
        shares = {quoted_line(names.get(id, "–"), LONGEST_NAME): use for id, use in used.people.items()}
        shares |= {call.chat.mention("role", id): use for id, use in used.roles.items()}
        lines += [
            f"- {call.text('stats-tokens-of', name=name, read=use.read, written=use.written)}"
            for name, use in shares.items()
            if admin
        ]
        return "\n".join(lines)
