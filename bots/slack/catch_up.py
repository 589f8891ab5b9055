"""Catching up after a gap: Slack repeats an event for a few minutes only, so we look at the messages since then."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from bots.shared.missed_parts import MissedParts
from bots.shared.reactions import missed
from bots.slack import receive
from bots.slack.calls import WorkspaceCalls
from bots.slack.envelopes import unreadable_event
from bots.slack.events import SlackEvents
from bots.slack.people import WorkspacePeople
from bots.slack.receive import Payload
from bots.slack.refusals import FAILURES, code_of, passing
from bots.slack.workspaces import InstalledWorkspace
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

HIDDEN = timedelta(days=90)
"""The age from which Slack hides messages on its free plan. A thread may be missing then without being deleted."""

WELL = "well"
CHANNELS, MOST = 100, 200
"""The most channels read in a workspace, and messages in one channel: Slack limits how often we may look."""

KINDS = "public_channel,private_channel,mpim,im"


@dataclass(slots=True)
class WorkspaceGap:
    """What a workspace may have said while we were not connected, by channel, thread and answer."""

    channels: Sequence[str] = ()
    threads: set[tuple[str, str]] = field(default_factory=set)
    parts: MissedParts = field(default_factory=lambda: MissedParts((*FAILURES, UnreachableError), _passing))


def _passing(error: Exception) -> bool:
    return not isinstance(error, SlackApiError) or passing(error)


class SlackCatchUp:
    """Records when we were last connected, and feeds in what happened since then like any other event.

    A deleted message shows only in a channel or thread that we read: by the notice that Slack leaves above its replies,
    or by a thread that is gone altogether. Of any other Slack leaves no trace: one that nobody had replied to, as those
    in direct messages outside a thread, or one that was itself a reply.
    """

    def __init__(
        self,
        calls: WorkspaceCalls,
        events: SlackEvents,
        people: WorkspacePeople,
        handle: Handle,
        records: SurfaceRecords,
        keep: SurfaceStorage,
    ) -> None:
        self._calls = calls
        self._events = events
        self._people = people
        self._handle = handle
        self._records = records
        self._keep = keep
        self._missed: defaultdict[str, WorkspaceGap] = defaultdict(WorkspaceGap)

    async def watch(self, well: Callable[[], Awaitable[bool]]) -> None:
        """Catch up, then record the time for as long as we are connected, and catch up again after each gap.

        What cannot be read at the moment is tried again, and the recorded time stays where it is until then.
        """
        behind = True
        while True:
            if not await well():
                behind = True
                self._missed.clear()
            else:
                try:
                    behind = behind and not await self.run()
                    if not behind:
                        await self.note()
                except StoreError as error:
                    log.warning("not_caught_up", error=error)
            await asyncio.sleep(INTERVAL)

    async def note(self) -> None:
        """Record that we are connected now."""
        await self._keep.remember(WELL, (datetime.now(UTC) - UNSURE).isoformat())

    async def run(self) -> bool:
        """Take what was missed since we were last connected; on the very first start, take nothing.

        Returns False if some of it should be tried again.
        """
        noted = await self._keep.recall(WELL)
        if not noted:
            return True
        since = max(datetime.fromisoformat(noted), datetime.now(UTC) - LONGEST)
        watched = await self._records.watched(receive.PLATFORM)
        await self._calls.workspaces.look_up_all()
        oldest, whole = f"{since.timestamp():.6f}", True
        for workspace in self._calls.workspaces.all:
            ours = [one for one in watched if one.place.community == workspace.team]
            whole &= await self._workspace(workspace, oldest, ours)
        return whole

    async def _workspace(self, workspace: InstalledWorkspace, since: str, watched: Sequence[WatchedAnswer]) -> bool:
        """Take what was missed in a workspace. Returns False if some of it should be tried again."""
        gap = self._missed[workspace.team]
        gap.threads |= {(one.place.channel, one.place.thread) for one in watched if one.place.thread}
        whole = await gap.parts.read("channels", partial(self._channels, workspace, gap))
        for channel in gap.channels:
            whole &= await gap.parts.read(channel, partial(self._said, workspace, channel, since, gap))
        for thread in sorted(gap.threads):
            whole &= await gap.parts.read(thread, partial(self._thread, workspace, *thread, since))
        for one in watched:
            whole &= await gap.parts.read((one.place, one.messages), partial(self._reactions, workspace, one))
        return whole

    async def _channels(self, workspace: InstalledWorkspace, gap: WorkspaceGap) -> None:
        """Ask which channels we are in."""
        asked = {"types": KINDS, "exclude_archived": True, "limit": CHANNELS}
        found = await self._call(workspace, "users.conversations", **asked)
        gap.channels = [channel["id"] for channel in found["channels"][:CHANNELS]]

    async def _said(self, workspace: InstalledWorkspace, channel: str, since: str, gap: WorkspaceGap) -> None:
        """Take the messages of a channel, and note the threads that they begin."""
        found = await self._call(workspace, "conversations.history", channel=channel, oldest=since, limit=MOST)
        for message in reversed(found["messages"]):
            await self._take(message, channel, workspace)
            if message.get("reply_count"):
                gap.threads.add((channel, message["ts"]))

    async def _thread(self, workspace: InstalledWorkspace, channel: str, thread: str, since: str) -> None:
        """Take the messages of a thread, whose first one Slack always includes."""
        asked = {"channel": channel, "ts": thread, "oldest": since, "limit": MOST}
        try:
            found = await self._call(workspace, "conversations.replies", **asked)
        except SlackApiError as error:
            if code_of(error) == "thread_not_found" and datetime.now(UTC) - receive.when(thread) < HIDDEN:
                await self._take({"ts": thread, "subtype": receive.TOMBSTONE}, channel, workspace)
            raise
        for message in found["messages"]:
            if message["ts"] > since or receive.is_tombstone(message):
                await self._take(message, channel, workspace)

    async def _call(self, workspace: InstalledWorkspace, method: str, **asked: Any) -> Any:
        """Call a method, as soon as Slack allows it. Raises UnreachableError if that would take too long."""
        place = receive.place_of(workspace.team, "")
        given = {"http_verb": "GET", "params": asked}
        return await self._calls.call(place, method, lambda client: client.api_call(method, **given))

    async def _take(self, message: Payload, channel: str, workspace: InstalledWorkspace) -> None:
        """Take a message from the history, adding the channel, which an event has but Slack's history lacks."""
        kind = "im" if channel.startswith("D") else "channel"
        event = {**message, "channel": channel, "channel_type": kind}
        try:
            with guarded(ParleyError):
                await self._events.message(event, workspace)
        except ForeignFault as fault:
            # One odd message must not hide all later ones.
            await self._keep.put_aside(unreadable_event({"event": event}, fault.cause))

    async def _reactions(self, workspace: InstalledWorkspace, watched: WatchedAnswer) -> None:
        place, there, on = watched.place, dict[str, set[str]](), dict[tuple[str, str], str]()
        for ts in watched.messages:
            found = await self._call(workspace, "reactions.get", channel=place.channel, timestamp=ts, full=True)
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
        if added and await self._people.is_bot(workspace.team, user_id):
            return
        user = await self._people.of(workspace.team, user_id)
        key = f"slack:seen:{place.channel}:{ts}:{user_id}:{emoji}:{datetime.now(UTC).timestamp()}"
        await self._handle(receive.reaction(key, ts, emoji, user, place, added=added))
