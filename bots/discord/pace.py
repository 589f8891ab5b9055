"""Discord's 429 answers: nothing is sent to a route before the time that Discord has given for it.

discord.py delays the request that was refused, but not others on the same route. aiohttp tells us about every request
before it is sent and every answer when it arrives.
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
"""Seconds added to each wait, because the two clocks do not start counting at the same moment."""

EVERYWHERE = "*"
EXEMPT = "/interactions/"
"""The path of answers to interactions, which do not count towards the global limit."""


@dataclass(slots=True)
class RoutePace:
    """Keeps the time at which each route is open again, in seconds of the monotonic clock."""

    _closed: dict[str, float] = field(default_factory=dict)

    def trace(self) -> aiohttp.TraceConfig:
        """Return the trace configuration that discord.py passes to aiohttp."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._before)
        config.on_request_end.append(self._after)
        return config

    def wait(self, method: str, path: str) -> float:
        """Return the seconds until a request may be sent, 0 if it may be sent now."""
        until = self._closed.get(route(method, path), 0.0)
        if EXEMPT not in path:
            until = max(until, self._closed.get(EVERYWHERE, 0.0))
        return max(0.0, until - monotonic())

    def refused(self, method: str, path: str, seconds: float, *, everywhere: bool) -> None:
        """Note that Discord has asked us to wait."""
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
            # The route may have been closed again in the meantime.
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
        # Retry-After is in whole seconds, rounded up; if the exact time is given, nobody has to wait for the rest.
        seconds = number(headers.get("X-RateLimit-Reset-After", "")) or number(headers.get("Retry-After", "")) or 1.0
        self.refused(end.method, end.url.path, seconds, everywhere=everywhere)


def route(method: str, path: str) -> str:
    """Return what shares a limit, as far as we can tell in advance: method, path shape, and channel or server.

    The path may begin with that of the API.
    """
    path = BASE.sub("", path)
    major = MAJOR.search(path)
    return f"{method} {IDS.sub('-', path)} {major[0] if major else ''}"


def number(text: str) -> float:
    """Return the number in a header, 0 if it is not a number."""
    try:
        return float(text)
    except ValueError:
        return 0.0
