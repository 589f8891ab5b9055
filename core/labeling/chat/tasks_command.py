"""Tasks in a chat: `/tasks` hands one out as a card, taps and texts answer it, and the next one takes its place.

Every platform has the same basic flow of taps; forms are a shortcut on platforms that have them
(docs/reference/labeling.md 5). An answer is committed with the next task in one transaction, so that after a crash the
same press finds both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.actions import Verb, cut
from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat import card_forms, card_view
from core.labeling.chat.label_and_rank import LabelAndRank
from core.labeling.chat.menu import TaskMenu
from core.labeling.chat.task_card import TaskCards
from core.labeling.chat.task_session import TaskSession, source_of
from core.labeling.chat.write_text import Tell, TextDrafts
from core.labeling.rules.vocabulary import KINDS, RANDOM, RANKS, UNANSWERED, task_request
from core.labeling.service import task_contents
from core.labeling.service.message_reports import report
from core.messages import Message
from core.ports.plugins import ChatHooks
from core.store.labeling_tables import FlagRow, TaskRow, WorkItemRow

LONGEST_COMMENT = 1000


@dataclass(frozen=True, slots=True)
class MessageReport:
    """What a person reports from a task's card.

    `about` is the place of an answer in a ranking, or QUESTION; it is empty for the message that the task is about.
    """

    reasons: Sequence[str]
    comment: str = ""
    about: str = ""


class TasksCommand:
    """Runs /tasks and everything on its cards: buttons, forms, and messages that answer them.

    `tell_moderators` passes reports on to moderators; `hooks` are told about tasks that are done.
    """

    def __init__(self, desk: TaskSession, tell_moderators: Tell, hooks: ChatHooks | None = None) -> None:
        self.desk, self.tell_moderators = desk, tell_moderators
        self.menu = TaskMenu(desk)
        self.showing = TaskCards(desk, self.menu, hooks)
        self.judging = LabelAndRank(desk, self.showing)
        self.drafting = TextDrafts(desk, self.showing, tell_moderators)
        self.acts = {
            "show": self._show,
            "later": self._later,
            "skip": self._skip,
            "report": self._report,
            "because": self._because,
            "on": self._on,
            "guide": self._guide,
            "all": self._all,
            **self.judging.acts(),
            **self.drafting.acts(),
        }

    def feature(self) -> CommandGroup:
        """Return /tasks, the buttons of cards, and their forms."""
        kinds = CommandOption("kind", values=lambda: KINDS)
        return CommandGroup(
            commands=(Command("tasks", "tasks", self.command, (kinds, CommandOption("topic"))),),
            presses={
                Verb.TASK: self.press,
                Verb.TASKS: self.start,
                Verb.GIVE: self.give,
                Verb.CONSENT: self.consent,
            },
            forms={Verb.TASK: self.submit},
        )

    async def take(self, call: CommandCall, message: Message) -> bool:
        """Take a message that is meant for a task. Returns False for any other."""
        return await self.drafting.take(call, message)

    async def command(self, call: CommandCall) -> None:
        """/tasks shows what there is to do; /tasks <kind> [topic] hands out a task."""
        kind = task_request(call.arguments.get("kind", ""))
        if kind:
            await self.showing.give(call, kind, call.arguments.get("topic", "").strip().casefold()[:40])
        else:
            await self.menu.show(call)

    async def start(self, call: CommandCall) -> None:
        """Hand out a task of the kind chosen in the menu; "menu" shows the menu again."""
        kind = task_request(call.target)
        if kind:
            await self.showing.give(call, kind, call.rest, in_place=True)
        else:
            await self.menu.show(call, in_place=True)

    async def consent(self, call: CommandCall) -> None:
        """Keep the person's consent to the terms, and go on with what they wanted."""
        version, name = call.target, call.rest
        if not await self.menu.agreed(call, version):
            return
        kind = task_request(name)
        if kind:
            await self.showing.give(call, kind, "", in_place=True)
        else:
            await self.menu.show(call, in_place=True)

    async def give(self, call: CommandCall) -> None:
        """Hand out a task for the button under a call for labelers, which stays there for others to press."""
        await self.showing.give(call, task_request(call.target) or RANDOM, "")

    async def press(self, call: CommandCall) -> None:
        """Handle a button of a card.

        Raises NotAllowed if the task belongs to somebody else, and UserError if it is over.
        """
        task_id = call.target
        verb, argument = cut(call.rest)
        if verb == "undo":
            await self.showing.undo(call, task_id)
            return
        act = self.acts.get(verb)
        if act is None:
            raise UserError("button-outdated")
        task = await self.showing.held(call, task_id)
        if task.state in UNANSWERED:
            await act(call, task, argument)
            return
        # There was a crash between the answer and its acknowledgement.
        if verb == "hold" and task.message_id:
            await self.drafting.tell_held(call, task.message_id)
        await self.showing.follow(call, task)

    async def submit(self, call: CommandCall) -> None:
        """Handle a form of a card: a text, labels, or a report."""
        task_id, what = call.target, call.rest
        task = await self.showing.held(call, task_id)
        if task.state not in UNANSWERED:
            await self.showing.follow(call, task)
        elif what == "text":
            await self.drafting.take_text(call, task, call.arguments.get("text", ""), call.arguments.get("reply"))
        elif what == "labels":
            labels = card_view.labels_from(call.arguments, task.kind)
            await self.judging.label(call, task, labels, "full")
        elif what == "report":
            await self._take_report(call, task)
        else:
            raise UserError("button-outdated")

    async def _show(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await self.showing.card(call, task.id)

    async def _later(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await self.showing.leave(call, task, self.desk.answers.later)

    async def _skip(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await self.showing.leave(call, task, lambda s, mine: self.desk.answers.skip(s, mine, argument))

    async def _report(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        if call.chat.capabilities.forms:
            view = await self.showing.view_of(call, task.id)
            await call.chat.show(call.event.place, card_forms.report_form(view, call.text), call.event)
            return
        which = task.kind in RANKS and not argument
        await self.showing.card(call, task.id, page="which" if which else "report", about=argument)

    async def _because(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        if task.kind in RANKS:
            # From a card of an earlier version, which did not say what it was about.
            await self.showing.card(call, task.id, page="which")
            return
        await self._flag(call, task, MessageReport(_reasons(argument)))

    async def _on(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        about, reason = cut(argument)
        await self._flag(call, task, MessageReport(_reasons(reason), about=about))

    async def _take_report(self, call: CommandCall, task: TaskRow) -> None:
        """Take the filled-in form of a report. Raises UserError if it does not say which answer it is about."""
        said = call.arguments
        if task.kind in RANKS and not said.get("message"):
            raise UserError("button-outdated")
        reasons = _reasons(*said.get("labels", "").split(","))
        await self._flag(
            call, task, MessageReport(reasons, said.get("comment", "")[:LONGEST_COMMENT], said.get("message", ""))
        )

    async def _flag(self, call: CommandCall, task: TaskRow, said: MessageReport) -> None:
        """Report a message of a task to moderators; the task itself goes on."""
        place = "" if said.about == card_view.QUESTION else said.about

        def unit(session: Session) -> str | None:
            item = session.get(WorkItemRow, task.item_id) if task.item_id else None
            if item is None or item.message_id is None:
                return None
            message_id = task_contents.answer_at(task, place) if place else item.message_id
            if not message_id:
                raise UserError("button-outdated")
            flag = FlagRow(
                person_id=task.person_id,
                message_id=message_id,
                community_id=task.community_id,
                labels=list(said.reasons),
                comment=said.comment,
                source=source_of(call.event),
                at=self.desk.now(),
            )
            report(session, flag)
            self.desk.answers.keeper.settle(session, item.tree_id or "", flag.at)
            return message_id

        message_id = await call.store.write(unit)
        if message_id:
            why = ", ".join([*(call.text(f"label-{name}") for name in said.reasons), *filter(None, [said.comment])])
            await self.tell_moderators(call, message_id, why or call.text("report-no-reason"))
        await self.showing.card(call, task.id, lead=call.text("report-thanks"))

    async def _guide(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await call.tell(self.desk.guidelines_for(call)[task.kind], about="guide")

    async def _all(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        view = await self.showing.view_of(call, task.id)
        await call.tell(card_view.whole(view, call.text), about="whole")


def _reasons(*named: str) -> Sequence[str]:
    return [name for name in named if name in card_view.REASONS]
