"""Sending to Slack: the Chat port on top of its Web API."""

import asyncio
import hashlib
import secrets
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bots.shared.pace import MethodPace
from bots.slack.pace import seconds
from bots.slack.pane import AssistantPane
from bots.slack.people import WorkspacePeople
from bots.slack.receive import InteractionTicket
from bots.slack.render import ROOM, Block, blocks, modal, notification
from bots.slack.streams import MessageStreams
from bots.slack.workspaces import WorkspaceDirectory, code_of
from core.errors import UncertainDelivery, UnreachableError, UserError
from core.messages import AnyEvent, Attachment, Button, Form, Place, Press, Reply, User
from core.ports.chat import ChatCapabilities

log = structlog.get_logger()

CAPABILITIES = ChatCapabilities(
    text_limit=ROOM,
    edit_interval=1.2,
    selects=frozenset({"option", "channel", "role"}),
    personal=True,
    forms=True,
    reactions=True,
    idempotent_send=True,
)
PASSING = (OSError, aiohttp.ClientError, TimeoutError)
AGAIN = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"})
MUTE = frozenset({"channel_not_found", "not_in_channel", "is_archived", "restricted_action", "no_permission"})
"""Error codes which mean that we may not, or cannot, write in a channel."""

ABSENT = MUTE | {"user_not_in_channel", "user_not_found"}
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "cant_delete_message"})
STREAMING = "streaming_state_conflict"

URL_LASTS = timedelta(minutes=29)
"""How long a response_url accepts messages: thirty minutes, less a margin."""

EARLIER = timedelta(seconds=10)
"""How long after our start an event still counts as from before it, because clocks differ a little.

An earlier process may already have answered such an event.
"""

LARGEST_FILE = 1024 * 1024
EVENT = "parley_reply"
"""The event type in our messages' metadata."""

OFFER = "open-form:"
"""The start of the action of a button that opens a form; such a press is not passed to the core."""

REMEMBERED = 2000
SETTLES = 1.5


