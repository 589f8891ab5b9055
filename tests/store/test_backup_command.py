"""`parley backup` and `parley restore`, as they are typed."""

import asyncio
import stat
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cli.backup import backup, restore
from core.store.engine.database import connect
from tests.settings import StandInSettings
from tests.store.rows import adding, names


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_url: str) -> StandInSettings:
    standing_in = StandInSettings(tmp_path)
    standing_in.database.url = sqlite_url
    monkeypatch.setattr("cli.backup.load", lambda: standing_in)
    return standing_in


def written(url: str, *new: str) -> list[str]:
    async def use() -> list[str]:
        store = connect(url)
        for name in new:
            await store.write(adding(name))
        found = await store.read(names)
        await store.close()
        return found

    return asyncio.run(use())


def run(command: click.Command, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_a_backup_goes_home_and_comes_back(settings: StandInSettings) -> None:
    written(settings.database.url, "a")
    result = run(backup)
    assert result.exit_code == 0, result.output
    (archive,) = (settings.home / "backups").iterdir()
    assert stat.S_IMODE(archive.parent.stat().st_mode) == 0o700
    assert result.output.startswith(f"{archive}: schema ")
    written(settings.database.url, "b")
    refused = run(restore, archive)
    assert refused.exit_code == 1
    assert "give --force to replace it" in refused.output
    replaced = run(restore, archive, "--force")
    assert replaced.exit_code == 0, replaced.output
    assert written(settings.database.url) == ["a"]


def test_a_backup_goes_where_it_is_told(settings: StandInSettings, tmp_path: Path) -> None:
    assert run(backup, tmp_path / "mine.zip").exit_code == 0
    assert (tmp_path / "mine.zip").exists()
    again = run(backup, tmp_path / "mine.zip")
    assert again.exit_code == 1
    assert "is there already" in again.output
