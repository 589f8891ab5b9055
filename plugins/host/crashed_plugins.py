"""Plugins that were given up: an update that has just been made is rolled back, and its community's admins are told."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlmodel import Session

from core.delivery.outbox import announce
from core.errors import ParleyError
from core.messages import Place, Reply
from core.outside_text import cleaned_line
from core.store import choices
from core.store.plugin_tables import InstalledPluginRow
from core.store.tables import CommunityRow, now
from plugins.host.host import PluginHost
from plugins.host.install.installer import PluginInstaller

log = structlog.get_logger()

FRESH = timedelta(days=1)
"""The greatest age of a version that is rolled back by itself when it fails: an old one fails for another reason."""


@dataclass(frozen=True, slots=True)
class CrashedPlugins:
    """Handles plugins that were given up. `reported` has each one's name, and the reason."""

    host: PluginHost
    installer: PluginInstaller
    reported: asyncio.Queue[tuple[str, str]]

    async def run(self) -> None:
        """Deal with each that is reported, until the task is cancelled."""
        while True:
            await self.settle(*await self.reported.get())

    async def settle(self, name: str, why: str) -> None:
        """Roll a recent update back, and tell the admins of the plugin's community."""
        try:
            row = await self.installer.row(name)
            version = ""
            if row.previous and row.changed_at > now() - FRESH:
                version = await self.installer.back(name)
            key = f"plugin-fell:{name}:{row.digest[:12]}:{row.changed_at:%Y%m%d%H%M%S}"
            place = await self.host.store.read(lambda session: log_channel(session, row))
            if place and (chat := self.host.chats.get(place.platform)):
                words = f"**{name}** {row.version}: {cleaned_line(why, 500)}"
                words += f" → {version}" if version else ""
                await announce(self.host.store, chat, place, Reply(f"⚠ {words}"), key)
        except ParleyError:
            # It was removed meanwhile, or the store or the platform cannot be reached. The next one is settled anyway.
            log.exception("plugin_fall_not_told", plugin=name)


def log_channel(session: Session, row: InstalledPluginRow) -> Place | None:
    """The log channel of the community whose admins have installed a plugin, if it has one."""
    community = session.get(CommunityRow, row.community_id) if row.community_id else None
    if community is None:
        return None
    channel = choices.choices(session, community.id, community.id, community.id).get("log_channel", "")
    return Place(community.platform, community.platform_id, channel) if channel else None
