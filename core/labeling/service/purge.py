"""Purge what a person wrote: erase it from trees for good. A rehearsal shows what a purge would touch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from core.labeling.service.moderation import TreeModerator
from core.labeling.service.work_credit import WorkAccount, credit, uncount
from core.ports.store import Store
from core.store.engine.database import leave_no_traces, take_time
from core.store.labeling_tables import (
    FlagRow,
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

LONGEST = 600
"""Seconds that one SQL statement may take here: a person may have written a great deal."""


@dataclass(frozen=True, slots=True)
class PurgeRequest:
    """A request to purge: whose texts, from when until when, and whether to ban the person as well.

    Without `since` or `until`, that end of the time is open.
    """

    person_id: str
    since: datetime | None = None
    until: datetime | None = None
    ban: bool = False


@dataclass(frozen=True, slots=True)
class PurgeResult:
    """The result of a purge: how many messages were removed and how many emptied, and counts for the trees concerned.

    `before` and `after` count the rows of those trees, by kind.
    """

    removed: int
    emptied: int
    before: Mapping[str, int]
    after: Mapping[str, int]


class _PurgeRehearsal(Exception):
    """Carries the counts out of a unit; since it is an exception, the store rolls everything back."""

    def __init__(self, purged: PurgeResult) -> None:
        super().__init__()
        self.purged = purged


async def rehearse(store: Store, moderator: TreeModerator, wish: PurgeRequest) -> PurgeResult:
    """Return what a purge would do. It is run, counted and rolled back in one transaction."""

    def unit(session: Session) -> None:
        raise _PurgeRehearsal(purge(session, moderator, wish))

    try:
        await store.write(unit)
    except _PurgeRehearsal as rehearsed:
        return rehearsed.purged
    raise AssertionError("a rehearsal was kept")


def purge(session: Session, moderator: TreeModerator, wish: PurgeRequest) -> PurgeResult:
    """Erase what a person wrote into trees, and what others said about it.

    If messages of others hang below one, it stays in its place, but empty. What the person said about others stays too.
    The trees concerned are settled.
    """
    take_time(session, LONGEST)
    tree_ids = _tree_ids(session, wish)
    before = _counts(session, tree_ids)
    removed = emptied = 0
    for tree_id in tree_ids:
        gone, empty = _purge_tree(session, moderator, wish, tree_id)
        removed, emptied = removed + gone, emptied + empty
    moderator.note(session, "purge", wish.person_id)
    if wish.ban:
        moderator.ban(session, wish.person_id)
    leave_no_traces(session)
    session.flush()
    return PurgeResult(removed, emptied, before, _counts(session, tree_ids))


def _purge_tree(session: Session, moderator: TreeModerator, wish: PurgeRequest, tree_id: str) -> tuple[int, int]:
    """Purge one tree. Returns how many messages were removed and how many were emptied."""
    tree = session.get_one(TreeRow, tree_id, with_for_update=True)
    if tree.state == "ready_for_export":
        moderator.keeper.rankings.unscore(session, tree)
    found = select(TreeMessageRow).where(TreeMessageRow.tree_id == tree_id).order_by(col(TreeMessageRow.depth).desc())
    messages = session.exec(found).all()
    theirs = {message.id: message for message in messages if _is_meant(message, wish)}
    gone = _leaves(messages, theirs)
    _uncount(session, tree, theirs)
    for message in theirs.values():
        message.text, message.digest, message.imported = "", "", None
        message.deleted, message.person_id = True, None
    session.flush()
    _erase_about(session, theirs)
    _remove(session, gone)
    if tree_id in gone:
        _run(session, delete(TreeRow).where(col(TreeRow.id) == tree_id))
    session.expire_all()
    moderator.keeper.settle(session, tree_id, moderator.now)
    return len(gone), len(theirs) - len(gone)


def _tree_ids(session: Session, wish: PurgeRequest) -> Sequence[str]:
    found = select(TreeMessageRow.tree_id).where(TreeMessageRow.person_id == wish.person_id)
    if wish.since:
        found = found.where(col(TreeMessageRow.created_at) >= wish.since)
    if wish.until:
        found = found.where(col(TreeMessageRow.created_at) < wish.until)
    # Always in the same order, so that two concurrent purges wait for each other and do not deadlock.
    return session.exec(found.distinct().order_by(col(TreeMessageRow.tree_id))).all()


def _is_meant(message: TreeMessageRow, wish: PurgeRequest) -> bool:
    at = message.created_at
    begun = wish.since is None or at >= wish.since
    return message.person_id == wish.person_id and begun and (wish.until is None or at < wish.until)


def _leaves(messages: Sequence[TreeMessageRow], theirs: Collection[str]) -> set[str]:
    """Return the person's messages that have no messages of others below; `messages` come deepest first."""
    holding: set[str | None] = set()
    gone: set[str] = set()
    for message in messages:
        if message.id in theirs and message.id not in holding:
            gone.add(message.id)
        else:
            holding.add(message.parent_id)
    return gone


