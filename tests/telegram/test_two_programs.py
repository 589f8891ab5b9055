"""Two programs with the same token, of which neither knows of the other."""

import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cli.live_checks import two_pollers
from config.settings import load
from tests.telegram.living import finished, living
from tests.telegram.server.server import Telegram


async def test_both_say_so_and_the_doctor_does_too(
    world: Telegram, sqlite_url: str, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_TELEGRAM__TOKEN", world.token)
    monkeypatch.setenv("PARLEY_DATABASE__URL", sqlite_url)
    settings = load()
    other = shutil.copy(sqlite_template, tmp_path / "other.sqlite3")
    with capture_logs() as logs:
        async with living(world, sqlite_url, first_pause=0.01) as ours:
            assert await two_pollers(settings) == []
            async with living(world, f"sqlite:///{other}", first_pause=0.01):
                await ours.until_rows("SELECT count(*) FROM kept WHERE name = 'telegram:conflict'", [(1,)])
            ana = world.person("Ana")
            await ana.says(ana.dm(), "Hello")
            await world.until(lambda: finished(ana.dm()))
    (finding,) = await two_pollers(settings)
    assert (finding.what, finding.state) == ("telegram updates", "fail")
    assert any("the same token" in entry.get("fix", "") for entry in logs if entry["event"] == "telegram_conflict")
