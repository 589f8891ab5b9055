"""Places imported messages in their trees, and compares those that are there already with what is stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import func, select
from sqlmodel import Session, SQLModel

from core.dataset.export.nodes import IMPORTED, LANG_FROM
from core.dataset.export.queries import PARAMETERS
from core.dataset.formats.oasst_fields import LineFault, Row
from core.dataset.importing.bounds import ImportBounds
from core.dataset.importing.records import MessageRecord
from core.store.labeling_tables import METADATA, TreeMessageRow
from core.store.tables import now

MESSAGE = METADATA.tables["tree_message"]

CONTENT = {"parent_id": "parent", "role": "role", "lang": "language", "model": "model", "text": "text"}
"""The columns whose content is compared, and what they are called. The others go on here: reviews, ranks, states."""


@dataclass(frozen=True, slots=True)
class KnownMessage:
    """The facts about a message that decide whether another one may follow it, and hashes of its content."""

    tree_id: str
    depth: int
    role: str
    content: Mapping[str, int]


class ParentMissing(Exception):
    """Raised for a message whose parent is not there yet."""


@dataclass(frozen=True, slots=True)
class PlacedRecord:
    """The new messages of a record as complete rows, and the differences of those that are there already."""

    tree_id: str
    rows: Sequence[Row]
    differences: Sequence[str]


@dataclass(slots=True)
class DryRunImport:
    """The messages that a trial would have stored, since it stores none."""

    known: dict[str, KnownMessage] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)


class TreePlacement:
    """Places records in their trees, and keeps track of the messages and the sizes of trees that are known."""

    def __init__(
        self,
        session: Session,
        records: Sequence[MessageRecord],
        bounds: ImportBounds,
        pretended: DryRunImport | None = None,
    ) -> None:
        self.bounds = bounds
        self.pretended = pretended
        rows = [row for record in records for row in record.messages]
        ids = {row["id"] for row in rows} | {row["parent_id"] or "" for row in rows}
        self.known = dict(_found(session, ids))
        if pretended:
            self.known |= {id: pretended.known[id] for id in ids & pretended.known.keys()}
        tree_ids = {one.tree_id for one in self.known.values()}
        self.sizes = dict(_sizes(session, tree_ids))
        if pretended:
            self.sizes |= {id: pretended.sizes[id] for id in tree_ids & pretended.sizes.keys()}

    def place(self, record: MessageRecord) -> PlacedRecord:
        """Place a record. Raises LineFault or ParentMissing if one of its messages cannot be placed."""
        fresh: dict[str, KnownMessage] = {}
        rows: list[Row] = []
        differences: list[str] = []
        for row in record.messages:
            if row["id"] in fresh:
                raise LineFault(f"message {row['id']!r} is in it twice")
            if before := self.known.get(row["id"]):
                differences += _differences(row, before)
                continue
            fresh[row["id"]] = at = self._below(row, fresh, record)
            rows.append({**BLANK_MESSAGE, **row, "tree_id": at.tree_id, "depth": at.depth})
            rows[-1]["created_at"] = row["created_at"] or now()
        self._take(fresh)
        return PlacedRecord(self.known[record.messages[0]["id"]].tree_id, rows, differences)

    def _take(self, fresh: Mapping[str, KnownMessage]) -> None:
        for at in fresh.values():
            self.sizes[at.tree_id] = self.sizes.get(at.tree_id, 0) + 1
        self.known |= fresh
        if self.pretended:
            self.pretended.known.update(fresh)
            self.pretended.sizes.update({at.tree_id: self.sizes[at.tree_id] for at in fresh.values()})

    def _below(self, row: Row, fresh: Mapping[str, KnownMessage], record: MessageRecord) -> KnownMessage:
        parent_id = row["parent_id"]
        if parent_id is None:
            if row["role"] != "prompter":
                raise LineFault(f"message {row['id']!r} is an answer to nothing")
            return KnownMessage(row["id"], 0, row["role"], _content(row))
        parent = fresh.get(parent_id) or self.known.get(parent_id)
        if parent is None:
            raise ParentMissing if record.alone else LineFault(f"there is no message {parent_id!r}")
        if parent.role == row["role"]:
            raise LineFault(f"message {row['id']!r} and the one above it are both of the {row['role']}")
        if parent.depth + 1 >= self.bounds.deepest:
            raise LineFault(f"deeper than {self.bounds.deepest} messages")
        if self.sizes.get(parent.tree_id, 0) + len(fresh) >= self.bounds.largest:
            raise LineFault(f"more than {self.bounds.largest} messages in one tree")
        return KnownMessage(parent.tree_id, parent.depth + 1, row["role"], _content(row))


def _content(row: Mapping[str, Any]) -> Mapping[str, int]:
    # Hashes, since a trial keeps them of a whole file.
    return {column: hash(row[column] or "") for column in CONTENT}


def _differences(row: Row, before: KnownMessage) -> Sequence[str]:
    content = _content(row)
    told = {column for column in CONTENT if column != "lang" or LANG_FROM not in row["imported"]}
    others = [name for column, name in CONTENT.items() if column in told and content[column] != before.content[column]]
    if not others:
        return ()
    return (f"message {row['id']!r} is there already with another {' and '.join(others)}, and stays as it is there",)


def _found(session: Session, ids: Iterable[str]) -> Iterable[tuple[str, KnownMessage]]:
    columns = (MESSAGE.c[name] for name in ("id", "tree_id", "depth", *CONTENT))
    found = select(*columns)
    for some in _pieces(ids):
        for row in session.execute(found.where(MESSAGE.c.id.in_(some))):
            yield (
                row.id,
                KnownMessage(row.tree_id, row.depth, row.role, _content(cast(Mapping[str, Any], row._mapping))),
            )


def _sizes(session: Session, tree_ids: Iterable[str]) -> Iterable[Any]:
    found = select(MESSAGE.c.tree_id, func.count()).group_by(MESSAGE.c.tree_id)
    for some in _pieces(tree_ids):
        yield from session.execute(found.where(MESSAGE.c.tree_id.in_(some))).all()


def _pieces(ids: Iterable[str]) -> Iterable[Sequence[str]]:
    ordered = sorted(ids)
    return (ordered[start : start + PARAMETERS] for start in range(0, len(ordered), PARAMETERS))


def blank(table: type[SQLModel], **values: Any) -> Row:
    """A row with the table's defaults for all other columns."""
    return {**table(**values).model_dump(), **values}


BLANK_MESSAGE = blank(
    TreeMessageRow, id="", tree_id="", role="", lang="", platform=IMPORTED, source=IMPORTED, imported=None
)
