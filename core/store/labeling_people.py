"""Exports, erases or transfers everything that labeling holds about a person."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, inspect, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core.labeling.rules.vocabulary import LABELS, RANKS, TaskState
from core.store.labeling_tables import (
    FlagRow,
    LabelerRow,
    PreferenceRow,
    RankingRow,
    ReviewRow,
    RevisionRow,
    TallyRow,
    TaskRow,
    TextBandRow,
    TreeMessageRow,
    TreeRow,
    TreeVoteRow,
    WorkItemRow,
)
from core.store.tables import MessageRow, Row

OWNED: dict[str, Any] = {
    "tree_messages": TreeMessageRow,
    "tasks": TaskRow,
    "reviews": ReviewRow,
    "rankings": RankingRow,
    "tree_votes": TreeVoteRow,
    "flags": FlagRow,
    "revisions": RevisionRow,
    "preferences": PreferenceRow,
    "labeler": LabelerRow,
    "tallies": TallyRow,
}
"""Every labeling table whose rows belong to a person, by its name in the file that a person can ask for."""


FURTHEST: Sequence[TaskState] = ("done", "author", "skipped", "leased", "expired", "later")
"""The states of tasks, from the one that says the most about an item."""


def everything_about(session: Session, person_id: str) -> dict[str, list[dict[str, Any]]]:
    """Everything that labeling holds about a person, ready for JSON, oldest first."""
    return {name: _rows(session, table, person_id) for name, table in OWNED.items()}


def forget(session: Session, person_id: str) -> int:
    """Erase a person's words, answers and counts. Returns how many messages of trees were emptied.

    Their messages stay as empty ones, so that the replies of others keep their place. The trees concerned are checked
    again, because decisions that relied on their votes may now be open.
    """
    _mark_trees(session, person_id)
    _shut(session, col(TreeMessageRow.person_id) == person_id)
    _forget_topics(session, person_id)
    written = select(TreeMessageRow.id).where(TreeMessageRow.person_id == person_id)
    for table in (TextBandRow, RevisionRow):
        _run(session, delete(table).where(col(table.message_id).in_(written)))
    _run(session, update(RevisionRow).where(col(RevisionRow.person_id) == person_id).values(person_id=None))
    for owned in (ReviewRow, RankingRow, TreeVoteRow, FlagRow, PreferenceRow, TallyRow, LabelerRow):
        _run(session, delete(owned).where(col(owned.person_id) == person_id))
    _run(session, delete(TaskRow).where(col(TaskRow.person_id) == person_id))
    return _run(
        session,
        update(TreeMessageRow)
        .where(col(TreeMessageRow.person_id) == person_id)
        .values(text="", digest="", imported=None, deleted=True, person_id=None),
    )


def empty_messages(session: Session, gone: ColumnElement[bool]) -> None:
    """Empty the messages of trees that were given from chat messages. Call this before those are erased."""
    ids = list(session.exec(select(MessageRow.id).where(gone)).all())
    trees = select(TreeMessageRow.tree_id).where(col(TreeMessageRow.id).in_(ids))
    _run(session, update(TreeRow).where(col(TreeRow.id).in_(trees)).values(stale=True))
    _shut(session, col(TreeMessageRow.id).in_(ids))
    for table in (TextBandRow, RevisionRow):
        _run(session, delete(table).where(col(table.message_id).in_(ids)))
    _run(
        session,
        update(TreeMessageRow)
        .where(col(TreeMessageRow.id).in_(ids))
        .values(text="", digest="", imported=None, deleted=True, person_id=None),
    )


def _forget_topics(session: Session, person_id: str) -> None:
    """Erase the topics that a person typed for the trees that they began."""
    begun = select(TreeMessageRow.tree_id).where(
        TreeMessageRow.person_id == person_id, col(TreeMessageRow.parent_id).is_(None)
    )
    items = select(WorkItemRow.id).where(col(WorkItemRow.tree_id).in_(begun))
    _run(session, update(TreeRow).where(col(TreeRow.id).in_(begun)).values(topic=""))
    _run(session, update(TaskRow).where(col(TaskRow.item_id).in_(items)).values(topic=""))
    _run(session, update(WorkItemRow).where(col(WorkItemRow.tree_id).in_(begun)).values(topic=""))


def _shut(session: Session, emptied: ColumnElement[bool]) -> None:
    """Hand out nothing of the trees of messages that are about to be emptied until the trees are settled again."""
    trees = select(TreeMessageRow.tree_id).where(emptied)
    _run(session, update(WorkItemRow).where(col(WorkItemRow.tree_id).in_(trees)).values(open=False))


def forget_messages(session: Session, gone: ColumnElement[bool]) -> None:
    """Delete the preferences that refer to chat messages. Call this before the messages are erased."""
    ids = select(MessageRow.id).where(gone)
    concerned = or_(col(PreferenceRow.chosen_id).in_(ids), col(PreferenceRow.rejected_id).in_(ids))
    _run(session, delete(PreferenceRow).where(concerned))


def forget_community(session: Session, community_id: str) -> None:
    """Detach labeling's rows from a community, and delete its tallies. Call this before its row is erased."""
    _run(session, delete(TallyRow).where(col(TallyRow.community_id) == community_id))
    for table in (TreeRow, TreeMessageRow, TaskRow, FlagRow):
        _run(session, update(table).where(col(table.community_id) == community_id).values(community_id=None))


