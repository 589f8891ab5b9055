"""Receiving from Slack: each event is passed to the core, and acknowledged once it is committed there."""

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from bots.slack import receive
from bots.slack.adapter import SlackChat
from bots.slack.people import FAILURES, WorkspacePeople
from bots.slack.receive import Payload
from bots.slack.workspaces import InstalledWorkspace
from core.messages import Invocation, Place, Press, Quote
from core.ports.chat import Handle
from core.ports.surface import SurfaceRecords

log = structlog.get_logger()

REMEMBERED = 5000
CONTEXT = 12
"""How many messages of a thread we read when we are first called into it."""

CONTEXT_TIME = 1.2
"""Seconds that we wait for these messages; Slack wants its answer within three."""

COMMAND_MARKS = ("/", "!")
"""What a command starts with when it is written as a message: Slack does not offer its own commands in threads."""


@dataclass(slots=True)
class SlackReceiver:
    """Takes events and interactions from all workspaces, and passes them to the core."""

    handle: Handle
    records: SurfaceRecords
    chat: SlackChat
    people: WorkspacePeople
    _ours: OrderedDict[Place, None] = field(default_factory=OrderedDict)
    _aside: set[asyncio.Task[None]] = field(default_factory=set)

    async def event(self, body: Payload, workspace: InstalledWorkspace) -> None:
        """Take an event of the Events API. Raises StoreError if it could not be committed."""
        event = body["event"]
        match event["type"]:
            case "message" | "app_mention":
                await self.message(event, workspace)
            case "reaction_added" | "reaction_removed":
                await self._reaction(event, str(body["event_id"]), workspace)
            case "assistant_thread_started":
                await self._pane(event["assistant_thread"], workspace)

    async def message(self, event: Payload, workspace: InstalledWorkspace) -> None:
        """Take a message that is new, changed or deleted, or one that we have missed."""
        match event.get("subtype", ""):
            case "message_changed":
                await self._changed(event, workspace)
            case "message_deleted":
                before = event.get("previous_message") or {"ts": event["deleted_ts"]}
                await self.handle(receive.deletion(event, self._place(event, before, workspace)))
            case kind if kind in receive.SPOKEN and event.get("user") and not event.get("bot_id"):
                await self._spoken(event, workspace)

    async def command(self, body: Payload, workspace: InstalledWorkspace) -> None:
        """Take the slash command, whose first word is one of our commands."""
        team, user_id, channel = workspace.team, body["user_id"], body["channel_id"]
        private = channel.startswith("D") and channel == await self.people.direct(team, user_id)
        user = await self.people.of(team, user_id, exact=True)
        await self.handle(receive.command(body, receive.place_of(team, channel, private=private), user))

    async def shortcut(self, body: Payload, workspace: InstalledWorkspace) -> None:
        """Take a command from a message's menu, or from the shortcuts menu, which is answered in direct messages."""
        team, user_id = workspace.team, body["user"]["id"]
        user = await self.people.of(team, user_id, exact=True)
        if "message" in body:
            place = await self._where(body, body["message"], workspace)
        else:
            place = receive.place_of(team, await self.people.direct(team, user_id), private=True)
        await self.handle(receive.shortcut(body, place, user))

    async def action(self, body: Payload, workspace: InstalledWorkspace) -> None:
        """Take a press on a button or a choice in a select in one of our messages."""
        shown = {**body.get("container", {}), **body.get("message", {})}
        place = await self._where(body, shown, workspace)
        user = await self.people.of(workspace.team, body["user"]["id"], exact=True)
        press = receive.press(body, place, user)
        if not await self.chat.open_offered(press):
            await self.handle(press)

    async def view(self, body: Payload, workspace: InstalledWorkspace) -> None:
        """Take a submitted modal."""
        place = receive.from_whereabouts(workspace.team, body["view"]["private_metadata"])
        user = await self.people.of(workspace.team, body["user"]["id"], exact=True)
        await self.handle(receive.submission(body, place, user))

    async def _spoken(self, event: Payload, workspace: InstalledWorkspace) -> None:
        place = self._place(event, event, workspace)
        begun = await self._is_ours(event, place, workspace)
        if not await self._for_us(event, place, workspace, begun=begun):
            return
        text = await self._words(event.get("text", ""), workspace)
        if written := await self._written(event, place, text, workspace):
            await self.handle(written)
            return
        context = () if begun or place.private else await self._context(event, place, workspace)
        user = await self.people.of(workspace.team, event["user"])
        message = receive.message(event, place, user, text, quoted=context)
        await self.handle(message)
        self._remember(place)
        self._beside(self.chat.pane.asked(message))

    async def _for_us(self, event: Payload, place: Place, workspace: InstalledWorkspace, *, begun: bool) -> bool:
        text = str(event.get("text", ""))
        if place.private or event["type"] == "app_mention" or receive.calls(text, workspace.user):
            return True
        # People also talk to each other, even in our threads.
        return (begun or await self.records.listens(place)) and not receive.mentioned(text)

    async def _written(
        self, event: Payload, place: Place, text: str, workspace: InstalledWorkspace
    ) -> Invocation | None:
        """Return a command that was written as a message; None if it is not one of ours."""
        name, _, rest = text[1:].partition(" ")
        if not text.startswith(COMMAND_MARKS) or not name:
            return None
        user = await self.people.of(workspace.team, event["user"], exact=True)
        if name.lower() not in {command.name for command in self.records.commands(user)}:
            return None
        return Invocation(
            key=f"slack:msg:{place.community}:{place.channel}:{event['ts']}",
            place=place,
            user=user,
            at=receive.when(event["ts"]),
            command=name.lower(),
            arguments={"": rest.strip()} if rest.strip() else {},
        )

    async def _changed(self, event: Payload, workspace: InstalledWorkspace) -> None:
        now, before = event["message"], event.get("previous_message", {})
        if now.get("bot_id") or not now.get("user") or "edited" not in now or now.get("text") == before.get("text"):
            return
        place = self._place(event, now, workspace)
        text = await self._words(now.get("text", ""), workspace)
        user = await self.people.of(workspace.team, now["user"])
        if await self._begun(place) or place.private:
            await self.handle(receive.edit(now, place, user, text))

    async def _reaction(self, event: Payload, event_id: str, workspace: InstalledWorkspace) -> None:
        item, emoji = event["item"], receive.emoji_of(event["reaction"])
        if item.get("type") != "message" or not emoji or event["user"] == workspace.user:
            return
        added = event["type"] == "reaction_added"
        channel, ts = item["channel"], item["ts"]
        thread = await self.chat.thread_of(channel, ts)
        place = receive.place_of(workspace.team, channel, thread, private=channel.startswith("D"))
        user = await self.people.of(workspace.team, event["user"])
        key = f"slack:ev:{event_id}"
        if emoji != receive.STOP:
            await self.handle(receive.reaction(key, ts, emoji, user, place, added=added))
        elif added and (stop := self.chat.stop_of(channel, ts)):
            await self.handle(Press(key=key, place=place, user=user, at=datetime.now(UTC), action=stop, id=ts))

    async def _pane(self, thread: Payload, workspace: InstalledWorkspace) -> None:
        place = receive.place_of(workspace.team, thread["channel_id"], thread["thread_ts"], private=True)
        user = await self.people.of(workspace.team, thread["user_id"])
        self._beside(self.chat.pane.begun(place, user.language))

    async def _context(self, event: Payload, place: Place, workspace: InstalledWorkspace) -> tuple[Quote, ...]:
        """Return what was said in a thread before we were called into it: its beginning and its newest messages."""
        if not event.get("thread_ts"):
            return ()
        client = self.chat.workspaces.client(workspace.team)
        try:
            async with asyncio.timeout(CONTEXT_TIME):
                found: Any = await client.conversations_replies(
                    channel=place.channel, ts=place.thread, latest=event["ts"], limit=200
                )
        except FAILURES as error:
            log.info("thread_not_read", error=type(error).__name__)
            return ()
        said = [one for one in found["messages"] if one["ts"] < event["ts"] and one.get("user") and one.get("text")]
        kept = said if len(said) <= CONTEXT else [said[0], *said[1 - CONTEXT :]]
        quotes: list[Quote] = []
        for one in kept:
            if one["user"] != workspace.user:
                user = await self.people.of(workspace.team, one["user"])
                above = quotes[-1].id if quotes else None
                quotes.append(Quote(one["ts"], user, await self._words(one["text"], workspace), above))
        return tuple(quotes)

    async def _words(self, text: str, workspace: InstalledWorkspace) -> str:
        names = await self.people.names(workspace.team, receive.mentioned(text))
        return receive.readable(text, workspace.user, names)

    def _place(self, event: Payload, message: Payload, workspace: InstalledWorkspace) -> Place:
        direct = receive.is_direct(event)
        thread = receive.thread_of(message, direct=direct)
        return receive.place_of(workspace.team, event["channel"], thread, private=direct)

    async def _where(self, body: Payload, message: Payload, workspace: InstalledWorkspace) -> Place:
        """Return the place of a message that somebody acted on."""
        channel = body["channel"]["id"]
        private = channel.startswith("D") and channel == await self.people.direct(workspace.team, body["user"]["id"])
        return receive.place_of(workspace.team, channel, message.get("thread_ts") or "", private=private)

    async def _is_ours(self, event: Payload, place: Place, workspace: InstalledWorkspace) -> bool:
        """Return whether a message continues a conversation with us; a thread that we began counts as one."""
        if not event.get("thread_ts") and not place.private:
            return False
        return event.get("parent_user_id") == workspace.user or await self._begun(place)

    async def _begun(self, place: Place) -> bool:
        if place in self._ours:
            self._ours.move_to_end(place)
            return True
        found = await self.records.begun(place)
        if found:
            self._remember(place)
        return found

    def _remember(self, place: Place) -> None:
        self._ours[place] = None
        if len(self._ours) > REMEMBERED:
            self._ours.popitem(last=False)

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something in the background that nobody waits for."""
        task = asyncio.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)


def channel_of(body: Payload) -> str:
    """Return the channel that something happened in, to keep its events in order; empty if there is none."""
    event = body.get("event") or {}
    channel = event.get("channel") or event.get("item", {}).get("channel") or body.get("channel_id") or ""
    return str(channel or (body.get("channel") or {}).get("id") or "")


def own_message(body: Payload) -> bool:
    """Return whether an event is about a bot's message, which we ignore: most of these are our own."""
    event = body.get("event") or {}
    told = event.get("message") if event.get("subtype") == "message_changed" else event
    return event.get("type") == "message" and bool((told or {}).get("bot_id"))


def spoken_of(body: Payload) -> str:
    """Return a key that is the same for every event about one message; empty for anything else."""
    event = body.get("event") or {}
    if event.get("type") not in ("message", "app_mention") or event.get("subtype", "") not in receive.SPOKEN:
        return ""
    return f"{body.get('team_id')}:{event.get('channel')}:{event.get('ts')}"
