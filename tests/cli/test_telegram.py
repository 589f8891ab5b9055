"""`parley telegram setup`, `parley doctor` and `parley run` with Telegram, against a Telegram on loopback."""

import json
import os
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from config import settings as configuration
from core.errors import SettingsError
from tests.cli import program
from tests.cli.platforms import HELLO, answers_over_a_restart
from tests.cli.test_run import browser, refused, running
from tests.telegram.living import answers, finished
from tests.telegram.server.server import Telegram, telegram_server
from tests.telegram.server.specification import published

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sqlite_path")]
"""Making the tables takes most of the time of a first start. Those of other files make them."""


@pytest.fixture
async def world() -> AsyncIterator[Telegram]:
    async with telegram_server(published()) as server:
        yield server


async def parley(home: Path, world: Telegram, *arguments: str, **more: str) -> tuple[int, str]:
    """Run the command; returns its exit code and all that it said."""
    environment = {**os.environ, "PARLEY_HOME": str(home), "PARLEY_TELEGRAM__BASE_URL": world.base_url, **more}
    return await program.ended(environment, *arguments)


async def test_setup_checks_the_token_keeps_it_and_prints_the_links(world: Telegram, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(world.token)
    home = tmp_path / "home"
    code, said = await parley(home, world, "telegram", "setup", "--token-file", str(secret))
    assert code == 0, said
    assert "https://t.me/parley_bot?startgroup=parley" in said
    assert world.token not in said
    assert (home / "telegram.token").stat().st_mode & 0o077 == 0
    settings = configuration.load(home / "parley.toml", {"PARLEY_HOME": str(home)})
    assert settings.telegram.token
    assert settings.telegram.token.get_secret_value() == world.token


async def test_a_wrong_token_is_said_everywhere(world: Telegram, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("1:wrong")
    code, said = await parley(tmp_path, world, "telegram", "setup", "--token-file", str(secret))
    assert (code, "does not know this token" in said) == (1, True)
    code, said = await parley(tmp_path, world, "doctor", PARLEY_TELEGRAM__TOKEN="1:wrong")
    assert (code, "does not know the token" in said) == (1, True)
    wrong = {"PARLEY_TELEGRAM__TOKEN": "1:wrong", "PARLEY_TELEGRAM__BASE_URL": world.base_url}
    ran = await refused(tmp_path, PARLEY_WEB__ENABLED="false", **wrong)
    assert (ran.code, "telegram.token" in ran.err, "Traceback" in ran.err) == (1, True, False)
    assert "1:wrong" not in ran.err


async def test_doctor_knows_the_bot(world: Telegram, tmp_path: Path) -> None:
    _, said = await parley(tmp_path, world, "doctor", "--json", PARLEY_TELEGRAM__TOKEN=world.token)
    found = {finding["what"]: finding for finding in json.loads(said)}
    assert found["telegram"]["state"] == "ok"
    assert "@parley_bot" in found["telegram"]["found"]


async def test_run_answers_on_telegram_and_survives_a_restart(world: Telegram, tmp_path: Path) -> None:
    ana = world.person("Ana")
    chat = ana.dm()

    settings = {"PARLEY_TELEGRAM__TOKEN": world.token, "PARLEY_TELEGRAM__BASE_URL": world.base_url}
    line, ask = "On Telegram as Parley", partial(ana.says, chat, "Hello")
    await answers_over_a_restart(world, tmp_path, settings, line, ask, partial(finished, chat))
    assert [answer.text for answer in answers(chat)] == [HELLO] * 2


@pytest.mark.parametrize("secret", [{}, {"PARLEY_TELEGRAM__WEBHOOK_SECRET": "short"}])
def test_a_webhook_needs_a_secret(tmp_path: Path, secret: dict[str, str]) -> None:
    environment = {"PARLEY_HOME": str(tmp_path), "PARLEY_TELEGRAM__WEBHOOK_URL": "https://x.org/telegram", **secret}
    with pytest.raises(SettingsError, match="webhook_secret"):
        configuration.load(None, environment)


async def test_a_wrong_token_does_not_end_the_web_chat(world: Telegram, tmp_path: Path) -> None:
    wrong = {"PARLEY_TELEGRAM__TOKEN": "1:wrong", "PARLEY_TELEGRAM__BASE_URL": world.base_url}
    async with running(tmp_path, **wrong) as here, browser(here.web) as client:
        assert "telegram.token: Telegram does not know it" in await here.line("surface_down")
        assert (await client.get("/")).status_code == 200
        state = await client.get(f"{here.operator}/readyz")
        assert (state.status_code, state.json()["surface:web"]) == (200, "up")
        assert "telegram.token" in state.json()["surface:telegram"]
        _, said = await parley(tmp_path, world, "doctor", "--json", PARLEY_TELEGRAM__TOKEN="1:wrong")
        found = {finding["what"]: finding for finding in json.loads(said)}
        assert found["surface web"]["state"] == "ok"
        assert (found["surface telegram"]["state"], "telegram.token" in found["surface telegram"]["found"]) == (
            "fail",
            True,
        )
        assert await here.stop() == 0
