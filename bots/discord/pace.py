"""Discord's 429s: nothing is sent to a route before the time that Discord has named for it.

discord.py lets the request that was refused wait, but not those beside it. aiohttp tells us of every request before it
leaves and of every answer when it comes.
"""

import asyncio
import re
from dataclasses import dataclass, field
from time import monotonic
from types import SimpleNamespace

import aiohttp

MAJOR = re.compile(r"/(?:channels|guilds|webhooks|interactions)/[^/]+")
BASE = re.compile(r"^.*/api(?=/)|/v\d+(?=/)")
IDS = re.compile(r"\d{15,}|[\w.-]{40,}")
MARGIN = 0.05
"""Seconds: the two clocks do not begin to count at the same moment."""

EVERYWHERE = "*"
EXEMPT = "/interactions/"
"""Answers to interactions do not count towards the global limit."""


@dataclass(slots=True)
class Pace:
    """When each route is open again, in seconds of the monotonic clock."""

    _closed: dict[str, float] = field(default_factory=dict)

    def trace(self) -> aiohttp.TraceConfig:
        """What discord.py gives to aiohttp."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._before)
        config.on_request_end.append(self._after)
        return config

    def wait(self, method: str, path: str) -> float:
        """Seconds until a request may leave, 0 where it may now."""
        until = self._closed.get(route(method, path), 0.0)
        if EXEMPT not in path:
            until = max(until, self._closed.get(EVERYWHERE, 0.0))
        return max(0.0, until - monotonic())

    def refused(self, method: str, path: str, seconds: float, *, everywhere: bool) -> None:
        """Discord has asked to wait."""
        key = EVERYWHERE if everywhere else route(method, path)
        self._closed[key] = max(self._closed.get(key, 0.0), monotonic() + seconds + MARGIN)
        if len(self._closed) > 1000:
            now = monotonic()
            self._closed = {name: until for name, until in self._closed.items() if until > now}

    async def _before(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, start: aiohttp.TraceRequestStartParams
    ) -> None:
        if seconds := self.wait(start.method, start.url.path):
            await asyncio.sleep(seconds)
            # It may have been closed again meanwhile.
            await self._before(session, context, start)

    async def _after(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        headers = end.response.headers
        if end.response.status != 429:
            return
        everywhere = headers.get("X-RateLimit-Global", "").lower() == "true" or (
            headers.get("X-RateLimit-Scope") == "global"
        )
        # Retry-After is in whole seconds, rounded up; where there is the exact time, nobody has to wait for the rest.
        seconds = number(headers.get("X-RateLimit-Reset-After", "")) or number(headers.get("Retry-After", "")) or 1.0
        self.refused(end.method, end.url.path, seconds, everywhere=everywhere)


def route(method: str, path: str) -> str:
    """What shares a limit, as far as one can tell beforehand: the method, the path's shape, and its channel or server.

    The path may begin with that of the API.
    """
    path = BASE.sub("", path)
    major = MAJOR.search(path)
    return f"{method} {IDS.sub('-', path)} {major[0] if major else ''}"


def number(text: str) -> float:
    """A header's number, 0 where it is none."""
    try:
        return float(text)
    except ValueError:
        return 0.0
