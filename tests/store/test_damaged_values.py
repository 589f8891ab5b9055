"""Values that nobody can have written are told to the operator as damage, without the value."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import Session, select

from core.errors import StoreError
from core.store.damaged_values import DAMAGED
from core.store.engine.database import connect
from core.store.labeling_tables import TaskRow
from core.store.tables import CommunityRow, MessageRow

DAMAGED_VALUES = [
    ("community", "created_at", "'2026-13-01 00:00:00.000000'"),
    ("community", "created_at", "'secret'"),
    ("community", "platform", "CAST(x'ff736563726574' AS TEXT)"),
    ("message", "calls", "'[{'"),
    ("message", "calls", "'[{\"secret\": 1}]'"),
    ("message", "calls", "'[5]'"),
    ("task", "answer", "'[]'"),
    ("task", "place", "'{}'"),
]


def read(session: Session, table: str) -> None:
    """Read the whole table."""
    for one in (CommunityRow, MessageRow, TaskRow):
        if one.__tablename__ == table:
            session.execute(select(one)).all()


@pytest.mark.parametrize(("table", "column", "value"), DAMAGED_VALUES)
async def test_it_is_told_as_damage(sqlite_path: Path, table: str, column: str, value: str) -> None:
    with closing(sqlite3.connect(sqlite_path)) as opened, opened:
        opened.execute("PRAGMA ignore_check_constraints = ON")
        needed = [row[1] for row in opened.execute(f"PRAGMA table_info({table})") if row[3] and row[1] != column]
        names, values = ", ".join([*needed, column]), ", ".join([*("'2026-12-01 00:00:00'" for _ in needed), value])
        opened.execute(f"INSERT INTO {table} ({names}) VALUES ({values})")
    store = connect(f"sqlite:///{sqlite_path}")
    with pytest.raises(StoreError) as told:
        await store.read(lambda session: read(session, table))
    assert str(told.value) == DAMAGED
    await store.close()
