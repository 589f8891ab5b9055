"""Which processes can share a database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, col, update

from core.errors import OperatorError
from core.store import processes
from core.store.engine.database import Database, connect
from core.store.process_tables import ProcessRow
from core.store.processes import CONTRACT, ThisProcess
from core.store.tables import now

pytestmark = pytest.mark.postgres

WORKER = ThisProcess("1", "worker", "1.0", "one", 7)


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Database]:
    opened = connect(postgres_url)
    yield opened
    await opened.close()


async def enter(store: Database, process: ThisProcess) -> None:
    await store.write(lambda session: processes.enter(session, process))


async def change(store: Database, **values: object) -> None:
    def unit(session: Session) -> None:
        session.connection().execute(update(ProcessRow).where(col(ProcessRow.id) == WORKER.id).values(**values))

    await store.write(unit)


async def test_workers_and_ingress_work_together(store: Database) -> None:
    await enter(store, WORKER)
    await enter(store, replace(WORKER, id="2", pid=8))
    await enter(store, replace(WORKER, id="3", role="ingress"))
    assert [row.role for row in await store.read(processes.alive)] == ["worker", "worker", "ingress"]


@pytest.mark.parametrize("roles", [("run", "worker"), ("ingress", "run"), ("run", "run")])
async def test_a_process_that_does_everything_is_alone(store: Database, roles: tuple[str, str]) -> None:
    await enter(store, replace(WORKER, role=roles[0]))
    with pytest.raises(OperatorError, match=rf"`parley {roles[0]}` \(process 7 on one, version 1.0\) uses this"):
        await enter(store, replace(WORKER, id="2", role=roles[1]))
    await store.write(lambda session: processes.leave(session, WORKER.id))
    await enter(store, replace(WORKER, id="2", role=roles[1]))


@pytest.mark.parametrize("distance", [-1, 1])
async def test_versions_that_follow_each_other_work_together(store: Database, distance: int) -> None:
    await enter(store, WORKER)
    await change(store, contract=CONTRACT + distance)
    await enter(store, replace(WORKER, id="2"))


async def test_versions_that_are_further_apart_do_not(store: Database) -> None:
    await enter(store, WORKER)
    await change(store, contract=CONTRACT + 2)
    with pytest.raises(OperatorError, match="more than one version away"):
        await enter(store, replace(WORKER, id="2"))


async def test_who_was_silent_for_long_is_dead(store: Database) -> None:
    await enter(store, replace(WORKER, role="run"))
    await change(store, seen_at=now() - processes.ALIVE - timedelta(seconds=1))
    await enter(store, replace(WORKER, id="2"))
    assert not await store.write(lambda session: processes.seen(session, WORKER.id))
