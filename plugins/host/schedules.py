"""Scheduled calls of plugins: those that they planned, which survive a restart, and the schedules of their manifests.

APScheduler keeps the time. The planned calls are in the database, where another process may have put them.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlmodel import Session, select

from core.backoff import grown
from core.errors import StoreError
from core.messages import Place, User
from core.store import plugins
from core.store.plugin_tables import PluginCallRow
from core.store.tables import CommunityRow, now
from plugins.host.contexts import PLACE, USER
from plugins.host.host import PluginHost
from plugins.host.plugin import HookedPlugin, HostedPlugin

log = structlog.get_logger()

LOOKS = 30.0
"""Seconds between two checks of the database for calls that other processes have put there."""

MOST_ATTEMPTS = 5
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0
LONGEST_RUN = 60.0
NOBODY = User("plugin", "Parley")
"""The user for whom the schedules of manifests are run."""

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class PluginClock:
    """Makes the calls of plugins when they are due."""

    def __init__(self, host: PluginHost) -> None:
        self.host = host
        self._scheduler: Any = None
        self._doing: set[str] = set()
        self._known = ""

    def start(self) -> None:
        """Start the scheduler."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        usual = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=usual)
        self._scheduler.start()

    async def run(self) -> None:
        """Start the scheduler and look for planned calls, until the task is cancelled."""
        self.start()
        try:
            while True:
                with suppress(StoreError):
                    await self.look()
                await asyncio.sleep(LOOKS)
        finally:
            self._scheduler.shutdown(wait=False)

    async def look(self) -> None:
        """Schedule the calls that are due next, and the schedules of manifests."""
        self._set_schedules()
        for call in await self.host.store.read(plugins.next_calls):
            if call.id not in self._doing and call.due:
                self._at(call.id, call.due)

    def expect(self, call_id: str, due: datetime) -> None:
        """Schedule a call that this process has put into the database, or has postponed."""
        if self._scheduler:
            self._at(call_id, due)

    async def make(self, call_id: str) -> None:
        """Make a call that is due, and drop it when it is done; a call that fails is retried later."""
        if call_id in self._doing:
            return
        self._doing.add(call_id)
        try:
            call = await self.host.store.read(lambda session: plugins.take_call(session, call_id))
            if call is not None:
                await self._make(call)
        finally:
            self._doing.discard(call_id)

    async def _make(self, call: PluginCallRow) -> None:
        plugin = self.host.plugins.get(call.plugin)
        place, user = PLACE.validate_python(call.place), USER.validate_python(call.asker)
        if plugin is None or not isinstance(plugin, HookedPlugin):
            return
        if place.platform not in self.host.chats:
            # This platform is not connected yet, or another process serves it.
            return
        chosen = await self.host.chosen(place)
        if not self.host.is_on(plugin, chosen):
            await self.host.store.write(lambda session: plugins.drop_call(session, call.id))
            return
        outcome = "ok"
        asker = replace(await self.host.asker(place, user, call.id), person_id=call.person_id)
        try:
            async with asyncio.timeout(LONGEST_RUN):
                await plugin.run(call.function, call.values, self.host.context(plugin, asker, chosen))
        except StoreError:
            raise
        except Exception as error:
            outcome = "failed"
            log.warning("plugin_call_failed", plugin=call.plugin, function=call.function, error=error)
        await self.host.note(place, user, "scheduled", f"{call.plugin}:{call.function}", outcome)
        await self._settle(call, done=outcome == "ok" or call.attempts + 1 >= MOST_ATTEMPTS)

    async def _settle(self, call: PluginCallRow, *, done: bool) -> None:
        if done:
            await self.host.store.write(lambda session: plugins.drop_call(session, call.id))
            return
        later = now() + timedelta(seconds=grown(FIRST_PAUSE, LONGEST_PAUSE, call.attempts))
        await self.host.store.write(lambda session: plugins.postpone(session, call.id, later))
        self.expect(call.id, later)

    def _at(self, call_id: str, due: datetime) -> None:
        self._scheduler.add_job(self.make, "date", run_date=due, args=[call_id], id=call_id, replace_existing=True)

    def _set_schedules(self) -> None:
        wanted = {
            f"{plugin.name}:{function}": (plugin, function, when)
            for plugin in self.host.plugins.values()
            for function, when in plugin.manifest.schedules.items()
        }
        known = repr(sorted((name, when) for name, (_, _, when) in wanted.items()))
        if known == self._known:
            return
        for job in self._scheduler.get_jobs():
            if ":" in job.id and job.id not in wanted:
                job.remove()
        for name, (plugin, function, when) in wanted.items():
            self._scheduler.add_job(
                self._everywhere, trigger(when), args=[plugin.name, function], id=name, replace_existing=True
            )
        self._known = known

    async def _everywhere(self, name: str, function: str) -> None:
        """Call a function of a manifest's schedule, once for each community where the plugin is on."""
        for place in await self.host.store.read(communities):
            plugin: HostedPlugin | None = self.host.plugins.get(name)
            chosen: Mapping[str, str] = await self.host.chosen(place)
            if not isinstance(plugin, HookedPlugin) or not self.host.is_on(plugin, chosen):
                continue
            key = f"{name}:{function}:{datetime.now(UTC):%Y%m%d%H%M}:{place.community}"
            asker = await self.host.asker(place, NOBODY, key)
            try:
                async with asyncio.timeout(LONGEST_RUN):
                    await plugin.run(function, {}, self.host.context(plugin, asker, chosen))
            except Exception as error:
                log.warning("plugin_schedule_failed", plugin=name, function=function, error=error)


def communities(session: Session) -> list[Place]:
    """All communities, as places without a channel."""
    found = session.exec(select(CommunityRow.platform, CommunityRow.platform_id).order_by(CommunityRow.id)).all()
    return [Place(platform, community, "") for platform, community in found]


def trigger(when: str) -> Any:
    """APScheduler's trigger for a time in a manifest: an interval such as "15m", or a crontab line in UTC.

    Raises ValueError if it is neither.
    """
    from apscheduler.triggers.cron import CronTrigger
    from apscheduler.triggers.interval import IntervalTrigger

    if when[-1] in UNITS and when[:-1].isdecimal():
        return IntervalTrigger(**{UNITS[when[-1]]: int(when[:-1])}, timezone=UTC)
    return CronTrigger.from_crontab(when, timezone=UTC)
