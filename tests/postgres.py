"""A PostgreSQL of the tests' own: one cluster a session, on a Unix socket, and an empty database for each test."""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Literal, LiteralString

import psycopg
import pytest
from psycopg import sql

from core.store.engine.migrate import migrate
from core.store.schema import METADATA

SPEED = {
    # The data is thrown away, so nothing waits for a disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "100",
    "deadlock_timeout": "50ms",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server. `folder` has its socket, `control` calls pg_ctl."""

    folder: Path
    admin: psycopg.Connection
    control: Callable[..., None]
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def create(self) -> str:
        """Make an empty database and return its name."""
        name = f"parley_{next(self.numbers)}"
        self.run("CREATE DATABASE {}", name)
        return name

    def drop(self, name: str) -> None:
        self.run("DROP DATABASE {} WITH (FORCE)", name)

    def restart(self, mode: Literal["fast", "immediate"]) -> None:
        """Restart the server: "fast" ends all connections first, "immediate" is a crash. `admin` is gone afterwards."""
        self.control("-w", "-t", "60", "-m", mode, "restart")

    def crash(self) -> None:
        """Let the server die, with all its connections."""
        self.control("-w", "-m", "immediate", "stop")

    def promote(self) -> None:
        """Let a standby take changes."""
        self.control("-w", "-t", "30", "promote")

    def empty(self, name: str) -> None:
        """Take every row out of our tables. That takes a sixth of the time of TRUNCATE, which makes every file anew."""
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        self.admin.execute(others, [name])
        # Where everything goes, foreign keys need not be looked after; as a replica, the server leaves them alone.
        delete = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in METADATA.tables]
        with psycopg.connect(f"user=postgres dbname={name} host={self.folder}") as connection:
            connection.execute(sql.SQL("; ").join([sql.SQL("SET session_replication_role = replica"), *delete]))

    def run(self, statement: LiteralString, *names: str) -> None:
        self.admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL that is installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = [file.parent for file in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


def user() -> str | None:
    """The user that the server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster for the time of a test session. Skips if there is no PostgreSQL."""
    with _server() as (run, folder):
        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        with _started(run, folder) as running:
            yield running


@contextmanager
def standby(primary: Cluster) -> Iterator[Cluster]:
    """A second server that takes over what a first one commits, and no changes of its own until `promote`."""
    with _server() as (run, folder):
        run("pg_basebackup", "-U", "postgres", "-h", str(primary.folder), "-c", "fast", "-R", "--no-sync")
        with _started(run, folder) as running:
            yield running


@contextmanager
def _server() -> Iterator[tuple[Callable[..., None], Path]]:
    """The folder of a server, and how its programs are run there."""
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL: initdb is neither in PATH nor in /usr/lib/postgresql/*/bin")
    # A socket's path may have about 100 characters, which pytest's own folders would use up.
    folder = Path(tempfile.mkdtemp(prefix="parley-pg-", dir="/tmp"))
    owner = user()
    if owner:
        shutil.chown(folder, owner)

    def run(program: str, *arguments: str) -> None:
        # No pipe: the server would inherit it, and whoever reads it would wait as long as the server lives.
        nothing = subprocess.DEVNULL
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, user=owner, cwd="/", stdout=nothing, stderr=nothing, check=True, timeout=60)

    try:
        yield run, folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _started(run: Callable[..., None], folder: Path) -> Iterator[Cluster]:
    options = " ".join(f"-c {name}='{value}'" for name, value in SPEED.items())
    run("pg_ctl", "-w", "-t", "30", "-o", f"-k {folder} {options}", "-l", str(folder / "log"), "start")
    try:
        with psycopg.connect(f"user=postgres dbname=postgres host={folder}", autocommit=True) as admin:
            yield Cluster(folder, admin, partial(run, "pg_ctl"))
    finally:
        # A test may have stopped it.
        if (folder / "data" / "postmaster.pid").exists():
            run("pg_ctl", "-w", "-m", "immediate", "stop")


def prepared(cluster: Cluster) -> str:
    """The name of a database with our tables."""
    name = cluster.create()
    asyncio.run(migrate(cluster.url(name)))
    return name
