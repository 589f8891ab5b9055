"""Shared parts of the bots on a test's platform: a store that can be observed, and a look into the database."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlmodel import Session

from core.models.scripted import ScriptedModel
from core.store.engine.database import Database
from tests.shared.leaping import LeapingLoop

T = TypeVar("T")


class Heard(Protocol):
    """A test's platform: it can be told that something has changed, and waited at until something is so."""

    def note(self) -> None: ...

    async def until(self, true: Callable[[], bool]) -> None: ...


@dataclass(slots=True)
class HeardStore:
    """A store; the test's platform hears of each commit, so that one can wait for it there."""

    store: Database
    world: Heard

    async def write(self, unit: Callable[[Session], T]) -> T:
        with real_time():
            done: T = await self.store.write(unit)
        self.world.note()
        return done

    async def read(self, unit: Callable[[Session], T]) -> T:
        with real_time():
            found: T = await self.store.read(unit)
        return found


def real_time() -> AbstractContextManager[None]:
    """Let no clock leap during the body, which waits for a thread."""
    loop = asyncio.get_running_loop()
    return loop.held() if isinstance(loop, LeapingLoop) else nullcontext()


@dataclass(slots=True)
class Ledger:
    """The database of a running bot, which is SQLite here."""

    world: Heard
    url: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The content of the database."""
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as database:
            return database.execute(query).fetchall()

    async def until_rows(self, query: str, expected: list[tuple[Any, ...]]) -> None:
        """Wait until a query finds this. Raises AssertionError with what it found instead."""
        try:
            await self.world.until(lambda: self.rows(query) == expected)
        except TimeoutError:
            assert self.rows(query) == expected

    async def rated(self, *values: int) -> None:
        """Wait until these are all ratings that there are."""
        await self.until_rows("SELECT value FROM rating ORDER BY at", [(value,) for value in values])


def echo() -> ScriptedModel:
    """A model that repeats what was said last."""
    return ScriptedModel(lambda lines: f"You said: {lines[-1].text}")
