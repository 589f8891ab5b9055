"""What moderators can see of trees and do to them: reports, deletions, halts, edits, bans.

Each action is one unit of the store. It writes its row into the audit and leaves the tree settled.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_
from sqlmodel import Session, col, select

from core.errors import UserError
from core.labeling.service import tree_lifecycle as keeping
from core.labeling.service.submissions import CleanText
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.store import points as tallies
from core.store.engine.database import insert_once
from core.store.labeling_tables import (
    FlagRow,
    LabelerRow,
    ReviewRow,
    RevisionRow,
    TaskRow,
    TextBandRow,
    TreeMessageRow,
    TreeRow,
    WorkItemRow,
)
from core.store.tables import AuditRow

ACTION = "moderate-"
"""The prefix of moderators' actions in the audit."""

HALTED = "halted_by_moderator"
CLOSED = (HALTED, "aborted_low_grade")


@dataclass(frozen=True, slots=True)
class ModerationCase:
    """A message as a moderator sees it: its tree, its reports, and what was done about it, oldest first.

    `names` maps the ids of the people involved to their names. `banned` says that the author may do no tasks.
    """

    message: TreeMessageRow
    tree: TreeRow
    flags: Sequence[FlagRow]
    acts: Sequence[AuditRow]
    names: Mapping[str, str]
    banned: bool

    @property
    def open(self) -> bool:
        """Whether a report of the message is still open."""
        return any(not flag.handled for flag in self.flags)


