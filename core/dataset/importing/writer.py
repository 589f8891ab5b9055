"""Writes imported messages into their trees, many in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlmodel import Session, SQLModel

from core.dataset.export.nodes import IMPORTED
from core.dataset.export.queries import PARAMETERS
from core.dataset.formats.oasst_fields import LineFault, Row
from core.dataset.importing.bounds import USUAL_BOUNDS, ImportBounds
from core.dataset.importing.records import MessageRecord
from core.labeling.rules.defaults import TreeLimits
from core.store.engine.database import take_time
from core.store.labeling_tables import METADATA, TreeMessageRow, TreeRow
from core.store.tables import now

TREE, MESSAGE = METADATA.tables["message_tree"], METADATA.tables["tree_message"]

WORKING = ("growing", "initial_prompt_review", "ranking")
"""States in which a tree needs work by people; the keeper makes the work items once the tree is marked as stale."""

GROWING = ("growing", "initial_prompt_review", "prompt_lottery_waiting")

LIMITS, FULL = asdict(TreeLimits()), asdict(TreeLimits(goal_tree_size=0))
"""The limits of imported trees: LIMITS for a tree that its file calls growing, which goes on growing; FULL for others.

A tree that waits to be ranked must not grow, as in Open Assistant.
"""


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """The target of an import: the pool that is to work on the trees, and the origin of trees that do not give one."""

    pool: str
    origin: str


@dataclass(frozen=True, slots=True)
class KnownMessage:
    """The facts about a message that decide whether another one may follow it."""

    tree_id: str
    depth: int
    role: str


@dataclass(slots=True)
class WrittenRecords:
    """The result of writing some records.

    `waiting` are records without a parent so far; `working` are the ids of the trees that need work by people.
    """

    trees: int = 0
    messages: int = 0
    already: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    waiting: list[MessageRecord] = field(default_factory=list)
    working: set[str] = field(default_factory=set)


def arrive(
    records: Sequence[MessageRecord], target: ImportTarget, bounds: ImportBounds = USUAL_BOUNDS
) -> Callable[[Session], WrittenRecords]:
    """Make a unit that stores the new messages of these records, each record completely or not at all."""

    def unit(session: Session) -> WrittenRecords:
        take_time(session, 60)
        placing = _TreePlacement(session, records, bounds)
        arrived = WrittenRecords()
        trees: list[Row] = []
        rows: list[Row] = []
        for record in records:
            try:
                fresh = placing.place(record)
            except _ParentMissing:
                arrived.waiting.append(record)
                continue
            except LineFault as fault:
                arrived.faults.append((record.line.number, str(fault)))
                continue
            arrived.already += len(record.messages) - len(fresh)
            trees += [_tree(row, record, target) for row in fresh if row["parent_id"] is None]
            rows += fresh
            if record.state in WORKING:
                arrived.working.add(placing.known[record.messages[0]["id"]].tree_id)
        for table, new in ((TREE, trees), (MESSAGE, rows)):
            if new:
                session.connection().execute(insert(table), new)
        arrived.trees, arrived.messages = len(trees), len(rows)
        return arrived

    return unit


def mark(tree_ids: Sequence[str]) -> Callable[[Session], None]:
    """Make a unit that marks those of these trees that need work by people, so that the keeper looks at them."""
    marked = update(TREE).where(TREE.c.id.in_(tree_ids), TREE.c.state.in_(WORKING)).values(stale=True)

    def unit(session: Session) -> None:
        session.connection().execute(marked)

    return unit


class _ParentMissing(Exception):
    """Raised for a message whose parent is not there yet."""


class _TreePlacement:
    """Places records in their trees, and keeps track of the messages and the sizes of trees that are known."""

    def __init__(self, session: Session, records: Sequence[MessageRecord], bounds: ImportBounds) -> None:
        self.bounds = bounds
        rows = [row for record in records for row in record.messages]
        self.known = dict(_found(session, {row["id"] for row in rows} | {row["parent_id"] or "" for row in rows}))
        self.sizes = dict(_sizes(session, {one.tree_id for one in self.known.values()}))

    def place(self, record: MessageRecord) -> list[Row]:
        """The new messages of a record as complete rows. Raises LineFault or _ParentMissing if one cannot be placed."""
        fresh: dict[str, KnownMessage] = {}
        rows: list[Row] = []
        for row in record.messages:
            if row["id"] in fresh:
                raise LineFault(f"message {row['id']!r} is in it twice")
            if row["id"] in self.known:
                continue
            fresh[row["id"]] = at = self._below(row, fresh, record)
            rows.append({**BLANK_MESSAGE, **row, "tree_id": at.tree_id, "depth": at.depth})
            rows[-1]["created_at"] = row["created_at"] or now()
        for at in fresh.values():
            self.sizes[at.tree_id] = self.sizes.get(at.tree_id, 0) + 1
        self.known |= fresh
        return rows

    def _below(self, row: Row, fresh: dict[str, KnownMessage], record: MessageRecord) -> KnownMessage:
        parent_id = row["parent_id"]
        if parent_id is None:
            if row["role"] != "prompter":
                raise LineFault(f"message {row['id']!r} is an answer to nothing")
            return KnownMessage(row["id"], 0, row["role"])
        parent = fresh.get(parent_id) or self.known.get(parent_id)
        if parent is None:
            raise _ParentMissing if record.alone else LineFault(f"there is no message {parent_id!r}")
        if parent.role == row["role"]:
            raise LineFault(f"message {row['id']!r} and the one above it are both of the {row['role']}")
        if parent.depth + 1 >= self.bounds.deepest:
            raise LineFault(f"deeper than {self.bounds.deepest} messages")
        if self.sizes.get(parent.tree_id, 0) >= self.bounds.largest:
            raise LineFault(f"more than {self.bounds.largest} messages in one tree")
        return KnownMessage(parent.tree_id, parent.depth + 1, row["role"])


def _found(session: Session, ids: Iterable[str]) -> Iterable[tuple[str, KnownMessage]]:
    columns = (MESSAGE.c.id, MESSAGE.c.tree_id, MESSAGE.c.depth, MESSAGE.c.role)
    for some in _pieces(ids):
        for id, tree_id, depth, role in session.execute(select(*columns).where(MESSAGE.c.id.in_(some))):
            yield id, KnownMessage(tree_id, depth, role)


def _sizes(session: Session, tree_ids: Iterable[str]) -> Iterable[Any]:
    found = select(MESSAGE.c.tree_id, func.count()).group_by(MESSAGE.c.tree_id)
    for some in _pieces(tree_ids):
        yield from session.execute(found.where(MESSAGE.c.tree_id.in_(some))).all()


def _pieces(ids: Iterable[str]) -> Iterable[Sequence[str]]:
    ordered = sorted(ids)
    return (ordered[start : start + PARAMETERS] for start in range(0, len(ordered), PARAMETERS))


def _tree(root: Row, record: MessageRecord, target: ImportTarget) -> Row:
    return {
        **BLANK_TREE,
        "limits": LIMITS if record.state in GROWING else FULL,
        "id": root["id"],
        "pool": target.pool,
        "lang": root["lang"],
        "state": record.state,
        "origin": record.origin or target.origin,
        "created_at": root["created_at"],
        "changed_at": now(),
    }


def _blank(table: type[SQLModel], **values: Any) -> Row:
    """A row with the table's defaults for all other columns."""
    return {**table(**values).model_dump(), **values}


BLANK_TREE = _blank(TreeRow, id="", lang="", state="", limits=FULL)
BLANK_MESSAGE = _blank(
    TreeMessageRow, id="", tree_id="", role="", lang="", platform=IMPORTED, source=IMPORTED, imported=None
)
