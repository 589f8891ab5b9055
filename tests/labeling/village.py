"""A community without any chat: people with names, who take tasks and answer them on the store itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from core.labeling.rules.defaults import LabelingRules, TreeLimits
from core.labeling.rules.vocabulary import TaskKind, TaskRequest
from core.labeling.service import task_contents
from core.labeling.service.answer_undo import AnswerUndo
from core.labeling.service.assignment import NoTask, TaskAssigner, TaskPerson
from core.labeling.service.held_task import HeldTask, SubmittedTask, held
from core.labeling.service.new_texts import CleanText
from core.labeling.service.submissions import TaskSubmissions
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.messages import Place, User
from core.store import identities
from core.store.engine.database import Database
from core.store.labeling_queue import TaskTaker
from core.store.labeling_tables import TaskRow, TreeMessageRow, TreeRow, WorkItemRow

T = TypeVar("T")
SQUARE = Place("paper", "village", "square")
GOOD = {"spam": 0.0, "lang_mismatch": 0.0, "quality": 0.75}
BAD = {"spam": 1.0}
PAIR = TreeLimits(goal_tree_size=3, num_required_rankings=2, max_extra_rankings=0)
"""Of a tree with two answers, which two people rank."""


@dataclass(slots=True)
class Village:
    """Time stands still unless a test moves it. `people` are ids by name."""

    store: Database
    rules: LabelingRules = field(default_factory=LabelingRules)
    seed: int = 1
    now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    people: dict[str, str] = field(default_factory=dict)
    community: str = ""
    chance: Random = field(init=False)
    keeper: TreeLifecycle = field(init=False)
    assigner: TaskAssigner = field(init=False)
    answers: TaskSubmissions = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.keeper = TreeLifecycle(self.rules, self.chance)
        self.assigner = TaskAssigner(self.keeper, self.chance)
        self.answers = TaskSubmissions(self.keeper)

    async def settle_in(self, *names: str) -> None:
        """Let people come to live here."""

        def unit(session: Session) -> dict[str, str]:
            self.community = identities.community(session, SQUARE)
            return {name: identities.person(session, "paper", User(name, name)) for name in names}

        self.people |= await self.store.write(unit)

    def person(self, name: str, langs: tuple[str, ...] = ("en",)) -> TaskPerson:
        return TaskPerson(self.taker(name), langs)

    def taker(self, name: str) -> TaskTaker:
        return TaskTaker(self.people[name], self.community, "paper", self.now, "form")

    async def asks(self, name: str, kind: TaskRequest = "random", langs: tuple[str, ...] = ("en",)) -> TaskRow | NoTask:
        """Ask for a task."""
        return await self.store.write(lambda session: self.assigner.assign(session, self.person(name, langs), kind))

    async def gets(self, name: str, kind: TaskKind) -> TaskRow:
        """Ask for a task and get one."""
        task = await self.asks(name, kind)
        assert isinstance(task, TaskRow), f"{name} gets no {kind}: {task}"
        return task

    async def writes(self, name: str, text: str, kind: TaskKind = "initial_prompt") -> str:
        """Write a prompt or a reply; returns the message's id."""
        task = await self.gets(name, kind)
        done = await self.answered(name, task, lambda s, mine: self.answers.write(s, mine, CleanText(text, text)))
        return done.message_id or ""

    async def labels(self, name: str, kind: TaskKind, labels: Mapping[str, float] = GOOD) -> SubmittedTask:
        """Label a message."""
        return await self.labels_this(name, await self.gets(name, kind), labels)

    async def labels_this(self, name: str, task: TaskRow, labels: Mapping[str, float] = GOOD) -> SubmittedTask:
        return await self.answered(name, task, lambda s, mine: self.answers.label(s, mine, labels, "full"))

    async def ranks(self, name: str, order: Sequence[str]) -> SubmittedTask:
        """Rank answers, best first: by their texts."""
        task = await self.gets(name, "rank_assistant_replies")

        def unit(session: Session, mine: HeldTask) -> SubmittedTask:
            texts = {message.text: message.id for message in task_contents.answers_of(session, mine.task)}
            return self.answers.rank(session, mine, [[texts[text]] for text in order])

        return await self.answered(name, task, unit)

    async def answered(self, name: str, task: TaskRow, answer: Any) -> SubmittedTask:
        """Answer a task that somebody has."""

        def unit(session: Session) -> SubmittedTask:
            done: SubmittedTask = answer(session, self.holds(session, task, name))
            return done

        return await self.store.write(unit)

    def holds(self, session: Session, task: TaskRow, name: str) -> HeldTask:
        return HeldTask(held(session, task.id, self.people[name]), self.taker(name))

    async def undoes(self, name: str, done: SubmittedTask) -> TaskRow:
        """Take an answer back."""
        undoing = AnswerUndo(self.keeper)
        return await self.store.write(lambda session: undoing.undo(session, done.task.id, self.people[name], self.now))

    async def accepts(self, kind: TaskKind, *names: str) -> None:
        """Let some people find the next message of a kind good."""
        for name in names:
            await self.labels(name, kind)

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    async def state(self, tree_id: str) -> str:
        return await self.store.read(lambda session: session.get_one(TreeRow, tree_id).state)

    async def message(self, id: str) -> TreeMessageRow:
        return await self.store.read(lambda session: session.get_one(TreeMessageRow, id))

    async def items(self) -> list[tuple[str, int, int, bool]]:
        """The content of the queue: kind, need, taken, open."""

        def unit(session: Session) -> list[tuple[str, int, int, bool]]:
            rows = session.exec(select(WorkItemRow).order_by(col(WorkItemRow.kind), col(WorkItemRow.id))).all()
            return [(row.kind, row.need, row.taken, row.open) for row in rows]

        return await self.store.read(unit)