@dataclass(frozen=True, slots=True)
class WholeTree:
    """A whole tree in reading order: each message after its parent, with its reviews and its earlier texts."""

    tree: TreeRow
    messages: Sequence[TreeMessageRow]
    reviews: Mapping[str, Sequence[ReviewRow]]
    history: Mapping[str, Sequence[RevisionRow]]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TreeModerator:
    """Somebody who moderates trees: a person in a community, or `who` at the machine's terminal.

    The methods are units of the store. `pools` are the pools whose trees they may see and change, None for all.
    `platform` is the one that people's names are taken from. The methods raise UserError for a message that does not
    exist, and just the same for one that the moderator may not see.
    """

    keeper: TreeLifecycle
    now: datetime
    person_id: str | None = None
    community_id: str | None = None
    pools: Collection[str] | None = None
    platform: str = ""
    who: str = ""

    def waiting(self, session: Session, limit: int = 20, after: str = "") -> Sequence[ModerationCase]:
        """Return the reported messages that nobody has dealt with, oldest report first.

        `after` is the message that was seen last; the list goes on behind it.
        """
        first = func.min(col(FlagRow.at))
        found = (
            select(FlagRow.message_id)
            .join(TreeMessageRow, col(TreeMessageRow.id) == col(FlagRow.message_id))
            .join(TreeRow, col(TreeRow.id) == col(TreeMessageRow.tree_id))
            .where(FlagRow.handled == "", *self._within())
            .group_by(col(FlagRow.message_id))
        )
        if at := _reported_at(session, after):
            beyond = and_(first == at, col(FlagRow.message_id) > after)
            found = found.having(or_(first > at, beyond))
        ids = session.exec(found.order_by(first, col(FlagRow.message_id)).limit(limit)).all()
        return [self.case(session, id) for id in ids]

    def case(self, session: Session, message_id: str) -> ModerationCase:
        """Return a message with its reports."""
        message, tree = self._found(session, message_id)
        flags = session.exec(
            select(FlagRow).where(FlagRow.message_id == message_id).order_by(col(FlagRow.at), col(FlagRow.person_id))
        ).all()
        acts = self._acts(session, message, min((flag.at for flag in flags), default=message.created_at))
        labeler = session.get(LabelerRow, message.person_id) if message.person_id else None
        people = {message.person_id, *(flag.person_id for flag in flags), *(act.person_id for act in acts)}
        names = tallies.names(session, self.platform, {one for one in people if one})
        return ModerationCase(message, tree, flags, acts, names, banned=bool(labeler and labeler.banned))

    def whole(self, session: Session, message_id: str) -> WholeTree:
        """Return the whole tree that a message is in."""
        _, tree = self._found(session, message_id)
        messages = _in_reading_order(_messages(session, tree.id))
        ids = [message.id for message in messages]
        reviews: dict[str, list[ReviewRow]] = {}
        said = (
            select(ReviewRow)
            .where(col(ReviewRow.message_id).in_(ids))
            .order_by(col(ReviewRow.at), col(ReviewRow.person_id))
        )
        for review in session.exec(said).all():
            reviews.setdefault(review.message_id, []).append(review)
        history: dict[str, list[RevisionRow]] = {}
        edits = (
            select(RevisionRow)
            .where(col(RevisionRow.message_id).in_(ids))
            .order_by(col(RevisionRow.at), col(RevisionRow.id))
        )
        for revision in session.exec(edits).all():
            history.setdefault(revision.message_id, []).append(revision)
        people = {message.person_id for message in messages}
        people |= {review.person_id for given in reviews.values() for review in given}
        people |= {revision.person_id for edited in history.values() for revision in edited}
        names = tallies.names(session, self.platform, {one for one in people if one})
        return WholeTree(tree, messages, reviews, history, names)

    def delete(self, session: Session, message_id: str) -> int:
        """Delete a message and everything below it. Returns how many were not deleted yet."""
        tree, messages, message = self._opened(session, message_id)
        if not message.deleted:
            self._unscore(session, tree)
        live = {message.id for message in messages if not message.deleted}
        number = keeping.delete(messages, message_id)
        gone = {message.id for message in messages if message.deleted} & live
        handled = self._handle(session, {message_id, *gone}, "deleted")
        if message_id == tree.id and tree.state == "prompt_lottery_waiting":
            tree.state, tree.changed_at = HALTED, self.now
        if number or handled:
            self.note(session, "delete", message_id)
        self._settle(session, tree)
        return number

    def restore(self, session: Session, message_id: str) -> int:
        """Restore a message with its ancestors, and reopen the tree if it was closed and its prompt deleted.

        Returns how many messages were restored. Raises UserError if one of them was erased: there is nothing left to
        restore.
        """
        tree, messages, message = self._opened(session, message_id)
        chain = _chain(messages, message)
        if any(one.deleted and not one.text for one in chain):
            raise UserError("mod-erased")
        if not any(one.deleted for one in chain):
            return 0
        headless = messages[0].deleted
        self._unscore(session, tree)
        number = keeping.restore(messages, message_id)
        # Without this, the same reports would hide it again at once (Keeper.settle).
        self._handle(session, {one.id for one in chain}, "restored")
        self.note(session, "restore", message_id)
        if headless and tree.state in CLOSED:
            session.flush()
            self.keeper.reopen(session, tree.id, self.now)
        else:
            self._settle(session, tree)
        return number

    def halt(self, session: Session, message_id: str) -> bool:
        """Halt the tree that a message is in. Returns whether that changes anything."""
        _, tree = self._found(session, message_id, lock=True)
        before = tree.state
        if before == HALTED:
            return False
        tree.state, tree.changed_at = HALTED, self.now
        self._handle(session, {message_id}, "halted")
        self.note(session, "halt", tree.id)
        self._settle(session, tree)
        if before == "growing":
            # There is room for another tree now.
            self.keeper.draw(session, tree.pool, tree.lang, self.now)
        return True

    def reopen(self, session: Session, message_id: str) -> str:
        """Let a message's tree go on, or have its ranks computed again. Returns the state it is in then.

        Raises UserError if the tree was not stopped, or if its prompt is deleted.
        """
        tree, messages, _ = self._opened(session, message_id)
        if tree.state not in (*CLOSED, "scoring_failed"):
            raise UserError("mod-not-halted")
        if messages[0].deleted:
            raise UserError("mod-prompt-deleted")
        # Without this, reports of its prompt would end it again at once.
        self._handle(session, {tree.id}, "reopened")
        self.note(session, "reopen", tree.id)
        if tree.state == "scoring_failed":
            tree.state = "ranking"
            self._settle(session, tree)
        else:
            session.flush()
            self.keeper.reopen(session, tree.id, self.now)
        return tree.state

    def edit(self, session: Session, message_id: str, text: CleanText) -> bool:
        """Replace a message's text; the old text stays in its history. Returns whether the text changed.

        Raises UserError for an empty text, and for a message that was erased.
        """
        tree, _, message = self._opened(session, message_id)
        if not text.text.strip():
            raise UserError("mod-text-empty")
        if message.deleted and not message.text:
            raise UserError("mod-erased")
        if message.text == text.text:
            return False
        session.add(RevisionRow(message_id=message_id, person_id=self.person_id, before=message.text, at=self.now))
        message.text, message.digest, message.edited = text.text, text.digest, True
        session.connection().execute(delete(TextBandRow).where(col(TextBandRow.message_id) == message_id))
        if message.parent_id is None:
            session.add_all([TextBandRow(band=band, message_id=message_id) for band in text.bands])
        self._handle(session, {message_id}, "edited")
        self.note(session, "edit", message_id)
        self._settle(session, tree)
        return True

    def dismiss(self, session: Session, message_id: str) -> int:
        """Close the reports of a message because nothing is wrong with it. Returns how many were closed."""
        _, tree = self._found(session, message_id, lock=True)
        number = self._handle(session, {message_id}, "dismissed")
        if number:
            self.note(session, "dismiss", message_id)
            self._settle(session, tree)
        return number

    def ban(self, session: Session, person_id: str, banned: bool = True) -> bool:
        """Ban a person from tasks, or let them in again. Returns whether that changes anything.

        The tasks they hold become free for others at once. What they wrote stays (see `purge`).
        """
        insert_once(session, LabelerRow, person_id=person_id)
        labeler = session.get_one(LabelerRow, person_id)
        if labeler.banned == banned:
            return False
        labeler.banned = banned
        self.note(session, "ban" if banned else "unban", person_id)
        if banned:
            self._free(session, person_id)
        return True

    def ban_author(self, session: Session, message_id: str, banned: bool = True) -> bool:
        """Ban the author of a message, or let them in again. Raises UserError if the author is unknown."""
        message, _ = self._found(session, message_id)
        if message.person_id is None:
            raise UserError("mod-no-author")
        return self.ban(session, message.person_id, banned)

    def unban_author(self, session: Session, message_id: str) -> bool:
        """Let the author of a message do tasks again."""
        return self.ban_author(session, message_id, banned=False)

    def note(self, session: Session, verb: str, subject: str) -> None:
        """Record an action in the audit, without any content."""
        session.add(
            AuditRow(
                community_id=self.community_id,
                person_id=self.person_id,
                action=f"{ACTION}{verb}",
                subject=subject,
                outcome=self.who,
                at=self.now,
            )
        )

    def _within(self) -> list[ColumnElement[bool]]:
        return [] if self.pools is None else [col(TreeRow.pool).in_(self.pools)]

    def _found(self, session: Session, message_id: str, *, lock: bool = False) -> tuple[TreeMessageRow, TreeRow]:
        message = session.get(TreeMessageRow, message_id)
        tree = session.get(TreeRow, message.tree_id, with_for_update=lock or None) if message else None
        if message is None or tree is None or (self.pools is not None and tree.pool not in self.pools):
            raise UserError("mod-gone")
        return message, tree

    def _opened(self, session: Session, message_id: str) -> tuple[TreeRow, Sequence[TreeMessageRow], TreeMessageRow]:
        """Lock a tree for a change. Returns it with all of its messages, the root first, and the one named."""
        message, tree = self._found(session, message_id, lock=True)
        return tree, _messages(session, tree.id), message

    def _unscore(self, session: Session, tree: TreeRow) -> None:
        """Take back the consensus ranks of a tree whose messages are about to change.

        They are computed again when the tree is settled.
        """
        if tree.state == "ready_for_export":
            self.keeper.unscore(session, tree)

    def _settle(self, session: Session, tree: TreeRow) -> None:
        session.flush()
        self.keeper.settle(session, tree.id, self.now)

    def _handle(self, session: Session, message_ids: Collection[str], how: str) -> int:
        """Close the open reports of some messages. Returns how many there were."""
        found = select(FlagRow).where(col(FlagRow.message_id).in_(message_ids), FlagRow.handled == "")
        flags = session.exec(found).all()
        for flag in flags:
            flag.handled = how
        return len(flags)

    def _free(self, session: Session, person_id: str) -> None:
        held = session.exec(select(TaskRow).where(TaskRow.person_id == person_id, TaskRow.state == "leased")).all()
        for task in held:
            task.state, task.writing = "expired", False
        session.flush()
        items = [task.item_id for task in held if task.item_id]
        trees = session.exec(select(WorkItemRow.tree_id).where(col(WorkItemRow.id).in_(items)).distinct()).all()
        for tree_id in sorted(one for one in trees if one):
            self.keeper.settle(session, tree_id, self.now)

    def _acts(self, session: Session, message: TreeMessageRow, since: datetime) -> Sequence[AuditRow]:
        """Return what was done to a message, its tree and its author.

        These are the actions of this community, and those in the terminal, which count for all communities.
        """
        found = select(AuditRow).where(
            col(AuditRow.at) >= since,
            col(AuditRow.action).startswith(ACTION),
            col(AuditRow.subject).in_([message.id, message.tree_id, message.person_id or ""]),
        )
        if self.community_id:
            # This uses the index: the audit also holds every call of a tool.
            found = found.where(
                or_(col(AuditRow.community_id) == self.community_id, col(AuditRow.community_id).is_(None))
            )
        return session.exec(found.order_by(col(AuditRow.at), col(AuditRow.id))).all()


