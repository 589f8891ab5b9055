"""The contents of a task: its conversation, the answers to rank, and its progress."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from core.store.labeling_tables import TaskRow, TreeMessageRow, WorkItemRow

_ASKED = select(col(WorkItemRow.message_id)).where(col(WorkItemRow.id) == bindparam("_item")).scalar_subquery()
TO_RANK = (
    select(col(TreeMessageRow.id))
    .where(
        col(TreeMessageRow.parent_id) == _ASKED,
        col(TreeMessageRow.review_result).is_(True),
        col(TreeMessageRow.deleted).is_(False),
    )
    .order_by(col(TreeMessageRow.id))
)
"""Selects the ids of the accepted replies to the message of the work item `_item`."""


def conversation(session: Session, task: TaskRow) -> Sequence[TreeMessageRow]:
    """Return the messages of a task's conversation, from the root of the tree to the message of the task.

    That message is to be labeled or answered, or its replies are to be ranked.
    """
    item = session.get(WorkItemRow, task.item_id) if task.item_id else None
    if item is None or item.message_id is None:
        return ()
    return path_to(session, session.get_one(TreeMessageRow, item.message_id))


def path_to(session: Session, message: TreeMessageRow) -> Sequence[TreeMessageRow]:
    """Return the messages from the root of a tree to one of its messages."""
    found = [message]
    while found[-1].parent_id:
        found.append(session.get_one(TreeMessageRow, found[-1].parent_id))
    return found[::-1]


def answers_of(session: Session, task: TaskRow) -> Sequence[TreeMessageRow]:
    """Return the answers to rank, in the order in which they were shown, without answers that have been deleted."""
    found = select(TreeMessageRow).where(col(TreeMessageRow.id).in_(task.shown), col(TreeMessageRow.deleted).is_(False))
    by_id = {message.id: message for message in session.scalars(found)}
    return [by_id[id] for id in task.shown if id in by_id]


def answer_at(task: TaskRow, place: str) -> str:
    """Return the id of the answer at a place among those that were shown, or "" if there is none.

    Places do not move when an answer is deleted, so a button means the answer that it named.
    """
    return {str(number): id for number, id in enumerate(task.shown)}.get(place, "")


def progress(session: Session, task: TaskRow) -> tuple[int, int]:
    """Return how many people have done the item of a task, and how many are needed."""
    item = session.get(WorkItemRow, task.item_id) if task.item_id else None
    if item is None or item.gold is not None:
        return 0, 0
    done = select(func.count()).where(col(TaskRow.item_id) == item.id, col(TaskRow.state) == "done")
    return session.scalars(done).one(), item.need
