"""A PostgreSQL dies, and a second one takes over: what was acknowledged is there, and work goes on by itself."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from core.errors import StoreError
from core.store.engine.database import connect
from core.store.engine.postgres import PostgresDatabase
from tests import postgres
from tests.postgres import Cluster
from tests.store.rows import adding, names

pytestmark = [pytest.mark.postgres, pytest.mark.sweep]

WRITERS = 4
BACK = 5.0
"""Seconds from the promotion until everybody writes again (docs/reliability.md, F12)."""


@pytest.fixture
def servers() -> Iterator[tuple[Cluster, Cluster, str]]:
    """A primary that commits nothing which its standby does not have, that standby, and the name of our database."""
    with postgres.cluster() as primary, postgres.standby(primary) as second:
        primary.admin.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.admin.execute("ALTER ROLE postgres SET synchronous_commit = 'on'")
        primary.admin.execute("SELECT pg_reload_conf()")
        yield primary, second, postgres.prepared(primary)


class Writer:
    """Writes one row after the other. One that was refused may be there all the same, so it is not written again."""

    def __init__(self, store: PostgresDatabase, name: str) -> None:
        self.store, self.name = store, name
        self.written: list[str] = []
        self.more, self.read_only = asyncio.Event(), asyncio.Event()

    async def write(self) -> None:
        number = 0
        while True:
            number += 1
            row = f"{self.name}-{number}"
            try:
                await self.store.write(adding(row))
            except StoreError as error:
                if "takes no changes now" in str(error):
                    self.read_only.set()
            else:
                self.written.append(row)
                self.more.set()


async def test_a_standby_takes_over(servers: tuple[Cluster, Cluster, str], tmp_path: Path) -> None:
    primary, second, name = servers
    address = tmp_path / "address"
    address.symlink_to(primary.folder)
    store = connect(f"postgresql://postgres@/{name}?host={address}")
    assert isinstance(store, PostgresDatabase)
    writers = [Writer(store, f"w{number}") for number in range(WRITERS)]
    tasks = [asyncio.create_task(one.write()) for one in writers]
    await all_write(writers)

    await asyncio.to_thread(primary.crash)
    address.unlink()
    address.symlink_to(second.folder)
    before = {row for one in writers for row in one.written}
    # New connections lead to a server that only reads, until somebody decides that it is the one.
    async with asyncio.timeout(60):
        await asyncio.gather(*(one.read_only.wait() for one in writers))
    await asyncio.to_thread(second.promote)
    promoted = monotonic()
    await all_write(writers)
    assert monotonic() - promoted < BACK

    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    there = set(await store.read(names))
    assert before <= there
    assert {row for one in writers for row in one.written} <= there
    await store.close()


async def all_write(writers: list[Writer]) -> None:
    """Wait until each of them has written something from now on."""
    for one in writers:
        one.more.clear()
    async with asyncio.timeout(60):
        await asyncio.gather(*(one.more.wait() for one in writers))
