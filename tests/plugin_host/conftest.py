"""Fixtures that the host's tests share."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.store.engine.database import Database, connect
from tests.keys import KEYRING
from tests.plugin_host.stage import Build, Stage, staged


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[Database]:
    """A database of one kind: plugins' data is tested on both in tests/store."""
    opened = connect(sqlite_url, KEYRING)
    yield opened
    await opened.close()


@pytest.fixture
def home(common: Path, tmp_path: Path) -> Path:
    """The folder of an installation."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / common.name).symlink_to(common)
    return tmp_path


@pytest.fixture
async def build(store: Database, home: Path) -> AsyncIterator[Build]:
    """Builds stages, and takes them down."""
    stages: list[Stage] = []

    def built(*models: Any, **given: Any) -> Stage:
        stages.append(staged(store, home, *models, **given))
        return stages[-1]

    yield built
    for stage in stages:
        await stage.close()
