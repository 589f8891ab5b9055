"""The log: lines that a machine can read, on a thread of their own, and no secret in any of them."""

import json
import logging
import logging.handlers
import threading
from pathlib import Path
from typing import Any

import pytest
import structlog

from cli.wiring.logs import logging_to, logging_to_console
from cli.wiring.scrub import HIDDEN, SecretScrubber
from config.settings import ParleySettings, load
from core.errors import SettingsError

SECRET = "sk-planted-0123456789"


def settings(home: Path, **environment: str) -> ParleySettings:
    """Settings that know one secret, and log as JSON."""
    return load(
        environment={
            "PARLEY_HOME": str(home),
            "PARLEY_HUGGINGFACE__TOKEN": SECRET,
            "PARLEY_LOG__FORMAT": "json",
            **environment,
        }
    )


def lines(home: Path) -> list[dict[str, Any]]:
    """The content of the log file."""
    return [json.loads(line) for line in (home / "logs" / "parley.log").read_text().splitlines()]


def test_a_line_goes_to_the_file_and_to_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to(settings(tmp_path)):
        structlog.get_logger().info("started", port=8080)
        logging.getLogger("somebody").warning("careful with %s", "this")
    started, careful = lines(tmp_path)
    assert (started["event"], started["port"], started["level"]) == ("started", 8080, "info")
    assert (careful["event"], careful["level"]) == ("careful with [str]", "warning")
    output = capsys.readouterr()
    assert [json.loads(line)["event"] for line in output.err.splitlines()] == ["started", "careful with [str]"]
    assert output.out == ""


def test_less_than_the_level_is_left_out(tmp_path: Path) -> None:
    with logging_to(settings(tmp_path, PARLEY_LOG__LEVEL="warning"), aside=False):
        structlog.get_logger().info("chatter")
        logging.getLogger("somebody").info("chatter")
        structlog.get_logger().warning("matters")
    assert [line["event"] for line in lines(tmp_path)] == ["matters"]


def test_no_file_where_none_is_wanted(tmp_path: Path) -> None:
    with logging_to(settings(tmp_path, PARLEY_LOG__FILE="false")):
        structlog.get_logger().info("started")
    assert not (tmp_path / "logs").exists()


def test_a_log_that_cannot_be_written_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")
    with pytest.raises(SettingsError, match=r"log\.file"), logging_to(settings(tmp_path)):
        raise AssertionError("logged nowhere")


def test_no_planted_secret_reaches_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = structlog.get_logger()
    with logging_to(settings(tmp_path)):
        log.info(f"a message with {SECRET}", nested={"deep": [{"er": (SECRET, {SECRET})}]}, raw=SECRET.encode())
        log.info("an object", error=ValueError(SECRET), **{SECRET: "a name"})
        logging.getLogger("somebody").error("an argument %s", {"value": SECRET})
        try:
            try:
                raise ValueError(f"the cause has {SECRET}")
            except ValueError as cause:
                raise RuntimeError(f"and so has this: {SECRET}") from cause
        except RuntimeError:
            log.exception("caught")
            logging.getLogger("somebody").exception("caught too")
    written = (tmp_path / "logs" / "parley.log").read_text() + capsys.readouterr().err
    assert SECRET not in written
    assert "RuntimeError" in written
    assert "RuntimeError: and so has this" not in written
    assert len(lines(tmp_path)) == 5


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("GET /x with Authorization: Bearer planted12345", "GET /x with Authorization: "),
        ("{'authorization': 'Bearer planted12345', 'a': 1}", "'a': 1}"),
        ("[(b'authorization', b'planted')] sent Bearer planted12345", "sent Bearer "),
        ("https://x.org/a?token=planted&page=2", "&page=2"),
        ("https://x.org/a?q=planted+words&page=2", "&page=2"),
        (
            "wss://wss-primary.slack.com/link/?ticket=planted-1&app_id=planted-2",
            "wss://wss-primary.slack.com/link/?ticket=",
        ),
        ("https://hooks.slack.com/commands/T1/22/planted", "https://hooks.slack.com/commands/T1/"),
        ("https://discord.com/api/v10/webhooks/12/planted.a-b_c/messages/@original", "/messages/@original"),
        ("https://discord.com/api/v10/interactions/12/planted-abc/callback", "/callback"),
        ("https://x.org/a?b=1&api_key=planted", "https://x.org/a?b=1&api_key="),
        ("postgresql+psycopg://me:planted@db/parley", "postgresql+psycopg://me:"),
        ("https://api.telegram.org/bot123456:planted-ABC_def/getMe", "/getMe"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_and_the_rest_stays(text: str, rest: str) -> None:
    shown = SecretScrubber(()).text(text)
    assert "planted" not in shown
    assert HIDDEN in shown
    assert rest in shown


def test_values_are_hidden_by_their_name_and_counts_are_not() -> None:
    event = {"headers": {"X-Api-Key": "abc", "Set-Cookie": "b"}, "access_token": "c", "tokens": 12, "first_token": 0.4}
    assert SecretScrubber(())(None, "info", event) == {
        "headers": {"X-Api-Key": HIDDEN, "Set-Cookie": HIDDEN},
        "access_token": HIDDEN,
        "tokens": 12,
        "first_token": 0.4,
    }


def test_a_placeholder_for_a_key_spoils_no_words() -> None:
    assert (
        SecretScrubber(("x", "")).text("six boxes at http://127.0.0.1:8080/v1")
        == "six boxes at http://127.0.0.1:8080/v1"
    )


def test_the_one_who_logs_does_not_wait_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk_answers = threading.Event()
    waited: list[bool] = []

    def emit(handler: logging.Handler, record: logging.LogRecord) -> None:
        waited.append(disk_answers.wait(10))

    monkeypatch.setattr(logging.handlers.RotatingFileHandler, "emit", emit)
    with logging_to(settings(tmp_path), aside=False):
        structlog.get_logger().info("started")
        disk_answers.set()
    assert waited == [True]


def test_a_command_without_a_log_says_no_words_either(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to_console():
        logging.getLogger("discord.http").warning("cannot send %s", "planted-words")
        structlog.get_logger().info("planted-words")
        try:
            raise ValueError("planted-words" + "")
        except ValueError:
            structlog.get_logger("core.router").exception("event_failed", url="https://x.org/?q=planted-words")
    output = capsys.readouterr()
    assert output.out == ""
    assert "event_failed" in output.err
    assert "ValueError" in output.err
    assert output.err.replace('raise ValueError("planted-words" + "")', "").count("planted-words") == 0