def merge(session: Session, into: str, other: str) -> None:
    """Give everything of `other` to `into`, who turned out to be the same person, so that nobody votes twice."""
    _mark_trees(session, other)
    for table in (ReviewRow, RankingRow, TreeVoteRow, FlagRow, PreferenceRow):
        _later(session, table, into, other)
    _tallies(session, into, other)
    _labeler(session, into, other)
    session.flush()
    ids = _doubled(session, into, other)
    for said in (ReviewRow, RankingRow):
        _run(session, update(said).where(col(said.task_id).in_(ids)).values(task_id=None))
    _run(session, delete(TaskRow).where(col(TaskRow.id).in_(ids)))
    for owned in (TreeMessageRow, TaskRow, RevisionRow):
        _run(session, update(owned).where(col(owned.person_id) == other).values(person_id=into))
    _judge_others_only(session, into)


def _doubled(session: Session, into: str, other: str) -> Sequence[str]:
    """Return which tasks go where both people have one for the same item: the one that was taken further stays."""
    ours = aliased(TaskRow)
    both = select(ours, TaskRow).where(
        ours.person_id == into, TaskRow.person_id == other, col(ours.item_id) == col(TaskRow.item_id)
    )
    return [
        first.id if FURTHEST.index(second.state) < FURTHEST.index(first.state) else second.id
        for first, second in session.exec(both).all()
    ]


def _judge_others_only(session: Session, person_id: str) -> None:
    """Delete what a person said about their own messages under another name, and keep them away from these."""
    session.expire_all()
    own = select(TreeMessageRow.id).where(TreeMessageRow.person_id == person_id)
    for table in (ReviewRow, TreeVoteRow):
        _run(session, delete(table).where(col(table.person_id) == person_id, col(table.message_id).in_(own)))
    items = select(WorkItemRow.id).where(col(WorkItemRow.kind).in_(LABELS), col(WorkItemRow.message_id).in_(own))
    about = update(TaskRow).where(col(TaskRow.person_id) == person_id, col(TaskRow.item_id).in_(items))
    _run(session, about.values(state="author", writing=False))
    mine = col(TreeMessageRow.person_id) == person_id
    parents = select(TreeMessageRow.parent_id).where(mine)
    rankings = select(RankingRow).where(RankingRow.person_id == person_id, col(RankingRow.parent_id).in_(parents))
    tasks = (
        select(TaskRow)
        .join(WorkItemRow, col(WorkItemRow.id) == col(TaskRow.item_id))
        .where(TaskRow.person_id == person_id, col(WorkItemRow.kind).in_(RANKS))
        .where(col(WorkItemRow.message_id).in_(parents))
    )
    for ranking in session.exec(rankings).all():
        if _any_shown(session, ranking.shown, mine):
            session.delete(ranking)
    for task in session.exec(tasks).all():
        if _any_shown(session, task.shown, mine):
            task.state, task.writing = "author", False
    session.flush()


def _any_shown(session: Session, shown: Sequence[str], whose: ColumnElement[bool]) -> bool:
    found = select(TreeMessageRow.id).where(col(TreeMessageRow.id).in_(shown), whose)
    return session.exec(found.limit(1)).first() is not None


def _mark_trees(session: Session, person_id: str) -> None:
    """Mark every tree that the person took part in to be checked again."""
    said = (
        select(TreeMessageRow.tree_id).where(TreeMessageRow.person_id == person_id),
        select(TreeMessageRow.tree_id).join(ReviewRow).where(ReviewRow.person_id == person_id),
        select(TreeMessageRow.tree_id)
        .join(RankingRow, col(RankingRow.parent_id) == col(TreeMessageRow.id))
        .where(RankingRow.person_id == person_id),
        select(TreeMessageRow.tree_id)
        .join(FlagRow, col(FlagRow.message_id) == col(TreeMessageRow.id))
        .where(FlagRow.person_id == person_id),
        select(WorkItemRow.tree_id)
        .join(TaskRow, col(TaskRow.item_id) == col(WorkItemRow.id))
        .where(TaskRow.person_id == person_id, col(TaskRow.state).in_(("leased", "done"))),
    )
    for found in said:
        _run(session, update(TreeRow).where(col(TreeRow.id).in_(found)).values(stale=True))


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
    for theirs in session.exec(select(TallyRow).where(TallyRow.person_id == other)).all():
        ours = session.get(TallyRow, (into, theirs.day, theirs.community_id, theirs.lang, theirs.name))
        if ours:
            ours.value += theirs.value
        else:
            session.add(TallyRow(**{**theirs.model_dump(), "person_id": into}))
        session.delete(theirs)


def _labeler(session: Session, into: str, other: str) -> None:
    """Merge two labeler records. A ban or a wish to stay off the boards then holds for both accounts."""
    theirs, ours = session.get(LabelerRow, other), session.get(LabelerRow, into)
    if theirs is None:
        return
    if ours is None:
        session.add(LabelerRow(**{**theirs.model_dump(), "person_id": into}))
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
