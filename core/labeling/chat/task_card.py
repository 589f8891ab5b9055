"""A task's card in its chat: show, answer, leave or undo a task; each time, what follows takes its place."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from sqlmodel import Session

from core.actions import Verb, button_action
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat import card_buttons, card_view
from core.labeling.chat.card_view import CardView
from core.labeling.chat.menu import TaskMenu
from core.labeling.chat.task_session import GivenTask, TaskSession
from core.labeling.rules.task_answer import TaskAnswer
from core.labeling.rules.text_checks import TextFinding
from core.labeling.rules.vocabulary import LABELS, RANDOM, RANKS, TaskRequest
from core.labeling.service.answer_undo import AnswerUndo
from core.labeling.service.held_task import HeldTask, SubmittedTask, held
from core.messages import AnyEvent, Button
from core.outside_text import quoted_line
from core.ports.plugins import TaskListener
from core.store import identities
from core.store.labeling_tables import TaskRow

Act = Callable[[CommandCall, TaskRow, str], Awaitable[None]]
"""What a button of a card does. It gets the task, and the argument that follows the button's verb."""

LONGEST_WHY = 600
"""How many characters are shown of the reason for the right answer, which a moderator may have written."""

CARDS_KEPT = 3
"""How many messages that showed a task are remembered, so that a reply to one of them answers the task."""


