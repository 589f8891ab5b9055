"""Where Slack's libraries log: a logger of its own, which the program's settings lead on."""

import logging

LOGGER = logging.getLogger("slack")
