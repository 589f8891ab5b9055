"""The schema comes into being, stays what tables.py says, and refuses what it cannot take."""

import asyncio
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Dialect, MetaData, Table, Text, create_engine, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex
from sqlmodel import Session

from core.errors import StoreError
from core.store.engine.database import connect, parse
from core.store.engine.migrate import MIGRATIONS, SINCE, VERSION_TABLE, check, draft, known, migrate, schema
from core.store.partial_indexes import complete, partial_index
from core.store.schema import METADATA
from tests.postgres import Cluster
from tests.store.rows import adding, names


def drift(url: str) -> list[object]:
    """The differences between the tables that the steps make and those of core/store/tables.py."""
    engine = create_engine(parse(url))
    try:
        with engine.connect() as connection:
            options = {"compare_type": True, "compare_server_default": True, "version_table": VERSION_TABLE}
            return list(compare_metadata(MigrationContext.configure(connection, opts=options), complete(METADATA)))
    finally:
        engine.dispose()


@pytest.mark.slow
async def test_the_steps_make_the_tables_that_the_code_knows(empty_url: str) -> None:
    await migrate(empty_url)
    found = await asyncio.to_thread(drift, empty_url)
    assert not found, 'draft a step: python -m core.store.migrations "what changes"'


def test_a_partial_index_has_its_rows_in_both_databases() -> None:
    table = Table("thing", MetaData(), Column("name", Text), partial_index("thing_new", "name", rows=text("old = 0")))
    complete(table.metadata)
    (index,) = table.indexes
    for module in (sqlite, postgresql):
        dialect: Dialect = cast(Any, module).dialect()
        assert str(CreateIndex(index).compile(dialect=dialect)).endswith(" ON thing (name) WHERE old = 0")


async def test_every_constraint_has_the_name_that_it_has_in_the_code(empty_url: str) -> None:
    def constraints(session: Session) -> set[str]:
        if session.connection().dialect.name == "sqlite":
            tables = session.connection().exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table'")
            words = " ".join(tables.scalars()).replace('"', "").split()
            return {name for before, name in zip(words, words[1:], strict=False) if before == "CONSTRAINT"}
        found = session.connection().exec_driver_sql(
            "SELECT conname FROM pg_constraint WHERE contype IN ('f','p','u','c')"
        )
        return set(found.scalars())

    await migrate(empty_url)
    store = connect(empty_url)
    expected = {str(constraint.name) for table in METADATA.sorted_tables for constraint in table.constraints}
    assert expected <= await store.read(constraints)
    await store.close()


def test_the_steps_stand_in_a_line_and_are_numbered() -> None:
    script = ScriptDirectory(MIGRATIONS)
    steps = [step.revision for step in script.walk_revisions()]
    assert tuple(reversed(steps)) == known() == tuple(f"{n + 1:04}" for n in range(len(steps)))


@pytest.mark.slow
async def test_a_draft_of_the_next_step_is_empty_while_nothing_has_changed(tmp_path: Path) -> None:
    steps = tmp_path / "steps"
    steps.mkdir()
    for file in (MIGRATIONS / "versions").glob("[0-9]*.py"):
        (steps / file.name).write_text(file.read_text())
    await draft(f"sqlite:///{tmp_path / 'draft.sqlite3'}", "Nothing new", steps)
    (drafted,) = steps.glob(f"{len(known()) + 1:04}_*.py")
    assert "pass" in drafted.read_text()
    assert "op." not in drafted.read_text()


async def test_migrating_again_changes_nothing(empty_url: str) -> None:
    assert await schema(empty_url) is None
    await migrate(empty_url)
    store = connect(empty_url)
    await store.write(adding("kept"))
    await store.close()
    await migrate(empty_url)
    store = connect(empty_url)
    assert await store.read(names) == ["kept"]
    await store.close()
    assert await schema(empty_url) == known()[-1]


