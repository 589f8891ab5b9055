"""Exports, erases or transfers everything that labeling holds about a person."""

from typing import Any

from sqlalchemy import ColumnElement, delete, inspect, or_, update
from sqlmodel import Session, col, select

from core.store.labeling_tables import (
    Flag,
    Labeler,
    MessageTree,
    Preference,
    Ranked,
    Review,
    Revision,
    Tally,
    Task,
    TextBand,
    TreeMessage,
    WorkItem,
)
from core.store.tables import Message, Row

OWNED: dict[str, Any] = {
    "tree_messages": TreeMessage,
    "tasks": Task,
    "reviews": Review,
    "rankings": Ranked,
    "flags": Flag,
    "revisions": Revision,
    "preferences": Preference,
    "labeler": Labeler,
    "tallies": Tally,
}
"""Every labeling table whose rows belong to a person, by its name in the file that a person can ask for."""


def everything_about(session: Session, person_id: str) -> dict[str, list[dict[str, Any]]]:
    """Everything that labeling holds about a person, ready for JSON, oldest first."""
    return {name: _rows(session, table, person_id) for name, table in OWNED.items()}


def forget(session: Session, person_id: str) -> int:
    """Erase a person's words, answers and counts. Returns how many messages of trees were emptied.

    Their messages stay as empty ones, so that the replies of others keep their place. The trees concerned are checked
    again, because decisions that relied on their votes may now be open.
    """
    _mark_trees(session, person_id)
    written = select(TreeMessage.id).where(TreeMessage.person_id == person_id)
    for table in (TextBand, Revision):
        _run(session, delete(table).where(col(table.message_id).in_(written)))
    _run(session, update(Revision).where(col(Revision.person_id) == person_id).values(person_id=None))
    for owned in (Review, Ranked, Flag, Preference, Tally, Labeler):
        _run(session, delete(owned).where(col(owned.person_id) == person_id))
    _run(session, delete(Task).where(col(Task.person_id) == person_id))
    return _run(
        session,
        update(TreeMessage)
        .where(col(TreeMessage.person_id) == person_id)
        .values(text="", digest="", imported=None, deleted=True, person_id=None),
    )


def forget_messages(session: Session, gone: ColumnElement[bool]) -> None:
    """Delete the preferences that refer to chat messages. Call this before the messages are erased."""
    ids = select(Message.id).where(gone)
    concerned = or_(col(Preference.chosen_id).in_(ids), col(Preference.rejected_id).in_(ids))
    _run(session, delete(Preference).where(concerned))


def forget_community(session: Session, community_id: str) -> None:
    """Detach labeling's rows from a community, and delete its tallies. Call this before its row is erased."""
    _run(session, delete(Tally).where(col(Tally.community_id) == community_id))
    for table in (MessageTree, TreeMessage, Task, Flag):
        _run(session, update(table).where(col(table.community_id) == community_id).values(community_id=None))


def merge(session: Session, into: str, other: str) -> None:
    """Give everything of `other` to `into`, who turned out to be the same person, so that nobody votes twice."""
    _mark_trees(session, other)
    for table in (Review, Ranked, Flag, Preference):
        _later(session, table, into, other)
    _tallies(session, into, other)
    _labeler(session, into, other)
    session.flush()
    taken = select(Task.item_id).where(Task.person_id == into, col(Task.item_id).is_not(None))
    doubled = select(Task.id).where(Task.person_id == other, col(Task.item_id).in_(taken))
    ids = session.exec(doubled).all()
    for said in (Review, Ranked):
        _run(session, update(said).where(col(said.task_id).in_(ids)).values(task_id=None))
    _run(session, delete(Task).where(col(Task.id).in_(ids)))
    for owned in (TreeMessage, Task, Revision):
        _run(session, update(owned).where(col(owned.person_id) == other).values(person_id=into))


def _mark_trees(session: Session, person_id: str) -> None:
    """Mark every tree that the person took part in to be checked again."""
    said = (
        select(TreeMessage.tree_id).where(TreeMessage.person_id == person_id),
        select(TreeMessage.tree_id).join(Review).where(Review.person_id == person_id),
        select(TreeMessage.tree_id)
        .join(Ranked, col(Ranked.parent_id) == col(TreeMessage.id))
        .where(Ranked.person_id == person_id),
        select(TreeMessage.tree_id)
        .join(Flag, col(Flag.message_id) == col(TreeMessage.id))
        .where(Flag.person_id == person_id),
        select(WorkItem.tree_id)
        .join(Task, col(Task.item_id) == col(WorkItem.id))
        .where(Task.person_id == person_id, col(Task.state).in_(("leased", "done"))),
    )
    for found in said:
        _run(session, update(MessageTree).where(col(MessageTree.id).in_(found)).values(stale=True))


def _later(session: Session, table: Any, into: str, other: str) -> None:
    """Move the opinions in `table` to `into`. If both people have one about the same thing, the later one counts."""
    keys = [column.name for column in inspect(table).primary_key if column.name != "person_id"]
    for theirs in session.exec(select(table).where(table.person_id == other)).all():
        ours = session.get(table, (into, *(getattr(theirs, key) for key in keys)))
        moved = table(**{**theirs.model_dump(), "person_id": into})
        session.delete(theirs)
        if ours is None or ours.at < theirs.at:
            session.merge(moved)
    session.flush()


def _tallies(session: Session, into: str, other: str) -> None:
    for theirs in session.exec(select(Tally).where(Tally.person_id == other)).all():
        ours = session.get(Tally, (into, theirs.day, theirs.community_id, theirs.lang, theirs.name))
        if ours:
            ours.value += theirs.value
        else:
            session.add(Tally(**{**theirs.model_dump(), "person_id": into}))
        session.delete(theirs)


def _labeler(session: Session, into: str, other: str) -> None:
    """Merge two labeler records. A ban or a wish to stay off the boards then holds for both accounts."""
    theirs, ours = session.get(Labeler, other), session.get(Labeler, into)
    if theirs is None:
        return
    if ours is None:
        session.add(Labeler(**{**theirs.model_dump(), "person_id": into}))
    else:
        ours.langs = list(dict.fromkeys([*ours.langs, *theirs.langs]))
        ours.banned, ours.hidden = ours.banned or theirs.banned, ours.hidden or theirs.hidden
        ours.gold_seen, ours.gold_right = ours.gold_seen + theirs.gold_seen, ours.gold_right + theirs.gold_right
    session.delete(theirs)


def _rows(session: Session, table: type[Row], person_id: str) -> list[dict[str, Any]]:
    whose: Any = table
    found = select(whose).where(whose.person_id == person_id).order_by(*inspect(table).primary_key)
    return [row.model_dump(mode="json", exclude={"person_id"}) for row in session.exec(found).all()]


def _run(session: Session, statement: Any) -> int:
    count: int = session.connection().execute(statement).rowcount
    return count