def _uncount(session: Session, tree: TreeRow, theirs: Mapping[str, TreeMessageRow]) -> None:
    """Take back what was counted for the texts, on the days that it was counted for."""
    for task in session.exec(select(TaskRow).where(col(TaskRow.message_id).in_(theirs))).all():
        if task.done_at:
            uncount(session, task, task.done_at.date())
        # The task can no longer be undone, and its item never comes back to the person.
        task.message_id, task.state, task.answer = None, "skipped", replace(task.answer, counted={})
    for message in theirs.values():
        if message.review_result:
            name = f"replies_{message.role}_accepted" if message.parent_id else "prompts_accepted"
            account = WorkAccount(message.person_id, message.community_id, tree.lang)
            credit(session, account, {name: -1}, message.created_at.date())


def _erase_about(session: Session, message_ids: Collection[str]) -> None:
    """Delete copies and search entries of the texts, and close their open reports."""
    for table in (TextBandRow, RevisionRow):
        _run(session, delete(table).where(col(table.message_id).in_(message_ids)))
    waiting = update(FlagRow).where(col(FlagRow.message_id).in_(message_ids), col(FlagRow.handled) == "")
    _run(session, waiting.values(handled="purged"))


def _remove(session: Session, message_ids: Collection[str]) -> None:
    """Delete messages from the database, with what was said about them and the work on them."""
    for table in (ReviewRow, TreeVoteRow, FlagRow):
        _run(session, delete(table).where(col(table.message_id).in_(message_ids)))
    _run(session, delete(RankingRow).where(col(RankingRow.parent_id).in_(message_ids)))
    items = select(WorkItemRow.id).where(col(WorkItemRow.message_id).in_(message_ids))
    _run(session, delete(TaskRow).where(col(TaskRow.item_id).in_(items)))
    _run(session, delete(WorkItemRow).where(col(WorkItemRow.message_id).in_(message_ids)))
    _run(session, delete(TreeMessageRow).where(col(TreeMessageRow.id).in_(message_ids)))


def _counts(session: Session, tree_ids: Sequence[str]) -> Mapping[str, int]:
    """Count what is in some trees: rows by kind, and trees by state."""
    messages = select(TreeMessageRow.id).where(col(TreeMessageRow.tree_id).in_(tree_ids))
    said: dict[str, Any] = {
        "messages": messages.where(col(TreeMessageRow.deleted).is_(False)),
        "deleted messages": messages.where(col(TreeMessageRow.deleted)),
        "reviews": select(ReviewRow.message_id).where(col(ReviewRow.message_id).in_(messages)),
        "rankings": select(RankingRow.parent_id).where(col(RankingRow.parent_id).in_(messages)),
        "open reports": select(FlagRow.message_id).where(col(FlagRow.message_id).in_(messages), FlagRow.handled == ""),
    }
    found = {name: session.scalar(select(func.count()).select_from(one.subquery())) or 0 for name, one in said.items()}
    states = select(TreeRow.state, func.count()).where(col(TreeRow.id).in_(tree_ids))
    for state, number in session.exec(states.group_by(TreeRow.state).order_by(TreeRow.state)).all():
        found[f"trees in {state}"] = number
    return found


def _run(session: Session, statement: Any) -> None:
    session.connection().execute(statement)
