"""Models' own answers to prompts of trees, written while they have nothing else to do.

They are ranked among people's answers, and nobody who ranks can see which is which. Beside the model that answers, the
candidate of a community's arena writes too, so that rankings compare it as well.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.labeling.background.clock import while_idle
from core.labeling.background.tree_prompts import prompt_lines
from core.labeling.rules.similarity import digest
from core.labeling.service.task_contents import path_to
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.models.registry import ModelRegistry
from core.ports.model import SamplingSettings
from core.ports.store import Store
from core.store import arena, promotions
from core.store.labeling_tables import TreeMessageRow, TreeRow, WorkItemRow
from core.store.tables import new_id, now

INTERVAL = 20.0
"""Seconds between two checks whether the model is idle."""

LOOKED_AT = 50
"""How many open prompts are searched for one that lacks an answer."""

VARIED = SamplingSettings(temperature=0.9, top_p=0.95, max_new_tokens=512)
"""Sampled with some variety, since answers that are to be compared should differ."""


@dataclass(frozen=True, slots=True)
class TreeModels:
    """The models that write answers in the trees of a community, by name: the one that answers there usually, and the
    candidate of its arena, empty if there is none.
    """

    usual: str
    candidate: str = ""


@dataclass(frozen=True, slots=True)
class MissingAnswer:
    """An answer that a prompt lacks: the conversation up to it, and which of the `models` is to write it."""

    path: Sequence[TreeMessageRow]
    model: str
    models: TreeModels


@dataclass(frozen=True, slots=True)
class AnswerSampler:
    """Writes models' answers to open prompts. `answers` is how many each prompt gets of each model."""

    store: Store
    keeper: TreeLifecycle
    models: ModelRegistry
    answers: int
    now: Callable[[], datetime] = now

    async def run(self) -> None:
        """Sample whenever the model is idle, until cancelled."""
        await while_idle(self.sample, INTERVAL, "not_sampled")

    async def sample(self) -> bool:
        """Write one answer if one is missing and the models are idle. Returns whether it did."""
        # A model that nobody has used yet is not started for this.
        if not self.models.states():
            return False
        lacking = await self.store.read(self._lacking)
        if lacking is None:
            return False
        text = await self._answer(lacking)
        if not text:
            return False
        await self.store.write(lambda session: self._keep(session, lacking, text))
        return True

    def _idle(self, model: str) -> bool:
        """Whether a model has been used, and nobody needs it now."""
        if model not in self.models.states():
            return False
        queue = self.models.get(model).queue
        return not queue.held and not queue.length

    async def _answer(self, lacking: MissingAnswer) -> str:
        """Return the model's answer, or an empty text if somebody who needs a model more has come meanwhile."""
        served, usual = self.models.get(lacking.model), self.models.get(lacking.models.usual)
        lines = prompt_lines(lacking.path)
        pieces: list[str] = []
        async with served.queue.turn("", ""):
            stream = served.model.stream(lines, VARIED)
            try:
                async for piece in stream:
                    pieces.append(piece.text)
                    others = usual.queue.held if served is not usual else 0
                    if served.queue.length or served.queue.held > 1 or others:
                        return ""
            finally:
                await stream.aclose()
        return "".join(pieces).strip()

    def _lacking(self, session: Session) -> MissingAnswer | None:
        """Return an answer that an open prompt lacks of a model; None if there is none."""
        open_ones = (
            select(col(WorkItemRow.message_id))
            .where(col(WorkItemRow.open), col(WorkItemRow.kind) == "assistant_reply")
            .order_by(col(WorkItemRow.rnd))
            .limit(LOOKED_AT)
        )
        standing = [(one.candidate, one.reach) for one in promotions.standing(session)]
        writing: dict[str, TreeModels | None] = {}
        for message_id in session.scalars(open_ones):
            prompt = session.get(TreeMessageRow, message_id) if message_id else None
            if prompt is None:
                continue
            community_id = prompt.community_id or ""
            if community_id not in writing:
                writing[community_id] = self._models(session, community_id, standing)
            models = writing[community_id]
            if models is None:
                continue
            lacks = self._lacks(session, prompt.id, models)
            model = max(lacks, key=lambda name: lacks[name])
            if lacks[model] > 0:
                return MissingAnswer(path_to(session, prompt), model, models)
        return None

    def _lacks(self, session: Session, prompt_id: str, models: TreeModels) -> Mapping[str, int]:
        """Return how many answers a prompt lacks of each model. Those of others count as the usual one's."""
        model = col(TreeMessageRow.model)
        there = select(model, func.count()).where(
            col(TreeMessageRow.parent_id) == prompt_id,
            col(TreeMessageRow.synthetic),
            col(TreeMessageRow.deleted).is_(False),
        )
        written = Counter[str]()
        for name, number in session.execute(there.group_by(model)):
            written[name] = number
        if not models.candidate:
            return {models.usual: self.answers - written.total()}
        theirs = written.pop(self.models.get(models.candidate).model.name, 0)
        return {models.usual: self.answers - written.total(), models.candidate: self.answers - theirs}

    def _models(self, session: Session, community_id: str, standing: Sequence[tuple[str, str]]) -> TreeModels | None:
        """Return the models that write in a community's trees now; None while the usual one is busy or unused.

        `standing` are the candidates and reaches of the promotions that stand, the newest first.
        """
        promoted = promotions.promoted_here(standing, community_id).split("\n")
        usual = next((name for name in promoted if self.models.able(name)), self.models.default)
        if not self._idle(usual):
            return None
        trial = arena.current(session, community_id) if community_id else None
        candidate = trial.candidate.get("model", "") if trial else ""
        return TreeModels(usual, candidate if candidate != usual and self._idle(candidate) else "")

    def _keep(self, session: Session, lacking: MissingAnswer, text: str) -> None:
        parent_id = lacking.path[-1].id
        parent = session.get(TreeMessageRow, parent_id)
        mark = digest(text)
        same = select(func.count()).where(
            col(TreeMessageRow.parent_id) == parent_id, col(TreeMessageRow.digest) == mark
        )
        if parent is None or parent.deleted or self._lacks(session, parent_id, lacking.models)[lacking.model] <= 0:
            return
        if session.get_one(TreeRow, parent.tree_id).state != "growing":
            # While the model wrote, people have begun to rank the answers that there were.
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
                model=self.models.get(lacking.model).model.name,
                digest=mark,
                created_at=self.now(),
            )
        )
        session.flush()
        self.keeper.settle(session, parent.tree_id, self.now())
