"""Moderation in chats: a report becomes a card with buttons for moderators, and /moderate shows the open reports."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from core.actions import Verb, button_action, form_action
from core.commands.admin_channel import require_unread, tell_admins
from core.commands.registry import Command, CommandGroup
from core.commands.reports import ReportCommands
from core.community_settings import CommunitySettingsStore
from core.delivery.call import CommandCall
from core.delivery.outbox import post
from core.errors import UserError
from core.labeling.chat import note_form
from core.labeling.chat.leaderboard import plain
from core.labeling.chat.note_form import NoteForm
from core.labeling.rules import similarity, text_checks
from core.labeling.rules.vocabulary import CLOSED
from core.labeling.service.moderation import TreeModerator
from core.labeling.service.moderation_cases import ACTION, ModerationCase
from core.labeling.service.new_texts import CleanText
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.messages import Button, Field, Form, Place, Reply
from core.outside_text import quoted_line
from core.reactions import REPORT
from core.rights import Role, require_moderator
from core.store import tables
from core.store.identities import EventScene
from core.store.labeling_tables import FlagRow
from core.store.tables import CommunityRow

QUOTED = 600
COMMENT = 200
"""How many characters a card shows of a message, and of what somebody wrote about it."""

REPORTS, ACTS = 5, 6
"""How many reports and actions a card shows, the latest ones."""

LONGEST = 2000
"""The longest text, in characters, that a form holds on every platform."""

QUEUE = "+"
"""Ends the verb of a button on a card of /moderate.