@pytest.mark.slow
def test_a_current_database_is_not_worth_loading_alembic(sqlite_url: str) -> None:
    program = (
        "import asyncio, sys; from core.store.engine.migrate import migrate;"
        f"asyncio.run(migrate({sqlite_url!r})); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=20, check=False).returncode == 0


async def test_several_processes_may_start_at_once(empty_url: str) -> None:
    await asyncio.gather(*(migrate(empty_url, lock_timeout=10) for _ in range(6)))
    assert await schema(empty_url) == known()[-1]


@pytest.mark.postgres
async def test_a_migration_may_take_its_time_between_two_statements(
    empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a machine that is slow, reading the steps takes longer than a transaction may be idle.
    limits: list[str] = []

    def upgrade(connection: Connection) -> None:
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            limits.append(connection.exec_driver_sql(f"SHOW {limit}").scalar_one())

    monkeypatch.setattr("core.store.engine.migrate._upgrade", upgrade)
    await migrate(empty_postgres_url)
    assert limits == ["0", "0"]


async def test_folders_and_file_are_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "store" / "parley.sqlite3"
    await migrate(f"sqlite:///{path}")
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (path.parent.parent, path.parent, path)]
    assert modes == [0o700, 0o700, 0o600]


@pytest.mark.slow
@pytest.mark.parametrize("since", [None, "0998"], ids=["of the time before", "that takes something away"])
async def test_a_database_of_a_newer_version_is_left_alone(empty_url: str, since: str | None) -> None:
    await migrate(empty_url)
    await as_newer(empty_url, since)
    with pytest.raises(StoreError, match=rf"schema 0999.*none after {known()[-1]}.*update Parley.*restore the backup"):
        await migrate(empty_url)
    with pytest.raises(StoreError, match="0999"):
        await check(empty_url)


async def test_a_newer_database_that_this_version_can_use_is_used_as_it_is(empty_url: str) -> None:
    await migrate(empty_url)
    await as_newer(empty_url, known()[-1])
    await migrate(empty_url)
    assert await check(empty_url) == "0999"
    assert await schema(empty_url) == "0999"


async def as_newer(url: str, since: str | None) -> None:
    """Let the database be one that a later version has migrated, and that programs can use since a schema."""

    def newer(session: Session) -> None:
        session.connection().execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0999'"))
        session.connection().execute(text("DELETE FROM kept"))
        if since:
            session.connection().execute(
                text("INSERT INTO kept VALUES (:name, :since)"), {"name": SINCE, "since": since}
            )

    store = connect(url)
    await store.write(newer)
    await store.close()


async def test_tables_of_another_program_are_left_alone(empty_url: str, tmp_path: Path) -> None:
    url = empty_url
    if url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    engine = create_engine(parse(url))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE message (id integer)"))
    engine.dispose()
    with pytest.raises(StoreError, match="not Parley's"):
        await migrate(url)


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear database, " * 500)
    with pytest.raises(StoreError, match="not a database"):
        await migrate(f"sqlite:///{path}")
    assert path.read_text() == "Dear database, " * 500


async def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be made \(Not a directory\)"):
        await migrate(f"sqlite:///{tmp_path / 'file' / 'folder' / 'parley.sqlite3'}")


async def test_a_folder_in_place_of_the_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be written \(Is a directory\); check its folder"):
        await migrate(f"sqlite:///{tmp_path}")


async def test_a_locked_file_says_so_in_time(tmp_path: Path) -> None:
    path = tmp_path / "parley.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked by another program"):
            await migrate(f"sqlite:///{path}", lock_timeout=0.05)
        other.execute("COMMIT")
    await migrate(f"sqlite:///{path}", lock_timeout=0.05)


@pytest.mark.slow
@pytest.mark.postgres
async def test_a_migration_elsewhere_is_waited_for_only_so_long(cluster: Cluster, empty_postgres_url: str) -> None:
    from core.store.engine.migrate import LOCK

    engine = create_engine(parse(empty_postgres_url))
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        with pytest.raises(StoreError, match="locked by another program"):
            await migrate(empty_postgres_url, lock_timeout=0.05)
    engine.dispose()
    await migrate(empty_postgres_url)
