"""Behaviour of PostgreSQL alone: connections that end, deadlocks, limits of time."""

import asyncio
import sys
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text, update
from sqlmodel import Session, col

from core.errors import StoreError
from core.store.engine.database import connect, take_time
from core.store.tables import CommunityRow
from tests.postgres import Cluster
from tests.store.rows import adding, names, number

pytestmark = pytest.mark.postgres


async def test_a_killed_connection_costs_one_error(postgres_url: str, cluster: Cluster) -> None:
    store = connect(postgres_url)
    await asyncio.gather(*(store.write(adding(f"{n:02}")) for n in range(20)))
    cluster.admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    with pytest.raises(StoreError, match="PostgreSQL ended the connection"):
        await store.write(adding("lost"))
    for n in range(20, 40):
        await store.write(adding(f"{n:02}"))
    assert await store.read(names) == [f"{n:02}" for n in range(40)]
    await store.close()


async def test_after_a_fail_over_it_writes_as_soon_as_the_server_does(postgres_url: str, cluster: Cluster) -> None:
    store = connect(postgres_url)
    name = store.url.database or ""
    await store.write(adding("before"))
    # As when a standby has taken over that is not promoted yet: connections are new, and stay read only.
    cluster.run("ALTER DATABASE {} SET default_transaction_read_only = on", name)
    try:
        cluster.admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        for expected in ("PostgreSQL ended the connection", "PostgreSQL takes no changes now"):
            with pytest.raises(StoreError, match=expected):
                await store.write(adding("lost"))
    finally:
        cluster.run("ALTER DATABASE {} RESET default_transaction_read_only", name)
    await store.write(adding("after"))
    assert await store.read(names) == ["after", "before"]
    await store.close()


def mark(session: Session, community_id: str) -> None:
    """Change a row in place, so that no transaction writes back a value that it read before another changed it."""
    marked = col(CommunityRow.platform) + "!"
    session.connection().execute(
        update(CommunityRow).where(col(CommunityRow.id) == community_id).values(platform=marked)
    )


async def test_a_deadlock_is_tried_again(postgres_url: str) -> None:
    store = connect(postgres_url)
    await store.write(adding("a"))
    await store.write(adding("b"))
    both = threading.Barrier(2, timeout=10)
    runs: list[str] = []

    def crossing(first: str, second: str) -> Callable[[Session], None]:
        def unit(session: Session) -> None:
            runs.append(first)
            again = len(runs) > 2
            one, other = sorted((first, second)) if again else (first, second)
            mark(session, one)
            if not (again or both.broken):
                both.wait()
            mark(session, other)

        return unit

    await asyncio.gather(store.write(crossing("a", "b")), store.write(crossing("b", "a")))
    # PostgreSQL ends one of them, and sometimes both.
    assert len(runs) in (3, 4)
    assert await store.read(lambda session: session.get_one(CommunityRow, "a").platform) == "paper!!"
    await store.close()


async def test_a_row_that_another_added_meanwhile_is_found_by_the_next_try(postgres_url: str) -> None:
    store = connect(postgres_url)
    both = threading.Barrier(2, timeout=10)
    found: list[bool] = []

    def add_unless_there(session: Session) -> None:
        there = session.get(CommunityRow, "a") is not None
        found.append(there)
        if not there:
            both.wait()
            adding("a")(session)

    await asyncio.gather(store.write(add_unless_there), store.write(add_unless_there))
    assert found == [False, False, True]
    assert await store.read(names) == ["a"]
    await store.close()


async def test_a_conflict_is_tried_again_once(postgres_url: str) -> None:
    runs = 0

    def conflicting(session: Session) -> None:
        nonlocal runs
        runs += 1
        session.connection().execute(text("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$"))

    store = connect(postgres_url)
    with pytest.raises(StoreError, match="refused"):
        await store.write(conflicting)
    assert runs == 2
    await store.close()


async def test_a_statement_that_takes_too_long_is_stopped(postgres_url: str) -> None:
    def sleeping(session: Session) -> None:
        session.connection().execute(text("SELECT pg_sleep(20)"))

    store = connect(postgres_url, lock_timeout=0.1)
    with pytest.raises(StoreError, match="took too long"):
        await store.write(sleeping)
    assert await store.write(adding("next")) == "next"
    await store.close()


async def test_a_unit_may_ask_for_more_time(postgres_url: str) -> None:
    def sleeping(session: Session) -> str:
        take_time(session, 10)
        session.connection().execute(text("SELECT pg_sleep(0.2)"))
        return "done"

    store = connect(postgres_url, lock_timeout=0.1)
    assert await store.write(sleeping) == "done"
    await store.close()


async def test_a_server_that_is_not_there_says_so() -> None:
    store = connect("postgresql://ana:geheim@/parley?host=/nowhere")
    with pytest.raises(StoreError, match="PostgreSQL does not accept us") as caught:
        await store.read(number)
    assert "geheim" not in str(caught.value)
    await store.close()


async def test_a_database_that_is_not_there_says_so(cluster: Cluster) -> None:
    store = connect(cluster.url("nothing"))
    with pytest.raises(StoreError, match='"nothing" does not exist'):
        await store.read(number)
    await store.close()


def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match="extra `postgres`"):
        connect("postgresql://localhost/parley")
