"""Discord's 429 answers: nothing is sent to a route before the time that Discord has given for it.

discord.py delays the request that was refused, but not others on the same route. aiohttp tells us about every request
before it is sent and every answer when it arrives.
"""

import asyncio
import re
from dataclasses import dataclass, field
from types import SimpleNamespace

import aiohttp

from bots.shared.pace import ClosedUntil

MAJOR = re.compile(r"/(?:channels|guilds|webhooks|interactions)/[^/]+")
BASE = re.compile(r"^.*/api(?=/)|/v\d+(?=/)")
IDS = re.compile(r"\d{15,}|[\w.-]{40,}")
EVERYWHERE = "*"
EXEMPT = "/interactions/"
"""The path of answers to interactions, which do not count towards the global limit."""


@dataclass(slots=True)
class RoutePace:
    """Delays requests to routes that Discord has closed.

    Unlike `MethodPace`, it makes no call itself: it sits below discord.py, which sends a refused request again.
    """

    closed: ClosedUntil = field(default_factory=ClosedUntil)

    def trace(self) -> aiohttp.TraceConfig:
        """Return the trace configuration that discord.py passes to aiohttp."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._before)
        config.on_request_end.append(self._after)
        return config

    def wait(self, method: str, path: str) -> float:
        """Return the seconds until a request may be sent, 0 if it may be sent now."""
        if not self.closed:
            return 0.0
        everywhere = 0.0 if EXEMPT in path else self.closed.wait(EVERYWHERE)
        return max(everywhere, self.closed.wait(route(method, path)))

    def refused(self, method: str, path: str, seconds: float, *, everywhere: bool) -> None:
        """Note that Discord has asked us to wait."""
        self.closed.close(EVERYWHERE if everywhere else route(method, path), seconds)

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
