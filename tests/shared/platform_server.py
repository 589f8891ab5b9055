"""What the loopback servers of Discord, Telegram and Slack share: a port, waiting, failures and descriptions."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from tests.shared.failing import NextFailure

K = TypeVar("K")
H = TypeVar("H")

PATIENCE = 60.0
"""Seconds after which a test gives up waiting: only a fault takes so long."""

DEFAULT = Path(__file__).parents[3] / "shared" / "api-specs"


class LoopbackPlatform:
    """A test's platform: one can wait at it until something is so, and at the end it complains about its requests.

    `refused` lists requests that the real platform would have refused; they fail the test.
    """

    def __init__(self) -> None:
        self.refused: list[str] = []
        self._may_be_refused = False
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []
        self._looking = False
        self.breaking = NextFailure()

    async def until(self, true: Callable[[], bool], within: float = PATIENCE) -> None:
        """Wait until something is so; it is looked at whenever something changes here."""
        async with asyncio.timeout(within):
            while not true():
                waiting = (true, asyncio.get_running_loop().create_future())
                self._waiting.append(waiting)
                try:
                    await waiting[1]
                finally:
                    self._waiting.remove(waiting)

    def note(self) -> None:
        """Something has changed."""
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        # Only those are woken for whom it is so: waking everybody takes longer than what a benchmark measures.
        self._looking = False
        for true, waiting in self._waiting:
            try:
                if not waiting.done() and true():
                    waiting.set_result(None)
            except Exception as error:  # whatever it is, it belongs to whoever waits
                waiting.set_exception(error)

    def forgive(self) -> None:
        """This test wants to be refused."""
        self._may_be_refused = True

    def check(self) -> None:
        """Raises AssertionError for what the real platform would have refused."""
        name, refused = type(self).__name__, "\n".join(self.refused[:10])
        assert self._may_be_refused or not self.refused, f"{name} would have refused:\n{refused}"


def next_failure(failures: list[tuple[K, H]], asked: K) -> H | None:
    """How a request is to fail, taken from the failures that are still to come; None if it may succeed."""
    for failure in failures:
        if failure[0] == asked:
            failures.remove(failure)
            return failure[1]
    return None


@asynccontextmanager
async def on_loopback(app: web.Application) -> AsyncIterator[str]:
    """Serve an application on a free port of 127.0.0.1; gives its host and port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def specs_folder() -> Path:
    """The folder of the published descriptions, from PARLEY_API_SPECS."""
    return Path(os.environ.get("PARLEY_API_SPECS") or DEFAULT)


def published_description(name: str) -> dict[str, Any] | None:
    """A platform's published description by its file's name, None if it is not there."""
    file = specs_folder() / name
    if not file.exists():
        return None
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
