"""The moderators' view of trees: reported messages that wait for them, single messages, whole trees."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from core.errors import UserError
from core.store import person_notes, points
from core.store.labeling_tables import FlagRow, LabelerRow, ReviewRow, RevisionRow, TreeMessageRow, TreeRow
from core.store.moderation_tables import PersonNoteRow
from core.store.tables import AuditRow

ACTION = "moderate-"
"""The prefix of moderators' actions in the audit."""


@dataclass(frozen=True, slots=True)
class ModerationCase:
    """A message as a moderator sees it: its tree, its reports, and what was done about it, oldest first.

    `names` maps the ids of the people involved to their names. `banned` says that the author may do no tasks. `notes`
    are those of the moderators about the author, oldest first.
    """

    message: TreeMessageRow
    tree: TreeRow
    flags: Sequence[FlagRow]
    acts: Sequence[AuditRow]
    names: Mapping[str, str]
    banned: bool
    notes: Sequence[PersonNoteRow] = ()

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
class ModerationCases:
    """Looks up the cases that a moderator may see. Its methods are units of the store.

    `pools` are the pools whose trees they may see, None for all. `community_id` is whose actions they are told of
    beside those of the terminal, None for everybody's. `platform` is the one that people's names are taken from. The
    methods raise UserError for a message that does not exist, and just the same for one that they may not see.
    """

    pools: Collection[str] | None = None
    community_id: str | None = None
    platform: str = ""

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
        message, tree = self.found(session, message_id)
        flags = session.exec(
            select(FlagRow).where(FlagRow.message_id == message_id).order_by(col(FlagRow.at), col(FlagRow.person_id))
        ).all()
        acts = self._acts(session, message, min((flag.at for flag in flags), default=message.created_at))
        labeler = session.get(LabelerRow, message.person_id) if message.person_id else None
        author = message.person_id
        notes = person_notes.notes_about(session, author, self.community_id) if author else ()
        people = {author, *(flag.person_id for flag in flags), *(act.person_id for act in acts)}
        people |= {note.author_id for note in notes}
        names = points.names(session, self.platform, {one for one in people if one})
        return ModerationCase(message, tree, flags, acts, names, bool(labeler and labeler.banned), notes)

    def whole(self, session: Session, message_id: str) -> WholeTree:
        """Return the whole tree that a message is in."""
        _, tree = self.found(session, message_id)
        messages = _in_reading_order(messages_of(session, tree.id))
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
        names = points.names(session, self.platform, {one for one in people if one})
        return WholeTree(tree, messages, reviews, history, names)

    def found(self, session: Session, message_id: str, *, lock: bool = False) -> tuple[TreeMessageRow, TreeRow]:
        """Return a message with its tree, locked if it is to be changed."""
        message = session.get(TreeMessageRow, message_id)
        tree = session.get(TreeRow, message.tree_id, with_for_update=lock or None) if message else None
        if message is None or tree is None or (self.pools is not None and tree.pool not in self.pools):
            raise UserError("mod-gone")
        return message, tree

    def _within(self) -> list[ColumnElement[bool]]:
        return [] if self.pools is None else [col(TreeRow.pool).in_(self.pools)]

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


def messages_of(session: Session, tree_id: str) -> Sequence[TreeMessageRow]:
    """Return a tree's messages, with the root first and each parent before its children."""
    found = select(TreeMessageRow).where(TreeMessageRow.tree_id == tree_id)
    ordered = found.order_by(col(TreeMessageRow.depth), col(TreeMessageRow.id))
    return session.exec(ordered.execution_options(populate_existing=True)).all()


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