@dataclass(frozen=True, slots=True)
class TaskCards:
    """Shows tasks as cards in a chat, and keeps what people do with them.

    `hooks` are told about tasks that are done.
    """

    desk: TaskSession
    menu: TaskMenu
    hooks: TaskListener | None = None

    async def give(
        self,
        call: CommandCall,
        kind: TaskRequest,
        topic: str,
        *,
        in_place: bool = False,
        done: SubmittedTask | None = None,
    ) -> None:
        """Hand out a task, or show the one that the person has here; `done` is the task they have just answered."""

        def unit(session: Session) -> GivenTask:
            return self.desk.given(session, call, kind, topic, done)

        await self.tell(call, await call.store.write(unit), in_place=in_place)

    async def follow(self, call: CommandCall, task: TaskRow) -> None:
        """Show what follows a task that this event already answered or left before a crash."""
        done = SubmittedTask(task, task.message_id, None) if task.state == "done" else None
        await self.give(call, self.asked_for(task), task.topic, in_place=True, done=done)

    async def held(self, call: CommandCall, task_id: str) -> TaskRow:
        """Return the caller's task; one that this very event already answered before a crash is returned as it is."""
        scene = await call.scene()

        def unit(session: Session) -> TaskRow | UserError:
            task = session.get(TaskRow, task_id)
            if task and task.person_id == scene.person_id and task.answer.event == call.event.key:
                return task
            try:
                return held(session, task_id, scene.person_id)
            except UserError as error:
                return error

        found = await call.store.read(unit)
        if isinstance(found, UserError):
            raise found
        return found

    async def answer(self, call: CommandCall, task: TaskRow, say: Callable[[Session, HeldTask], SubmittedTask]) -> None:
        """Keep an answer and hand out the next task, in one transaction; then show that in place of this one."""

        def unit(session: Session) -> GivenTask:
            scene = identities.scene(session, call.event.place, call.event.user)
            mine = HeldTask(held(session, task.id, scene.person_id), self.desk.taker(call, scene))
            done = say(session, mine)
            mine.task.answer = replace(mine.task.answer, event=call.event.key)
            session.flush()
            return self.desk.given(session, call, self.asked_for(task), task.topic, done)

        given = await call.store.write(unit)
        if self.hooks and given.done:
            await self.hooks.task_done(call.event, task.kind, task.id)
        await self.tell(call, given, in_place=True)

    async def leave(self, call: CommandCall, task: TaskRow, leave: Callable[[Session, HeldTask], None]) -> None:
        """Let a task go and show the next one in its place."""

        def unit(session: Session) -> GivenTask:
            scene = identities.scene(session, call.event.place, call.event.user)
            mine = HeldTask(held(session, task.id, scene.person_id), self.desk.taker(call, scene))
            leave(session, mine)
            mine.task.answer = replace(mine.task.answer, event=call.event.key)
            session.flush()
            # Without an item, a task of the same kind would be the very same card again.
            kind, topic = (self.asked_for(task), task.topic) if task.item_id else (RANDOM, "")
            given = self.desk.given(session, call, kind, topic)
            return replace(given, skipped=mine.task.id if mine.task.state == "skipped" else "")

        await self.tell(call, await call.store.write(unit), in_place=True)

    async def undo(self, call: CommandCall, task_id: str) -> None:
        """Take an answer back, and show its task again."""
        scene = await call.scene()
        undoing = AnswerUndo(self.desk.answers.keeper)

        def unit(session: Session) -> CardView:
            task = session.get(TaskRow, task_id)
            if task is None or not (task.state == "leased" and task.answer.undone == call.event.key):
                task = undoing.undo(session, task_id, scene.person_id, self.desk.now())
                task.answer = TaskAnswer(undone=call.event.key)
                session.flush()
            return self.desk.view(session, call, task)

        view = await call.store.write(unit)
        await self._show_view(call, replace(view, lead=call.text("task-undone")), in_place=True)

    async def card(
        self,
        call: CommandCall,
        task_id: str,
        *,
        page: str = "",
        about: str = "",
        findings: tuple[TextFinding, ...] = (),
        lead: str = "",
    ) -> None:
        """Show a task's card again, in place. `about` is what its page is about."""
        view = replace(await self.view_of(call, task_id), page=page, about=about, findings=findings, lead=lead)
        await self._show_view(call, view, in_place=True)

    async def view_of(self, call: CommandCall, task_id: str) -> CardView:
        """Return a task as its person sees it."""
        return await call.store.read(lambda session: self.desk.view(session, call, session.get_one(TaskRow, task_id)))

    async def tell(self, call: CommandCall, given: GivenTask, *, in_place: bool = False) -> None:
        if given.consent:
            await self.menu.ask_consent(call, in_place=in_place, kind=given.kind)
            return
        lead = self._lead(call, given.done) if given.done else ""
        undo = given.done.task.id if given.done else ""
        if given.view is None:
            await self._nothing(call, given, lead, undo, in_place=in_place)
            return
        view = replace(given.view, lead=lead, undo=undo, skipped=given.skipped)
        await self._show_view(call, view, in_place=in_place)

    async def _show_view(self, call: CommandCall, view: CardView, *, in_place: bool) -> None:
        asks = call.text("task-placeholder") if view.writing and not view.draft else ""
        if view.kind not in LABELS | RANKS:
            # Before the card is there, since a reply to it may come at once.
            await call.store.write(lambda session: remember_card(session, view.id, f"{call.event.key}#notice"))
        text, buttons = card_view.text_of(view, call.text), card_buttons.buttons_of(view, call.text)
        await call.tell(text, buttons=buttons, in_place=in_place, asks=asks, tree_message=view.about_message)

    async def _nothing(self, call: CommandCall, given: GivenTask, lead: str, undo: str, *, in_place: bool) -> None:
        """Say why there is no task, and offer the menu."""
        why = given.error
        text = call.text(why.key, **why.values) if why else ""
        if given.nothing:
            scene = await call.scene()
            langs = await call.store.read(lambda session: self.desk.person(session, call, scene).langs)
            key = f"task-nothing-{given.nothing.why}"
            text = call.text(key, others=given.nothing.others, languages=self.desk.names(langs))
            if given.kind != RANDOM:
                text = f"**{call.text(f'task-title-{given.kind}')}**: {text}"
        buttons = [Button(button_action(Verb.TASKS, "menu"), call.text("task-menu"), "📋")]
        buttons += card_buttons.earlier(undo, given.skipped, call.text)
        await call.tell("\n\n".join(filter(None, (lead, text))), buttons=buttons, in_place=in_place)

    def _lead(self, call: CommandCall, done: SubmittedTask) -> str:
        if done.right is not None:
            why = quoted_line(done.why, LONGEST_WHY) or call.text("task-gold-agreed")
            return call.text("task-gold-right" if done.right else "task-gold-wrong", why=why)
        return call.text("task-thanks")

    def asked_for(self, task: TaskRow) -> TaskRequest:
        """Return the kind that somebody asked for when they got a task: the next one is of that kind, too."""
        return task.place.asked or RANDOM


def remember_card(session: Session, task_id: str, key: str) -> None:
    """Note the outbox key of a message that shows a task: a reply to that message is for the task."""
    task = session.get(TaskRow, task_id)
    if task:
        kept = [one for one in task.card.split() if one != key]
        task.card = " ".join([*kept, key][-CARDS_KEPT:])


def handled_before(task: TaskRow, event: AnyEvent) -> bool:
    """Return whether this tap was already handled before a crash, and note it as handled."""
    before = task.answer.turned == event.key
    task.answer = replace(task.answer, turned=event.key)
    return before
