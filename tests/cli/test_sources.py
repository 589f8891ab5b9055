"""`parley sources`, as it is typed."""

import getpass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.sources import sources
from cli.wiring.platforms import exported
from core.dataset.export.consent import SOURCES
from tests.settings import StandInSettings

PLATFORMS = exported()


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StandInSettings:
    standing_in = StandInSettings(tmp_path)
    monkeypatch.setattr("cli.sources.load", lambda: standing_in)
    return standing_in


def run(*arguments: str) -> Result:
    return CliRunner().invoke(sources, arguments)


def cells() -> dict[tuple[str, str], bool]:
    head, *rows = run().stdout.splitlines()[: len(PLATFORMS) + 1]
    return {
        (platform, source): cell == "on"
        for platform, *line in map(str.split, rows)
        for source, cell in zip(head.split(), line, strict=True)
    }


def test_the_table_shows_the_defaults_before_there_is_a_database(tmp_path: Path) -> None:
    assert cells() == {
        (platform, source): PLATFORMS[platform] and SOURCES[source] for platform in PLATFORMS for source in SOURCES
    }
    shown = run().stdout
    assert "slack is off: Slack's developer policy" in shown
    assert "gateway is off: it is text that nobody gave to the bot on purpose" in shown
    assert list(tmp_path.iterdir()) == []
    assert run("log").stdout == "Nobody has switched anything; these are the defaults.\n"


def test_slack_needs_a_statement() -> None:
    refused = run("allow", "slack")
    assert refused.exit_code == 2
    assert "Slack's developer policy forbids training models" in refused.stderr
    assert "--internal-app" in refused.stderr
    assert run("allow", "slack.form", "--internal-app", " ").exit_code == 2
    allowed = run("allow", "slack", "--internal-app", "our own app; checked by Ana")
    assert (allowed.exit_code, allowed.stdout) == (0, "slack is on.\n")
    assert cells()["slack", "form"]
    assert not cells()["slack", "gateway"]
    assert "slack is off" not in run().stdout
    assert "slack was switched on here" in run().stdout


@pytest.mark.slow
@pytest.mark.parametrize("what", ["discord.gateway", "telegram.gateway"])
def test_overheard_text_needs_a_statement(what: str) -> None:
    refused = run("allow", what)
    assert refused.exit_code == 2
    assert "--i-have-permission" in refused.stderr
    assert run("allow", what, "--i-have-permission", "by Discord, 2026").exit_code == 0
    platform, source = what.split(".")
    assert cells()[platform, source]


def test_overheard_text_of_slack_needs_both() -> None:
    assert run("allow", "slack.gateway", "--internal-app", "ours").exit_code == 2
    assert run("allow", "slack.gateway", "--i-have-permission", "ours").exit_code == 2
    assert run("allow", "slack.gateway", "--internal-app", "ours", "--i-have-permission", "all agreed").exit_code == 0
    assert "on: ours; all agreed" in run("log").stdout


@pytest.mark.slow
def test_what_is_denied_is_off_until_it_is_allowed() -> None:
    assert run("deny", "discord.reaction").stdout == "discord.reaction is off.\n"
    assert run("deny", "telegram").exit_code == 0
    found = cells()
    assert (found["discord", "reaction"], found["discord", "form"], found["telegram", "form"]) == (False, True, False)
    assert run("allow", "discord.reaction").exit_code == 0
    assert cells()["discord", "reaction"]
    log = run("log").stdout.splitlines()
    assert [line.split("UTC")[1].split() for line in log] == [
        ["discord.reaction", "off:", "denied", "(who:", f"{getpass.getuser()})"],
        ["telegram", "off:", "denied", "(who:", f"{getpass.getuser()})"],
        ["discord.reaction", "on:", "allowed", "(who:", f"{getpass.getuser()})"],
    ]


@pytest.mark.parametrize(
    ("what", "told"),
    [("irc", "no platform 'irc'"), ("discord.smoke", "no source 'smoke'"), ("discord.", "no source ''")],
)
def test_what_there_is_not_is_named(what: str, told: str) -> None:
    result = run("deny", what)
    assert result.exit_code == 2
    assert told in result.stderr
