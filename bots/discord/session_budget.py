"""How often sessions with Discord are begun: it resets the token of a bot that begins too many in a day.

A session that is resumed costs nothing; one that Discord has lost is begun anew, which discord.py does within seconds,
each time, for as long as it is lost again. A program that crashes again and again begins one at each start.
"""

import asyncio
from dataclasses import dataclass

import discord
import structlog

from bots.discord.rest import UnreadableReply, understood
from bots.shared.failures import NETWORK_FAILURES

log = structlog.get_logger()

DAY = 86_400.0
"""Seconds after which Discord counts anew (its documentation, "Session Start Limit Object")."""

QUARTER = 4
"""A quarter of a day's sessions may be begun without a pause; after that, another quarter is spread over a day."""

RESERVE = 10
"""The fewest sessions that are kept in reserve for an admin who investigates."""

UNCOUNTED_PAUSE = 60.0
"""Seconds between two sessions while Discord does not say how many are left."""

UNANSWERED = (*NETWORK_FAILURES, discord.HTTPException, discord.GatewayNotFound, UnreadableReply)


def reserve(limits: discord.SessionStartLimits) -> int:
    """How many of a day's sessions are not to be used."""
    return max(RESERVE, limits.total // 10)


def pause(limits: discord.SessionStartLimits) -> float:
    """Seconds from one session to the next, of which so many are left."""
    quarter = max(1, limits.total // QUARTER)
    if limits.remaining <= reserve(limits):
        return max(1.0, limits.reset_after / 1000)
    return 0.0 if limits.total - limits.remaining < quarter else DAY / quarter


def loop_time() -> float:
    """The seconds of the event loop's clock."""
    return asyncio.get_running_loop().time()


@dataclass(slots=True)
class SessionBudget:
    """Says when this process may begin its next session."""

    _next: float = 0.0

    async def wait(self, bot: discord.AutoShardedClient) -> discord.SessionStartLimits:
        """Wait until a client may begin a session for each of its shards.

        Raises what `fetch_session_start_limits` does, and UnreadableReply for an answer that is not Discord's.
        """
        await asyncio.sleep(self._next - loop_time())
        with understood():
            limits = await bot.fetch_session_start_limits()
        if seconds := pause(limits):
            log.error("many_sessions_begun", remaining=limits.remaining, waiting=round(seconds))
            await asyncio.sleep(seconds)
            # After the last ones, Discord has begun to count anew.
            self._next = loop_time() + (seconds if limits.remaining > reserve(limits) else 0.0)
        return limits

    async def spend(self, bot: discord.AutoShardedClient) -> float:
        """Note that a session is begun in place of one that was lost.

        Returns 0, or the seconds for which it must not be begun yet.
        """
        early = self._next - loop_time()
        if early > 0:
            return early
        try:
            with understood():
                limits = await bot.fetch_session_start_limits()
        except UNANSWERED as error:
            log.warning("sessions_not_counted", error=error)
            self._next = loop_time() + UNCOUNTED_PAUSE
            return 0.0
        seconds = pause(limits)
        if seconds:
            log.error("many_sessions_begun", remaining=limits.remaining, waiting=round(seconds))
        self._next = loop_time() + seconds
        return seconds if limits.remaining <= reserve(limits) else 0.0
