"""The logger for Slack's libraries: a separate one, whose messages follow the program's log settings."""

import logging

LOGGER = logging.getLogger("slack")
