"""Hand out tasks: the draw, the rules that keep somebody from a task, and the reason if there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Literal

from sqlmodel import Session

from core.errors import NotAllowed, UserError
from core.labeling.rules import annotator_model
from core.labeling.rules.defaults import LabelingRules
from core.labeling.rules.vocabulary import LABELS, PROMPTS, RANDOM, RANKS, REPLIES, TaskKind, TaskRequest
from core.labeling.service import gold_items
from core.labeling.service.task_contents import TO_RANK
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.store import gold_queue
from core.store import labeling_queue as queue
from core.store.gold_queue import GOLD, KnownGold, gold_pool
from core.store.labeling_queue import TaskOffer, TaskTaker, TaskWish
from core.store.labeling_statements import PRIORITIES
from core.store.labeling_tables import LabelerRow, TaskRow

REPLY_LIMITS: Mapping[TaskKind, int] = {"assistant_reply": 4, "prompter_reply": 8}
REPLY_WINDOW = timedelta(minutes=2)
"""The time in which `REPLY_LIMITS` apply (docs/reference/open-assistant.md 1.17), however the task was asked for."""

GOLD_AGAIN, GOLD_AGAIN_IN_DOUBT = timedelta(days=21), timedelta(days=1)
"""After how long somebody may be given the same gold item again, and a doubtful labeler."""

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


@dataclass(frozen=True, slots=True)
class KindDraw:
    """An attempt to find somebody a task of one kind.

    `wishes` are what they may be given of it. A `doubtful` labeler gets only gold items.
    """

    person: TaskPerson
    kind: TaskKind
    wishes: Sequence[TaskWish]
    doubtful: bool


@dataclass(frozen=True, slots=True)
class TaskAssigner:
    """Hands out tasks. Its methods are units of the store.

    With `uncertain_first`, the rankings come first of whose outcome a reward model is least sure.
    """

    keeper: TreeLifecycle
    chance: Random
    uncertain_first: bool = False

    def assign(self, session: Session, person: TaskPerson, kind: TaskRequest, topic: str = "") -> TaskRow | NoTask:
        """Hand out a task of a kind, or of any kind for RANDOM.

        Raises NotAllowed if the person is banned from tasks, and UserError if they ask too fast or hold too many.
        """
        queue.one_at_a_time(session, person.taker.person_id)
        doubtful = is_doubtful(session, person.taker)
        self._check_pace(session, person.taker)
        kinds = self._order(kind)
        shut: list[Why] = []
        open: Mapping[TaskWish, int] | None = None
        for one in kinds:
            wishes = [wish for wish in self._wishes(person, one, topic) if open is None or open.get(wish, 1)]
            found = self._of_kind(session, KindDraw(person, one, wishes, doubtful))
            if isinstance(found, TaskRow):
                return found
            shut.append(found)
            if open is None:
                # Most people get a task at once and need no counting. For the others, empty queues are skipped.
                open = self._open(session, person, kinds, topic)
        others = sum((open or {}).values())
        return NoTask(next((why for why in shut if why != "none"), "yours" if others else "none"), others)

    def available(self, session: Session, person: TaskPerson, topic: str = "") -> Mapping[TaskKind, OpenWork]:
        """Return how much there is to do in a person's languages, by kind; `theirs` is what `assign` would give them.

        Raises NotAllowed if the person is banned from tasks.
        """
        doubtful = is_doubtful(session, person.taker)
        kinds: Sequence[TaskKind] = list(self.keeper.rules.weights)
        wishes = [wish for kind in kinds if kind not in PROMPTS for wish in self._wishes(person, kind, topic)]
        counts = queue.free(session, wishes, person.taker.person_id)
        again = queue.run_out(session, person.taker.person_id, wishes, person.taker.at - self.keeper.rules.late)
        found: dict[TaskKind, OpenWork] = dict.fromkeys(kinds, OpenWork(0, 0))
        for wish, (open, theirs) in zip(wishes, counts, strict=True):
            mine = theirs + sum(met == wish for met, _ in again)
            mine = 0 if self.bars(session, person.taker, wish, doubtful=doubtful) else mine
            found[wish.kind] = OpenWork(found[wish.kind].open + open, found[wish.kind].theirs + mine)
        for kind in kinds:
            draw = KindDraw(person, kind, self._wishes(person, kind, topic), doubtful)
            if kind in PROMPTS:
                found[kind] = self._room_for_prompts(session, draw)
            elif _over_limit(session, draw):
                found[kind] = OpenWork(found[kind].open, 0)
            elif doubtful and kind in LABELS:
                known = _known_gold(session, draw).values()
                found[kind] = OpenWork(found[kind].open, sum(len(one.fitting) for one in known))
        return found

    def _room_for_prompts(self, session: Session, draw: KindDraw) -> OpenWork:
        room = [self._prompts(session, draw.person.taker, wish) for wish in draw.wishes]
        return OpenWork(sum(one.open for one in room), sum(one.theirs for one in room))

    def _prompts(self, session: Session, taker: TaskTaker, wish: TaskWish) -> OpenWork:
        lottery = self.keeper.lottery
        wanted = lottery.prompts_wanted(session, wish.pool, wish.lang, taker.at)
        theirs = wanted and lottery.lets_write(session, wish.pool, wish.lang, taker.person_id)
        return OpenWork(wanted, wanted if theirs else 0)

    def _open(
        self, session: Session, person: TaskPerson, kinds: Sequence[TaskKind], topic: str
    ) -> Mapping[TaskWish, int]:
        """Return how many items are open for anybody, by wish."""
        wishes = [wish for kind in kinds if kind not in PROMPTS for wish in self._wishes(person, kind, topic)]
        return dict(zip(wishes, queue.waiting(session, wishes), strict=True))

    def _wishes(self, person: TaskPerson, kind: TaskKind, topic: str) -> Sequence[TaskWish]:
        """Return what a person may be given of a kind, with languages and pools in random order."""
        langs = self.chance.sample(person.langs, len(person.langs))
        # A new prompt goes to everybody, unless the community keeps to itself.
        pools = person.pools[:1] if kind in PROMPTS else self.chance.sample(person.pools, len(person.pools))
        return [TaskWish(kind, pool, lang, topic) for lang in langs for pool in pools]

    def _check_pace(self, session: Session, taker: TaskTaker) -> None:
        rules = self.keeper.rules
        given, held = queue.pace(session, taker.person_id, taker.at - rules.window, taker.at - rules.recent_tasks_span)
        if given >= rules.tasks_per_window:
            raise UserError("task-too-fast", minutes=int(rules.window / timedelta(minutes=1)))
        if held >= rules.max_pending_tasks:
            raise UserError("task-too-many", tasks=held)

    def _order(self, kind: TaskRequest) -> Sequence[TaskKind]:
        """Return the kinds to try, in order: drawn by their weights, without replacement.

        Kinds that only older trees still need come last.
        """
        if kind != RANDOM:
            return [kind]
        off = set() if self.keeper.rules.limits.rank_prompter_replies else {"rank_prompter_replies"}
        left = {name: weight for name, weight in self.keeper.rules.weights.items() if weight > 0}
        order: list[TaskKind] = []
        while left:
            drawn = self.chance.choices(list(left), list(left.values()))[0]
            order.append(drawn)
            del left[drawn]
        return sorted(order, key=lambda kind: kind in off)

    def _of_kind(self, session: Session, draw: KindDraw) -> TaskRow | Why:
        if draw.kind in LABELS and (task := self._gold(session, draw)):
            return task
        if draw.doubtful and draw.kind in LABELS | RANKS:
            return "doubtful"
        if _over_limit(session, draw):
            return "quota"
        return self._prompt(session, draw) if draw.kind in PROMPTS else self._claimed(session, draw)

    def _prompt(self, session: Session, draw: KindDraw) -> TaskRow | Why:
        for wish in draw.wishes:
            if self._prompts(session, draw.person.taker, wish).theirs:
                return self._hand_out(session, draw, wish)
        return "prompts"

    def _claimed(self, session: Session, draw: KindDraw) -> TaskRow | Why:
        allowed = [wish for wish in draw.wishes if not self._dominates(session, draw.person.taker, wish)]
        priorities: Sequence[int] = PRIORITIES
        if draw.wishes and draw.kind in REPLIES and self.chance.random() >= self.keeper.rules.p_lonely_child_extension:
            priorities = priorities[::-1]
        start = 0.0 if self.uncertain_first and draw.kind in RANKS else None
        claimed = queue.claim(session, allowed, draw.person.taker.person_id, self.chance, priorities, start)
        if claimed is not None:
            return self._hand_out(session, draw, *claimed)
        again = _given_again(session, self.keeper.rules, draw, allowed)
        return again or ("none" if allowed == draw.wishes else "share")

    def _dominates(self, session: Session, taker: TaskTaker, wish: TaskWish) -> bool:
        keeper = self.keeper
        return wish.kind in LABELS and keeper.activity.dominates(
            session, keeper.rules, taker.person_id, wish.lang, taker.at
        )

    def bars(self, session: Session, taker: TaskTaker, wish: TaskWish, *, doubtful: bool) -> Why | None:
        """Return why somebody would not be given an item of the queue, however many are open; None if they would."""
        if doubtful and wish.kind in LABELS | RANKS:
            return "doubtful"
        return "share" if self._dominates(session, taker, wish) else None

    def _gold(self, session: Session, draw: KindDraw) -> TaskRow | None:
        """Hand out an item whose right labels are known, or nothing.

        A newcomer gets them at first to learn, everybody now and then, and a doubtful labeler always.
        """
        found = _gold_item(session, self.keeper.rules, self.chance, draw)
        if found is None:
            return None
        lang, item_id = found
        gold_queue.make_way(session, draw.person.taker.person_id, item_id)
        return self._hand_out(session, draw, TaskWish(draw.kind, GOLD, lang), item_id)

    def _hand_out(self, session: Session, draw: KindDraw, wish: TaskWish, item_id: str | None = None) -> TaskRow:
        taker = draw.person.taker
        until = taker.at + self.keeper.rules.lease_of(wish.kind)
        shown = self._answers(session, item_id) if item_id and wish.kind in RANKS else ()
        return queue.hand_out(session, taker, TaskOffer(wish, until, item_id, shown))

    def _answers(self, session: Session, item_id: str) -> Sequence[str]:
        """Return the answers of a ranking, shuffled for each person, so that no place is favoured."""
        ids = list(session.scalars(TO_RANK, {"_item": item_id}))
        self.chance.shuffle(ids)
        return ids


def is_doubtful(session: Session, taker: TaskTaker) -> bool:
    """Return whether somebody is only given practice tasks. Raises NotAllowed if they are banned from tasks."""
    labeler = session.get(LabelerRow, taker.person_id)
    if labeler and labeler.banned:
        raise NotAllowed("task-banned")
    return labeler is not None and annotator_model.doubtful(labeler.reliability, labeler.items)


def _given_again(session: Session, rules: LabelingRules, draw: KindDraw, allowed: Sequence[TaskWish]) -> TaskRow | None:
    """Hand out a task that the person let run out, if it can still be answered."""
    taker = draw.person.taker
    until = taker.at + rules.lease_of(draw.kind)
    return queue.give_again(session, taker, allowed, taker.at - rules.late, until) if allowed else None


def _over_limit(session: Session, draw: KindDraw) -> bool:
    """Return whether somebody was given as many tasks of a kind lately as one person may."""
    most, taker = REPLY_LIMITS.get(draw.kind), draw.person.taker
    return bool(most and queue.given_since(session, taker.person_id, taker.at - REPLY_WINDOW, draw.kind) >= most)


def _gold_item(session: Session, rules: LabelingRules, chance: Random, draw: KindDraw) -> tuple[str, str] | None:
    """Draw a gold item, with its language: a new one, or one that was done long ago.

    A doubtful labeler gets one again the next day, whatever the rules say of gold items: there is no other way back.
    If none is left until then, a message that others agree on becomes one.
    """
    if not (rules.gold_every or draw.doubtful):
        return None
    found = _known_gold(session, draw)
    for lang in chance.sample(draw.person.langs, len(draw.person.langs)):
        known = found[lang]
        wanted = draw.doubtful or known.had < rules.gold_first or chance.random() < 1 / rules.gold_every
        if not (wanted and known.fitting):
            continue
        item_id = chance.choice(known.fitting)
        if gold_items.is_known(session, item_id):
            return lang, item_id
    if not draw.doubtful:
        return None
    person = draw.person
    made = gold_items.from_agreement(session, person.taker.person_id, draw.kind, person.langs, person.pools)
    return (made.lang, made.id) if made else None


def _known_gold(session: Session, draw: KindDraw) -> Mapping[str, KnownGold]:
    taker = draw.person.taker
    before = taker.at - (GOLD_AGAIN_IN_DOUBT if draw.doubtful else GOLD_AGAIN)
    pools = GOLD, gold_pool(taker.community_id)
    return gold_queue.gold_in(session, taker.person_id, draw.kind, draw.person.langs, before, pools)