Only the moderator sees such a card, and it leads on to the next one.
"""

Act = Callable[[TreeModerator, Session, str], object]
ACTIONS: Mapping[str, Act] = {
    "delete": TreeModerator.delete,
    "restore": TreeModerator.restore,
    "halt": TreeModerator.halt,
    "reopen": TreeModerator.reopen,
    "ban": TreeModerator.ban_author,
    "unban": TreeModerator.unban_author,
    "dismiss": TreeModerator.dismiss,
}
EMOJIS: Mapping[str, str] = {
    "delete": "🗑",
    "restore": "♻️",
    "dismiss": "✔️",
    "halt": "⛔",
    "reopen": "▶️",
    "ban": "🚷",
    "unban": "🚶",
    "edit": "✏️",
    "note": "📝",
    "next": "➡️",
}


@dataclass(frozen=True, slots=True)
class ModerationCommand:
    """Lets moderators and admins act on messages of trees. `answers` has the reports of answers, `now` tells the time.

    They moderate their community's own trees and those of the pool that all communities work on.
    """

    keeper: TreeLifecycle
    communities: CommunitySettingsStore
    answers: ReportCommands | None = None
    now: Callable[[], datetime] = tables.now

    def feature(self) -> CommandGroup:
        """Return /moderate, the buttons of cards, and the form for a text."""
        return CommandGroup(
            commands=(Command("moderate", "community", self.command, needs=Role.MODERATOR),),
            presses={Verb.MODERATE: self.press},
            forms={Verb.MODERATE_EDIT: self.take_edit, **self.notes.feature().forms},
        )

    @property
    def notes(self) -> NoteForm:
        """The form for notes about the author of a message."""
        return NoteForm(lambda call, scene, s, message_id: self._moderator(call, scene).cases.case(s, message_id))

    async def tell(self, call: CommandCall, message_id: str, why: str) -> None:
        """Tell the moderators that the person behind this event reports a message; `why` is in words.

        The report goes to the log channel of the community where it was made, or else of the one that the message is
        from. If we may not write in that channel, the reporter is not bothered with it.
        """
        scene = await call.scene()
        found = await call.store.read(lambda session: self._reported(session, call, scene, message_id))
        if found is None:
            return
        case, homes = found
        earlier = [flag for flag in case.flags if flag.person_id != scene.person_id]
        lines = [*_said(call, case, earlier), call.text("mod-says", who=plain(call.event.user.name), why=_line(why))]
        text = card(call, case, lines)
        for community_id, place in ((scene.community_id, call.event.place), *homes):
            if not (await self.communities.settings(place)).log_channel:
                continue
            there = replace(call, event=replace(call.event, place=place))
            await tell_admins(there, self.communities, text, "moderate", self._buttons(there, case, community_id))
            return

    async def command(self, call: CommandCall) -> None:
        """/moderate shows the oldest open report: of an answer, then of a message of a tree.

        Raises UserError if others could read it here.
        """
        await require_unread(call, self.communities)
        if not (self.answers and await self.answers.show_waiting(call)):
            await self._next(call, "")

    async def press(self, call: CommandCall) -> None:
        """Handle a button of a card.

        Raises NotAllowed if the person is no moderator, and UserError if the message is not theirs to moderate.
        """
        require_moderator(call.event.user, "moderate")
        verb, message_id = call.target, call.rest
        queue = QUEUE if verb.endswith(QUEUE) else ""
        verb = verb.removesuffix(QUEUE)
        if verb == "next":
            await self._next(call, message_id)
        elif verb == "edit":
            await self._ask_text(call, message_id, queue)
        elif verb == "note":
            await self.notes.ask(call, message_id)
        elif verb in ACTIONS:
            await self._act(call, message_id, ACTIONS[verb], queue)
        else:
            raise UserError("button-outdated")

    async def take_edit(self, call: CommandCall) -> None:
        """Take the new text of a message from its form."""
        require_moderator(call.event.user, "moderate")
        message_id = call.target.removesuffix(QUEUE)
        given = call.arguments.get("text", "")
        text = await asyncio.to_thread(as_kept, given)

        def edit(moderator: TreeModerator, session: Session, id: str) -> None:
            moderator.edit(session, id, text)

        await self._act(call, message_id, edit, QUEUE if call.target.endswith(QUEUE) else "")

    async def _act(self, call: CommandCall, message_id: str, act: Act, queue: str) -> None:
        scene = await call.scene()

        def unit(session: Session) -> ModerationCase:
            moderator = self._moderator(call, scene)
            act(moderator, session, message_id)
            session.flush()
            return moderator.cases.case(session, message_id)

        await self._show(call, scene.community_id, await call.store.write(unit), queue)

    async def _next(self, call: CommandCall, after: str) -> None:
        """Show the next open report; after the last one, the first one again."""
        scene = await call.scene()

        def unit(session: Session) -> Sequence[ModerationCase]:
            moderator = self._moderator(call, scene)
            return moderator.cases.waiting(session, 1, after) or moderator.cases.waiting(session, 1)

        cases = await call.store.read(unit)
        if cases:
            await self._show(call, scene.community_id, cases[0], QUEUE)
        else:
            await call.tell(call.text("mod-none"), in_place=True)

    async def _show(self, call: CommandCall, community_id: str, case: ModerationCase, queue: str) -> None:
        """Show a card in place of the one whose button was pressed."""
        text = card(call, case, _said(call, case, case.flags))
        buttons = self._buttons(call, case, community_id, queue)
        if queue:
            # Others may read the channel of reports: what moderators note is shown to them alone.
            noted = "\n".join(f"- 📝 {line}" for line in note_form.lines(call, case))
            await call.tell("\n\n".join(filter(None, (text, noted))), buttons=buttons, in_place=True)
            return
        reply = Reply(text, buttons=tuple(buttons), replaces=getattr(call.event, "id", None))
        await post(call.store, call.chat, call.event, reply, f"{call.event.key}#notice")

    async def _ask_text(self, call: CommandCall, message_id: str, queue: str) -> None:
        scene = await call.scene()
        case = await call.store.read(lambda session: self._moderator(call, scene).cases.case(session, message_id))
        text = case.message.text
        if not call.chat.capabilities.forms or len(text) > LONGEST:
            raise UserError("mod-edit-elsewhere", id=message_id)
        fields = (Field("text", call.text("mod-edit-text"), value=text, limit=LONGEST, required=True),)
        form = Form(
            form_action(Verb.MODERATE_EDIT, f"{message_id}{queue}"),
            call.text("mod-edit-title"),
            fields,
            call.text("mod-edit-send"),
        )
        await call.chat.show(call.event.place, form, call.event)

    def _buttons(self, call: CommandCall, case: ModerationCase, community_id: str, queue: str = "") -> Sequence[Button]:
        """Return the buttons for what a community's moderators can do about a message in its present state."""
        if case.tree.pool not in ("", community_id):
            return ()
        forms = call.chat.capabilities.forms
        rows = (
            [("delete", case.open or not case.message.deleted), ("restore", case.message.deleted)],
            [("halt", case.tree.state not in CLOSED), ("reopen", case.tree.state in CLOSED)],
            [("ban", not case.banned), ("unban", case.banned), ("note", forms)] if case.message.person_id else [],
            [("dismiss", case.open), ("edit", forms), ("next", bool(queue))],
        )
        return [
            Button(
                button_action(Verb.MODERATE, f"{verb}{queue}", case.message.id),
                call.text(f"mod-{verb}"),
                EMOJIS[verb],
                row=number // 2,
            )
            for number, row in enumerate(rows)
            for verb, possible in row
            if possible
        ]

    def _moderator(self, call: CommandCall, scene: EventScene) -> TreeModerator:
        return TreeModerator(
            self.keeper,
            self.now(),
            scene.person_id,
            scene.community_id,
            ("", scene.community_id),
            call.event.place.platform,
        )

    def _reported(
        self, session: Session, call: CommandCall, scene: EventScene, message_id: str
    ) -> tuple[ModerationCase, Sequence[tuple[str, Place]]] | None:
        """Return a message with its reports, and its communities on this platform.

        These are the communities that the message, its tree and its pool belong to.
        """
        moderator = replace(self._moderator(call, scene), pools=None)
        try:
            case = moderator.cases.case(session, message_id)
        except UserError:
            return None
        platform = call.event.place.platform
        homes = [case.message.community_id, case.tree.community_id, case.tree.pool]
        found = select(CommunityRow).where(
            CommunityRow.platform == platform, col(CommunityRow.id).in_(filter(None, homes))
        )
        known = {row.id: Place(platform, row.platform_id, "") for row in session.exec(found).all()}
        return case, [(id, known[id]) for id in dict.fromkeys(homes) if id and id in known]


