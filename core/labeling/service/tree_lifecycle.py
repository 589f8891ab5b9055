"""Settle a tree after a change: judge its messages, move it to its next state, and queue the work it needs.

Everything is computed from the one tree that was touched, in the transaction that touched it, and never by a scan of
all trees (docs/reference/labeling.md 6.2).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlmodel import Session, col

from core.labeling.rules import annotator_model as trust
from core.labeling.rules import tree as trees
from core.labeling.rules.limits import LABELS, RANKS, LabelingRules
from core.labeling.rules.ranking_consensus import RankingConsensus, WeightedRanking, consensus, kendall_tau
from core.labeling.rules.tree import State, TreeLimits, TreeNode, TreeState, WantedWork, following, judged, wanted
from core.store import labeling_queue as queue
from core.store import points as tallies
from core.store.labeling_tables import (
    STALE,
    FlagRow,
    LabelerRow,
    RankingRow,
    ReviewRow,
    TaskRow,
    TreeMessageRow,
    TreeRow,
    WorkItemRow,
)

log = structlog.get_logger()

FREE = "free"
"""The mode of labels that were given without a task. They do not count as a review."""

AT_ONCE = 2
"""How many trees one change may wake; more in one transaction led Open Assistant to deadlocks
(docs/reference/labeling.md 6.1).
"""

NEWCOMER = trust.RIGHT / (trust.RIGHT + trust.WRONG)
LEAD, ROUNDING = 3, 1e-9
"""How many people the best answer must be ahead of every other one by; until then one more ranking is asked for.

