"""Hand out tasks: the draw, the rules that keep somebody from a task, and the reason if there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from core.errors import NotAllowed, UserError
from core.labeling.rules import annotator_model as trust
from core.labeling.rules.limits import LABELS, RANKS, REPLIES
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.store import labeling_queue as queue
from core.store.labeling_queue import TaskTaker, TaskWish
from core.store.labeling_tables import LabelerRow, TallyRow, TaskRow, TreeMessageRow, WorkItemRow

RANDOM = "random"
BOTH = "prompt_with_reply"
"""A prompt together with the reply that its author has in mind, in one task (labeling.md; OA's most wanted, #1030)."""

KINDS: tuple[str, ...] = (
    RANDOM,
    "initial_prompt",
    BOTH,
    "prompter_reply",
    "assistant_reply",
    "label_initial_prompt",
    "label_prompter_reply",
    "label_assistant_reply",
    "rank_assistant_replies",
    "rank_prompter_replies",
)
REPLY_LIMITS: Mapping[str, int] = {"assistant_reply": 4, "prompter_reply": 8}
REPLY_WINDOW = timedelta(minutes=2)
"""The time in which `REPLY_LIMITS` apply (docs/reference/open-assistant.md 1.17), however the task was asked for."""

PROMPTS = frozenset({"initial_prompt", BOTH})

SHARE_WINDOW, SHARE_FRESH = timedelta(days=30), timedelta(minutes=1)
FEW = 10
"""With fewer reviews than this in a language, nobody's share of them is checked."""

Why = Literal["none", "yours", "prompts", "quota", "share", "doubtful"]


@dataclass(frozen=True, slots=True)
class TaskPerson:
    """The person who asks for a task.

    `langs` are the languages that they do tasks in, `pools` the pools that they may draw from.
    """

    taker: TaskTaker
    langs: tuple[str, ...]
    pools: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class NoTask:
    """Why there is no task. `others` counts the items that only other people can do."""

    why: Why
    others: int = 0


@dataclass(frozen=True, slots=True)
class OpenWork:
    """How much of a kind is open, and how much of it this person may do.

    Each pool and language counts up to 100.
    """

    open: int
    theirs: int


@dataclass(slots=True)
class LabelingShares:
    """Finds people who do too much of the labeling in a language.

    The result is cached for a minute, since finding it means a full scan. `most` is the largest share that one person
    may have if at least `many` are active.
    """

    most: float
    many: int
    _known: dict[str, tuple[datetime, frozenset[str]]] = field(default_factory=dict)

    def dominates(self, session: Session, person_id: str, lang: str, now: datetime) -> bool:
        """Return whether somebody has more than their share of a language's reviews of the last thirty days."""
        at, known = self._known.get(lang, (None, frozenset()))
        if at is None or not at <= now < at + SHARE_FRESH:
            known = self._find(session, lang, now)
            self._known[lang] = now, known
        return person_id in known

    def _find(self, session: Session, lang: str, now: datetime) -> frozenset[str]:
        given = func.sum(TallyRow.value)
        people = (
            select(
                col(TallyRow.person_id).label("id"),
                given.label("given"),
                func.sum(given).over().label("whole"),
                func.count().over().label("number"),
            )
            .where(
                col(TallyRow.name).in_(("labels_simple", "labels_full")),
                col(TallyRow.lang) == lang,
                col(TallyRow.day) >= (now - SHARE_WINDOW).date(),
            )
            .group_by(col(TallyRow.person_id))
            .subquery()
        ).c
        enough = people.whole >= FEW, people.number >= self.many
        return frozenset(session.scalars(select(people.id).where(*enough, people.given > self.most * people.whole)))


@dataclass(frozen=True, slots=True)
class TaskAssigner:
    """Hands out tasks. Its methods are units of the store."""

    keeper: TreeLifecycle
    chance: Random
    shares: LabelingShares

    def assign(
        self, session: Session, person: TaskPerson, kind: str, now: datetime, topic: str = ""
    ) -> TaskRow | NoTask:
        """Hand out a task of a kind, or of any kind for RANDOM.

        Raises NotAllowed if the person is banned from tasks, and UserError if they ask too fast or hold too many.
        """
        queue.one_at_a_time(session, person.taker.person_id)
        labeler = session.get(LabelerRow, person.taker.person_id)
        if labeler and labeler.banned:
            raise NotAllowed("task-banned")
        self._check_pace(session, person.taker.person_id, now)
        kinds = self._order(kind)
        shut: list[Why] = []
        open: Mapping[TaskWish, int] | None = None
        for one in kinds:
            wishes = [wish for wish in self._wishes(person, one, topic) if open is None or open.get(wish, 1)]
            found = self._of_kind(session, person, labeler, one, wishes, now)
            if isinstance(found, TaskRow):
                return found
            shut.append(found)
            if open is None:
                # Most people get a task at once and need no counting. For the others, empty queues are skipped.
                open = self._open(session, person, kinds, topic)
        others = sum((open or {}).values())
        return NoTask(next((why for why in shut if why != "none"), "yours" if others else "none"), others)

    def available(self, session: Session, person: TaskPerson, topic: str = "") -> Mapping[str, OpenWork]:
        """Return how much there is to do in a person's languages, by kind."""
        kinds = self.keeper.rules.weights
        wishes = [wish for kind in kinds if kind not in PROMPTS for wish in self._wishes(person, kind, topic)]
        counts = queue.free(session, wishes, person.taker.person_id)
        found = dict.fromkeys(kinds, OpenWork(0, 0))
        for wish, (open, theirs) in zip(wishes, counts, strict=True):
            found[wish.kind] = OpenWork(found[wish.kind].open + open, found[wish.kind].theirs + theirs)
        for kind in PROMPTS & set(kinds):
            wanted = sum(
                self.keeper.prompts_wanted(session, wish.pool, wish.lang) for wish in self._wishes(person, kind, topic)
            )
            found[kind] = OpenWork(wanted, wanted)
        return found

    def _open(self, session: Session, person: TaskPerson, kinds: Sequence[str], topic: str) -> Mapping[TaskWish, int]:
        """Return how many items are open for anybody, by wish."""
        wishes = [wish for kind in kinds if kind not in PROMPTS for wish in self._wishes(person, kind, topic)]
        return dict(zip(wishes, queue.waiting(session, wishes), strict=True))

    def _wishes(self, person: TaskPerson, kind: str, topic: str) -> Sequence[TaskWish]:
        """Return what a person may be given of a kind, with languages and pools in random order."""
        langs = self.chance.sample(person.langs, len(person.langs))
        # A new prompt goes to everybody, unless the community keeps to itself.
        pools = person.pools[:1] if kind in PROMPTS else self.chance.sample(person.pools, len(person.pools))
        return [TaskWish(kind, pool, lang, topic) for lang in langs for pool in pools]

    def _check_pace(self, session: Session, person_id: str, now: datetime) -> None:
        rules = self.keeper.rules
        given, held = queue.pace(session, person_id, now - rules.window, now - rules.recent_tasks_span)
        if given >= rules.tasks_per_window:
            raise UserError("task-too-fast", minutes=int(rules.window / timedelta(minutes=1)))
        if held >= rules.max_pending_tasks:
            raise UserError("task-too-many", tasks=held)

    def _order(self, kind: str) -> Sequence[str]:
        """Return the kinds to try, in order: drawn by their weights, without replacement.

        Kinds that only older trees still need come last.
        """
        if kind != RANDOM:
            return [kind]
        off = set() if self.keeper.rules.limits.rank_prompter_replies else {"rank_prompter_replies"}
        left = {name: weight for name, weight in self.keeper.rules.weights.items() if weight > 0}
        order: list[str] = []
        while left:
            drawn = self.chance.choices(list(left), list(left.values()))[0]
            order.append(drawn)
            del left[drawn]
        return sorted(order, key=lambda kind: kind in off)

    def _of_kind(
        self,
        session: Session,
        person: TaskPerson,
        labeler: LabelerRow | None,
        kind: str,
        wishes: Sequence[TaskWish],
        now: datetime,
    ) -> TaskRow | Why:
        doubtful = labeler is not None and trust.doubtful(labeler.reliability, labeler.items)
        if kind in LABELS and (task := self._gold(session, person, kind, now, doubtful=doubtful)):
            return task
        if doubtful and kind in LABELS | RANKS:
            return "doubtful"
        if self._over_limit(session, person.taker.person_id, kind, now):
            return "quota"
        take = self._prompt if kind in PROMPTS else self._claimed
        return take(session, person, wishes, now)

    def _prompt(self, session: Session, person: TaskPerson, wishes: Sequence[TaskWish], now: datetime) -> TaskRow | Why:
        for wish in wishes:
            if self.keeper.prompts_wanted(session, wish.pool, wish.lang):
                until = now + self.keeper.rules.lease_of(wish.kind)
                return queue.hand_out(session, wish, person.taker, now, until)
        return "prompts"

    def _claimed(
        self, session: Session, person: TaskPerson, wishes: Sequence[TaskWish], now: datetime
    ) -> TaskRow | Why:
        if not wishes:
            return "none"
        kind, rules = wishes[0].kind, self.keeper.rules
        allowed = [wish for wish in wishes if not self._dominates(session, person, wish, now)]
        priorities: Sequence[int] = queue.PRIORITIES
        if kind in REPLIES and self.chance.random() >= rules.p_lonely_child_extension:
            priorities = priorities[::-1]
        claimed = queue.claim(session, allowed, person.taker.person_id, self.chance, priorities)
        if claimed is None:
            return "none" if allowed == wishes else "share"
        wish, item_id = claimed
        shown = self._answers(session, item_id) if kind in RANKS else ()
        return queue.hand_out(session, wish, person.taker, now, now + rules.lease_of(kind), item_id, shown)

    def _dominates(self, session: Session, person: TaskPerson, wish: TaskWish, now: datetime) -> bool:
        return wish.kind in LABELS and self.shares.dominates(session, person.taker.person_id, wish.lang, now)

    def _over_limit(self, session: Session, person_id: str, kind: str, now: datetime) -> bool:
        most = REPLY_LIMITS.get(kind)
        return bool(most and queue.given_since(session, person_id, now - REPLY_WINDOW, kind) >= most)

    def _gold(
        self, session: Session, person: TaskPerson, kind: str, now: datetime, *, doubtful: bool
    ) -> TaskRow | None:
        """Hand out an item whose right labels are known, or nothing.

        A newcomer gets them at first to learn, everybody now and then, and a doubtful labeler always.
        """
        rules = self.keeper.rules
        if not rules.gold_every:
            return None
        langs = self.chance.sample(person.langs, len(person.langs))
        for lang, (seen, item_id) in queue.gold_in(session, person.taker.person_id, kind, langs).items():
            wanted = doubtful or seen < rules.gold_first or self.chance.random() < 1 / rules.gold_every
            if item_id and wanted:
                until = now + rules.lease_of(kind)
                return queue.hand_out(session, TaskWish(kind, queue.GOLD, lang), person.taker, now, until, item_id)
        return None

    def _answers(self, session: Session, item_id: str) -> Sequence[str]:
        """Return the answers of a ranking, shuffled for each person, so that no place is favoured."""
        ids = list(session.scalars(_TO_RANK, {"_item": item_id}))
        self.chance.shuffle(ids)
        return ids


_ASKED = select(col(WorkItemRow.message_id)).where(col(WorkItemRow.id) == bindparam("_item")).scalar_subquery()
_TO_RANK = (
    select(col(TreeMessageRow.id))
    .where(
        col(TreeMessageRow.parent_id) == _ASKED,
        col(TreeMessageRow.review_result).is_(True),
        col(TreeMessageRow.deleted).is_(False),
    )
    .order_by(col(TreeMessageRow.id))
)


def conversation(session: Session, task: TaskRow) -> Sequence[TreeMessageRow]:
    """Return the messages that a task is about, from the root on.

    The last one is the message to label or to answer, or the one whose replies are ranked.
    """
    item = session.get(WorkItemRow, task.item_id) if task.item_id else None
    if item is None or item.message_id is None:
        return ()
    found = [session.get_one(TreeMessageRow, item.message_id)]
    while found[-1].parent_id:
        found.append(session.get_one(TreeMessageRow, found[-1].parent_id))
    return found[::-1]


def answers_of(session: Session, task: TaskRow) -> Sequence[TreeMessageRow]:
    """Return the answers that a task ranks, in the order its person sees, without those deleted since."""
    found = select(TreeMessageRow).where(col(TreeMessageRow.id).in_(task.shown), col(TreeMessageRow.deleted).is_(False))
    by_id = {message.id: message for message in session.scalars(found)}
    return [by_id[id] for id in task.shown if id in by_id]


def progress(session: Session, task: TaskRow) -> tuple[int, int]:
    """Return how many people have done the same item, and how many are needed."""
    item = session.get(WorkItemRow, task.item_id) if task.item_id else None
    if item is None or item.gold is not None:
        return 0, 0
    done = select(func.count()).where(col(TaskRow.item_id) == item.id, col(TaskRow.state) == "done")
    return session.scalars(done).one(), item.need