def as_kept(text: str) -> CleanText:
    """Return a moderator's text as it is stored. The first call takes a second: call it in a thread."""
    clean = text_checks.cleaned(text)
    return CleanText(clean, similarity.digest(clean), similarity.bands(clean))


def card(call: CommandCall, case: ModerationCase, reports: Sequence[str]) -> str:
    """Return the card of a reported message: its text, who reported it and why, and what was done about it."""
    message = case.message
    kind = message.role if message.parent_id else "root"
    title = call.text("mod-title", kind=call.text(f"mod-kind-{kind}"), lang=message.lang)
    text = message.text if len(message.text) <= QUOTED else f"{message.text[:QUOTED].rstrip()} …"
    quote = "\n".join(f"> {line}" for line in text.splitlines() if line.strip())
    notes = [
        ("mod-is-erased", message.deleted and not message.text),
        ("mod-is-deleted", message.deleted and message.text),
        ("mod-is-edited", message.edited and message.text),
        ("mod-is-halted", case.tree.state in CLOSED),
        ("mod-is-banned", case.banned),
    ]
    is_so = " ".join(call.text(key) for key, so in notes if so)
    said = "\n".join(f"- {line}" for line in reports[-REPORTS:])
    done = "\n".join(f"✔ {line}" for line in _done(call, case)[-ACTS:])
    return "\n\n".join(filter(None, (f"{REPORT} **{title}**", quote, said, is_so, done)))


def _said(call: CommandCall, case: ModerationCase, flags: Sequence[FlagRow]) -> list[str]:
    """Say who reported a message and why, one line for each report."""
    return [call.text("mod-says", who=_name(call, case, flag.person_id), why=_why(call, flag)) for flag in flags]


def _done(call: CommandCall, case: ModerationCase) -> list[str]:
    """Say who did what about a message, one line for each action."""
    verbs = [(act, act.action.removeprefix(ACTION)) for act in case.acts]
    return [
        call.text(f"mod-did-{verb}", who=plain(act.outcome) or _name(call, case, act.person_id))
        for act, verb in verbs
        if verb in ACTIONS or verb == "edit"
    ]


def _why(call: CommandCall, flag: FlagRow) -> str:
    """Return a report's labels in words, then its comment. What filters have found has no label text."""
    keys = {name: f"label-{name}" for name in flag.labels}
    words = [call.text(key) if call.texts.has(key) else name for name, key in keys.items()]
    return ", ".join(filter(None, [*words, _line(flag.comment)])) or call.text("report-no-reason")


def _line(text: str) -> str:
    """Return what somebody wrote as one line, cut to `COMMENT` characters."""
    return quoted_line(text, COMMENT)


def _name(call: CommandCall, case: ModerationCase, person_id: str | None) -> str:
    return plain(case.names.get(person_id or "", "")) or call.text("mod-somebody")
