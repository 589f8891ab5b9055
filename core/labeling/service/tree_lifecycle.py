"""Settle a tree after a change: judge its messages, move it to its next state, and queue the work it needs.

Everything is computed from the one tree that was touched, in the transaction that touched it, and never by a scan of
all trees (docs/reference/labeling.md 6.2).
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.labeling.rules.defaults import LabelingRules
from core.labeling.rules.tree import MessageTree, following, is_short_of_people, to_rank, wanted
from core.labeling.rules.vocabulary import ACTIVE, RANKS, REPLIES, TERMINAL, TreeState
from core.labeling.service.labeling_activity import YOUNG, LabelingActivity
from core.labeling.service.loaded_tree import LoadedTree, delete, load, people_left, relax
from core.labeling.service.prompt_lottery import PromptLottery
from core.labeling.service.review_decisions import ReviewDecisions
from core.labeling.service.tree_rankings import TreeRankings
from core.labeling.service.work_offers import WorkOffers
from core.store import private_conversations
from core.store.labeling_tables import STALE, FlagRow, TaskRow, TreeRow, WorkItemRow

AT_ONCE = 2
"""How many trees one change may wake; more in one transaction led Open Assistant to deadlocks
(docs/reference/labeling.md 6.1). A tree that was woken wakes none in its turn.
"""


@dataclass(frozen=True, slots=True)
class TreeLifecycle:
    """Moves trees from state to state and keeps their work in the queue. All of its methods are units of the store."""

    rules: LabelingRules
    chance: Random = field(default_factory=Random)
    activity: LabelingActivity = field(default_factory=LabelingActivity)

    @property
    def lottery(self) -> PromptLottery:
        """The draw among the prompts that wait."""
        return PromptLottery(self.rules, self.chance, self.activity)

    @property
    def rankings(self) -> TreeRankings:
        """The consensus of the trees' rankings."""
        return TreeRankings(self.rules)

    def settle(self, session: Session, tree_id: str, now: datetime) -> TreeState | None:
        """Bring a tree up to date with what people said about it, and let others take the room that it leaves.

        Returns its new state, or None if it is gone.
        """
        row = session.get(TreeRow, tree_id, with_for_update=True)
        if row is None:
            return None
        before, state = row.state, self._settle(session, row, now)
        if before != state:
            self._wake(session, row, before, now)
        return state

    def _settle(self, session: Session, row: TreeRow, now: datetime) -> TreeState:
        tree = self._load(session, row, now)
        if self.rules.auto_mod_enabled:
            self._moderate(session, tree)
        ReviewDecisions(self.rules).judge(session, tree)
        outline = self.rankings.outline(session, tree)
        state = following(outline)
        _note_relaxed(tree, outline, state)
        if state == "ready_for_scoring":
            state = self.rankings.score(session, tree)
        if state != row.state:
            row.state, row.changed_at = state, now
        row.stale = False
        session.flush()
        # Only a tree with an origin may be of a chat that somebody keeps out of training.
        idle = bool(row.origin) and private_conversations.keeps_out(session, row.id)
        work = () if idle else wanted(self.rankings.outline(session, tree))
        WorkOffers(self.rules, self.chance).offer(session, tree, work)
        return state

    def settle_waiting(self, session: Session, now: datetime, after: str = "", limit: int = 20) -> str:
        """Settle some trees that have waited for at least a day, since the people they wait for may have left.

        They come in the order of their ids. Returns the last one's id, to go on `after` it, or "" if there were none.
        """
        due = col(TreeRow.state).in_(sorted(ACTIVE)) & (col(TreeRow.changed_at) <= now - YOUNG)
        found = select(col(TreeRow.id)).where(due, col(TreeRow.id) > after).order_by(col(TreeRow.id)).limit(limit)
        ids = session.scalars(found).all()
        for tree_id in ids:
            self.settle(session, tree_id, now)
        return ids[-1] if ids else ""

    def settle_stale(self, session: Session, now: datetime, limit: int = 100) -> int:
        """Settle the trees that were changed from outside. Returns how many there were."""
        found = select(col(TreeRow.id)).where(STALE).order_by(col(TreeRow.id)).limit(limit)
        ids = session.scalars(found).all()
        for tree_id in ids:
            self.settle(session, tree_id, now)
        return len(ids)

    def draw(self, session: Session, pool: str, lang: str, now: datetime) -> int:
        """Let waiting prompts grow while there is room (`PromptLottery.winner`). Returns how many."""
        drawn = 0
        while drawn < AT_ONCE and self.lottery.has_room(session, pool, lang, now):
            row = self.lottery.winner(session, pool, lang, now)
            if row is None:
                break
            row.state, row.won_at = "growing", now
            session.flush()
            self._settle(session, row, now)
            drawn += 1
        return drawn

    def fill_rankings(self, session: Session, pool: str, lang: str, now: datetime) -> int:
        """Move imported trees on to ranking while few others are there. Returns how many."""
        woken = 0
        while woken < AT_ONCE and self.lottery.lacks_rankings(session, pool, lang):
            if not self.wake_backlog(session, pool, lang, now):
                break
            woken += 1
        return woken

    def wake_backlog(self, session: Session, pool: str, lang: str, now: datetime) -> bool:
        """Move one imported tree on to ranking. Returns whether there was one."""
        row = self.lottery.first_of_backlog(session, pool, lang)
        if row is None:
            return False
        row.state = "ranking"
        row.limits = {**row.limits, "goal_tree_size": 0}
        session.flush()
        work = wanted(self.rankings.outline(session, load(session, row)))
        if not any(one.kind in RANKS for one in work):
            row.state, row.changed_at = "aborted_low_grade", now
            return True
        self._settle(session, row, now)
        return True

    def reopen(self, session: Session, tree_id: str, now: datetime) -> TreeState | None:
        """Let a halted tree go on from where it was: growing, or under review (docs/reference/open-assistant.md
        1.6)."""
        row = session.get(TreeRow, tree_id, with_for_update=True)
        if row is None:
            return None
        row.state, row.changed_at = "growing" if row.won_at else "initial_prompt_review", now
        session.flush()
        return self.settle(session, tree_id, now)

    def _load(self, session: Session, row: TreeRow, now: datetime) -> LoadedTree:
        tree, activity = load(session, row), self.activity.of(session, row.pool, row.lang, now)
        if not activity.young:
            tree = replace(tree, left=people_left(session, row.id, activity.present(row.changed_at)))
        if row.changed_at >= now - self.rules.patience:
            return tree
        # Even in a large community, the people needed for extra reviews and rankings may never come.
        return replace(tree, limits=replace(tree.limits, max_extra_reviews=0, max_extra_rankings=0))

    def _moderate(self, session: Session, tree: LoadedTree) -> None:
        """Hide what many people report, and halt what nobody wants to answer (docs/reference/open-assistant.md
        1.13)."""
        row = tree.row
        if row.state not in ACTIVE:
            return
        ids = [message.id for message in tree.messages if not message.deleted]
        reported = select(col(FlagRow.message_id), func.count()).where(
            col(FlagRow.message_id).in_(ids), col(FlagRow.handled) == ""
        )
        for message_id, flags in session.execute(reported.group_by(col(FlagRow.message_id))):
            if flags < self.rules.auto_mod_red_flags:
                continue
            if message_id == row.id:
                row.state = "aborted_low_grade"
            else:
                delete(tree.messages, message_id)
        skipped = (
            select(func.count())
            .select_from(TaskRow)
            .join(WorkItemRow, col(WorkItemRow.id) == col(TaskRow.item_id))
            .where(col(WorkItemRow.tree_id) == row.id, col(WorkItemRow.kind).in_(sorted(REPLIES)))
            .where(col(TaskRow.state) == "skipped")
            .group_by(col(WorkItemRow.message_id))
        )
        if max(session.scalars(skipped).all(), default=0) >= self.rules.auto_mod_max_skip_reply:
            row.state = "halted_by_moderator"

    def _wake(self, session: Session, row: TreeRow, before: TreeState, now: datetime) -> None:
        """After a tree has moved on, let other trees take the room it left."""
        if row.state == "prompt_lottery_waiting" or before == "growing":
            self.draw(session, row.pool, row.lang, now)
        if row.state in TERMINAL and self.lottery.wants_backlog(session, row.pool, row.lang):
            self.wake_backlog(session, row.pool, row.lang, now)


def _note_relaxed(tree: LoadedTree, outline: MessageTree, after: TreeState) -> None:
    """Note what a tree goes without as it moves on, because there are too few people for it."""
    if tree.left and outline.state == "growing" and after != "growing" and is_short_of_people(outline):
        relax(tree, "goal_tree_size", sum(not one.synthetic for one in outline.reachable))
    if after == "ready_for_scoring":
        for node in to_rank(outline):
            relax(tree, "num_required_rankings", node.rankings)
