"""The logger for Slack's libraries: a separate one, whose messages follow the program's log settings."""

import logging


def library_logger() -> logging.Logger:
    """The logger, with the level that the program has now.

    The libraries look at a logger's own level before they put together a text about each request and each answer, and
    by itself it has none.
    """
    logger = logging.getLogger("slack")
    logger.setLevel(logging.getLogger().level)
    return logger
