"""Moderation in chats: a report becomes a card with buttons for admins, and /moderate goes through what waits."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from core.commands.admin_channel import tell_admins
from core.commands.registry import Command, Feature
from core.community_settings import Communities
from core.delivery.call import Call
from core.delivery.outbox import post
from core.errors import UserError
from core.labeling.chat.leaderboard import plain
from core.labeling.rules import similarity as likeness
from core.labeling.rules import text_checks as filters
from core.labeling.service.moderation import ACTION, CLOSED, Case, Moderator
from core.labeling.service.submissions import Text
from core.labeling.service.tree_lifecycle import Keeper
from core.messages import Button, Field, Form, Place, Reply
from core.rights import require_admin
from core.store import tables
from core.store.identities import Scene
from core.store.labeling_tables import Flag
from core.store.tables import Community

log = structlog.get_logger()

QUOTED = 600
COMMENT = 200
"""Characters of a message, and of what somebody wrote about it, that a card shows."""

REPORTS, ACTS = 5, 6
"""Reports and actions that a card shows: the last ones."""

LONGEST = 2000
"""Characters of a text that a form holds on every platform."""

QUEUE = "+"
"""Ends the verb of a button on a card of /moderate, which its moderator alone sees and which leads to the next one."""

Act = Callable[[Moderator, Session, str], object]
ACTIONS: Mapping[str, Act] = {
    "delete": Moderator.delete,
    "restore": Moderator.restore,
    "halt": Moderator.halt,
    "reopen": Moderator.reopen,
    "ban": Moderator.ban_author,
    "unban": Moderator.unban_author,
    "dismiss": Moderator.dismiss,
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
    "next": "➡️",
}


@dataclass(frozen=True, slots=True)
class Moderation:
    """What admins can do about messages of trees. `now` tells the time.

    They look after their community's own trees and, with `shared`, after those of the pool that all communities work
    on. Without it that pool is for the terminal alone: anybody is an admin of some community where a bot is public.
    """

    keeper: Keeper
    communities: Communities
    shared: bool = True
    now: Callable[[], datetime] = tables.now

    def feature(self) -> Feature:
        """/moderate, the buttons of cards, and the form for a text."""
        return Feature(
            commands=(Command("moderate", self.command, admin=True),),
            presses={"mod": self.press},
            forms={"modedit": self.take_edit},
        )

    async def tell(self, call: Call, message_id: str, why: str) -> None:
        """Tell the moderators that who caused this event reports a message; `why` is in words.

        It goes to the log channel of the community where that happened, or else of the one that the message is from.
        Whoever reports is not troubled by a channel in which we may not write.
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
            try:
                await tell_admins(there, self.communities, text, "moderate", self._buttons(there, case, community_id))
            except UserError as error:
                log.warning("moderators_not_told", reason=error.key)
            return

    async def command(self, call: Call) -> None:
        """/moderate shows what was reported first and nobody has dealt with. Raises UserError where others read it."""
        place, able = call.event.place, call.chat.capabilities
        settings = await self.communities.settings(place)
        if not (place.private or able.personal or place.channel == settings.log_channel):
            raise UserError("mod-others-read")
        await self._next(call, "")

    async def press(self, call: Call) -> None:
        """A button of a card. Raises NotAllowed for who is no admin, UserError for what is not theirs to moderate."""
        require_admin(call.event.user, "moderate")
        verb, _, message_id = call.target.partition(":")
        queue = QUEUE if verb.endswith(QUEUE) else ""
        verb = verb.removesuffix(QUEUE)
        if verb == "next":
            await self._next(call, message_id)
        elif verb == "edit":
            await self._ask_text(call, message_id, queue)
        elif verb in ACTIONS:
            await self._act(call, message_id, ACTIONS[verb], queue)
        else:
            raise UserError("button-outdated")

    async def take_edit(self, call: Call) -> None:
        """The new text of a message."""
        require_admin(call.event.user, "moderate")
        message_id = call.target.removesuffix(QUEUE)
        given = call.arguments.get("text", "")
        text = await asyncio.to_thread(as_kept, given)

        def edit(moderator: Moderator, session: Session, id: str) -> None:
            moderator.edit(session, id, text)

        await self._act(call, message_id, edit, QUEUE if call.target.endswith(QUEUE) else "")

    async def _act(self, call: Call, message_id: str, act: Act, queue: str) -> None:
        scene = await call.scene()

        def unit(session: Session) -> Case:
            moderator = self._moderator(call, scene)
            act(moderator, session, message_id)
            session.flush()
            return moderator.case(session, message_id)

        await self._show(call, scene.community_id, await call.store.write(unit), queue)

    async def _next(self, call: Call, after: str) -> None:
        """What was reported next; after the last one, the first one again."""
        scene = await call.scene()

        def unit(session: Session) -> Sequence[Case]:
            moderator = self._moderator(call, scene)
            return moderator.waiting(session, 1, after) or moderator.waiting(session, 1)

        cases = await call.store.read(unit)
        if cases:
            await self._show(call, scene.community_id, cases[0], QUEUE)
        else:
            await call.tell(call.text("mod-none"), in_place=True)

    async def _show(self, call: Call, community_id: str, case: Case, queue: str) -> None:
        """A card in place of the one whose button was pressed."""
        text = card(call, case, _said(call, case, case.flags))
        buttons = self._buttons(call, case, community_id, queue)
        if queue:
            await call.tell(text, buttons=buttons, in_place=True)
            return
        reply = Reply(text, buttons=tuple(buttons), replaces=getattr(call.event, "id", None))
        await post(call.store, call.chat, call.event, reply, f"{call.event.key}#notice")

    async def _ask_text(self, call: Call, message_id: str, queue: str) -> None:
        scene = await call.scene()
        case = await call.store.read(lambda session: self._moderator(call, scene).case(session, message_id))
        text = case.message.text
        if not call.chat.capabilities.forms or len(text) > LONGEST:
            raise UserError("mod-edit-elsewhere", id=message_id)
        fields = (Field("text", call.text("mod-edit-text"), value=text, limit=LONGEST, required=True),)
        form = Form(f"modedit:{message_id}{queue}", call.text("mod-edit-title"), fields, call.text("mod-edit-send"))
        await call.chat.show(call.event.place, form, call.event)

    def _buttons(self, call: Call, case: Case, community_id: str, queue: str = "") -> Sequence[Button]:
        """What a community's admins can do about a message as it is."""
        if case.tree.pool not in self._pools(community_id):
            return ()
        rows = (
            [("delete", case.open or not case.message.deleted), ("restore", case.message.deleted)],
            [("halt", case.tree.state not in CLOSED), ("reopen", case.tree.state in CLOSED)],
            [("ban", not case.banned), ("unban", case.banned)] if case.message.person_id else [],
            [("dismiss", case.open), ("edit", call.chat.capabilities.forms), ("next", bool(queue))],
        )
        return [
            Button(f"mod:{verb}{queue}:{case.message.id}", call.text(f"mod-{verb}"), EMOJIS[verb], row=number // 2)
            for number, row in enumerate(rows)
            for verb, possible in row
            if possible
        ]

    def _moderator(self, call: Call, scene: Scene) -> Moderator:
        return Moderator(
            self.keeper,
            self.now(),
            scene.person_id,
            scene.community_id,
            self._pools(scene.community_id),
            call.event.place.platform,
        )

    def _pools(self, community_id: str) -> Sequence[str]:
        return ("", community_id) if self.shared else (community_id,)

    def _reported(
        self, session: Session, call: Call, scene: Scene, message_id: str
    ) -> tuple[Case, Sequence[tuple[str, Place]]] | None:
        """A message with its reports, and the communities on this platform that it and its tree are from."""
        moderator = replace(self._moderator(call, scene), pools=None)
        try:
            case = moderator.case(session, message_id)
        except UserError:
            return None
        platform = call.event.place.platform
        homes = [case.message.community_id, case.tree.community_id, case.tree.pool]
        found = select(Community).where(Community.platform == platform, col(Community.id).in_(filter(None, homes)))
        known = {row.id: Place(platform, row.platform_id, "") for row in session.exec(found).all()}
        return case, [(id, known[id]) for id in dict.fromkeys(homes) if id and id in known]


def as_kept(text: str) -> Text:
    """A moderator's text as it is kept. It takes a second at first: call it in a thread."""
    clean = filters.cleaned(text)
    return Text(clean, likeness.digest(clean), likeness.bands(clean))


def card(call: Call, case: Case, reports: Sequence[str]) -> str:
    """A reported message as moderators see it: the text, who reported it and why, and what was done about it."""
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
    return "\n\n".join(filter(None, (f"🚩 **{title}**", quote, said, is_so, done)))


def _said(call: Call, case: Case, flags: Sequence[Flag]) -> list[str]:
    """Who reported a message and why, a line each."""
    return [call.text("mod-says", who=_name(call, case, flag.person_id), why=_why(call, flag)) for flag in flags]


def _done(call: Call, case: Case) -> list[str]:
    """Who did what about a message, a line each."""
    verbs = [(act, act.action.removeprefix(ACTION)) for act in case.acts]
    return [
        call.text(f"mod-did-{verb}", who=plain(act.outcome) or _name(call, case, act.person_id))
        for act, verb in verbs
        if verb in ACTIONS or verb == "edit"
    ]


def _why(call: Call, flag: Flag) -> str:
    """Labels in words, then the comment. What filters have found has no label."""
    keys = {name: f"label-{name}" for name in flag.labels}
    words = [call.text(key) if call.texts.has(key) else name for name, key in keys.items()]
    return ", ".join(filter(None, [*words, _line(flag.comment)])) or call.text("report-no-reason")


def _line(text: str) -> str:
    """What somebody wrote, in one line and not too long."""
    line = " ".join(text.split())
    return line if len(line) <= COMMENT else f"{line[:COMMENT].rstrip()} …"


def _name(call: Call, case: Case, person_id: str | None) -> str:
    return plain(case.names.get(person_id or "", "")) or call.text("mod-somebody")