If one person in five ranks wrongly, a lead of two is wrong in one group of 17, and a lead of three in one of 65. This
is the gambler's ruin, 1 / (1 + (right / wrong) ** lead).
"""

MONTH = timedelta(days=30)
ACTIVE = ("initial_prompt_review", "growing", "ranking")


@dataclass(frozen=True, slots=True)
class TreeLifecycle:
    """Moves trees from state to state and keeps their work in the queue. All of its methods are units of the store."""

    rules: LabelingRules
    chance: Random = field(default_factory=Random)

    def settle(self, session: Session, tree_id: str, now: datetime) -> State | None:
        """Bring a tree up to date with what people said about it. Returns its new state, or None if it is gone."""
        row = session.get(TreeRow, tree_id, with_for_update=True)
        if row is None:
            return None
        before = row.state
        messages = self._messages(session, tree_id)
        if self.rules.auto_mod_enabled:
            self._moderate(session, row, messages)
        limits = limits_of(row)
        if row.changed_at < now - self.rules.patience:
            # In a small community, the people needed for extra reviews and rankings may never come.
            limits = replace(limits, max_extra_reviews=0, max_extra_rankings=0)
        self._judge(session, row, messages, limits)
        tree = self._tree(session, row, messages, limits)
        state = following(tree)
        if state == "ready_for_scoring":
            state = self._score(session, row, messages)
        if state != row.state:
            row.state, row.changed_at = state, now
        row.stale = False
        session.flush()
        self._offer(session, row, messages, trees.wanted(self._tree(session, row, messages, limits)))
        if before != state:
            self._wake(session, row, before, now)
        return state

    def settle_old(self, session: Session, now: datetime, limit: int = 500) -> int:
        """Settle the trees that have waited longer than the rules' `patience`. Returns how many there were."""
        late = now - self.rules.patience
        found = select(col(TreeRow.id)).where(col(TreeRow.state).in_(ACTIVE), col(TreeRow.changed_at) < late)
        ids = session.scalars(found.order_by(col(TreeRow.changed_at)).limit(limit)).all()
        for tree_id in ids:
            self.settle(session, tree_id, now)
        return len(ids)

    def settle_stale(self, session: Session, now: datetime, limit: int = 100) -> int:
        """Settle the trees that were changed from outside. Returns how many there were."""
        found = select(col(TreeRow.id)).where(STALE).order_by(col(TreeRow.id)).limit(limit)
        ids = session.scalars(found).all()
        for tree_id in ids:
            self.settle(session, tree_id, now)
        return len(ids)

    def prompts_wanted(self, session: Session, pool: str, lang: str) -> int:
        """Return how many prompts are missing in a pool and language (docs/reference/open-assistant.md 1.8)."""
        rules = self.rules
        reviewed = _number(session, "initial_prompt_review", pool, lang, rules.max_initial_prompt_review)
        growing = _number(session, "growing", pool, lang, rules.max_active_trees)
        waiting = _number(session, "prompt_lottery_waiting", pool, lang, rules.max_prompt_lottery_waiting)
        free = (rules.max_active_trees - growing) + (rules.max_initial_prompt_review - reviewed)
        return max(0, min(free, rules.max_prompt_lottery_waiting - waiting))

    def draw(self, session: Session, pool: str, lang: str, now: datetime) -> int:
        """Let waiting prompts grow while there is room. Returns how many.

        An author is drawn with a weight of 1 + the number of their replies that were ranked first in the last month.
        Then one of that author's prompts is drawn (docs/reference/open-assistant.md 1.8).
        """
        drawn = 0
        while drawn < AT_ONCE and _number(session, "growing", pool, lang, self.rules.max_active_trees) < (
            self.rules.max_active_trees
        ):
            row = self._winner(session, pool, lang, now)
            if row is None:
                break
            row.state, row.won_at = "growing", now
            session.flush()
            self.settle(session, row.id, now)
            drawn += 1
        return drawn

    def wake_backlog(self, session: Session, pool: str, lang: str, now: datetime) -> bool:
        """Move one imported tree on to ranking. Returns whether there was one."""
        row = session.scalars(_in_state("backlog_ranking", pool, lang).limit(1)).first()
        if row is None:
            return False
        row.state = "ranking"
        row.limits = {**row.limits, "goal_tree_size": 0}
        session.flush()
        ranked = [one for one in self._wanted_of(session, row) if one.kind in RANKS]
        if not ranked:
            row.state, row.changed_at = "aborted_low_grade", now
            return True
        self.settle(session, row.id, now)
        return True

    def reopen(self, session: Session, tree_id: str, now: datetime) -> State | None:
        """Let a halted tree go on from where it was: growing, or under review (docs/reference/open-assistant.md
        1.6)."""
        row = session.get(TreeRow, tree_id, with_for_update=True)
        if row is None:
            return None
        row.state, row.changed_at = "growing" if row.won_at else "initial_prompt_review", now
        session.flush()
        return self.settle(session, tree_id, now)

    def _wanted_of(self, session: Session, row: TreeRow) -> Sequence[WantedWork]:
        return wanted(self._tree(session, row, self._messages(session, row.id), limits_of(row)))

    def _messages(self, session: Session, tree_id: str) -> list[TreeMessageRow]:
        """Return a tree's messages, with the root first and each parent before its children."""
        found = select(TreeMessageRow).where(col(TreeMessageRow.tree_id) == tree_id)
        return list(session.scalars(found.order_by(col(TreeMessageRow.depth), col(TreeMessageRow.id))))

    def _tree(
        self, session: Session, row: TreeRow, messages: Sequence[TreeMessageRow], limits: TreeLimits
    ) -> TreeState:
        ids = [message.id for message in messages]
        found = select(col(RankingRow.parent_id), func.count()).where(col(RankingRow.parent_id).in_(ids))
        rankings: dict[str, int] = dict(session.execute(found.group_by(col(RankingRow.parent_id))).all())
        more = self._unclear(session, messages, limits, rankings) if row.state == "ranking" else {}
        nodes = tuple(node(message, rankings.get(message.id, 0), more.get(message.id, 0)) for message in messages)
        state: Any = row.state
        return TreeState(state, nodes, limits)

    def _unclear(
        self, session: Session, messages: Sequence[TreeMessageRow], limits: TreeLimits, rankings: Mapping[str, int]
    ) -> Mapping[str, int]:
        """Return how many extra rankings each parent needs: one at a time, until one answer leads by `LEAD` people."""
        usual, most = limits.num_required_rankings, limits.num_required_rankings + limits.max_extra_rankings
        split = {parent: number for parent, number in rankings.items() if usual <= number < most}
        if not split:
            return {}
        found = self._consensuses(session, messages)
        lead = LEAD * (trust.weight(NEWCOMER) if self.rules.trust_weights else 1.0) - ROUNDING
        clear = {parent for parent, (common, _) in found.items() if common.clear(lead)}
        return {parent: number + 1 - usual for parent, number in split.items() if parent not in clear}

    def _moderate(self, session: Session, row: TreeRow, messages: Sequence[TreeMessageRow]) -> None:
        """Hide what many people report, and halt what nobody wants to answer (docs/reference/open-assistant.md
        1.13)."""
        if row.state not in ACTIVE:
            return
        ids = [message.id for message in messages if not message.deleted]
        reported = select(col(FlagRow.message_id), func.count()).where(
            col(FlagRow.message_id).in_(ids), col(FlagRow.handled) == ""
        )
        for message_id, flags in session.execute(reported.group_by(col(FlagRow.message_id))):
            if flags < self.rules.auto_mod_red_flags:
                continue
            if message_id == row.id:
                row.state = "aborted_low_grade"
            else:
                delete(messages, message_id)
        skipped = (
            select(func.count())
            .select_from(TaskRow)
            .join(WorkItemRow, col(WorkItemRow.id) == col(TaskRow.item_id))
            .where(col(WorkItemRow.tree_id) == row.id, col(WorkItemRow.kind).in_(("prompter_reply", "assistant_reply")))
            .where(col(TaskRow.state) == "skipped")
            .group_by(col(WorkItemRow.message_id))
        )
        if max(session.scalars(skipped).all(), default=0) >= self.rules.auto_mod_max_skip_reply:
            row.state = "halted_by_moderator"

    def _judge(self, session: Session, row: TreeRow, messages: Sequence[TreeMessageRow], limits: TreeLimits) -> None:
        """Decide on the messages that have enough reviews (docs/reference/open-assistant.md 1.11)."""
        if row.state not in ACTIVE:
            return
        undecided = {message.id: message for message in messages if not message.review_result}
        reviews: dict[str, list[ReviewRow]] = {}
        found = select(ReviewRow).where(col(ReviewRow.message_id).in_(list(undecided)), col(ReviewRow.mode) != FREE)
        for review in session.scalars(found.order_by(col(ReviewRow.at), col(ReviewRow.person_id))):
            reviews.setdefault(review.message_id, []).append(review)
        weights = self._weights(session, {one.person_id for given in reviews.values() for one in given})
        for message_id, given in reviews.items():
            self._judge_one(session, row, undecided[message_id], given, limits, weights)
        for message_id in set(undecided) - set(reviews):
            undecided[message_id].review_count = 0

    def _judge_one(
        self,
        session: Session,
        row: TreeRow,
        message: TreeMessageRow,
        given: Sequence[ReviewRow],
        limits: TreeLimits,
        weigh: Callable[[str], float],
    ) -> None:
        root = message.parent_id is None
        needed = limits.num_reviews_initial_prompt if root else limits.num_reviews_reply
        threshold = limits.acceptance_threshold_initial_prompt if root else limits.acceptance_threshold_reply
        extra = min(message.extra, limits.max_extra_reviews)
        votes = [(one.labels, weigh(one.person_id)) for one in given]
        verdict = judged(votes, needed, threshold, extra, limits.max_extra_reviews)
        accepted = {"accepted": True, "rejected": False}.get(verdict.review)
        if verdict.split:
            message.extra += 1
        if message.review_result is not None and accepted in (None, message.review_result):
            return
        if message.review_result is not None:
            # A late review reverses a decision.
            self.count_decision(session, row, message, given[: message.review_count], threshold, -1)
        message.review_result, message.review_count = accepted, len(given)
        if accepted is not None:
            self.count_decision(session, row, message, given, threshold)

    def decided_by(self, session: Session, message: TreeMessageRow) -> Sequence[ReviewRow]:
        """Return the reviews that decided on a message.

        There are none while the message is undecided. Reviews that came after the decision do not count.
        """
        if message.review_result is None:
            return ()
        given = select(ReviewRow).where(col(ReviewRow.message_id) == message.id, col(ReviewRow.mode) != FREE)
        return session.scalars(given.order_by(col(ReviewRow.at), col(ReviewRow.person_id))).all()[
            : message.review_count
        ]

    def count_decision(
        self,
        session: Session,
        row: TreeRow,
        message: TreeMessageRow,
        given: Sequence[ReviewRow],
        threshold: float,
        sign: int = 1,
    ) -> None:
        """Count what a decision means for the author and the reviewers; a `sign` of -1 takes it back."""
        accepted = bool(message.review_result)
        if accepted and message.person_id:
            name = "prompts_accepted" if message.parent_id is None else f"replies_{message.role}_accepted"
            add(session, message.person_id, message.community_id, row.lang, {name: sign})
        for review in given:
            bad = review.labels.get("spam", 0.0) + review.labels.get("lang_mismatch", 0.0)
            if (1 - bad > threshold) == accepted:
                add(session, review.person_id, message.community_id, row.lang, {"label_agreed": sign})

    def _score(self, session: Session, row: TreeRow, messages: Sequence[TreeMessageRow]) -> State:
        """Write the consensus ranks of all groups of answers (docs/reference/open-assistant.md 1.14)."""
        try:
            for parent_id, (common, rankings) in self._consensuses(session, messages).items():
                self._write_ranks(session, row, messages, parent_id, common, rankings)
        except Exception:
            # A tree whose ranks cannot be computed must not hold up the others.
            log.exception("scoring_failed", tree=row.id)
            return "scoring_failed"
        return "ready_for_export"

    def unscore(self, session: Session, row: TreeRow) -> None:
        """Take back a tree's consensus ranks and what was counted for them, because a ranking is about to change.

        A ranking that was given after the tree was scored was never counted, so it is not taken back.
        """
        messages = self._messages(session, row.id)
        for parent_id, (common, rankings) in self._consensuses(session, messages, row.changed_at).items():
            self.count_ranks(session, row, messages, parent_id, common, rankings, -1)
        for message in messages:
            message.rank = None
        row.state = "ranking"

    def _consensuses(
        self, session: Session, messages: Sequence[TreeMessageRow], until: datetime | None = None
    ) -> Mapping[str, tuple[RankingConsensus, Sequence[tuple[str, WeightedRanking]]]]:
        counted = {message.id for message in messages if message.review_result and not message.deleted}
        found = select(RankingRow).where(col(RankingRow.parent_id).in_([message.id for message in messages]))
        if until:
            found = found.where(col(RankingRow.at) <= until)
        rows = session.scalars(found.order_by(col(RankingRow.at), col(RankingRow.person_id))).all()
        weigh = self._weights(session, {one.person_id for one in rows})
        given: dict[str, list[tuple[str, WeightedRanking]]] = {}
        for one in rows:
            groups = tuple(kept for group in one.groups if (kept := tuple(id for id in group if id in counted)))
            ranking = WeightedRanking(groups, weigh(one.person_id), one.not_rankable)
            given.setdefault(one.parent_id, []).append((one.person_id, ranking))
        found_all = {parent: consensus([ranking for _, ranking in one]) for parent, one in given.items()}
        return {parent: (common, given[parent]) for parent, common in found_all.items() if common}

    def _write_ranks(
        self,
        session: Session,
        row: TreeRow,
        messages: Sequence[TreeMessageRow],
        parent_id: str,
        common: RankingConsensus,
        rankings: Sequence[tuple[str, WeightedRanking]],
    ) -> None:
        fresh = all(message.rank is None for message in messages if message.parent_id == parent_id)
        for message in messages:
            if message.parent_id == parent_id:
                message.rank = common.rank(message.id)
        if fresh:
            self.count_ranks(session, row, messages, parent_id, common, rankings)

    def count_ranks(
        self,
        session: Session,
        row: TreeRow,
        messages: Sequence[TreeMessageRow],
        parent_id: str,
        common: RankingConsensus,
        rankings: Sequence[tuple[str, WeightedRanking]],
        sign: int = 1,
    ) -> None:
        """Count what a consensus ranking means for authors and rankers; a `sign` of -1 takes it back."""
        names = {0: "best_first", 1: "best_second"}
        community_id = next((message.community_id for message in messages if message.id == parent_id), None)
        for message in messages:
            place = common.rank(message.id) if message.parent_id == parent_id else None
            if message.person_id and place is not None and place in names and len(common.groups) > 1:
                add(session, message.person_id, message.community_id, row.lang, {names[place]: sign})
        for person_id, ranking in rankings:
            tau = kendall_tau(ranking, common)
            if tau and tau > 0:
                add(session, person_id, community_id, row.lang, {"rank_agreement": sign * tau})

    def _weights(self, session: Session, people: Iterable[str]) -> Callable[[str], float]:
        if not self.rules.trust_weights:
            return lambda person_id: 1.0
        found = select(col(LabelerRow.person_id), col(LabelerRow.reliability)).where(
            col(LabelerRow.person_id).in_(list(people))
        )
        reliable: dict[str, float] = dict(session.execute(found).all())
        return lambda person_id: trust.weight(reliable.get(person_id, NEWCOMER))

    def _offer(
        self, session: Session, row: TreeRow, messages: Sequence[TreeMessageRow], work: Sequence[WantedWork]
    ) -> None:
        """Bring the queue in line with what the tree wants.

        The items are locked first, so that no claim slips in between.
        """
        locked = (
            select(WorkItemRow)
            .where(col(WorkItemRow.tree_id) == row.id)
            .order_by(col(WorkItemRow.id))
            .with_for_update()
        )
        # A claim changes the items in the database alone, so what this session read before may be out of date.
        fresh = locked.execution_options(populate_existing=True)
        items = {(item.kind, item.message_id): item for item in session.scalars(fresh)}
        counts = queue.counted(session, [item.id for item in items.values()])
        by_id = {message.id: message for message in messages}
        for one in work:
            item = items.pop((one.kind, one.message_id), None)
            if item is None:
                item = self._new_item(session, row, one)
            self._keep_away(session, item, by_id, messages)
            numbers = counts.get(item.id, {})
            done, held = numbers.get("done", 0), numbers.get("leased", 0)
            item.taken, item.need = done + held, max(done + one.need, done + held)
            item.open, item.topic = done + held < done + one.need, row.topic
            item.prio = self._priority(one, done, messages)
        for item in items.values():
            numbers = counts.get(item.id, {})
            item.taken = item.need = numbers.get("done", 0) + numbers.get("leased", 0)
            item.open = False
        session.flush()

    def _new_item(self, session: Session, row: TreeRow, one: WantedWork) -> WorkItemRow:
        item = WorkItemRow(
            tree_id=row.id,
            message_id=one.message_id,
            kind=one.kind,
            pool=row.pool,
            lang=row.lang,
            topic=row.topic,
            need=one.need,
            rnd=self.chance.random(),
        )
        session.add(item)
        session.flush()
        return item

    def _keep_away(
        self,
        session: Session,
        item: WorkItemRow,
        by_id: Mapping[str, TreeMessageRow],
        messages: Sequence[TreeMessageRow],
    ) -> None:
        """Keep authors from judging their own messages. Anybody may reply, even to their own message."""
        if item.kind in LABELS:
            authors = {by_id[item.message_id or ""].person_id}
        elif item.kind in RANKS:
            authors = {message.person_id for message in messages if message.parent_id == item.message_id}
        else:
            return
        queue.keep_away(session, item.id, [person_id for person_id in authors if person_id])

    def _priority(self, one: WantedWork, done: int, messages: Sequence[TreeMessageRow]) -> int:
        """Return 0 (first) for an item that needs one more person, or a lone answer that cannot be ranked yet."""
        if one.kind in LABELS | RANKS:
            return 0 if one.need == 1 and done else 1
        replies = sum(message.parent_id == one.message_id and not message.deleted for message in messages)
        lonely = one.kind == "assistant_reply" and 0 < replies < self.rules.lonely_children_count
        return 0 if lonely else 1

    def _wake(self, session: Session, row: TreeRow, before: str, now: datetime) -> None:
        """After a tree has moved on, let other trees take the room it left."""
        if row.state == "prompt_lottery_waiting" or before == "growing":
            self.draw(session, row.pool, row.lang, now)
        if row.state not in trees.TERMINAL:
            return
        few = self.rules.min_active_rankings_per_lang
        missing = few and _number(session, "ranking", row.pool, row.lang, few) < few
        if missing or self.chance.random() < self.rules.p_activate_backlog_tree:
            self.wake_backlog(session, row.pool, row.lang, now)

    def _winner(self, session: Session, pool: str, lang: str, now: datetime) -> TreeRow | None:
        waiting = session.scalars(_in_state("prompt_lottery_waiting", pool, lang).limit(100)).all()
        if not waiting:
            return None
        roots = select(col(TreeMessageRow.id), col(TreeMessageRow.person_id)).where(
            col(TreeMessageRow.id).in_([row.id for row in waiting])
        )
        author = {tree_id: person_id or tree_id for tree_id, person_id in session.execute(roots)}
        by_author: dict[str, list[TreeRow]] = {}
        for row in waiting:
            by_author.setdefault(author.get(row.id, row.id), []).append(row)
        firsts = (
            select(col(TreeMessageRow.person_id), func.count())
            .where(col(TreeMessageRow.person_id).in_(list(by_author)), col(TreeMessageRow.rank) == 0)
            .where(col(TreeMessageRow.created_at) >= now - MONTH)
            .group_by(col(TreeMessageRow.person_id))
        )
        won: dict[str, int] = dict(session.execute(firsts).all())
        names = sorted(by_author)
        drawn = self.chance.choices(names, [1 + won.get(name, 0) for name in names])[0]
        return self.chance.choice(by_author[drawn])


