"""Ratings of answers by thumb: give, change, explain or take back one, by button, command or reaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlmodel import Session

from core.actions import Verb, button_action, form_action
from core.answering.answer_buttons import answer_buttons
from core.commands.registry import Command, CommandGroup, CommandOption
from core.commands.reports import answer_meant
from core.delivery.call import CommandCall
from core.delivery.splitting import parts
from core.errors import EditRefused, UserError
from core.messages import Button, Field, Form, Reaction, Reply, Source
from core.metrics import Metrics
from core.ports.plugins import ChatHooks
from core.reactions import RATINGS
from core.store import outbox, ratings, visibility
from core.store.ratings import AnswerOpinion
from core.store.tables import MessageRow

THUMBS = {"up": 1, "down": -1, "off": 0}
LONGEST_COMMENT = 1000


Heard = Callable[[CommandCall, str, int], Awaitable[None]]
"""Called when a rating has changed, with the call, the answer's id, and 1, -1 or 0."""

Elsewhere = Callable[[CommandCall, Reaction, int], Awaitable[bool]]
"""Takes a thumb on a message that shows no answer, as 1 or -1. Returns False if it is on nothing that has thumbs."""


@dataclass(frozen=True, slots=True)
class RatedAnswer:
    """An answer with the person's current opinion of it, and whether that has just changed."""

    answer: MessageRow
    opinion: AnswerOpinion
    platform_id: str | None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class RatingCommands:
    """The rating commands, buttons and reactions, with the labels that may explain each thumb
    (docs/reference/open-assistant.md 1.10).

    `heard` is called for each change, in addition to the plugins. `elsewhere` takes thumbs on messages of trees.
    """

    reasons: Mapping[int, Sequence[str]]
    metrics: Metrics
    hooks: ChatHooks | None = None
    heard: Heard | None = None
    elsewhere: Elsewhere | None = None

    def feature(self) -> CommandGroup:
        """Return /rate, the thumbs under an answer, and the form that asks why."""
        options = (CommandOption("thumb", required=True, values=lambda: tuple(THUMBS)), CommandOption("reason"))
        return CommandGroup(
            commands=(Command("rate", "rate", self.command, options, on_message=True, rank=7),),
            presses={Verb.UP: self.press, Verb.DOWN: self.press, Verb.WHY: self.ask_why},
            forms={Verb.WHY: self.explain, Verb.RATE: self.take},
        )

    async def command(self, call: CommandCall) -> None:
        """/rate up|down|off [labels] [words] rates an answer; called on a message, it opens a form for the same."""
        answer = await answer_meant(call)
        thumb = call.arguments.get("thumb")
        if thumb is None:
            await self._ask(call, answer.id)
            return
        labels, comment = self.split_reason(call.arguments.get("reason", ""))
        given = AnswerOpinion(THUMBS[thumb], labels, comment)
        await self._rate(call, answer.id, "command", lambda before: before.after(given))
        await call.tell(call.text(f"rate-{thumb}"))

    async def take(self, call: CommandCall) -> None:
        """Take the filled-in form for a whole rating."""
        thumb = call.arguments.get("thumb", "off")
        value = THUMBS.get(thumb, 0)
        allowed = self.reasons.get(value, ())
        labels = [name for name in call.arguments.get("labels", "").split(",") if name in allowed]
        comment = call.arguments.get("comment", "")[:LONGEST_COMMENT]

        def filled(before: AnswerOpinion) -> AnswerOpinion:
            return replace(before.after(AnswerOpinion(value)), labels=labels, comment=comment)

        await self._rate(call, call.target, "form", filled)
        await call.tell(call.text(f"rate-{thumb if thumb in THUMBS else 'off'}"))

    async def press(self, call: CommandCall) -> None:
        """Handle a thumb button: pressing the current thumb again takes it back, as on Open Assistant's page."""
        thumb = AnswerOpinion(THUMBS[call.verb])

        def pressed(before: AnswerOpinion) -> AnswerOpinion:
            return before.withdrawn() if before.value == thumb.value else before.after(thumb)

        now = await self._rate(call, call.target, "form", pressed)
        if call.event.place.private:
            return
        # If others see the buttons too, none of them can be marked as this person's.
        why = [Button(button_action(Verb.WHY, call.target), call.text("button-why"), "💬")] if now.value else []
        given = next(name for name, value in THUMBS.items() if value == now.value)
        await call.tell(call.text(f"rate-{given}"), buttons=why)

    async def react(self, call: CommandCall, reaction: Reaction) -> bool:
        """Handle a 👍 or 👎 put on an answer or taken off. Returns False if the message is not (yet) one of ours."""
        value = RATINGS.get(reaction.emoji)
        if value is None:
            return True
        answer_id = await call.store.read(lambda session: outbox.shown_by(session, reaction.place, reaction.id))
        if answer_id is None:
            return self.elsewhere is not None and await self.elsewhere(call, reaction, value)
        await self._rate(call, answer_id, "reaction", lambda before: before.after_reaction(value, added=reaction.added))
        return True

    async def ask_why(self, call: CommandCall) -> None:
        """Open the form for a reason; if the platform has no forms, say which command to use."""
        opinion = await self._given(call)
        if not call.chat.capabilities.forms:
            await call.tell(call.text("rate-why-command", labels=", ".join(self.reasons[opinion.value])))
            return
        options = tuple((name, call.text(f"label-{name}")) for name in self.reasons[opinion.value])
        fields = (
            Field("labels", call.text("rate-why-labels"), "choices", options, value=",".join(opinion.labels)),
            Field("comment", call.text("rate-why-comment"), value=opinion.comment, limit=LONGEST_COMMENT),
        )
        form = Form(form_action(Verb.WHY, call.target), call.text("rate-why-title"), fields, call.text("rate-why-send"))
        await call.chat.show(call.event.place, form, call.event)

    async def explain(self, call: CommandCall) -> None:
        """Take the filled-in form: the thumb stays as it is, and gets its reason."""
        opinion = await self._given(call)
        allowed = self.reasons[opinion.value]
        labels = [name for name in call.arguments.get("labels", "").split(",") if name in allowed]
        comment = call.arguments.get("comment", "")[:LONGEST_COMMENT]
        await self._rate(call, call.target, "form", lambda before: replace(before, labels=labels, comment=comment))
        await call.tell(call.text("rate-thanks"))

    async def _given(self, call: CommandCall) -> AnswerOpinion:
        """The person's existing rating of the answer that they want to explain. Raises UserError if there is none."""
        scene = await call.scene()

        def unit(session: Session) -> AnswerOpinion | None:
            answer = visibility.answer(session, call.event, scene, call.target)
            return ratings.opinion(session, scene.person_id, answer.id) if answer else None

        opinion = await call.store.read(unit)
        if opinion is None:
            raise UserError("answer-gone")
        if not opinion.value:
            raise UserError("rate-first")
        return opinion

    async def _ask(self, call: CommandCall, answer_id: str) -> None:
        if not call.chat.capabilities.forms:
            raise UserError("command-usage", usage="/rate up|down|off")
        scene = await call.scene()
        before = await call.store.read(lambda session: ratings.opinion(session, scene.person_id, answer_id))
        given = next(name for name, value in THUMBS.items() if value == before.value)
        thumbs = tuple((name, call.text(f"thumb-{name}")) for name in THUMBS)
        names = [name for value in (-1, 1) for name in self.reasons[value]]
        options = tuple((name, call.text(f"label-{name}")) for name in names)
        fields = (
            Field("thumb", call.text("rate-thumb"), "choice", thumbs, value=given, required=True),
            Field("labels", call.text("rate-why-labels"), "choices", options, value=",".join(before.labels)),
            Field("comment", call.text("rate-why-comment"), value=before.comment, limit=LONGEST_COMMENT),
        )
        form = Form(form_action(Verb.RATE, answer_id), call.text("rate-title"), fields, call.text("rate-why-send"))
        await call.chat.show(call.event.place, form, call.event)

    def split_reason(self, reason: str) -> tuple[Sequence[str], str]:
        """Split a reason into the comma-separated label names at its beginning and the words after them."""
        first, _, rest = reason.partition(" ")
        known = {name for names in self.reasons.values() for name in names}
        names = [name for name in first.split(",") if name]
        if names and all(name in known for name in names):
            return names, rest.strip()[:LONGEST_COMMENT]
        return (), reason[:LONGEST_COMMENT]

    async def _rate(
        self,
        call: CommandCall,
        answer_id: str,
        source: Source,
        decide: Callable[[AnswerOpinion], AnswerOpinion],
    ) -> AnswerOpinion:
        """Change a person's opinion of an answer; `decide` makes the new one of the one before. Returns it."""
        scene = await call.scene()

        def unit(session: Session) -> RatedAnswer | None:
            answer = visibility.answer(session, call.event, scene, answer_id)
            if answer is None:
                return None
            before = ratings.opinion(session, scene.person_id, answer_id)
            wanted = decide(before)
            if source == "reaction" and replace(wanted, beside=before.beside) == before:
                if before.beside and not wanted.beside:
                    ratings.stand_alone(session, scene.person_id, answer_id)
                return RatedAnswer(answer, before, None)
            now = ratings.rate(session, scene.person_id, answer_id, wanted, source, call.event.key)
            shown = outbox.of_answer(session, answer_id)
            return RatedAnswer(answer, now or before, shown[-1].platform_id if shown else None, changed=now is not None)

        rated = await call.store.write(unit)
        if rated is None:
            raise UserError("answer-gone")
        self.metrics.ratings.inc()
        await self._mark(call, rated)
        if self.hooks and rated.changed:
            now = rated.opinion
            await self.hooks.rated(call.event, answer_id, now.value, now.labels, now.comment)
        if self.heard and rated.changed:
            await self.heard(call, answer_id, rated.opinion.value)
        return rated.opinion

    async def _mark(self, call: CommandCall, rated: RatedAnswer) -> None:
        """Mark the current thumb, if nobody else sees the place."""
        if not call.event.place.private or rated.platform_id is None:
            return
        answer = rated.answer
        shown = answer_buttons(call.texts, call.event.user.language, answer, rated.opinion.value)
        reply = Reply(answer.text, answer=answer.id, buttons=shown)
        last = parts(reply, call.chat.capabilities)[-1]
        # The rating counts, whatever the answer shows.
        with suppress(EditRefused):
            await call.chat.edit(call.event.place, rated.platform_id, last)
