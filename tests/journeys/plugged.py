"""The built-in reminders in the core of a stage, and the clock that makes their calls."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import plugins.builtin
from core.ports.store import Store
from core.wiring import WiredCore
from plugins.host.schedules import PluginScheduler
from plugins.host.sources.builtin import built_in
from tests.plugin_host.stage import Stage, staged

REMINDERS = built_in(Path(plugins.builtin.__file__).parent, "plugins.builtin")["reminders"]


@dataclass(slots=True)
class RemindingCores:
    """Makes cores that have the reminders; `clock` is that of the newest."""

    home: Path
    made: list[Stage] = field(default_factory=list)

    def __call__(self, store: Store, *models: Any, work: Any = None, **given: Any) -> WiredCore:
        self.made.append(staged(store, self.home, *models, found=[REMINDERS], work=work))
        return self.made[-1].core

    @property
    def clock(self) -> PluginScheduler:
        return self.made[-1].clock


@asynccontextmanager
async def reminding(home: Path) -> AsyncIterator[RemindingCores]:
    """Cores with reminders, until the end of a test."""
    cores = RemindingCores(home)
    yield cores
    for stage in cores.made:
        await stage.close()


def hasten(url: str, what: str) -> str:
    """Let a planned reminder of something be due; returns its call's id."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database, database:
        (call,) = database.execute('SELECT id FROM plugin_call WHERE "values" LIKE ?', [f"%{what}%"]).fetchall()
        database.execute("UPDATE plugin_call SET due = '2026-01-01 00:00:00.000000' WHERE id = ?", call)
    return str(call[0])