def node(message: TreeMessageRow, rankings: int, extra_rankings: int = 0) -> TreeNode:
    """Turn a message row into the node that the tree rules work on."""
    review: trees.Review = (
        "waiting" if message.review_result is None else "accepted" if message.review_result else "rejected"
    )
    role: Any = message.role
    return TreeNode(
        message.id,
        message.parent_id,
        role,
        review,
        message.deleted,
        message.review_count,
        message.extra,
        rankings,
        message.ended,
        message.synthetic,
        extra_rankings,
    )


def limits_of(row: TreeRow) -> TreeLimits:
    """Return the limits that a tree was created with; a tree without any gets the defaults."""
    return TreeLimits(**row.limits)


def delete(messages: Sequence[TreeMessageRow], message_id: str) -> int:
    """Mark a message and everything below it as deleted. Returns how many; the rows stay in the database."""
    gone = {message_id}
    number = 0
    for message in messages:
        if message.id in gone or message.parent_id in gone:
            gone.add(message.id)
            number += not message.deleted
            message.deleted = True
    return number


def restore(messages: Sequence[TreeMessageRow], message_id: str) -> int:
    """Restore a message and all of its ancestors (docs/reference/open-assistant.md 1.15). Returns how many were
    restored."""
    by_id = {message.id: message for message in messages}
    number, at = 0, by_id.get(message_id)
    while at is not None:
        number += at.deleted
        at.deleted = False
        at = by_id.get(at.parent_id or "")
    return number


def add(session: Session, person_id: str, community_id: str | None, lang: str, counts: Mapping[str, float]) -> None:
    """Add counts for a person, if the community is known."""
    if community_id:
        tallies.add(session, person_id, community_id, lang, counts)


def _number(session: Session, state: str, pool: str, lang: str, most: int) -> int:
    """Return how many trees are in a state, counting no further than `most`."""
    some = _in_state(state, pool, lang).with_only_columns(col(TreeRow.id)).limit(most).subquery()
    return session.scalars(select(func.count()).select_from(some)).one()


def _in_state(state: str, pool: str, lang: str) -> Any:
    return select(TreeRow).where(col(TreeRow.state) == state, col(TreeRow.pool) == pool, col(TreeRow.lang) == lang)
