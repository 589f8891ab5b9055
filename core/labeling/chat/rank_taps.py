"""Rank by taps: answers tapped in order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat.task_card import Act, TaskCards, handled_before
from core.labeling.chat.task_session import TaskSession
from core.labeling.rules.task_answer import GivenRanking, RankedGroups
from core.labeling.rules.vocabulary import RANKS
from core.labeling.service import task_contents
from core.labeling.service.held_task import HeldTask, SubmittedTask
from core.store.labeling_tables import TaskRow


@dataclass(frozen=True, slots=True)
class RankTaps:
    """Handles the buttons by which people rank."""

    desk: TaskSession
    showing: TaskCards

    def acts(self) -> Mapping[str, Act]:
        """Return what the buttons of rankings do, by their verbs."""
        return {
            "r": self._tap,
            "tie": self._tie,
            "back": self._untap,
            "same": self._same,
            "none": self._none_good,
        }

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
            if not handled_before(kept, call.event):
                kept.answer = replace(kept.answer, ranking=change(kept.answer.ranking))

        await call.store.write(unit)
        await self.showing.card(call, task.id)

    async def _same(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await self._rank(call, task, [list(task.shown)])

    async def _none_good(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await self._rank(call, task, [], not_rankable=True)
