"""The model's own answers to prompts of trees, written while it has nothing else to do.

They are ranked among people's answers, and nobody who ranks can see which is which.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlmodel import Session, col

from core.errors import ModelError
from core.labeling.background.clock import repeat
from core.labeling.rules.similarity import digest
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.models.registry import ModelRegistry
from core.ports.model import PromptLine, SamplingSettings
from core.ports.store import Store
from core.store.labeling_tables import TreeMessageRow, WorkItemRow
from core.store.tables import new_id, now

log = structlog.get_logger()

INTERVAL = 20.0
"""Seconds between two checks whether the model is idle."""

LOOKED_AT = 50
"""How many open prompts are searched for one that lacks an answer."""

VARIED = SamplingSettings(temperature=0.9, top_p=0.95, max_new_tokens=512)
"""Sampled with some variety, since answers that are to be compared should differ."""


@dataclass(frozen=True, slots=True)
class AnswerSampler:
    """Writes the model's answers to open prompts. `answers` is how many each prompt gets."""

    store: Store
    keeper: TreeLifecycle
    models: ModelRegistry
    answers: int
    now: Callable[[], datetime] = now

    async def run(self) -> None:
        """Sample whenever the model is idle, until cancelled."""
        await asyncio.sleep(INTERVAL)
        await repeat(self._round, INTERVAL, "not_sampled")

    async def sample(self) -> bool:
        """Write one answer if one is missing and the model is idle. Returns whether it did."""
        if not self._idle():
            return False
        path = await self.store.read(self._prompt)
        if not path:
            return False
        text = await self._answer(path)
        if not text:
            return False
        await self.store.write(lambda session: self._keep(session, path[-1].id, text))
        return True

    async def _round(self) -> None:
        """Write answers for as long as some are missing and nobody needs the model."""
        try:
            while await self.sample():
                pass
        except ModelError as error:
            log.info("not_sampled", cause=error.cause or error.key)

    def _idle(self) -> bool:
        # A model that nobody has used yet is not started for this.
        if self.models.default not in self.models.states():
            return False
        queue = self.models.get().queue
        return not queue.held and not queue.length

    async def _answer(self, path: Sequence[TreeMessageRow]) -> str:
        """Return the model's answer, or an empty text if somebody who needs the model more has come meanwhile."""
        served = self.models.get()
        lines = [PromptLine("user" if turn.role == "prompter" else "assistant", turn.text) for turn in path]
        pieces: list[str] = []
        async with served.queue.turn("", ""):
            stream = served.model.stream(lines, VARIED)
            try:
                async for piece in stream:
                    pieces.append(piece.text)
                    if served.queue.length or served.queue.held > 1:
                        return ""
            finally:
                await stream.aclose()
        return "".join(pieces).strip()

    def _prompt(self, session: Session) -> Sequence[TreeMessageRow]:
        """Return the conversation up to an open prompt that lacks answers of the model; empty if there is none."""
        open_ones = (
            select(col(WorkItemRow.message_id))
            .where(col(WorkItemRow.open), col(WorkItemRow.kind) == "assistant_reply")
            .order_by(col(WorkItemRow.rnd))
            .limit(LOOKED_AT)
        )
        for message_id in session.scalars(open_ones):
            if message_id and self._sampled(session, message_id) < self.answers:
                path = [session.get_one(TreeMessageRow, message_id)]
                while path[0].parent_id:
                    path.insert(0, session.get_one(TreeMessageRow, path[0].parent_id))
                return path
        return ()

    def _sampled(self, session: Session, message_id: str) -> int:
        found = select(func.count()).where(
            col(TreeMessageRow.parent_id) == message_id,
            col(TreeMessageRow.synthetic),
            col(TreeMessageRow.deleted).is_(False),
        )
        return session.scalars(found).one()

    def _keep(self, session: Session, parent_id: str, text: str) -> None:
        parent = session.get(TreeMessageRow, parent_id)
        mark = digest(text)
        same = select(func.count()).where(
            col(TreeMessageRow.parent_id) == parent_id, col(TreeMessageRow.digest) == mark
        )
        if parent is None or parent.deleted or self._sampled(session, parent_id) >= self.answers:
            return
        if session.scalars(same).one():
            # An answer with the same words as another gives a ranking nothing to compare.
            return
        session.add(
            TreeMessageRow(
                id=new_id(),
                tree_id=parent.tree_id,
                parent_id=parent.id,
                community_id=parent.community_id,
                platform=parent.platform,
                source=parent.source,
                role="assistant",
                text=text,
                lang=parent.lang,
                depth=parent.depth + 1,
                # It is judged by rankings alone; people's reviews are for what people write.
                review_result=True,
                synthetic=True,
                model=self.models.get().model.name,
                digest=mark,
                created_at=self.now(),
            )
        )
        session.flush()
        self.keeper.settle(session, parent.tree_id, self.now())
