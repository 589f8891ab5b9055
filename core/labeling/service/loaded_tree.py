"""A tree as it is worked on: its row with its messages and limits, read once for everything that follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlmodel import Session, col

from core.labeling.rules.defaults import TreeLimits
from core.labeling.rules.tree import RANKED, REVIEWED, TreeNode
from core.labeling.rules.vocabulary import OUT, ReviewResult, WorkKind
from core.store.labeling_tables import TaskRow, TreeMessageRow, TreeRow, WorkItemRow

FEWEST, ENOUGH = 2, 12
"""With fewer people at hand than FEWEST, replies and rankings wait for others; with ENOUGH, nothing is relaxed."""


@dataclass(frozen=True, slots=True)
class PeopleLeft:
    """The people who could still work on a tree: those `here`, without those who are `out` of an item.

    Somebody is out of an item that they have done, skipped or must not be given.
    """

    here: frozenset[str]
    out: Mapping[tuple[WorkKind, str], frozenset[str]]

    def reviewers(self, message: TreeMessageRow) -> int:
        """Return how many people could still review a message."""
        kind: WorkKind = "label_initial_prompt" if message.parent_id is None else REVIEWED[message.role]
        return self._left(kind, message.id, {message.person_id})

    def is_passed_over(self, message: TreeMessageRow) -> bool:
        """Return whether there are others than its author, and all of them have skipped reviewing a message."""
        return bool(self.here - {message.person_id}) and not self.reviewers(message)

    def rankers(self, message: TreeMessageRow, replies: Sequence[TreeMessageRow]) -> int:
        """Return how many people could still rank the replies to a message."""
        return self._left(RANKED[message.role], message.id, {reply.person_id for reply in replies})

    def repliers(self, message: TreeMessageRow) -> int:
        """Return how many people could still reply to a message."""
        return self._left("assistant_reply" if message.role == "prompter" else "prompter_reply", message.id, set())

    def _left(self, kind: WorkKind, message_id: str, authors: set[str | None]) -> int:
        return len(self.here - self.out.get((kind, message_id), frozenset()) - authors)


@dataclass(frozen=True)
class LoadedTree:
    """A tree's row with its messages, the root first and each parent before its children, and its limits now.

    `left` are the people who could still work on it, or None if there are more than enough.
    """

    row: TreeRow
    messages: Sequence[TreeMessageRow]
    limits: TreeLimits
    left: PeopleLeft | None = None

    def replies(self, message_id: str | None) -> Sequence[TreeMessageRow]:
        """Return the direct replies to a message, deleted ones too."""
        return self._replies.get(message_id, ())

    def message(self, message_id: str | None) -> TreeMessageRow | None:
        """Return one of its messages."""
        return self._by_id.get(message_id or "")

    @cached_property
    def _replies(self) -> Mapping[str | None, Sequence[TreeMessageRow]]:
        found: dict[str | None, list[TreeMessageRow]] = {}
        for message in self.messages:
            found.setdefault(message.parent_id, []).append(message)
        return found

    @cached_property
    def _by_id(self) -> Mapping[str, TreeMessageRow]:
        return {message.id: message for message in self.messages}


def load(session: Session, row: TreeRow) -> LoadedTree:
    """Read a tree's messages and the limits that it was created with."""
    found = select(TreeMessageRow).where(col(TreeMessageRow.tree_id) == row.id)
    ordered = found.order_by(col(TreeMessageRow.depth), col(TreeMessageRow.id))
    return LoadedTree(row, list(session.scalars(ordered)), limits_of(row))


def limits_of(row: TreeRow) -> TreeLimits:
    """Return the limits that a tree was created with; a tree without any gets the defaults."""
    return TreeLimits(**row.limits)


def people_left(session: Session, tree_id: str, here: frozenset[str]) -> PeopleLeft | None:
    """Return which of the people who are here could still work on a tree; None if there are more than enough."""
    if len(here) >= ENOUGH:
        return None
    found = (
        select(col(WorkItemRow.kind), col(WorkItemRow.message_id), col(TaskRow.person_id))
        .join(TaskRow, col(TaskRow.item_id) == col(WorkItemRow.id))
        .where(col(WorkItemRow.tree_id) == tree_id, col(TaskRow.state).in_(sorted(OUT)))
    )
    out: dict[tuple[WorkKind, str], set[str]] = {}
    for kind, message_id, person_id in session.execute(found):
        out.setdefault((kind, message_id), set()).add(person_id)
    return PeopleLeft(here, {item: frozenset(people) for item, people in out.items()})


def node(tree: LoadedTree, message: TreeMessageRow, rankings: int, extra_rankings: int = 0) -> TreeNode:
    """Turn a message row of a tree into the node that the tree rules work on."""
    review: ReviewResult = (
        "waiting" if message.review_result is None else "accepted" if message.review_result else "rejected"
    )
    left = tree.left
    others = left if left and len(left.here) >= FEWEST else None
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
        reviewers=left.reviewers(message) if left else None,
        rankers=others.rankers(message, tree.replies(message.id)) if others else None,
        repliers=others.repliers(message) if others else None,
    )


def relax(tree: LoadedTree, limit: str, number: int) -> None:
    """Note in a tree that something was decided with fewer people than a limit asks for, if that is so."""
    if number < getattr(tree.limits, limit):
        relaxed = tree.row.relaxed or {}
        tree.row.relaxed = {**relaxed, limit: min(number, relaxed.get(limit, number))}


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
