"""Take an answer back, as long as nobody has built on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from core.errors import NotAllowed, UserError
from core.labeling.rules.task_answer import GivenLabels, TaskAnswer
from core.labeling.rules.vocabulary import FREE, LABELS, PROMPTS, TAKES_REPLIES, WRITES
from core.labeling.service.held_task import admit
from core.labeling.service.review_decisions import ReviewDecision, count_decision, decided_by
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.labeling.service.work_credit import count_places, uncount
from core.rights import is_own
from core.store.labeling_tables import (
    FlagRow,
    LabelerRow,
    RankingRow,
    ReviewRow,
    RevisionRow,
    TaskRow,
    TextBandRow,
    TreeMessageRow,
    TreeRow,
    TreeVoteRow,
    WorkItemRow,
)


@dataclass(frozen=True, slots=True)
class AnswerUndo:
    """Takes answers back, and has the keeper settle the trees that they concern."""

    keeper: TreeLifecycle

    def undo(self, session: Session, task_id: str, person_id: str, now: datetime) -> TaskRow:
        """Take an answer back and give its task to the person again.

        Raises NotAllowed if the task is not theirs or they are banned from tasks, and UserError if the answer is too
        old or others have built on it.
        """
        task = session.get(TaskRow, task_id)
        if task is None or not is_own(person_id, task.person_id):
            raise NotAllowed("task-not-yours")
        admit(session, person_id)
        if task.state != "done" or task.done_at is None or now - task.done_at > self.keeper.rules.undo:
            raise UserError("undo-late")
        if task.kind in LABELS and task.item_id is None:
            # A practice task that they have been given again since.
            raise UserError("undo-late")
        if task.kind in WRITES | PROMPTS:
            _undo_text(session, task)
        elif task.kind in LABELS:
            _undo_label(session, task)
        else:
            self._undo_ranking(session, task)
        uncount(session, task, task.done_at.date())
        task.state, task.done_at, task.message_id = "leased", None, None
        task.expires_at = now + self.keeper.rules.lease_of(task.kind)
        task.answer = TaskAnswer()
        session.flush()
        item = session.get(WorkItemRow, task.item_id) if task.item_id else None
        if item is not None and item.tree_id:
            self.keeper.settle(session, item.tree_id, now)
        return task

    def _undo_ranking(self, session: Session, task: TaskRow) -> None:
        item = session.get_one(WorkItemRow, task.item_id)
        parent = session.get_one(TreeMessageRow, item.message_id)
        tree = session.get_one(TreeRow, parent.tree_id, with_for_update=True)
        if tree.state == "ready_for_export":
            self.keeper.rankings.unscore(session, tree)
        ranked = session.get_one(RankingRow, (task.person_id, parent.id))
        found = select(TreeMessageRow).where(col(TreeMessageRow.id).in_(ranked.shown))
        messages = {message.id: message for message in session.scalars(found)}
        for message in messages.values():
            message.ranking_count = max(message.ranking_count - 1, 0)
        if not ranked.not_rankable:
            best = [messages[group[0]] for group in ranked.groups if len(group) == 1 and group[0] in messages]
            count_places(session, task.lang, best, -1)
        session.delete(ranked)
        session.flush()


def _undo_text(session: Session, task: TaskRow) -> None:
    if task.answer.writing.ended:
        item = session.get_one(WorkItemRow, task.item_id)
        session.get_one(TreeMessageRow, item.message_id).ended = False
        return
    ids = list(
        session.scalars(
            select(col(TreeMessageRow.id)).where(
                (col(TreeMessageRow.id) == task.message_id)
                | (
                    (col(TreeMessageRow.parent_id) == task.message_id)
                    & (col(TreeMessageRow.person_id) == task.person_id)
                )
            )
        )
    )
    if _built_on(session, ids, task.person_id):
        raise UserError("undo-built")
    row = session.get_one(TreeMessageRow, task.message_id)
    tree_id, is_root = row.tree_id, row.parent_id is None
    task.message_id = None
    session.flush()
    items = select(col(WorkItemRow.id)).where(col(WorkItemRow.message_id).in_(ids))
    session.execute(delete(TaskRow).where(col(TaskRow.item_id).in_(items)))
    session.execute(delete(WorkItemRow).where(col(WorkItemRow.message_id).in_(ids)))
    for table in (TextBandRow, FlagRow, TreeVoteRow):
        session.execute(delete(table).where(col(table.message_id).in_(ids)))
    for id in sorted(ids, key=lambda one: one == row.id):
        session.execute(delete(TreeMessageRow).where(col(TreeMessageRow.id) == id))
    if is_root:
        session.execute(delete(TreeRow).where(col(TreeRow.id) == tree_id))
    session.expire_all()


def _built_on(session: Session, ids: Sequence[str], person_id: str) -> bool:
    """Return whether anybody has reviewed, reported, edited or replied to these messages, or is about to."""
    reviews = select(func.count()).select_from(ReviewRow).where(col(ReviewRow.message_id).in_(ids))
    replies = (
        select(func.count())
        .select_from(TreeMessageRow)
        .where(col(TreeMessageRow.parent_id).in_(ids), col(TreeMessageRow.id).not_in(ids))
    )
    held = (
        select(func.count())
        .select_from(TaskRow)
        .join(WorkItemRow, col(WorkItemRow.id) == col(TaskRow.item_id))
        .where(col(WorkItemRow.message_id).in_(ids), col(TaskRow.state).in_(("leased", "expired", "done")))
    )
    # The author's own report does not count: that is how a text is held back.
    flags = select(func.count()).where(col(FlagRow.message_id).in_(ids), col(FlagRow.person_id) != person_id)
    edits = select(func.count()).where(col(RevisionRow.message_id).in_(ids))
    return any(session.scalars(found).one() for found in (reviews, replies, held, flags, edits))


def _undo_label(session: Session, task: TaskRow) -> None:
    item = session.get_one(WorkItemRow, task.item_id)
    if item.gold is not None:
        labeler = session.get_one(LabelerRow, task.person_id)
        labeler.gold_seen -= 1
        labeler.gold_right -= bool(task.answer.labeling.right)
        return
    message = session.get_one(TreeMessageRow, item.message_id)
    tree = session.get_one(TreeRow, message.tree_id, with_for_update=True)
    review = session.get(ReviewRow, (task.person_id, message.id))
    decision = ReviewDecision(tree, message, decided_by(session, message))
    if review in decision.reviews:
        _undecide(session, decision)
    if review is not None:
        _leave_free_labels(session, review, task.answer.labeling)
    session.flush()


def _leave_free_labels(session: Session, review: ReviewRow, given: GivenLabels) -> None:
    """Leave of a review only what its person said about the message without the task, before it or since."""
    kept = {name: value for name, value in review.labels.items() if given.labels.get(name) != value}
    kept |= {name: value for name, value in given.before.items() if name in review.labels and name not in kept}
    if not kept:
        session.delete(review)
        return
    review.labels, review.mode, review.task_id, review.seconds = kept, FREE, None, 0.0


def _undecide(session: Session, decision: ReviewDecision) -> None:
    """Take back the decision on a message, if nothing has followed from it yet. Else raises UserError."""
    tree, message = decision.tree, decision.message
    root = message.parent_id is None
    replies = select(func.count()).select_from(TreeMessageRow).where(col(TreeMessageRow.parent_id) == message.id)
    below = select(col(TreeMessageRow.id)).where(col(TreeMessageRow.tree_id) == tree.id)
    rankings = select(func.count()).select_from(RankingRow).where(col(RankingRow.parent_id).in_(below))
    followed = message.review_result and session.scalars(replies).one()
    # A tree that was halted must not go on because of this; one that the reviews themselves ended may.
    moved_on = tree.state == "halted_by_moderator" or (tree.state not in TAKES_REPLIES and not root)
    if followed or moved_on or session.scalars(rankings).one():
        raise UserError("undo-built")
    count_decision(session, decision, -1)
    message.review_result, message.extra = None, 0
    tree.state = "initial_prompt_review" if root else "growing"
