"""The log: structured lines without secrets, written by a separate thread so that no disk delays an answer."""

import logging
import logging.handlers
import os
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, cast

import structlog

from cli.wiring.library_records import LoggerLevels, error_trace, exception_of, library_text
from cli.wiring.library_silence import libraries_silent
from cli.wiring.scrub import SecretScrubber
from core.errors import SettingsError
from core.private_files import make_private_folder, open_private

if TYPE_CHECKING:
    from config.settings import ParleySettings

LARGEST = 5_000_000
KEPT = 5


@contextmanager
def logging_to(settings: "ParleySettings", *, aside: bool = True) -> Iterator[None]:
    """Log as the settings say to PARLEY_HOME/logs and, with `aside`, to standard error, while the body runs.

    Raises SettingsError if the log file cannot be written.
    """
    scrub = SecretScrubber(settings.secrets())
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        told_exception,
        scrub,
    ]
    queue: SimpleQueue[logging.LogRecord] = SimpleQueue()
    handlers = _handlers(settings, shared, aside=aside)
    listener = logging.handlers.QueueListener(queue, *handlers, respect_handler_level=True)
    root = logging.getLogger()
    handler = UnformattedQueueHandler(queue)
    handler.addFilter(LoggerLevels())
    level = root.level
    root.addHandler(handler)
    root.setLevel(settings.log.level.upper())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, settings.log.level.upper())),
    )
    listener.start()
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        listener.stop()
        for written in handlers:
            written.close()
        structlog.reset_defaults()


@contextmanager
def logging_to_console() -> Iterator[None]:
    """Log warnings of ours to standard error while the body runs, for a command that keeps no log.

    Libraries are not heard: the command itself says what goes wrong.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            told_exception,
            SecretScrubber(()),
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    )
    try:
        with libraries_silent():
            yield
    finally:
        structlog.reset_defaults()


class UnformattedQueueHandler(logging.handlers.QueueHandler):
    """Passes records on unchanged: structlog's are dictionaries, which the default preparation would turn into text."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record


def told_exception(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor that replaces an exception by where it came from, without its text."""
    if error := exception_of(event.pop("exc_info", None)):
        event["exception"] = error_trace(error)
    return event


def told_library(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor that replaces the text of a library's record by the one in its source."""
    event["event"] = library_text(event["_record"], event.pop("positional_args", None))
    event["logger"] = event["_record"].name
    return event


class PrivateLogFile(logging.handlers.RotatingFileHandler):
    """A log, and each one that follows it, for its owner alone."""

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        descriptor = open_private(Path(self.baseFilename), flags)
        return cast(TextIOWrapper, open(descriptor, self.mode, encoding=self.encoding))


def _handlers(settings: "ParleySettings", shared: list[Any], *, aside: bool) -> list[logging.Handler]:
    as_json = settings.log.format == "json" or (settings.log.format == "auto" and not sys.stderr.isatty())
    handlers: list[logging.Handler] = []
    if aside:
        handlers.append(logging.StreamHandler(sys.stderr))
        handlers[0].setFormatter(_formatter(shared, as_json=as_json))
    if settings.log.file:
        folder = settings.home / "logs"
        try:
            make_private_folder(folder)
            file = PrivateLogFile(folder / "parley.log", maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")
        except OSError as error:
            raise SettingsError(
                f"{folder} cannot be written ({error.strerror}); make yourself its owner, or set log.file = false"
            ) from None
        file.setFormatter(_formatter(shared, as_json=True))
        handlers.append(file)
    return handlers


def _formatter(shared: list[Any], *, as_json: bool) -> logging.Formatter:
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[told_library, *shared],
        pass_foreign_args=True,
        use_get_message=False,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