def _reported_at(session: Session, message_id: str) -> datetime | None:
    """Return when a message was first reported: among the open reports, or else among all of them."""
    at: datetime | None = None
    for open_ones in ([col(FlagRow.handled) == ""], []):
        found = select(func.min(col(FlagRow.at))).where(FlagRow.message_id == message_id, *open_ones)
        at = at or session.exec(found).one()
    return at


def _messages(session: Session, tree_id: str) -> Sequence[TreeMessageRow]:
    """Return a tree's messages, with the root first and each parent before its children."""
    found = select(TreeMessageRow).where(TreeMessageRow.tree_id == tree_id)
    ordered = found.order_by(col(TreeMessageRow.depth), col(TreeMessageRow.id))
    return session.exec(ordered.execution_options(populate_existing=True)).all()


def _chain(messages: Iterable[TreeMessageRow], message: TreeMessageRow) -> Sequence[TreeMessageRow]:
    """Return a message and its ancestors."""
    by_id = {one.id: one for one in messages}
    found, at = [], by_id.get(message.id)
    while at is not None:
        found.append(at)
        at = by_id.get(at.parent_id or "")
    return found


def _in_reading_order(messages: Sequence[TreeMessageRow]) -> Sequence[TreeMessageRow]:
    """Order messages depth first: the replies to each one follow it, siblings by rank and then by age."""
    below: dict[str | None, list[TreeMessageRow]] = {}
    for message in sorted(messages, key=lambda one: (one.rank is None, one.rank, one.created_at, one.id)):
        below.setdefault(message.parent_id, []).append(message)
    found, left = [], below.pop(None, [])[::-1]
    while left:
        found.append(left.pop())
        left += below.pop(found[-1].id, [])[::-1]
    return found
