"""Two programs with the same token: of which neither knows of the other, and which take turns."""

import asyncio
import shutil
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from structlog.testing import capture_logs

from bots.shared.turns import Work
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


async def never(name: str, work: Work) -> None:
    """It is always another process's turn."""
    await asyncio.Event().wait()


async def test_whose_turn_it_is_not_takes_what_comes_by_webhook_and_leaves_at_once(
    world: Telegram, sqlite_url: str
) -> None:
    ana = world.person("Ana")
    hook = "http://127.0.0.1:1/telegram"
    async with (
        living(world, sqlite_url, webhook_url=hook),
        living(world, sqlite_url, webhook_url=hook, alone=never) as beside,
        AsyncClient(transport=ASGITransport(beside.running.app()), base_url="http://beside") as telegram,
    ):
        sent = {"update_id": 5, "message": world.written(ana.dm(), ana.account, "Hello").payload()}
        headers = {"X-Telegram-Bot-Api-Secret-Token": "a-secret"}
        assert (await telegram.post("/telegram", json=sent, headers=headers)).status_code == 200
        await world.until(lambda: finished(ana.dm()))
        assert [request.method for request in world.requests].count("setWebhook") == 1
