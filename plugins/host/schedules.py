"""Scheduled calls of plugins: those that they planned, which survive a restart, and the schedules of their manifests.

The planned calls are in the database, where another process may have put them.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlmodel import Session, select

from core.backoff import grown
from core.errors import StoreError
from core.foreign_code import ForeignFault, guarded
from core.messages import Place, User
from core.store import plugins
from core.store.plugin_tables import PluginCallRow
from core.store.tables import CommunityRow, now
from plugins.host.host import PluginHost
from plugins.host.plugin import HookedPlugin, HostedPlugin
from plugins.host.recorded_calls import origin_of
from plugins.host.timer import CallTimer

log = structlog.get_logger()

CHECK_INTERVAL = 30.0
"""Seconds between two checks of the database for calls that other processes have put there."""

MOST_ATTEMPTS = 5
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0
LONGEST_RUN = 60.0
NOBODY = User("plugin", "Parley")
"""The user for whom the schedules of manifests are run."""


class PluginScheduler:
    """Makes the calls of plugins when they are due."""

    def __init__(self, host: PluginHost, timer: CallTimer) -> None:
        self.host = host
        self.timer = timer
        self._doing: set[str] = set()

    def start(self) -> None:
        """Start the timer."""
        self.timer.start(self.make)

    async def run(self) -> None:
        """Start the timer and look for planned calls, until the task is cancelled."""
        self.start()
        try:
            while True:
                with suppress(StoreError):
                    await self.schedule_next()
                await asyncio.sleep(CHECK_INTERVAL)
        finally:
            self.timer.stop()

    async def schedule_next(self) -> None:
        """Schedule the calls that are due next, and the schedules of manifests."""
        schedules = [
            (plugin.name, function, when)
            for plugin in self.host.plugins.values()
            for function, when in plugin.manifest.schedules.items()
        ]
        self.timer.repeat(schedules, self._everywhere)
        for call in await self.host.store.read(plugins.next_calls):
            if call.id not in self._doing and call.due:
                self.timer.expect(call.id, call.due)

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
        origin = origin_of(call)
        place, user = origin.place, origin.user
        if plugin is None or not isinstance(plugin, HookedPlugin):
            return
        if place.platform not in self.host.chats:
            # This platform is not connected yet, or another process serves it.
            return
        chosen = await self.host.switches.chosen(place)
        if not self.host.switches.is_on(plugin, chosen):
            await self.host.store.write(lambda session: plugins.drop_call(session, call.id))
            return
        outcome = "ok"
        asker = replace(await self.host.asker(place, user, call.id), person_id=call.person_id)
        try:
            with guarded(StoreError):
                async with asyncio.timeout(LONGEST_RUN):
                    await plugin.run(call.function, call.values, self.host.context(plugin, asker, chosen))
        except ForeignFault as fault:
            outcome = "failed"
            log.warning("plugin_call_failed", plugin=call.plugin, function=call.function, error=fault.cause)
        await self.host.note(place, user, "scheduled", f"{call.plugin}:{call.function}", outcome)
        await self._settle(call, done=outcome == "ok" or call.attempts + 1 >= MOST_ATTEMPTS)

    async def _settle(self, call: PluginCallRow, *, done: bool) -> None:
        if done:
            await self.host.store.write(lambda session: plugins.drop_call(session, call.id))
            return
        later = now() + timedelta(seconds=grown(FIRST_PAUSE, LONGEST_PAUSE, call.attempts))
        await self.host.store.write(lambda session: plugins.postpone(session, call.id, later))
        self.timer.expect(call.id, later)

    async def _everywhere(self, name: str, function: str) -> None:
        """Call a function of a manifest's schedule, once for each community where the plugin is on."""
        for place in await self.host.store.read(communities):
            plugin: HostedPlugin | None = self.host.plugins.get(name)
            chosen: Mapping[str, str] = await self.host.switches.chosen(place)
            if not isinstance(plugin, HookedPlugin) or not self.host.switches.is_on(plugin, chosen):
                continue
            key = f"{name}:{function}:{datetime.now(UTC):%Y%m%d%H%M}:{place.community}"
            asker = await self.host.asker(place, NOBODY, key)
            try:
                with guarded():
                    async with asyncio.timeout(LONGEST_RUN):
                        await plugin.run(function, {}, self.host.context(plugin, asker, chosen))
            except ForeignFault as fault:
                log.warning("plugin_schedule_failed", plugin=name, function=function, error=fault.cause)


def communities(session: Session) -> list[Place]:
    """All communities, as places without a channel."""
    found = session.exec(select(CommunityRow.platform, CommunityRow.platform_id).order_by(CommunityRow.id)).all()
    return [Place(platform, community, "") for platform, community in found]
