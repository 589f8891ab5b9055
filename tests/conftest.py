"""Databases for the tests: `store` is an open one, once SQLite and once PostgreSQL."""

import asyncio
import gc
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import settings
from sqlalchemy import Connection, Dialect, Engine, event

from core.store.engine.database import Database, connect
from core.store.engine.migrate import migrate
from plugins.host.install.base_environment import base
from tests import postgres
from tests.keys import KEYRING
from tests.postgres import Cluster
from tests.relaxed import relax

# How long one example takes says more of what else the machine does than of our code.
settings.register_profile("some", settings(), deadline=None, max_examples=30)
settings.register_profile("many", settings(), deadline=None, max_examples=200)
settings.load_profile("some")

# Nothing that is imported and collected is garbage. `pytest_collection_finish` puts the collector on again.
gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make faults` what says on PostgreSQL no more than on SQLite."""
    for item in items:
        above = item.get_closest_marker("above_the_store") and not item.get_closest_marker("in_the_store")
        if above and item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.sweep)


def pytest_collection_finish() -> None:
    """Everything is imported now, and stays: looking through it for garbage again and again takes its time."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Statements compiled by one test serve the others, whose engines are their own. It saves a quarter of the time."""
    dialects: dict[str, Dialect] = {}
    statements: dict[Any, Any] = {}

    def share(connection: Connection) -> None:
        # A compiled statement belongs to the dialect, and each engine has one of its own.
        connection.dialect = dialects.setdefault(connection.dialect.name, connection.dialect)
        connection.execution_options(compiled_cache=statements)

    event.listen(Engine, "engine_connect", share)
    yield
    event.remove(Engine, "engine_connect", share)


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """SQLite waits at each commit until it is on the disk, which only matters when the power fails, and no test does
    that. Without it, tests on SQLite take a fraction of the time."""

    event.listen(Engine, "engine_connect", relax)
    yield
    event.remove(Engine, "engine_connect", relax)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables, all of them empty."""
    path = tmp_path_factory.mktemp("template") / "parley.sqlite3"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_path(sqlite_template: Path, tmp_path: Path) -> Path:
    """A SQLite file of the test's own."""
    return Path(shutil.copy(sqlite_template, tmp_path / "parley.sqlite3"))


@pytest.fixture
def sqlite_url(sqlite_path: Path) -> str:
    return f"sqlite:///{sqlite_path}"


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The libraries that all plugins' processes import from, made once."""
    return base(tmp_path_factory.mktemp("common"))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A running PostgreSQL; skips if there is none."""
    with postgres.cluster() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_database(cluster: Cluster) -> str:
    return postgres.prepared(cluster)


@pytest.fixture
def postgres_url(cluster: Cluster, postgres_database: str) -> Iterator[str]:
    """A PostgreSQL database for the test alone, with our tables, all of them empty."""
    yield cluster.url(postgres_database)
    cluster.empty(postgres_database)


@pytest.fixture
def empty_postgres_url(cluster: Cluster) -> Iterator[str]:
    """A PostgreSQL database with nothing in it."""
    name = cluster.create()
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database with our tables: the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place for a database that has no tables yet: the test runs once on each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'parley.sqlite3'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Database]:
    """An open database: the test runs once on each kind."""
    opened = connect(database_url, KEYRING)
    yield opened
    await opened.close()


@pytest.fixture(autouse=True)
def plain_traces() -> None:
    """Tracebacks as they are: structlog's usual ones draw every local variable, which stops the loop for seconds."""
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, console])
