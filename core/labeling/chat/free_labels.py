"""Labels and thumbs without a task: /label on a message of a tree, wherever it is shown, and thumbs on its card.

A card always shows the stored labels: each tap and each form is stored at once.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session

from core.actions import Verb, button_action, cut, fits, form_action
from core.commands.registry import CommandGroup
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat.card_buttons import page_buttons
from core.labeling.chat.card_forms import label_fields
from core.labeling.chat.card_view import cut as shortened
from core.labeling.chat.label_pages import (
    STEPS,
    TONE,
    WHOLE,
    LabelPage,
    label_page,
    labels_from,
    step,
    verdict_labels,
    verdict_of,
    worded,
)
from core.labeling.chat.task_session import TaskSession
from core.labeling.rules.review_modes import ALL_FLAGS, FLAGS, OF_ANSWERS, SCALES
from core.labeling.service import free_labels
from core.labeling.service.assignment import TaskPerson
from core.labeling.service.gold_items import kind_of
from core.messages import Button, Form, Reaction
from core.outside_text import block_quote
from core.reactions import RATINGS
from core.store import conversations, identities, outbox
from core.store.labeling_tables import TreeMessageRow
from core.store.tables import PersonRow

QUOTED = 600
"""Characters of a message that its card and its form show."""

LONGEST = ("p", "helpfulness", "5")
"""The parts after the message's id in the longest action of a card."""

Labels = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LabeledMessage:
    """A message of a tree as somebody has labeled it. `in_task` says that they reviewed it in a task, too."""

    id: str
    kind: str
    role: str
    text: str
    labels: Labels
    thumb: int
    in_task: bool

    @property
    def page(self) -> LabelPage:
        """The first page of its labels."""
        return label_page(WHOLE, self.kind)


