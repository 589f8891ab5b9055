"""Reads the message trees for the export: depth first, in the order of their roots, a small piece at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import CTE, Connection, Integer, Select, String, bindparam, func, select
from sqlmodel import Session

from core.store.database import take_time
from core.store.tables import Row

T = TypeVar("T")

TABLES = Row.metadata.tables
MESSAGE, PERSON, CONVERSATION, RATING = (TABLES[name].c for name in ("message", "person", "conversation", "rating"))

TREES = 50
LEVELS = 50
"""Trees, and levels of them, that are fetched at once: together they bound the memory."""

PARAMETERS = 1000
"""Ids in one statement."""


class Fetch(Protocol):
    """Runs a unit that reads, and waits for it."""

    def __call__(self, unit: Callable[[Session], T]) -> T: ...


@dataclass(frozen=True, slots=True)
class Vote:
    """A person's rating of an answer; `terms` is what the rater agrees to now."""

    person_id: str
    terms: str | None
    source: str
    value: int
    labels: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class Node:
    """A message in its tree; `terms` is what its author agrees to now, `depth` counts from the root."""

    id: str
    tree_id: str
    parent_id: str | None
    depth: int
    person_id: str | None
    terms: str | None
    platform: str
    source: str
    role: str
    state: str
    text: str
    lang: str
    model: str
    deleted: bool
    created_at: datetime
    votes: tuple[Vote, ...]


def count(session: Session) -> int:
    """The messages that there are."""
    take_time(session, 60)
    return session.scalars(select(func.count()).select_from(TABLES["message"])).one()


def walk(fetch: Fetch) -> Iterator[Node]:
    """Every message of every tree, a parent right before its children, which come in order of age."""
    after = ""
    while roots := fetch(_roots_after(after)):
        yield from _below(fetch, roots)
        after = roots[-1]


def _roots_after(root_id: str) -> Callable[[Session], Sequence[str]]:
    found = select(MESSAGE.id).where(MESSAGE.parent_id.is_(None), MESSAGE.id > root_id)
    return lambda session: session.scalars(found.order_by(MESSAGE.id).limit(TREES)).all()


def _below(fetch: Fetch, roots: Sequence[str]) -> Iterator[Node]:
    children = fetch(lambda session: _piece(session, roots))
    waiting = list(reversed(children.pop(None, [])))
    while waiting:
        node = waiting.pop()
        yield node
        if node.depth and node.depth % LEVELS == 0:
            children.update(fetch(_continued(node)))
        waiting.extend(reversed(children.pop(node.id, ())))


def _continued(node: Node) -> Callable[[Session], dict[str | None, list[Node]]]:
    def unit(session: Session) -> dict[str | None, list[Node]]:
        children = _piece(session, [node.id], node.tree_id, node.depth)
        children.pop(node.parent_id, None)
        return children

    return unit


def _piece(
    session: Session, tops: Sequence[str], tree_id: str | None = None, depth: int = 0
) -> dict[str | None, list[Node]]:
    """The messages at `tops` and for some levels below them, by their parents; `depth` is that of the tops."""
    connection = session.connection()
    reach = {"tops": tops, "tree": tree_id, "depth": depth, "until": depth + LEVELS}
    rows = connection.execute(_MESSAGES, reach).all()
    votes = _votes(connection, [row.id for row in rows if row.role == "assistant"])
    children: dict[str | None, list[Node]] = {}
    for row in rows:
        node = Node(*(*row, tuple(votes.get(row.id, ()))))
        children.setdefault(node.parent_id, []).append(node)
    return children


def _votes(connection: Connection, answers: Sequence[str]) -> dict[str, list[Vote]]:
    """The votes on each of these answers. By a list of ids, since SQLite would go through all ratings to join them."""
    votes: dict[str, list[Vote]] = {}
    for start in range(0, len(answers), PARAMETERS):
        some = answers[start : start + PARAMETERS]
        for message_id, person_id, terms, source, value, labels, comment in connection.execute(_VOTES, {"ids": some}):
            vote = Vote(person_id, terms, source, value, tuple(labels), comment)
            votes.setdefault(message_id, []).append(vote)
    return votes


def _reach() -> CTE:
    tree_id = func.coalesce(bindparam("tree", type_=String), MESSAGE.id)
    top = (
        select(MESSAGE.id, tree_id.label("tree_id"), bindparam("depth", type_=Integer).label("depth"))
        .where(MESSAGE.id.in_(bindparam("tops", expanding=True)))
        .cte("reach", recursive=True)
    )
    return top.union_all(
        select(MESSAGE.id, top.c.tree_id, (top.c.depth + 1).label("depth"))
        .where(MESSAGE.parent_id == top.c.id)
        .where(top.c.depth < bindparam("until", type_=Integer))
    )


def _messages(reach: CTE) -> Select[Any]:
    """In the order of the fields of a Node."""
    place = (MESSAGE.id, reach.c.tree_id, MESSAGE.parent_id, reach.c.depth)
    who = (MESSAGE.person_id, PERSON.terms, CONVERSATION.platform, MESSAGE.source, MESSAGE.role)
    what = (MESSAGE.state, MESSAGE.text, MESSAGE.lang, MESSAGE.model, MESSAGE.deleted, MESSAGE.created_at)
    return (
        select(*place, *who, *what)
        .select_from(TABLES["message"])
        .join(reach, MESSAGE.id == reach.c.id)
        .join(TABLES["conversation"], CONVERSATION.id == MESSAGE.conversation_id)
        .outerjoin(TABLES["person"], PERSON.id == MESSAGE.person_id)
        .order_by(MESSAGE.id)
    )


_MESSAGES = _messages(_reach())
_VOTES = (
    select(
        RATING.message_id, RATING.person_id, PERSON.terms, RATING.source, RATING.value, RATING.labels, RATING.comment
    )
    .select_from(TABLES["rating"].join(TABLES["person"], PERSON.id == RATING.person_id))
    .where(RATING.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(RATING.message_id, RATING.person_id)
)
