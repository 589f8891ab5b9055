"""bots.slack.logger: what Slack's libraries tell of each request is put together only if the program's log has it."""

import logging

import pytest

from bots.slack.logger import library_logger
from bots.slack.workspaces import web_client


@pytest.mark.parametrize(("level", "told"), [(logging.DEBUG, True), (logging.INFO, False), (logging.ERROR, False)])
def test_they_tell_of_each_request_only_if_the_log_has_it(level: int, told: bool) -> None:
    root = logging.getLogger()
    before = root.level
    try:
        root.setLevel(level)
        # The condition under which slack_sdk and slack_bolt put their texts together.
        assert (web_client(None, "")._logger.level <= logging.DEBUG) is told
    finally:
        root.setLevel(before)
        library_logger()