@dataclass(slots=True)
class SlackChat:
    """The Chat port for Slack."""

    workspaces: WorkspaceDirectory
    people: WorkspacePeople
    pane: AssistantPane
    streams: MessageStreams
    pace: MethodPace = field(default_factory=lambda: MethodPace("slack", seconds))
    capabilities: ChatCapabilities = CAPABILITIES
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    _doubtful: set[str] = field(default_factory=set)
    _threads: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)
    _offered: OrderedDict[str, tuple[Place, Form]] = field(default_factory=OrderedDict)
    _stops: dict[tuple[str, str], str] = field(default_factory=dict)
    _sending: Counter[str] = field(default_factory=Counter)
    _sent: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Post a reply, or show it only to the person it concerns.

        A second post with the same key creates no second message: the key in the metadata shows that it was posted.
        Raises Unreachable if Slack cannot be reached, Unsure if a notice may have been shown, UserError if we may not
        write there.
        """
        async with translated():
            if cause and reply.personal and not place.private:
                return await self._whisper(place, reply, cause)
            if reply.replaces:
                await self._update(place, reply.replaces, reply)
                return reply.replaces
            async with self._under_way(place.channel):
                return await self._post(place, reply, key, cause)

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        """Show nothing and return False: what Slack streams is a real message from the beginning."""
        return False

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Replace what a message shows with a reply; while it grows, an edit that would have to wait is skipped."""
        async with translated():
            self._note_stop(place.channel, message_id, reply)
            if self.streams.has(place.channel, message_id):
                if reply.underway:
                    await self._stream(place, "append", lambda: self.streams.append(place.channel, message_id, reply))
                    return
                done = await self._stream(
                    place, "stop", lambda: self.streams.finish(place.channel, message_id, reply, marked(reply.answer))
                )
                if done:
                    return
            if reply.underway and self.pace.wait((place.community, "chat.update")):
                return
            await self._update(place, message_id, reply)

    async def delete(self, place: Place, message_id: str) -> None:
        """Delete one of our messages."""
        async with translated():
            try:
                await self._call(
                    place, "chat.delete", lambda client: client.chat_delete(channel=place.channel, ts=message_id)
                )
            except SlackApiError as error:
                if code_of(error) not in GONE:
                    raise
                log.debug("deleted_before", message=message_id)

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Open a form. Raises UserError if the interaction is too old for one."""
        async with translated():
            if not InteractionTicket.parse(cause.ticket).trigger:
                # The form was asked for in a written message, and Slack opens a form only after a press.
                await self._offer(place, form, cause)
                return
            await self._opened(place, form, cause)

    async def open_offered(self, press: Press) -> bool:
        """Open the form of a button that offered one. Returns whether the button was of that kind."""
        if not press.action.startswith(OFFER):
            return False
        known = self._offered.get(press.action)
        if known is None or known[0].community != press.place.community:
            return True
        async with translated():
            await self._opened(*known, press)
        return True

    async def _opened(self, place: Place, form: Form, cause: AnyEvent) -> None:
        trigger, view = InteractionTicket.parse(cause.ticket).trigger, modal(form, place, cause)
        try:
            await self.workspaces.client(place.community).views_open(trigger_id=trigger, view=view)
        except SlackApiError as error:
            if code_of(error) not in ("expired_trigger_id", "exchanged_trigger_id"):
                raise
            raise UserError("form-late") from error

    async def _offer(self, place: Place, form: Form, cause: AnyEvent) -> None:
        action = f"{OFFER}{secrets.token_hex(8)}"
        self._offered[action] = (place, form)
        if len(self._offered) > REMEMBERED:
            self._offered.popitem(last=False)
        reply = Reply("", status=form.title, buttons=(Button(action, form.title, "📝"),), personal=True)
        await (self._tell(place, place.channel, reply) if place.private else self._whisper(place, reply, cause))

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """Open a new thread in a channel; in direct messages a new conversation starts in the same place."""
        if place.private:
            return None
        async with translated():
            try:
                root: Any = await self._call(
                    place,
                    "chat.postMessage",
                    lambda client: client.chat_postMessage(
                        channel=place.channel, text=f"➜ <@{user.id}>", **QUIET, metadata=marked(f"{cause.key}#thread")
                    ),
                )
            except SlackApiError as error:
                log.info("thread_refused", code=code_of(error))
                return None
        return Place(place.platform, place.community, place.channel, root["ts"])

    async def read(self, attachment: Attachment) -> bytes:
        """Return a file's content, cut off just above 1 MiB. Raises UserError if it cannot be fetched."""
        team, _, address = attachment.address.partition(" ")
        unread = UserError("attachments-unread", names=attachment.name)
        workspace = self.workspaces.find(team)
        if workspace is None or self.workspaces.session is None or not self._slacks_own(address):
            raise unread
        headers = {"Authorization": f"Bearer {workspace.token}"}
        try:
            async with self.workspaces.session.get(address, headers=headers, allow_redirects=False) as answer:
                if answer.status != 200:
                    # Without permission to read files, Slack redirects us to its login page for people.
                    log.warning("attachment_not_fetched", status=answer.status)
                    raise unread
                return await answer.content.read(LARGEST_FILE + 1)
        except PASSING as error:
            log.warning("attachment_not_fetched", error=type(error).__name__)
            raise unread from None

    async def done(self, event: AnyEvent) -> None:
        """Stop showing in the pane that we are thinking; the event itself was acknowledged when it was committed."""
        await self.pane.rest(event.place)

    async def refresh(self, place: Place) -> None:
        """Do nothing: a channel keeps showing everything that was said, whichever branch the conversation follows."""

    async def typing(self, place: Place) -> None:
        """Show that we are working. This is a courtesy: if it fails, the answer still comes."""
        await self.pane.think(place)

    def mention(self, kind: Literal["channel", "role", "message"], id: str, place: Place | None = None) -> str:
        """Return the text that Slack shows as a channel's name or a group's handle, or a link to a message."""
        if kind == "message" and place:
            workspace = self.workspaces.find(place.community)
            return f"{workspace.url if workspace else ''}archives/{place.channel}/p{id.replace('.', '')}"
        return f"@{self.people.handle(id)}" if kind == "role" else f"<#{id}>"

    async def thread_of(self, channel: str, ts: str) -> str:
        """Return the thread of one of our messages, as far as we remember; waits for a message that is being sent."""
        try:
            async with asyncio.timeout(SETTLES), self._sent:
                await self._sent.wait_for(lambda: not self._sending[channel])
        except TimeoutError:
            log.info("still_sending", channel=channel)
        return self._threads.get((channel, ts), "")

    def stop_of(self, channel: str, ts: str) -> str:
        """Return the action of the button that stops a growing answer; empty if no answer is growing there."""
        return self._stops.get((channel, ts), "")

    @asynccontextmanager
    async def _under_way(self, channel: str) -> AsyncIterator[None]:
        self._sending[channel] += 1
        try:
            yield
        finally:
            self._sending[channel] -= 1
            if not self._sending[channel]:
                del self._sending[channel]
            async with self._sent:
                self._sent.notify_all()

    async def _post(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None) -> str:
        digest = digest_of(key)
        shown = ""
        if cause and (cause.at < self.began + EARLIER or key in self._doubtful):
            shown = await self._posted_before(place, digest, reply, cause)
        if not shown:
            try:
                shown = await self._posted(place, reply, digest, cause)
            except (*PASSING, SlackApiError) as error:
                if not isinstance(error, SlackApiError) or passing(error):
                    self._doubtful.add(key)
                raise
        self._doubtful.discard(key)
        self.pane.answered(place)
        self._threads[place.channel, shown] = place.thread
        if len(self._threads) > REMEMBERED:
            self._threads.popitem(last=False)
        self._note_stop(place.channel, shown, reply)
        return shown

    async def _posted(self, place: Place, reply: Reply, digest: str, cause: AnyEvent | None) -> str:
        if cause and self.streams.fits(place, reply):
            user = cause.user.id
            begun: str = await self._stream(place, "start", lambda: self.streams.start(place, reply, user))
            if begun:
                return begun
        sent: Any = await self._call(
            place,
            "chat.postMessage",
            lambda client: client.chat_postMessage(
                channel=place.channel,
                thread_ts=place.thread or None,
                text=notification(reply),
                blocks=blocks(reply),
                metadata={"event_type": EVENT, "event_payload": {"key": digest}},
                **QUIET,
            ),
        )
        await self._upload(place, reply, place.channel, place.thread)
        return str(sent["ts"])

    async def _upload(self, place: Place, reply: Reply, channel: str, thread: str = "") -> None:
        for file in reply.files:
            await self.workspaces.client(place.community).files_upload_v2(
                channel=channel, thread_ts=thread or None, filename=file.name, content=file.content
            )

    async def _posted_before(self, place: Place, digest: str, reply: Reply, cause: AnyEvent) -> str:
        """Find the message that was posted for this key; empty if there is none.

        A stream has no metadata until it ends, so a message of ours without metadata, posted since the question, counts
        as that message. Raises Unsure if Slack does not let us look.
        """
        workspace = self.workspaces.find(place.community)
        asked: dict[str, Any] = {
            "channel": place.channel,
            "oldest": f"{cause.at.timestamp():.6f}",
            "include_all_metadata": True,
            "limit": 100,
        }
        client = self.workspaces.client(place.community)
        try:
            looked = client.conversations_replies(ts=place.thread, **asked) if place.thread else None
            found: Any = await (looked or client.conversations_history(**asked))
        except SlackApiError as error:
            if code_of(error) == "thread_not_found":
                return ""
            if passing(error) or seconds(error) is not None:
                raise
            raise UncertainDelivery(f"Slack: {code_of(error)}") from error
        ours = workspace.user if workspace else ""
        for message in found["messages"]:
            # Slack always includes the first message of a thread.
            if message.get("user") != ours or message["ts"] <= asked["oldest"]:
                continue
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("key") == digest or (not payload and reply.answer and place.private):
                return str(message["ts"])
        return ""

    async def _whisper(self, place: Place, reply: Reply, cause: AnyEvent) -> str:
        """Show something to one person only; files are sent to them in direct messages."""
        if reply.files:
            channel = await self.people.direct(place.community, cause.user.id)
            await self._tell(place, channel, reply)
            await self._upload(place, reply, channel)
            return ""
        ticket = InteractionTicket.parse(cause.ticket)
        shown = await self._blocks(place, reply)
        if ticket.response_url and datetime.now(UTC) - cause.at < URL_LASTS:
            door = AsyncWebhookClient(ticket.response_url, session=self.workspaces.session, retry_handlers=[])
            told = {"text": notification(reply), "blocks": shown, "response_type": "ephemeral"}
            in_thread = {"thread_ts": place.thread} if place.thread else {}
            answer = await door.send_dict({**told, **in_thread, "replace_original": bool(reply.replaces)})
            if answer.status_code == 200:
                return ""
            log.info("response_url_refused", status=answer.status_code)
        try:
            await self._call(
                place,
                "chat.postEphemeral",
                lambda client: client.chat_postEphemeral(
                    channel=place.channel,
                    user=cause.user.id,
                    thread_ts=place.thread or None,
                    text=notification(reply),
                    blocks=shown,
                ),
            )
        except SlackApiError as error:
            if code_of(error) not in ABSENT:
                raise
            await self._tell(place, await self.people.direct(place.community, cause.user.id), reply)
        return ""

    async def _tell(self, place: Place, channel: str, reply: Reply) -> None:
        shown = await self._blocks(place, reply)
        await self._call(
            place,
            "chat.postMessage",
            lambda client: client.chat_postMessage(
                channel=channel,
                thread_ts=(place.thread or None) if channel == place.channel else None,
                text=notification(reply),
                blocks=shown,
                **QUIET,
            ),
        )

    async def _blocks(self, place: Place, reply: Reply) -> list[Block]:
        roles = any(select.kind == "role" for select in reply.selects)
        groups = await self.people.groups(place.community) if roles else ()
        return blocks(reply, [(group.id, f"@{group.handle}") for group in groups])

    async def _update(self, place: Place, ts: str, reply: Reply) -> None:
        shown = await self._blocks(place, reply)

        async def update() -> None:
            await self._call(
                place,
                "chat.update",
                lambda client: client.chat_update(channel=place.channel, ts=ts, text=notification(reply), blocks=shown),
            )

        try:
            await update()
        except SlackApiError as error:
            if code_of(error) == STREAMING:
                # An earlier process started the stream and stopped before it could end it.
                await self.workspaces.client(place.community).chat_stopStream(channel=place.channel, ts=ts)
                await update()
            elif code_of(error) in GONE:
                log.info("edit_refused", code=code_of(error))
            else:
                raise

    async def _call(self, place: Place, method: str, work: Callable[[Any], Awaitable[Any]]) -> Any:
        client = self.workspaces.client(place.community)
        return await self.pace.call((place.community, method), lambda: work(client))

    async def _stream(self, place: Place, step: str, work: Callable[[], Awaitable[Any]]) -> Any:
        return await self.pace.call((place.community, f"chat.{step}Stream"), work)

    def _note_stop(self, channel: str, ts: str, reply: Reply) -> None:
        stop = next((button.action for button in reply.buttons if button.action.startswith("stop:")), "")
        if reply.underway and stop:
            self._stops[channel, ts] = stop
        else:
            self._stops.pop((channel, ts), None)

    def _slacks_own(self, address: str) -> bool:
        """Return whether an address belongs to Slack; a token may only be sent to Slack."""
        host = urlsplit(address).hostname or ""
        ours = urlsplit(self.workspaces.base_url).hostname
        return host == ours if ours else host == "slack.com" or host.endswith(".slack.com")


QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}


def digest_of(key: str) -> str:
    """Return the form of an outbox key that goes into metadata, which everybody in a workspace can read."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def marked(key: str) -> Block:
    """Return the metadata by which we recognise a message again."""
    return {"event_type": EVENT, "event_payload": {"key": digest_of(key)}}


def passing(error: SlackApiError) -> bool:
    """Return whether an error is a failure on Slack's side, after which nobody knows whether the call took effect."""
    status = getattr(error.response, "status_code", 0)
    return status >= 500 or code_of(error) in AGAIN


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turn Slack's errors into ours."""
    try:
        yield
    except PASSING as error:
        raise UnreachableError(f"Slack: {type(error).__name__}") from error
    except SlackApiError as error:
        if passing(error):
            raise UnreachableError(f"Slack: {code_of(error) or error.response.status_code}") from error
        if code_of(error) in MUTE:
            raise UserError("channel-mute") from error
        raise
