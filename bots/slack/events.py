"""Slack's events about messages and reactions, on their way to the core; they are acknowledged once committed there."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bots.shared.background import BackgroundTasks
from bots.slack import receive
from bots.slack.conversations import BegunConversations
from bots.slack.home import AppHome
from bots.slack.pane import AssistantPane
from bots.slack.people import WorkspacePeople
from bots.slack.receive import Payload
from bots.slack.sent import SentMessages
from bots.slack.thread_history import ThreadHistory
from bots.slack.workspaces import InstalledWorkspace
from core.actions import Verb, button_action
from core.messages import Arrival, Invocation, Message, Place, Press
from core.ports.chat import Handle
from core.ports.surface import SurfaceRecords
from core.reactions import STOP

COMMAND_MARKS = ("/", "!")
"""What a command starts with when it is written as a message: Slack does not offer its own commands in threads."""


@dataclass(slots=True)
class SlackEvents:
    """Takes the events of the Events API from all workspaces, and passes them to the core."""

    handle: Handle
    records: SurfaceRecords
    people: WorkspacePeople
    sent: SentMessages
    pane: AssistantPane
    conversations: BegunConversations
    history: ThreadHistory
    home: AppHome
    _background: BackgroundTasks = field(default_factory=BackgroundTasks)

    async def event(self, body: Payload, workspace: InstalledWorkspace) -> None:
        """Take an event. Raises StoreError if it could not be committed."""
        event = body["event"]
        match event["type"]:
            case "message" | "app_mention":
                await self.message(event, workspace)
            case "reaction_added" | "reaction_removed":
                await self._reaction(event, str(body["event_id"]), workspace)
            case "assistant_thread_started":
                await self._pane_opened(event["assistant_thread"], workspace)
            case "app_home_opened":
                self._background.start(self.home.opened(event, workspace))

    async def installed(self, workspace: InstalledWorkspace, user_id: str) -> None:
        """Take the news that somebody has installed us. Raises StoreError if it could not be committed."""
        user = await self.people.of(workspace.team, user_id)
        at = datetime.now(UTC)
        key = f"slack:installed:{workspace.team}:{at.timestamp():.0f}"
        place = receive.place_of(workspace.team, "")
        await self.handle(Arrival(key=key, place=place, user=user, at=at, name=workspace.name))

    async def message(self, event: Payload, workspace: InstalledWorkspace) -> None:
        """Take a message that is new, changed or deleted, or one that we have missed."""
        match event.get("subtype", ""):
            case "message_changed" if receive.is_tombstone(event["message"]):
                # It has replies, and Slack leaves something for them to stand under.
                await self.handle(receive.deletion(event, event["message"], workspace.team))
            case receive.TOMBSTONE:
                # It was read again after a gap.
                await self.handle(receive.deletion(event, event, workspace.team))
            case "message_changed":
                await self._changed(event, workspace)
            case "message_deleted":
                before = {**(event.get("previous_message") or {}), "ts": event["deleted_ts"]}
                await self.handle(receive.deletion(event, before, workspace.team))
            case kind if kind in receive.SPOKEN and event.get("user") and not event.get("bot_id"):
                await self._spoken(event, workspace)

    async def _spoken(self, event: Payload, workspace: InstalledWorkspace) -> None:
        place = receive.place_in(event, event, workspace.team)
        begun = await self.conversations.continued_by(event, place, workspace)
        if not await self._for_us(event, place, workspace, begun=begun):
            return
        text = await self.history.words(event.get("text", ""), workspace)
        if written := await self._written(event, place, text, workspace):
            await self.handle(written)
            return
        message = await self._question(event, place, text, workspace, begun=begun)
        first = place.private and not await self.conversations.has(place)
        await self.handle(message)
        self.conversations.note(place)
        self._background.start(self.pane.asked(message, first=first))

    async def _question(
        self, event: Payload, place: Place, text: str, workspace: InstalledWorkspace, *, begun: bool
    ) -> Message:
        """Return a message to us, with what came with it and what was said before it."""
        return receive.message(
            event,
            place,
            await self.people.of(workspace.team, event["user"]),
            text,
            quoted=() if begun or place.private else await self.history.before(event, place, workspace),
            passages=await self.history.passages(event, workspace),
            attachments=await self.history.files(event, workspace),
        )

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
        name, rest = receive.first_word(text[1:]) if not text[1:2].isspace() else ("", "")
        if not text.startswith(COMMAND_MARKS) or not name:
            return None
        user = await self.people.of(workspace.team, event["user"], exact=True)
        if name.lower() not in {command.name for command in self.records.commands(user)}:
            return None
        return receive.written_command(event, place, user, name.lower(), rest.strip())

    async def _changed(self, event: Payload, workspace: InstalledWorkspace) -> None:
        now, before = event["message"], event.get("previous_message") or {}
        if now.get("bot_id") or not now.get("user") or "edited" not in now or now.get("text") == before.get("text"):
            return
        place = receive.place_in(event, now, workspace.team)
        text = await self.history.words(now.get("text", ""), workspace)
        user = await self.people.of(workspace.team, now["user"])
        begun = await self.conversations.has(place)
        named = receive.calls(str(now.get("text", "")), workspace.user)
        if named and not (place.private or receive.calls(str(before.get("text", "")), workspace.user)):
            # It has the key of the message, so that it is dropped if we have taken the message before.
            asked = {**now, "channel": event["channel"]}
            await self.handle(await self._question(asked, place, text, workspace, begun=begun))
            self.conversations.note(place)
        if begun or place.private or named:
            await self.handle(receive.edit(now, place, user, text))

    async def _reaction(self, event: Payload, event_id: str, workspace: InstalledWorkspace) -> None:
        item, emoji = event["item"], receive.emoji_of(event["reaction"])
        if item.get("type") != "message" or not emoji or event["user"] == workspace.user:
            return
        added = event["type"] == "reaction_added"
        if added and await self.people.is_bot(workspace.team, event["user"]):
            return
        channel, ts = item["channel"], item["ts"]
        thread, stop = await self._known_of(channel, ts, workspace)
        place = receive.place_of(workspace.team, channel, thread, private=channel.startswith("D"))
        user = await self.people.of(workspace.team, event["user"])
        key = f"slack:ev:{event_id}"
        if emoji != STOP:
            await self.handle(receive.reaction(key, ts, emoji, user, place, added=added))
        elif added and stop:
            await self.handle(Press(key=key, place=place, user=user, at=datetime.now(UTC), action=stop, id=ts))

    async def _known_of(self, channel: str, ts: str, workspace: InstalledWorkspace) -> tuple[str, str]:
        """Return the thread of one of our messages, and what stops the answer that grows there, if one does."""
        thread = await self.sent.thread_of(channel, ts)
        if thread is not None:
            return thread, self.sent.stop_of(channel, ts)
        # Another process may have sent it, or we did so before we were started again.
        shown = await self.records.shown(receive.place_of(workspace.team, channel), ts)
        if shown is None:
            return "", ""
        return shown.place.thread, button_action(Verb.STOP, shown.id) if shown.underway else ""

    async def _pane_opened(self, thread: Payload, workspace: InstalledWorkspace) -> None:
        place = receive.place_of(workspace.team, thread["channel_id"], thread["thread_ts"], private=True)
        user = await self.people.of(workspace.team, thread["user_id"])
        self._background.start(self.pane.begun(place, user.language))
