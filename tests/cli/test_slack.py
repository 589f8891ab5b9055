"""`parley slack`, `parley doctor` and `parley run` with Slack, against a Slack on loopback."""

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
from tests.cli.test_run import refused
from tests.slack.living import answers, finished
from tests.slack.server.server import Slack, slack_server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sqlite_path")]
"""Making the tables takes most of the time of a first start. Those of other files make them."""


@pytest.fixture
async def world() -> AsyncIterator[Slack]:
    async with slack_server() as server:
        yield server


async def parley(home: Path, world: Slack, *arguments: str, **more: str) -> tuple[int, str]:
    """Run the command; returns its exit code and all that it said."""
    environment = {**os.environ, "PARLEY_HOME": str(home), "PARLEY_SLACK__BASE_URL": world.base_url, **more}
    return await program.ended(environment, *arguments)


def files(folder: Path, token: str, app_token: str) -> tuple[str, ...]:
    """Two files with the tokens, as options of the setup."""
    (folder / "bot").write_text(token)
    (folder / "app").write_text(app_token)
    return "--token-file", str(folder / "bot"), "--app-token-file", str(folder / "app")


async def manifest(home: Path, world: Slack, **more: str) -> dict[str, object]:
    code, said = await parley(home, world, "slack", "manifest", **more)
    assert code == 0, said
    return dict(json.loads(said))


async def test_the_manifest_is_what_slack_wants(world: Slack, tmp_path: Path) -> None:
    made = await manifest(tmp_path, world)
    assert made["settings"]["socket_mode_enabled"] is True  # type: ignore[index]
    public = {"PARLEY_SLACK__PUBLIC_URL": "https://bot.example.org"}
    code, said = await parley(tmp_path, world, "slack", "manifest", "--http", **public)
    over_http = json.loads(said)
    assert over_http["settings"]["event_subscriptions"]["request_url"] == "https://bot.example.org/slack/events"
    assert over_http["settings"]["socket_mode_enabled"] is False
    code, said = await parley(tmp_path, world, "slack", "manifest", "--http")
    assert (code, "slack.public_url" in said) == (1, True)


async def test_setup_checks_the_tokens_and_keeps_them(world: Slack, tmp_path: Path) -> None:
    home = tmp_path / "home"
    code, said = await parley(home, world, "slack", "setup", *files(tmp_path, world.token, world.app_token))
    assert code == 0, said
    assert "Garden" in said
    assert "may not yet: app_mentions:read" in said
    assert world.token not in said
    assert {(home / f"slack.{name}").stat().st_mode & 0o077 for name in ("token", "app_token")} == {0}
    settings = configuration.load(home / "parley.toml", {"PARLEY_HOME": str(home)})
    assert settings.slack.token
    assert settings.slack.app_token
    assert settings.slack.app_token.get_secret_value() == world.app_token


async def test_a_wrong_token_is_said_everywhere(world: Slack, tmp_path: Path) -> None:
    code, said = await parley(tmp_path, world, "slack", "setup", *files(tmp_path, "xoxb-wrong", world.app_token))
    assert (code, "slack.token: Slack does not accept it" in said) == (1, True)
    wrong = {"PARLEY_SLACK__TOKEN": world.token, "PARLEY_SLACK__APP_TOKEN": "xapp-wrong"}
    code, said = await parley(tmp_path, world, "doctor", **wrong)
    assert (code, "slack.app_token: Slack does not accept it" in said) == (1, True)
    ran = await refused(tmp_path, PARLEY_WEB__ENABLED="false", PARLEY_SLACK__BASE_URL=world.base_url, **wrong)
    assert (ran.code, "slack.app_token" in ran.err, "Traceback" in ran.err) == (1, True, False)
    assert "xapp-wrong" not in ran.err


async def test_doctor_tells_what_the_app_lacks(world: Slack, tmp_path: Path) -> None:
    right = {"PARLEY_SLACK__TOKEN": world.token, "PARLEY_SLACK__APP_TOKEN": world.app_token}
    _, said = await parley(tmp_path, world, "doctor", "--json", **right)
    found = {finding["what"]: finding for finding in json.loads(said)}
    assert (found["slack"]["state"], "chat:write" in found["slack"]["found"]) == ("warn", True)
    world.install(await manifest(tmp_path, world))
    _, said = await parley(tmp_path, world, "doctor", "--json", **right)
    found = {finding["what"]: finding for finding in json.loads(said)}
    assert (found["slack"]["state"], found["slack"]["found"]) == ("ok", "in Garden")


async def test_run_answers_on_slack_and_survives_a_restart(world: Slack, tmp_path: Path) -> None:
    world.install(await manifest(tmp_path, world))
    ana = world.person("Ana")
    chat = ana.dm()

    settings = {
        "PARLEY_SLACK__TOKEN": world.token,
        "PARLEY_SLACK__APP_TOKEN": world.app_token,
        "PARLEY_SLACK__BASE_URL": world.base_url,
    }
    line, ask = "On Slack as an app of Garden", partial(ana.says, chat, "Hello")
    await answers_over_a_restart(world, tmp_path, settings, line, ask, partial(finished, chat))
    assert [answer.shown for answer in answers(chat)] == [HELLO] * 2


INCOMPLETE = [
    ({"TOKEN": "xoxb-1"}, "app_token"),
    ({"TOKEN": "xoxb-1", "MODE": "http"}, "signing_secret"),
    ({"CLIENT_ID": "1.2", "APP_TOKEN": "xapp-1", "CLIENT_SECRET": "s", "PUBLIC_URL": "http://x.org"}, "public_url"),
]


@pytest.mark.parametrize(("given", "missing"), INCOMPLETE)
def test_what_is_missing_is_named(tmp_path: Path, given: dict[str, str], missing: str) -> None:
    environment = {"PARLEY_HOME": str(tmp_path), **{f"PARLEY_SLACK__{name}": value for name, value in given.items()}}
    with pytest.raises(SettingsError, match=missing):
        configuration.load(None, environment)
