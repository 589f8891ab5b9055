"""Ask moderators to look at a message of a tree, and keep a new text out of its tree until they have."""

from collections.abc import Sequence

from sqlmodel import Session

from core.labeling.service.held_task import SubmittedTask
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.store.labeling_queue import TaskTaker
from core.store.labeling_tables import FlagRow, TreeMessageRow, TreeRow


def report(session: Session, flag: FlagRow) -> None:
    """Keep a report. Each person has one for each message; a later one replaces it."""
    session.merge(flag)
    session.flush()


def withdraw(session: Session, person_id: str, message_id: str) -> None:
    """Take back a report that somebody gave by a reaction, unless moderators have dealt with it."""
    kept = session.get(FlagRow, (person_id, message_id))
    if kept is not None and kept.source == "reaction" and not kept.handled:
        session.delete(kept)
        session.flush()


def hold_back(
    session: Session, keeper: TreeLifecycle, done: SubmittedTask, by: TaskTaker, reasons: Sequence[str]
) -> None:
    """Keep a new text out of its tree until a moderator has looked at it."""
    message = session.get_one(TreeMessageRow, done.message_id)
    message.deleted = True
    report(
        session,
        FlagRow(
            person_id=done.task.person_id,
            message_id=message.id,
            community_id=message.community_id,
            labels=list(reasons),
            source=message.source,
            at=by.at,
        ),
    )
    if message.parent_id is None:
        session.get_one(TreeRow, message.tree_id).state = "halted_by_moderator"
    session.flush()
    keeper.settle(session, message.tree_id, by.at)
