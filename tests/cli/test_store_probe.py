"""cli.wiring.store_probe: what can only be read is not well."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlmodel import Session

from cli.wiring.store_probe import FRESH, StoreProbe
from core.errors import StoreError
from core.ports.store import T
from core.store.engine.database import Database
from core.store.tables import KeptRow


@dataclass
class FullDisk:
    """A store on a disk that is full for a while: it can be read, and counts the tries to write."""

    inner: Database
    full: bool = False
    writes: int = field(default=0, init=False)

    async def write(self, unit: Callable[[Session], T]) -> T:
        self.writes += 1
        if self.full:
            raise StoreError("database or disk is full")
        return await self.inner.write(unit)

    async def read(self, unit: Callable[[Session], T]) -> T:
        return await self.inner.read(unit)


async def test_a_store_that_takes_what_is_written_is_well(store: Database) -> None:
    assert await StoreProbe(store).state() == "ok"
    assert await store.read(lambda session: session.get(KeptRow, "probe:written"))


async def test_a_full_disk_is_told_and_its_end_is_seen_at_once(store: Database) -> None:
    now, disk = [0.0], FullDisk(store)
    probe = StoreProbe(disk, lambda: now[0])
    assert [await probe.state(), await probe.state(), disk.writes] == ["ok", "ok", 1]
    disk.full = True
    now[0] += FRESH
    assert await probe.state() == "database or disk is full"
    assert await probe.state() == "database or disk is full"
    disk.full = False
    assert await probe.state() == "ok"
