"""Write a text for a task, in a form or in messages: it is checked before it is submitted, and kept until then."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat import card_forms
from core.labeling.chat.task_card import Act, TaskCards, remember_card
from core.labeling.chat.task_session import TaskSession
from core.labeling.rules.task_answer import TaskAnswer
from core.labeling.rules.text_checks import TextFinding
from core.labeling.rules.vocabulary import BOTH, PROMPTS, UNANSWERED, WRITES
from core.labeling.service.held_task import HeldTask, SubmittedTask
from core.labeling.service.message_reports import hold_back
from core.labeling.service.new_texts import check_text
from core.labeling.service.text_intake import CheckedText, check
from core.messages import Message, Place
from core.store import conversations, identities
from core.store import labeling_queue as queue
from core.store.labeling_tables import TaskRow
from core.store.tables import PostRow

Tell = Callable[[CommandCall, str, str], Awaitable[None]]
"""Shows a message of a tree, given by its id, to the moderators, and tells them why."""


@dataclass(frozen=True, slots=True)
class TextDrafts:
    """Takes the texts that people write for tasks, checks them, and keeps or submits them.

    `tell_moderators` shows moderators a text that was held back.
    """

    desk: TaskSession
    showing: TaskCards
    tell_moderators: Tell

    def acts(self) -> Mapping[str, Act]:
        """Return what the buttons of texts do, by their verbs."""
        return {
            "write": self._write,
            "send": self._send,
            "hold": self._hold,
            "fresh": self._fresh,
            "end": self._end,
        }

    async def take(self, call: CommandCall, message: Message) -> bool:
        """Take a message meant for a task: a reply to its card, or what follows “Write”. Returns False for others."""
        alone = message.place.private and not call.chat.capabilities.forms
        if not (message.reply_to or alone):
            return False
        task = await call.store.read(lambda session: self._meant(session, message, alone=alone))
        if task is None:
            return False
        if task.kind not in WRITES | PROMPTS:
            raise UserError("task-tap")

        def unit(session: Session) -> TaskRow:
            kept = session.get_one(TaskRow, task.id)
            text = kept.answer.writing
            if message.key not in text.heard:
                earlier = "" if text.anew else kept.draft
                text = replace(text, heard=(*text.heard, message.key), source=message.source, anew=False)
                kept.draft = "\n\n".join(filter(None, (earlier, message.text.strip())))
                if kept.kind == BOTH and text.prompt is None:
                    text, kept.draft = replace(text, prompt=kept.draft), ""
                kept.answer = replace(kept.answer, writing=text)
            return kept

        kept = await call.store.write(unit)
        if kept.kind == BOTH and not kept.draft:
            await self._ask_text(call, kept, "task-write-reply")
            return True
        checked = await self._check(call, kept, kept.draft)
        await self.showing.card(call, kept.id, findings=checked.findings)
        return True

    async def take_text(self, call: CommandCall, task: TaskRow, text: str, reply: str | None) -> None:
        """Take a text from a form. It is submitted at once, or shown with the findings if there are any."""

        def keep(session: Session) -> None:
            kept = session.get_one(TaskRow, task.id)
            # The form has both halves, so it replaces a prompt that was sent as a message before.
            earlier = kept.answer.writing
            written = replace(earlier, prompt=None, reply=reply or earlier.reply)
            kept.draft, kept.answer = text, replace(kept.answer, writing=written)

        # Keep it before any check can fail: what somebody has written must not be lost.
        await call.store.write(keep)
        checked = await self._check(call, task, text)
        second = await self._check(call, task, reply, prompt=text) if reply else None
        if findings := _of_both(checked, second):
            await self.showing.card(call, task.id, findings=findings)
            return
        await self._keep_text(call, task, checked, second)

    async def _write(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        """Open the form for a text; without forms, wait for the person's next message or a reply to this one.

        The earlier text stays until then; the new text replaces it.
        """
        if call.chat.capabilities.forms:
            view = await self.showing.view_of(call, task.id)
            limit = self.desk.answers.keeper.rules.message_size_limit
            await call.chat.show(call.event.place, card_forms.text_form(view, call.text, limit), call.event)
            return
        begun = "task-write-both" if task.answer.writing.prompt is None else "task-write-reply"
        await self._ask_text(call, task, begun if task.kind == BOTH else "task-write-here", anew=True)

    async def _send(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        """Submit the text in spite of warnings. A finding that holds it shows the card again instead."""
        checked, reply = await self._drafted(call, task)
        findings = _of_both(checked, reply)
        if any(one.severity == "hold" for one in findings):
            await self.showing.card(call, task.id, findings=findings)
            return
        await self._keep_text(call, task, checked, reply)

    async def _hold(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        """Keep a text out of its tree until a moderator has looked at it: nothing that somebody wrote is lost."""
        checked, reply = await self._drafted(call, task)
        kinds = list(dict.fromkeys(one.kind for one in _of_both(checked, reply)))
        held: list[str] = []

        def say(session: Session, mine: HeldTask) -> SubmittedTask:
            answers, second = self.desk.answers, reply.text if reply else None
            done = answers.write(session, _as_written(mine), checked.text, second)
            hold_back(session, answers.keeper, done, mine.by, kinds)
            held[:] = [done.message_id or ""]
            return done

        await self.showing.answer(call, task, say)
        await self.tell_held(call, held[0])

    async def tell_held(self, call: CommandCall, message_id: str) -> None:
        """Tell the moderators about a text that was held back, once for each event."""
        await self.tell_moderators(call, message_id, call.text("task-held-back"))

    async def _fresh(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        def unit(session: Session) -> None:
            kept = session.get_one(TaskRow, task.id)
            kept.draft, kept.answer = "", TaskAnswer()

        await call.store.write(unit)
        await self.showing.card(call, task.id)

    async def _end(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await self.showing.answer(call, task, self.desk.answers.end)

    async def _ask_text(self, call: CommandCall, task: TaskRow, key: str, *, anew: bool = False) -> None:
        asked = f"{call.event.key}#ask"

        def unit(session: Session) -> None:
            kept = session.get_one(TaskRow, task.id)
            if asked in kept.card.split():
                # This was asked before a crash; what was said since then stays.
                return
            _put_down(session, kept)
            kept.writing = True
            kept.answer = replace(kept.answer, writing=replace(kept.answer.writing, anew=anew))
            remember_card(session, task.id, asked)

        await call.store.write(unit)
        await call.tell(call.text(key), about="ask", asks=call.text("task-placeholder"))

    async def _keep_text(
        self, call: CommandCall, task: TaskRow, checked: CheckedText, reply: CheckedText | None
    ) -> None:
        second = reply.text if reply else None

        def say(session: Session, mine: HeldTask) -> SubmittedTask:
            return self.desk.answers.write(session, _as_written(mine), checked.text, second)

        await self.showing.answer(call, task, say)

    async def _drafted(self, call: CommandCall, task: TaskRow) -> tuple[CheckedText, CheckedText | None]:
        text = task.answer.writing
        first, second = task.draft, text.reply
        if task.kind == BOTH and text.prompt is not None:
            first, second = text.prompt, task.draft
        checked = await self._check(call, task, first)
        return checked, await self._check(call, task, second, prompt=first) if second else None

    async def _check(self, call: CommandCall, task: TaskRow, text: str, prompt: str = "") -> CheckedText:
        view = await self.showing.view_of(call, task.id)
        asked = prompt or (view.turns[-1].text if view.turns else "")
        scene = await call.scene()
        langs = await call.store.read(lambda session: self.desk.person(session, call, scene).langs)
        begins = task.kind in PROMPTS and not prompt
        known = tuple(self.desk.languages)
        checked = await check(call.store, text, task.lang, langs, known=known, prompt=asked, begins=begins)
        mine, rules = HeldTask(task, self.desk.taker(call, scene)), self.desk.answers.keeper.rules
        wrong = await call.store.read(lambda session: _refused(lambda: check_text(session, rules, mine, checked.text)))
        if wrong:
            raise wrong
        named = [replace(one, values=self._named(one)) for one in checked.findings]
        return replace(checked, findings=tuple(named))

    def _named(self, finding: TextFinding) -> Mapping[str, str | int]:
        if finding.kind != "language":
            return finding.values
        tag = str(finding.values["language"])
        return {"language": self.desk.languages.get(tag, tag)}

    def _meant(self, session: Session, message: Message, *, alone: bool) -> TaskRow | None:
        person_id = identities.known_person(session, message.place.platform, message.user)
        if person_id is None:
            return None
        writing = select(TaskRow).where(TaskRow.person_id == person_id, col(TaskRow.writing))
        found = {task.id: task for task in (*session.exec(writing).all(), *queue.leased(session, person_id))}
        keys = _keys(session, message.place, message.reply_to) if message.reply_to else None
        for task in found.values():
            if task.state not in UNANSWERED or not task.place.is_at(message.place):
                continue
            cards_of = set(task.card.split())
            # A reply may come before we have noted which message the card became. It is then a reply to a message that
            # we do not know.
            replied = bool(cards_of and keys is not None and (cards_of & keys or not keys))
            if replied or (alone and task.writing):
                return task
        return None


def _of_both(checked: CheckedText, reply: CheckedText | None) -> tuple[TextFinding, ...]:
    """Return what was found in a text, and in the reply that was written with it."""
    return (*checked.findings, *(reply.findings if reply else ()))


def _as_written(mine: HeldTask) -> HeldTask:
    """Return who wrote a text, with its real source: a message or a form, whichever button submits it."""
    source = mine.task.answer.writing.source
    return replace(mine, by=replace(mine.by, source=source)) if source else mine


def _put_down(session: Session, task: TaskRow) -> None:
    """Stop writing in the person's other tasks at this place: only the one asked for last takes texts."""
    writing = select(TaskRow).where(TaskRow.person_id == task.person_id, col(TaskRow.writing), TaskRow.id != task.id)
    for other in session.exec(writing).all():
        if other.place.conversation == task.place.conversation:
            other.writing = False


def _refused(check: Callable[[], None]) -> UserError | None:
    try:
        check()
    except UserError as error:
        return error
    return None


def _keys(session: Session, place: Place, platform_id: str) -> set[str] | None:
    """Return the outbox keys under which we have shown a message.

    Empty for a message that we know nothing of, None for one that a person wrote.
    """
    if conversations.known_message(session, place, platform_id):
        return None
    posted = select(PostRow.key).where(
        PostRow.platform == place.platform, PostRow.channel == place.channel, PostRow.platform_id == platform_id
    )
    return set(session.exec(posted).all())
