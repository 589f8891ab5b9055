"""A tree as it is worked on: its row with its messages and limits, read once for everything that follows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from core.labeling.rules.defaults import TreeLimits
from core.labeling.rules.tree import TreeNode
from core.labeling.rules.vocabulary import ReviewResult
from core.store.labeling_tables import TreeMessageRow, TreeRow


@dataclass(frozen=True, slots=True)
class LoadedTree:
    """A tree's row with its messages, the root first and each parent before its children, and its limits now."""

    row: TreeRow
    messages: Sequence[TreeMessageRow]
    limits: TreeLimits

    def replies(self, message_id: str | None) -> Sequence[TreeMessageRow]:
        """Return the direct replies to a message, deleted ones too."""
        return [message for message in self.messages if message.parent_id == message_id]

    def message(self, message_id: str | None) -> TreeMessageRow | None:
        """Return one of its messages."""
        return next((message for message in self.messages if message.id == message_id), None)


def load(session: Session, row: TreeRow) -> LoadedTree:
    """Read a tree's messages and the limits that it was created with."""
    found = select(TreeMessageRow).where(col(TreeMessageRow.tree_id) == row.id)
    ordered = found.order_by(col(TreeMessageRow.depth), col(TreeMessageRow.id))
    return LoadedTree(row, list(session.scalars(ordered)), limits_of(row))


def limits_of(row: TreeRow) -> TreeLimits:
    """Return the limits that a tree was created with; a tree without any gets the defaults."""
    return TreeLimits(**row.limits)


def node(message: TreeMessageRow, rankings: int, extra_rankings: int = 0) -> TreeNode:
    """Turn a message row into the node that the tree rules work on."""
    review: ReviewResult = (
        "waiting" if message.review_result is None else "accepted" if message.review_result else "rejected"
    )
    return TreeNode(
        message.id,
        message.parent_id,
        message.role,
        review,
        message.deleted,
        message.review_count,
        message.extra,
        rankings,
        message.ended,
        message.synthetic,
        extra_rankings,
    )


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