@dataclass(frozen=True, slots=True)
class FreeLabels:
    """Labels any message of a tree, at any time. `desk` knows who may see which trees."""

    desk: TaskSession

    def feature(self) -> CommandGroup:
        """Return the buttons and the forms of a labeled message's card; /label itself is a command of answers, too."""
        return CommandGroup(presses={Verb.FREE: self.press}, forms={Verb.FREE: self.take})

    async def command(self, call: CommandCall) -> bool:
        """Run /label if it is about a message of a tree: one that it was called on or names, or the last answer.

        Returns False if it is about none. Raises UserError if the person has not agreed to the terms or may not label
        the message.
        """
        words = call.arguments.get("labels", "").replace(",", " ").split()
        scene = await call.scene()

        def unit(session: Session) -> tuple[str, bool] | None:
            if words and session.get(TreeMessageRow, words[0]) is not None:
                return words[0], True
            found = _named(session, call, scene)
            return (found, False) if found and session.get(TreeMessageRow, found) is not None else None

        meant = await call.store.read(unit)
        if meant is None:
            return False
        message_id, by_id = meant
        given = words[1:] if by_id else words
        if given:
            await self._keep(call, message_id, lambda message: {**message.labels, **_typed(given, message.kind)})
        elif call.chat.capabilities.forms:
            await self._open(call, await self._found(call, message_id), WHOLE)
        else:
            await self._show(call, await self._found(call, message_id))
        return True

    async def press(self, call: CommandCall) -> None:
        """Handle a button of a card. Raises UserError if it is outdated or the message is gone."""
        message_id, (verb, argument) = call.target, cut(call.rest)
        name, value = cut(argument)
        if verb == "more" and call.chat.capabilities.forms:
            await self._open(call, await self._found(call, message_id), argument)
        elif verb in ("more", "show"):
            await self._show(call, await self._found(call, message_id), argument)
        elif verb == "off":
            await self._keep(call, message_id, lambda message: {})
        elif verb == "thumb":
            await self._vote(call, message_id, argument)
        elif verb == "l" and name == "verdict":
            await self._keep(call, message_id, lambda message: _judged(message, value), WHOLE)
        elif verb == "l" and name in ALL_FLAGS:
            await self._keep(call, message_id, lambda message: _toggled(message.labels, name, 1.0), WHOLE)
        elif verb == "p" and name in SCALES:
            point = step(value)
            await self._keep(call, message_id, lambda message: _toggled(message.labels, name, point), "", name)
        else:
            raise UserError("button-outdated")

    async def take(self, call: CommandCall) -> None:
        """Take the filled-in form of a page. Raises UserError if the form does not offer a value."""

        def change(message: LabeledMessage) -> Labels:
            page = label_page(call.rest, message.kind)
            said, verdict = labels_from(call.arguments, page), call.arguments.get("verdict", "")
            asked = {*page.scales, *page.flags}
            if page.verdicts:
                asked |= {"spam", "fails_task"}
            rest = {name: value for name, value in message.labels.items() if name not in asked}
            return {**rest, **verdict_labels(verdict, message.kind, page.mode), **said}

        await self._keep(call, call.target, change)

    async def react(self, call: CommandCall, reaction: Reaction, value: int) -> bool:
        """Keep a thumb that was put on a message of a tree, or take it back. Returns False if it is on no such message.

        A thumb by somebody who may not give one is left without an effect and without a word, as in Open Assistant.
        """
        message_id = await call.store.read(lambda session: tree_message_at(session, reaction))
        if message_id is None:
            return False

        def unit(session: Session) -> None:
            scene = identities.scene(session, reaction.place, reaction.user)
            by = self.desk.person(session, call, scene)
            message = free_labels.labelable(session, message_id, by)
            if reaction.added or free_labels.thumb_of(session, scene.person_id, message) == value:
                free_labels.vote(session, message, by, value if reaction.added else 0, "reaction")

        with suppress(UserError):
            await call.store.write(unit)
        return True

    async def _found(self, call: CommandCall, message_id: str) -> LabeledMessage:
        return await call.store.write(lambda session: _labeled(session, *self._open_to(session, call, message_id)))

    async def _keep(
        self,
        call: CommandCall,
        message_id: str,
        change: Callable[[LabeledMessage], Labels],
        page: str = "",
        scale: str = "",
    ) -> None:
        """Change somebody's labels of a message, and show its card, or the page of the button that they tapped."""

        def unit(session: Session) -> LabeledMessage:
            message, by = self._open_to(session, call, message_id)
            labels = change(_labeled(session, message, by))
            free_labels.label(session, message, by, labels)
            session.flush()
            return _labeled(session, message, by)

        message = await call.store.write(unit)
        if scale:
            page = WHOLE if scale in message.page.scales else TONE
        lead = "" if page else call.text("label-thanks" if message.labels else "label-taken-back")
        await self._show(call, message, page, lead)

    async def _vote(self, call: CommandCall, message_id: str, argument: str) -> None:
        if argument not in {str(value) for value in RATINGS.values()}:
            raise UserError("button-outdated")

        def unit(session: Session) -> LabeledMessage:
            message, by = self._open_to(session, call, message_id)
            same = free_labels.thumb_of(session, by.taker.person_id, message) == int(argument)
            free_labels.vote(session, message, by, 0 if same else int(argument), by.taker.source)
            session.flush()
            return _labeled(session, message, by)

        await self._show(call, await call.store.write(unit))

    def _open_to(self, session: Session, call: CommandCall, message_id: str) -> tuple[TreeMessageRow, TaskPerson]:
        scene = identities.scene(session, call.event.place, call.event.user)
        by = self.desk.person(session, call, scene)
        message = free_labels.labelable(session, message_id, by)
        if session.get_one(PersonRow, scene.person_id).terms != self.desk.terms.version:
            raise UserError("label-terms")
        return message, by

    async def _open(self, call: CommandCall, message: LabeledMessage, page: str) -> None:
        form = label_page(page or WHOLE, message.kind)
        verdict = verdict_of(message.labels, form, message.kind)
        fields = label_fields(form, message.labels, verdict, call.text, required=False)
        action = form_action(Verb.FREE, message.id, form.name)
        text = shortened(message.text, QUOTED)
        shown = Form(action, call.text("free-title"), fields, call.text("task-save"), text=text)
        await call.chat.show(call.event.place, shown, call.event)

    async def _show(self, call: CommandCall, message: LabeledMessage, page: str = "", lead: str = "") -> None:
        quote = block_quote(shortened(message.text, QUOTED))
        said = [f"- {worded(name, value, call.text)}" for name, value in sorted(message.labels.items())]
        title = f"**{call.text('free-title')}** · {call.text(f'task-role-{message.role}')}"
        counted = call.text("free-counted") if message.in_task else ""
        text = "\n\n".join(filter(None, (lead, title, quote, "\n".join(said), counted)))
        buttons = _buttons(message, page, call.text) if fits(Verb.FREE, message.id, *LONGEST) else ()
        await call.tell(text, buttons=buttons, in_place=True, tree_message=message.id)


