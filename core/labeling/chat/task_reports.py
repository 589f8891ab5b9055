"""Reports from a task's card: the person says which message they mean, and moderators are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.actions import cut
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat import card_forms, card_view
from core.labeling.chat.task_card import Act, TaskCards
from core.labeling.chat.task_session import TaskSession, source_of
from core.labeling.chat.write_text import Tell
from core.labeling.rules.vocabulary import RANKS
from core.labeling.service import task_contents
from core.labeling.service.message_reports import report
from core.store.labeling_tables import FlagRow, TaskRow, WorkItemRow

LONGEST_COMMENT = 1000


@dataclass(frozen=True, slots=True)
class MessageReport:
    """A report that a person makes from a task's card.

    `about` is the place of an answer in a ranking, or QUESTION; it is empty for the message that the task is about.
    """

    reasons: Sequence[str]
    comment: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class TaskReports:
    """Handles the buttons and the form by which people report a message of a task.

    `tell_moderators` passes reports on to moderators.
    """

    desk: TaskSession
    showing: TaskCards
    tell_moderators: Tell

    def acts(self) -> Mapping[str, Act]:
        """Return what the buttons for reports do, by their verbs."""
        return {"report": self._report, "because": self._because, "on": self._on}

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

    async def take(self, call: CommandCall, task: TaskRow) -> None:
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


def _reasons(*named: str) -> Sequence[str]:
    return [name for name in named if name in card_view.REASONS]
