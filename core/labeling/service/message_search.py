"""Finds messages of trees by their text, author, language, state and platform, the newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from core.labeling.rules.vocabulary import MessageRole, TreeState
from core.store.labeling_tables import TreeMessageRow, TreeRow

MessageStanding = Literal["undecided", "accepted", "rejected", "deleted"]
"""How a message stands: what its reviews decided, or that it was removed."""

BATCH = 500
"""How many messages are read at a time."""


@dataclass(frozen=True, slots=True)
class MessageQuery:
    """The conditions of a search; a field that is empty or None matches anything.

    `text` is part of its text, whatever the case. `person_id` is its author.
    """

    text: str = ""
    person_id: str | None = None
    lang: str = ""
    tree: TreeState | None = None
    standing: MessageStanding | None = None
    platform: str = ""
    role: MessageRole | None = None


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message that was found, and the state of its tree."""

    message: TreeMessageRow
    tree: TreeState


def search(session: Session, query: MessageQuery, limit: int, after: str = "") -> Sequence[FoundMessage]:
    """Return at most `limit` messages, by id from the newest on; `after` is the last one that was seen."""
    wanted = query.text.casefold()
    fitting = (one for one in _read(session, query, after) if wanted in one.message.text.casefold())
    return list(islice(fitting, limit))


def _read(session: Session, query: MessageQuery, after: str) -> Iterator[FoundMessage]:
    """Read messages in batches. Text is compared here, since SQLite knows no case beyond English letters."""
    found = (
        select(TreeMessageRow, col(TreeRow.state))
        .join(TreeRow, col(TreeRow.id) == col(TreeMessageRow.tree_id))
        .where(*_conditions(query))
        .order_by(col(TreeMessageRow.id).desc())
        .limit(BATCH)
    )
    rows = session.execute(found.where(col(TreeMessageRow.id) < after) if after else found).all()
    while rows:
        yield from (FoundMessage(message, state) for message, state in rows)
        rows = session.execute(found.where(col(TreeMessageRow.id) < rows[-1][0].id)).all()


def _conditions(query: MessageQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.person_id is not None:
        found.append(col(TreeMessageRow.person_id) == query.person_id)
    if query.lang:
        found.append(col(TreeMessageRow.lang) == query.lang)
    if query.tree is not None:
        found.append(col(TreeRow.state) == query.tree)
    if query.platform:
        found.append(col(TreeMessageRow.platform) == query.platform)
    if query.role is not None:
        found.append(col(TreeMessageRow.role) == query.role)
    if query.standing is not None:
        found += _standing(query.standing)
    return found


def _standing(standing: MessageStanding) -> list[ColumnElement[bool]]:
    deleted, result = col(TreeMessageRow.deleted), col(TreeMessageRow.review_result)
    if standing == "deleted":
        return [deleted.is_(True)]
    if standing == "undecided":
        return [~deleted, result.is_(None)]
    return [~deleted, result.is_(standing == "accepted")]