def tree_message_at(session: Session, reaction: Reaction) -> str | None:
    """Return the id of the message of a tree that a reaction is to: a card shows it, or it is from a chat itself."""
    found = outbox.tree_message_shown_by(session, reaction.place, reaction.id)
    found = found or conversations.known_message(session, reaction.place, reaction.id)
    return found if found and session.get(TreeMessageRow, found) is not None else None


def _named(session: Session, call: CommandCall, scene: identities.EventScene) -> str | None:
    """Return the id of the message that a command was called on; without one, that of the newest answer."""
    named = getattr(call.event, "message", None)
    if not named:
        return conversations.newest_answer(session, scene.conversation_id)
    shown = outbox.tree_message_shown_by(session, call.event.place, named)
    return shown or conversations.place_message(session, call.event.place, scene, named)


def _labeled(session: Session, message: TreeMessageRow, by: TaskPerson) -> LabeledMessage:
    person_id = by.taker.person_id
    return LabeledMessage(
        message.id,
        kind_of(message),
        message.role,
        message.text,
        free_labels.labels_of(session, person_id, message),
        free_labels.thumb_of(session, person_id, message),
        free_labels.in_task(session, person_id, message),
    )


def _typed(words: Sequence[str], kind: str) -> dict[str, float]:
    """Return the labels of a typed command: flags by name, scales as name=1 to name=5."""
    known = [name for name in (*FLAGS, *SCALES) if kind == "label_assistant_reply" or name not in OF_ANSWERS]
    found: dict[str, float] = {}
    for word in words:
        name, equals, point = word.partition("=")
        if name not in known or (name in SCALES) != bool(equals) or (equals and point not in STEPS):
            shown = ", ".join(f"{name}=1…5" if name in SCALES else name for name in known)
            raise UserError("label-names", labels=shown)
        found[name] = step(point) if name in SCALES else 1.0
    return found


def _judged(message: LabeledMessage, verdict: str) -> Labels:
    """Return the labels with another verdict; the same one again takes it back."""
    if verdict not in message.page.verdicts:
        raise UserError("task-label-value")
    rest = {name: value for name, value in message.labels.items() if name not in ("spam", "fails_task")}
    if verdict_of(message.labels, message.page, message.kind) == verdict:
        return rest
    return {**rest, **verdict_labels(verdict, message.kind, message.page.mode)}


def _toggled(labels: Labels, name: str, value: float) -> Labels:
    rest = {one: before for one, before in labels.items() if one != name}
    return rest if labels.get(name) == value else {**rest, name: value}


def _buttons(message: LabeledMessage, page: str, say: Callable[..., str]) -> Sequence[Button]:
    action = partial(button_action, Verb.FREE, message.id)
    if page in (WHOLE, TONE):
        shown = label_page(page, message.kind)
        verdict = verdict_of(message.labels, shown, message.kind)
        found = page_buttons(action, shown, message.labels, verdict, say)
        return [*found, Button(action("show"), say("task-back"), row=found[-1].row + 1)]
    thumbs = [
        Button(action("thumb", value), say(f"thumb-{'up' if value > 0 else 'down'}"), chosen=value == message.thumb)
        for value in RATINGS.values()
    ]
    others = [
        Button(action("more", WHOLE), say("free-labels"), "🏷", row=1),
        Button(action("more", TONE), say("task-tones"), "🎭", row=1),
    ]
    off = [Button(action("off"), say("free-off"), "↩", row=1)] if message.labels else []
    return [*thumbs, *others, *off]
