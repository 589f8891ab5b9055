"""Catching up after a gap: Slack repeats an event for a few minutes only, so we look at the messages since then."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bots.shared.failures import SHAPES
from bots.shared.reactions import missed
from bots.slack import receive
from bots.slack.envelopes import unreadable_event
from bots.slack.events import SlackEvents
from bots.slack.people import WorkspacePeople
from bots.slack.receive import Payload
from bots.slack.refusals import FAILURES
from bots.slack.workspaces import InstalledWorkspace, WorkspaceDirectory
from core.errors import ParleyError, StoreError, UnreachableError
from core.foreign_code import ForeignFault, guarded
from core.messages import Place
from core.ports.chat import Handle
from core.ports.surface import SurfaceRecords, SurfaceStorage, WatchedAnswer
from core.reactions import MEANINGFUL

log = structlog.get_logger()

INTERVAL = 60.0
"""Seconds between two records of the time at which we were connected."""

UNSURE = timedelta(minutes=2)
LONGEST = timedelta(hours=24)
"""The longest gap that is caught up on: nobody waits longer than this for an answer."""

WELL = "well"
CHANNELS, MOST = 100, 200
"""The most channels read in a workspace, and messages in one channel: Slack limits how often we may look."""

KINDS = "public_channel,private_channel,mpim,im"


class SlackCatchUp:
    """Records when we were last connected, and feeds in what happened since then like any other event."""

    def __init__(
        self,
        workspaces: WorkspaceDirectory,
        events: SlackEvents,
        people: WorkspacePeople,
        handle: Handle,
        records: SurfaceRecords,
        keep: SurfaceStorage,
    ) -> None:
        self._workspaces = workspaces
        self._events = events
        self._people = people
        self._handle = handle
        self._records = records
        self._keep = keep

    async def watch(self, well: Callable[[], Awaitable[bool]]) -> None:
        """Catch up, then record the time for as long as we are connected, and catch up again after each gap."""
        behind = True
        while True:
            if not await well():
                behind = True
            else:
                try:
                    if behind:
                        await self.run()
                    behind = False
                    await self.note()
                except StoreError as error:
                    log.warning("not_caught_up", error=error)
            await asyncio.sleep(INTERVAL)

    async def note(self) -> None:
        """Record that we are connected now."""
        await self._keep.remember(WELL, (datetime.now(UTC) - UNSURE).isoformat())

    async def run(self) -> None:
        """Take what was missed since we were last connected; on the very first start, take nothing."""
        noted = await self._keep.recall(WELL)
        if not noted:
            return
        since = max(datetime.fromisoformat(noted), datetime.now(UTC) - LONGEST)
        watched = await self._records.watched(receive.PLATFORM)
        await self._workspaces.look_up_all()
        for workspace in self._workspaces.all:
            try:
                await self._workspace(workspace, f"{since.timestamp():.6f}", watched)
            except (*FAILURES, *SHAPES, UnreachableError) as error:
                log.info("not_caught_up", workspace=workspace.team, error=type(error).__name__)

    async def _workspace(self, workspace: InstalledWorkspace, since: str, watched: Any) -> None:
        seen: set[tuple[str, str]] = set()
        async for channel in self._channels(workspace):
            async for message in self._said(workspace, channel, since):
                await self._take(message, channel, workspace)
                if message.get("reply_count"):
                    seen.add((channel["id"], message["ts"]))
        ours = {one.place for one in watched if one.place.community == workspace.team and one.place.thread}
        for channel_id, thread in seen | {(place.channel, place.thread) for place in ours}:
            await self._thread(workspace, channel_id, thread, since)
        for one in watched:
            if one.place.community == workspace.team:
                await self._reactions(workspace, one)

    async def _channels(self, workspace: InstalledWorkspace) -> AsyncIterator[Payload]:
        client = self._workspaces.client(workspace.team)
        found: Any = await client.users_conversations(types=KINDS, exclude_archived=True, limit=CHANNELS)
        for channel in found["channels"][:CHANNELS]:
            yield channel

    async def _said(self, workspace: InstalledWorkspace, channel: Payload, since: str) -> AsyncIterator[Payload]:
        client = self._workspaces.client(workspace.team)
        found: Any = await client.conversations_history(channel=channel["id"], oldest=since, limit=MOST)
        for message in reversed(found["messages"]):
            yield message

    async def _thread(self, workspace: InstalledWorkspace, channel_id: str, thread: str, since: str) -> None:
        client = self._workspaces.client(workspace.team)
        found: Any = await client.conversations_replies(channel=channel_id, ts=thread, oldest=since, limit=MOST)
        for message in found["messages"]:
            if message["ts"] > since:
                await self._take(message, {"id": channel_id}, workspace)

    async def _take(self, message: Payload, channel: Payload, workspace: InstalledWorkspace) -> None:
        """Take a message from the history, adding the channel, which an event has but Slack's history lacks."""
        kind = "im" if channel["id"].startswith("D") else "channel"
        event = {**message, "channel": channel["id"], "channel_type": kind}
        try:
            with guarded(ParleyError):
                await self._events.message(event, workspace)
        except ForeignFault as fault:
            # One odd message must not hide all later ones.
            await self._keep.put_aside(unreadable_event({"event": event}, fault.cause))

    async def _reactions(self, workspace: InstalledWorkspace, watched: WatchedAnswer) -> None:
        client = self._workspaces.client(workspace.team)
        place, there, on = watched.place, dict[str, set[str]](), dict[tuple[str, str], str]()
        for ts in watched.messages:
            found: Any = await client.reactions_get(channel=place.channel, timestamp=ts, full=True)
            for reaction in found["message"].get("reactions", ()):
                emoji = receive.emoji_of(reaction["name"])
                if emoji in MEANINGFUL:
                    there.setdefault(emoji, set()).update(set(reaction["users"]) - {workspace.user})
                    on |= {(emoji, user_id): ts for user_id in reaction["users"]}
        for emoji, user_id, added in missed(watched, there):
            await self._tell(workspace, place, on.get((emoji, user_id), watched.messages[-1]), emoji, user_id, added)

    async def _tell(
        self, workspace: InstalledWorkspace, place: Place, ts: str, emoji: str, user_id: str, added: bool
    ) -> None:
        user = await self._people.of(workspace.team, user_id)
        key = f"slack:seen:{place.channel}:{ts}:{user_id}:{emoji}:{datetime.now(UTC).timestamp()}"
        await self._handle(receive.reaction(key, ts, emoji, user, place, added=added))
