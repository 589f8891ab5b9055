"""The conversation with a plugin's process over its pipes: requests and answers in both directions.

`plugins.host.sandbox.requests` handles what it asks for; `parley.wire` describes the protocol.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Mapping
from itertools import count
from time import perf_counter
from typing import Any

import structlog

from core.outside_json import read_json
from core.outside_text import cleaned_line
from parley import Context, Failure, Manifest, PluginError, wire
from plugins.host.sandbox.crashes import ProcessCrashed
from plugins.host.sandbox.reading_pace import ReadingPace
from plugins.host.sandbox.requests import LONGEST_WHY, answered

log = structlog.get_logger()

LARGEST_LINE = 8 * 1024 * 1024
"""The largest message, in bytes, that a plugin may send; a larger one counts as a fault."""

MOST_AT_ONCE = 64
"""The most requests that a plugin may have open at the same time, over all its calls."""

LARGE = 64 * 1024
"""A message of at least this many bytes is parsed in a thread, so that nobody else has to wait."""

REQUEST = 0.0002
"""Seconds of work that one request of a plugin is counted as, besides reading it."""


class RequestFlood(Exception):
    """A plugin asks for too much at once."""


class PluginChannel:
    """The requests to one process and from it. `contexts` are those of the calls under way, by their ids."""

    def __init__(self, child: asyncio.subprocess.Process, manifest: Manifest, contexts: Mapping[str, Context]) -> None:
        assert child.stdin is not None
        assert child.stdout is not None
        self._to, self._from = child.stdin, child.stdout
        self._manifest = manifest
        self._contexts = contexts
        self._ended = ""
        self._numbers = count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._doing: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether the process is asked for anything."""
        return bool(self._asked)

    async def ask(self, method: str, params: Mapping[str, Any]) -> Any:
        """Send a request and return its answer; if the caller stops waiting, the process is told.

        Raises PluginError, ProcessCrashed.
        """
        number = next(self._numbers)
        waiting = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            await self.send({"id": number, "method": method, "params": params})
            return await waiting
        except asyncio.CancelledError:
            # Nothing is awaited here: a process that reads nothing would keep us for ever.
            with contextlib.suppress(ProcessCrashed):
                self._write({"method": "notifications/cancelled", "params": {"requestId": number}})
            raise
        finally:
            del self._asked[number]

    async def send(self, message: Mapping[str, Any]) -> None:
        """Send a message. Raises ProcessCrashed if the process has ended."""
        self._write(message)
        try:
            await self._to.drain()
        except (BrokenPipeError, ConnectionResetError):
            # Its output says more and ends too; the reader then tells everybody who is waiting.
            log.debug("plugin_pipe_broken", plugin=self._manifest.name)

    async def read(self) -> str:
        """Read until the output ends. Returns what the process did wrong; empty if its output just ended."""
        pace = ReadingPace()
        try:
            while line := await self._from.readline():
                began = perf_counter()
                message = await self._parsed(line)
                self._take(message)
                await pace.rest(perf_counter() - began + (REQUEST if "method" in message else 0))
        except ValueError as error:
            long = "longer than limit" in str(error) or "limit" in str(error)
            return f"it sent more than {LARGEST_LINE // 1024 // 1024} MB at once" if long else "it sent no JSON"
        except RequestFlood:
            return f"it asked for more than {MOST_AT_ONCE} things at once"
        return ""

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Do work for the process in a task of its own, until the channel is closed."""
        task = asyncio.create_task(work)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    def stop(self, why: str) -> None:
        """Stop all work for the process, and take no more requests to it."""
        self._ended = why
        for task in self._doing:
            if task is not asyncio.current_task():
                task.cancel()

    def fail(self) -> None:
        """Tell everybody who waits for an answer that none will come."""
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(self._crashed())

    def _crashed(self) -> ProcessCrashed:
        return ProcessCrashed(f"{self._manifest.name} has failed: {self._ended}")

    def _write(self, message: Mapping[str, Any]) -> None:
        """Write a message into the process's pipe, or into memory while the pipe is full."""
        if self._ended:
            raise self._crashed()
        self._to.write(wire.line(message))

    async def _parsed(self, line: bytes) -> Any:
        """Parse a message. Raises ValueError if it is not valid JSON."""
        if len(line) < LARGE:
            return read_json(line, LARGEST_LINE)
        return await asyncio.to_thread(read_json, line, LARGEST_LINE)

    def _take(self, message: Any) -> None:
        if not isinstance(message, Mapping):
            raise ValueError("no message")
        if "method" in message:
            if len(self._doing) >= MOST_AT_ONCE:
                raise RequestFlood
            self.do(self._serve(message))
            return
        number = message.get("id")
        waiting = self._asked.get(number) if isinstance(number, int) else None
        if waiting is None or waiting.done():
            return
        if error := message.get("error"):
            waiting.set_exception(said_error(error, self._manifest.name))
        else:
            waiting.set_result(message.get("result"))

    async def _serve(self, message: Mapping[str, Any]) -> None:
        """Carry out a request of the plugin and send it the result."""
        if (number := message.get("id")) is None:
            return
        answer = await answered(message, self._contexts, self._manifest)
        with contextlib.suppress(ProcessCrashed):
            await self.send({"id": number, **answer})


def said_error(error: Any, name: str) -> Exception:
    """The error in an answer as one of our exceptions."""
    if not isinstance(error, Mapping):
        return ProcessCrashed(f"{name}: it sent an error in an unknown form")
    words = cleaned_line(str(error.get("message", ""))[:LONGEST_WHY], LONGEST_WHY)
    if error.get("code") != wire.REFUSED:
        return ProcessCrashed(f"{name}: {words}")
    return Failure(words) if error.get("data") == "failure" else PluginError(words)
