"""Writes imported messages into their trees, many in one transaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import insert, update
from sqlmodel import Session

from core.dataset.formats.oasst_fields import LineFault, Row, shown
from core.dataset.importing.bounds import USUAL_BOUNDS, ImportBounds
from core.dataset.importing.placement import (
    MESSAGE,
    DryRunImport,
    ParentMissing,
    PlacedRecord,
    TreePlacement,
    blank,
)
from core.dataset.importing.records import MessageRecord
from core.dataset.importing.report import ImportReport
from core.labeling.rules.defaults import TreeLimits
from core.store.engine.database import take_time
from core.store.labeling_tables import METADATA, TreeRow
from core.store.tables import now

TREE = METADATA.tables["message_tree"]

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


@dataclass(slots=True)
class WrittenRecords:
    """The result of writing some records.

    `waiting` are records without a parent so far; `working` are the ids of the trees that need work by people.
    """

    report: ImportReport = field(default_factory=ImportReport)
    waiting: list[MessageRecord] = field(default_factory=list)
    working: set[str] = field(default_factory=set)
    trees: list[Row] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def take(self, record: MessageRecord, placed: PlacedRecord, target: ImportTarget) -> None:
        """Note what is new in a record, and what is to be said about it."""
        report = self.report
        trees = [_tree(row, record, target) for row in placed.rows if row["parent_id"] is None]
        self.trees += trees
        self.rows += placed.rows
        report.trees += len(trees)
        report.messages += len(placed.rows)
        report.already += len(record.messages) - len(placed.rows)
        report.lines["changed" if placed.differences else "imported" if placed.rows else "known"] += 1
        report.remarks += [(record.line.number, told) for told in _told(record, placed)]
        if record.state in WORKING:
            self.working.add(placed.tree_id)


def arrive(
    records: Sequence[MessageRecord],
    target: ImportTarget,
    bounds: ImportBounds = USUAL_BOUNDS,
    pretended: DryRunImport | None = None,
) -> Callable[[Session], WrittenRecords]:
    """Make a unit that stores the new messages of these records, each record completely or not at all.

    A `pretended` import stores nothing, and keeps what it would have stored.
    """

    def unit(session: Session) -> WrittenRecords:
        take_time(session, 60)
        placing = TreePlacement(session, records, bounds, pretended)
        arrived = WrittenRecords()
        for record in records:
            try:
                arrived.take(record, placing.place(record), target)
            except ParentMissing:
                arrived.waiting.append(record)
            except LineFault as fault:
                arrived.report.blame(record.line.number, str(fault))
        for table, new in ((TREE, arrived.trees), (MESSAGE, arrived.rows)):
            if new and not pretended:
                session.connection().execute(insert(table), new)
        return arrived

    return unit


def _told(record: MessageRecord, placed: PlacedRecord) -> Iterator[str]:
    yield from placed.differences
    if record.tree_id not in (None, placed.tree_id):
        yield f"message_tree_id is {shown(record.tree_id)}, but the tree is that of the prompt {shown(placed.tree_id)}"


def mark(tree_ids: Sequence[str]) -> Callable[[Session], None]:
    """Make a unit that marks those of these trees that need work by people, so that the keeper looks at them."""
    marked = update(TREE).where(TREE.c.id.in_(tree_ids), TREE.c.state.in_(WORKING)).values(stale=True)

    def unit(session: Session) -> None:
        session.connection().execute(marked)

    return unit


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


BLANK_TREE = blank(TreeRow, id="", lang="", state="", limits=FULL)
