"""Label and rank by taps: one tap or the full form for labels, and answers tapped in order for a ranking."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from core.actions import cut
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat import card_forms, card_view
from core.labeling.chat.task_card import TaskCards
from core.labeling.chat.task_session import TaskSession
from core.labeling.rules import review_modes
from core.labeling.rules.task_answer import GivenRanking, RankedGroups
from core.labeling.rules.vocabulary import LABELS, RANKS, LabelMode
from core.labeling.service import task_contents
from core.labeling.service.held_task import HeldTask, SubmittedTask
from core.messages import AnyEvent
from core.store.labeling_tables import TaskRow

Act = Callable[[CommandCall, TaskRow, str], Awaitable[None]]
"""What a button of a card does. It gets the task, and the argument that follows the button's verb."""


@dataclass(frozen=True, slots=True)
class LabelAndRank:
    """Handles the buttons by which people label and rank."""

    desk: TaskSession
    showing: TaskCards

    def acts(self) -> Mapping[str, Act]:
        """Return what the buttons of labels and rankings do, by their verbs."""
        return {
            **dict.fromkeys(review_modes.QUICK, self._quick),
            "more": self._more,
            "l": self._mark,
            "save": self._save,
            "r": self._tap,
            "tie": self._tie,
            "back": self._untap,
            "same": self._same,
            "none": self._none_good,
        }

    async def label(self, call: CommandCall, task: TaskRow, labels: Mapping[str, float], mode: LabelMode) -> None:
        """Keep labels, and show the next task."""
        await self.showing.answer(call, task, lambda s, mine: self.desk.answers.label(s, mine, labels, mode))

    async def _quick(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        verb, _ = cut(call.rest)
        if task.kind not in LABELS:
            raise UserError("button-outdated")
        await self.label(call, task, review_modes.quick(verb, task.kind), "quick")

    async def _more(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        """Open the full form, or without forms show more buttons on the card."""
        if task.kind not in LABELS:
            raise UserError("button-outdated")
        if call.chat.capabilities.forms:
            view = await self.showing.view_of(call, task.id)
            await call.chat.show(call.event.place, card_forms.label_form(view, call.text), call.event)
            return
        await self.showing.card(call, task.id, page="full")

    async def _mark(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        """Set one label of the full form by a button; tapping the same one again takes it back."""
        name, value = cut(argument)

        def unit(session: Session) -> None:
            kept = session.get_one(TaskRow, task.id)
            if _handled_before(kept, call.event):
                return
            given = kept.answer.labeling
            labels, verdict = dict(given.labels), given.verdict
            if name == "verdict":
                verdict = value if value in card_view.VERDICTS else ""
            elif name in (*card_view.MARKS, *card_view.SCALES) and value.isdecimal():
                new = 1.0 if name in card_view.MARKS else (int(value) - 1) / (card_view.POINTS - 1)
                if labels.get(name) == new:
                    del labels[name]
                else:
                    labels[name] = min(new, 1.0)
            kept.answer = replace(kept.answer, labeling=replace(given, labels=labels, verdict=verdict))

        await call.store.write(unit)
        await self.showing.card(call, task.id, page="full")

    async def _save(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        given = task.answer.labeling
        chosen = card_view.VERDICTS.get(given.verdict, {})
        verdict = {name: one for name, one in chosen.items() if name == "spam" or task.kind == "label_assistant_reply"}
        await self.label(call, task, {**verdict, **given.labels}, "full")

    async def _tap(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        """Place the tapped answer next. Once a single answer is left, it comes last and the ranking is finished."""

        def unit(session: Session) -> tuple[RankedGroups, list[str]]:
            kept = session.get_one(TaskRow, task.id)
            shown = [answer.id for answer in task_contents.answers_of(session, kept)]
            given = kept.answer.ranking
            here = (tuple(id for id in group if id in shown) for group in given.order)
            order = tuple(group for group in here if group)
            placed = {id for group in order for id in group}
            tapped = task_contents.answer_at(kept, argument)
            if tapped in shown and tapped not in placed:
                order = (*order[:-1], (*order[-1], tapped)) if given.tie and order else (*order, (tapped,))
            kept.answer = replace(kept.answer, ranking=replace(given, order=order, tie=False))
            left = [id for id in shown if id not in {one for group in order for one in group}]
            return order, left

        order, left = await call.store.write(unit)
        if len(left) > 1 or (left and not order):
            await self.showing.card(call, task.id)
            return
        await self._rank(call, task, [*order, *([left] if left else [])])

    async def _rank(
        self, call: CommandCall, task: TaskRow, groups: Sequence[Sequence[str]], *, not_rankable: bool = False
    ) -> None:
        def rank(session: Session, mine: HeldTask) -> SubmittedTask:
            # Leave out answers that were deleted during the ranking.
            mine.task.shown = [answer.id for answer in task_contents.answers_of(session, mine.task)]
            return self.desk.answers.rank(session, mine, groups, not_rankable=not_rankable)

        if task.kind not in RANKS:
            raise UserError("button-outdated")
        await self.showing.answer(call, task, rank)

    async def _tie(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await self._reorder(call, task, lambda given: replace(given, tie=not given.tie))

    async def _untap(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await self._reorder(call, task, lambda given: replace(given, order=given.order[:-1], tie=False))

    async def _reorder(self, call: CommandCall, task: TaskRow, change: Callable[[GivenRanking], GivenRanking]) -> None:
        def unit(session: Session) -> None:
            kept = session.get_one(TaskRow, task.id)
            if not _handled_before(kept, call.event):
                kept.answer = replace(kept.answer, ranking=change(kept.answer.ranking))

        await call.store.write(unit)
        await self.showing.card(call, task.id)

    async def _same(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await self._rank(call, task, [list(task.shown)])

    async def _none_good(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await self._rank(call, task, [], not_rankable=True)


def _handled_before(task: TaskRow, event: AnyEvent) -> bool:
    """Return whether this tap was already handled before a crash, and note it as handled."""
    before = task.answer.turned == event.key
    task.answer = replace(task.answer, turned=event.key)
    return before
