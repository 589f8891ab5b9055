"""Puts the rankings first of whose outcome the reward model is least sure: those teach the next model most.

It reads the answers while nobody needs the models, and writes the order into the queue. Without a reward model, nobody
starts it, and the queue has no order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlmodel import Session, col

from core.errors import PromptTooLong
from core.labeling.background.clock import while_idle
from core.labeling.background.tree_prompts import prompt_lines
from core.labeling.rules.reward_certainty import certainty
from core.labeling.service.task_contents import TO_RANK, path_to
from core.models.registry import ModelRegistry
from core.ports.model import PromptLine
from core.ports.reward import AnswerScorer
from core.ports.store import Store
from core.store.labeling_tables import TreeMessageRow, WorkItemRow

INTERVAL = 30.0
"""Seconds between two looks for new rankings."""


@dataclass(frozen=True, slots=True)
class RankingWork:
    """The work item of a ranking: the conversation before the answers, and the answers."""

    item_id: str
    lines: Sequence[PromptLine]
    answers: Sequence[str]


@dataclass(slots=True)
class RankingOrder:
    """Orders the open rankings of answers. Each is looked at once, in the order in which they were opened."""

    store: Store
    models: ModelRegistry
    scorer: AnswerScorer
    _after: str = field(default="", init=False)

    async def run(self) -> None:
        """Order new rankings whenever nobody needs the models, until cancelled."""
        await while_idle(self.order, INTERVAL, "rankings_not_ordered")

    async def order(self) -> bool:
        """Give one ranking its place. Returns whether there was one, and nobody needed the models."""
        if self._busy():
            return False
        work = await self.store.read(self._next)
        if work is None:
            return False
        try:
            sure = certainty(await self.scorer.scores(work.lines, work.answers))
        except PromptTooLong:
            # It stays where chance has put it.
            self._after = work.item_id
            return True
        place = update(WorkItemRow).where(col(WorkItemRow.id) == work.item_id).values(rnd=sure)
        await self.store.write(lambda session: session.connection().execute(place))
        self._after = work.item_id
        return True

    def _busy(self) -> bool:
        # A model that nobody has used yet has no queue that we would have to look at.
        queues = [self.models.get(name).queue for name in self.models.states()]
        return any(queue.held or queue.length for queue in queues)

    def _next(self, session: Session) -> RankingWork | None:
        """Return the oldest open ranking of answers that has no place yet."""
        found = select(WorkItemRow).where(
            col(WorkItemRow.open), col(WorkItemRow.kind) == "rank_assistant_replies", col(WorkItemRow.id) > self._after
        )
        item = session.scalars(found.order_by(col(WorkItemRow.id)).limit(1)).first()
        if item is None or item.message_id is None:
            return None
        path = path_to(session, session.get_one(TreeMessageRow, item.message_id))
        answers = [session.get_one(TreeMessageRow, id).text for id in session.scalars(TO_RANK, {"_item": item.id})]
        return RankingWork(item.id, prompt_lines(path), answers)
