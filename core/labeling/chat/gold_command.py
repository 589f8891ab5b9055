"""/gold: moderators make practice tasks of messages on which the reviewers agree."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from core.actions import Verb, button_action, fits, form_action
from core.commands.admin_channel import require_unread
from core.commands.registry import Command, CommandGroup
from core.community_settings import CommunitySettingsStore
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat.card_forms import scale
from core.labeling.chat.card_view import cut
from core.labeling.chat.label_pages import WHOLE, label_page, labels_from, point_of, verdict_labels, verdict_of, worded
from core.labeling.chat.task_session import TaskSession
from core.labeling.service import gold_items
from core.labeling.service.gold_items import GoldItemRequest
from core.labeling.service.moderation import TreeModerator
from core.messages import Button, Field, Form
from core.outside_text import block_quote
from core.rights import Role, require_moderator
from core.store import tables
from core.store.gold_queue import gold_pool
from core.store.identities import EventScene
from core.store.labeling_tables import TreeMessageRow

QUOTED = 1200
LONGEST_WHY = 300


@dataclass(frozen=True, slots=True)
class GoldCandidate:
    """A message that may become a practice task, with the labels on which its reviewers agree."""

    message: TreeMessageRow
    labels: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class GoldCommand:
    """Lets moderators choose practice tasks for their community; `now` tells the time."""

    desk: TaskSession
    communities: CommunitySettingsStore
    now: Callable[[], datetime] = tables.now

    def feature(self) -> CommandGroup:
        """Return /gold, its buttons, and the form for the labels and the reason."""
        return CommandGroup(
            commands=(Command("gold", "community", self.command, needs=Role.MODERATOR),),
            presses={Verb.GOLD: self.press},
            forms={Verb.GOLD_FORM: self.take},
        )

    async def command(self, call: CommandCall) -> None:
        """/gold shows the newest message on which the reviewers agree. Raises UserError if others could read it."""
        await require_unread(call, self.communities)
        await self._next(call, "")

    async def press(self, call: CommandCall) -> None:
        """Handle a button of a card. Raises NotAllowed if the person is no moderator."""
        require_moderator(call.event.user, "gold")
        verb, message_id = call.target, call.rest
        if verb == "next":
            await self._next(call, message_id)
        elif verb == "add":
            await self._choose(call, message_id)
        elif verb == "remove":
            await self._remove(call, message_id)
        else:
            raise UserError("button-outdated")

    async def take(self, call: CommandCall) -> None:
        """Take the right labels and the reason from the form."""
        require_moderator(call.event.user, "gold")
        found = await self._found(call, call.target)
        kind = gold_items.kind_of(found.message)
        page, verdict = label_page(WHOLE, kind), call.arguments.get("verdict", "")
        said = {**verdict_labels(verdict, kind, page.mode), **labels_from(call.arguments, page)}
        await self._add(call, found, {"lang_mismatch": 0.0, **said}, call.arguments.get("why", "")[:LONGEST_WHY])

    async def _next(self, call: CommandCall, after: str) -> None:
        scene = await call.scene()

        def unit(session: Session) -> GoldCandidate | None:
            langs = self.desk.person(session, call, scene).langs
            for message, labels in gold_items.candidates(session, scene.community_id, langs, after):
                if fits(Verb.GOLD, "remove", message.id):
                    return GoldCandidate(message, labels)
            return None

        found = await call.store.read(unit)
        if found is None:
            await call.tell(call.text("gold-none"), in_place=True)
            return
        lines = "\n".join(f"- {worded(name, value, call.text)}" for name, value in sorted(found.labels.items()))
        text = f"**{call.text('gold-title')}**\n\n{block_quote(cut(found.message.text, QUOTED))}\n\n{lines}"
        await call.tell(text, buttons=_buttons(call, found.message.id, "add", "next"), in_place=True)

    async def _choose(self, call: CommandCall, message_id: str) -> None:
        """Ask for the labels and the reason, or without forms use the labels on which the reviewers agree."""
        found = await self._found(call, message_id)
        if not call.chat.capabilities.forms:
            await self._add(call, found, found.labels, "")
            return
        await call.chat.show(call.event.place, _form(call, found), call.event)

    async def _add(self, call: CommandCall, found: GoldCandidate, labels: Mapping[str, float], why: str) -> None:
        scene, message_id = await call.scene(), found.message.id

        def unit(session: Session) -> None:
            moderator = self._moderator(call, scene)
            moderator.cases.found(session, message_id)
            gold_items.add(session, GoldItemRequest(message_id, labels, why, scene.community_id))
            moderator.note(session, "gold-add", message_id)

        await call.store.write(unit)
        buttons = _buttons(call, message_id, "remove", "next")
        await call.tell(
            f"{call.text('gold-added')}\n\n{block_quote(cut(found.message.text, QUOTED))}",
            buttons=buttons,
            in_place=True,
        )

    async def _remove(self, call: CommandCall, message_id: str) -> None:
        scene = await call.scene()
        pool = gold_pool(scene.community_id)

        def unit(session: Session) -> None:
            gold_items.remove(session, gold_items.item_id(pool, message_id), {pool})
            self._moderator(call, scene).note(session, "gold-remove", message_id)

        await call.store.write(unit)
        await call.tell(call.text("gold-removed"), buttons=_buttons(call, message_id, "next"), in_place=True)

    async def _found(self, call: CommandCall, message_id: str) -> GoldCandidate:
        """Return a message with the labels on which its reviewers agree. Raises UserError if they may not see it."""
        scene = await call.scene()

        def unit(session: Session) -> GoldCandidate:
            message, _ = self._moderator(call, scene).cases.found(session, message_id)
            return GoldCandidate(message, gold_items.agreed(session, message))

        return await call.store.read(unit)

    def _moderator(self, call: CommandCall, scene: EventScene) -> TreeModerator:
        pools = ("", scene.community_id)
        keeper, platform = self.desk.answers.keeper, call.event.place.platform
        return TreeModerator(keeper, self.now(), scene.person_id, scene.community_id, pools, platform)


def _form(call: CommandCall, found: GoldCandidate) -> Form:
    """Return the form for the right labels, filled in with those on which the reviewers agree."""
    labels, kind = found.labels, gold_items.kind_of(found.message)
    page = label_page(WHOLE, kind)
    given = verdict_of(labels, page, kind)
    flags = tuple((name, call.text(f"label-{name}")) for name in page.flags)
    ticked = ",".join(name for name in page.flags if labels.get(name))
    fields = (
        Field(
            "verdict",
            call.text("task-verdict"),
            "choice",
            tuple((name, call.text(f"task-verdict-{name}")) for name in page.verdicts),
            value=given,
            required=True,
        ),
        scale("quality", call.text, point_of(labels.get("quality"))),
        Field("flags", call.text("task-flags"), "choices", flags, value=ticked),
        Field("why", call.text("gold-why"), limit=LONGEST_WHY, required=True),
    )
    action = form_action(Verb.GOLD_FORM, found.message.id)
    return Form(action, call.text("gold-add"), fields, call.text("task-save"), text=cut(found.message.text, QUOTED))


def _buttons(call: CommandCall, message_id: str, *verbs: str) -> Sequence[Button]:
    return [Button(button_action(Verb.GOLD, verb, message_id), call.text(f"gold-{verb}")) for verb in verbs]
