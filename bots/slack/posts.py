"""Our messages in channels, which everybody there sees: posting them once, letting them grow, deleting them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from cachetools import LRUCache
from slack_sdk.errors import SlackApiError

from bots.shared.failures import NETWORK_FAILURES
from bots.slack.calls import QUIET, WorkspaceCalls
from bots.slack.metadata import digest_of, mark_of, marked
from bots.slack.pace import seconds
from bots.slack.people import WorkspacePeople
from bots.slack.plain import taken
from bots.slack.refusals import GONE, STREAMING, SlackRefusal, code_of, passing, refusal_of
from bots.slack.render import notification
from bots.slack.sent import SentMessages
from bots.slack.streams import MessageStreams
from bots.slack.uploads import upload
from core.errors import EditPutOff, EditRefused, MessageGone, UncertainDelivery
from core.messages import AnyEvent, Place, Reply

log = structlog.get_logger()

REMEMBERED = 5000


@dataclass(slots=True)
class ChannelPosts:
    """Writes messages in channels and threads, and changes them."""

    calls: WorkspaceCalls
    people: WorkspacePeople
    streams: MessageStreams
    sent: SentMessages
    _doubtful: LRUCache[str, bool] = field(default_factory=lambda: LRUCache(REMEMBERED))

    async def post(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None) -> str:
        """Post a reply, unless it was posted before with the same key. Returns the id of its message."""
        shown = ""
        if cause and (cause.resumed or key in self._doubtful):
            shown = await self._posted_before(place, key, reply, cause)
        if not shown:
            try:
                shown = await self._begun(place, reply, cause) or await self._posted(place, reply, key)
            except (*NETWORK_FAILURES, SlackApiError) as error:
                if not isinstance(error, SlackApiError) or passing(error):
                    self._doubtful[key] = True
                raise
        self._doubtful.pop(key, None)
        self.sent.note(place.channel, shown, place.thread)
        self.sent.note_stop(place.channel, shown, reply)
        return shown

    async def edit(self, place: Place, ts: str, reply: Reply) -> None:
        """Replace what a message shows with a reply.

        Raises EditPutOff if it still grows and would have to wait, MessageGone if it still grows and its message is
        gone, and EditRefused if the message is too old.
        """
        self.sent.note_stop(place.channel, ts, reply)
        if self.streams.has(place.channel, ts) and await self._streamed(place, ts, reply):
            return
        if reply.underway and self.calls.wait(place, "chat.update"):
            raise EditPutOff("Slack: the method is closed")
        await self.replace(place, ts, reply)

    async def replace(self, place: Place, ts: str, reply: Reply) -> None:
        """Replace what a message shows, if it is still there. Raises as `edit` does."""
        try:
            await self._update(place, ts, reply)
        except SlackApiError as error:
            self._refused(error, reply)

    async def _streamed(self, place: Place, ts: str, reply: Reply) -> bool:
        """Show a reply in a message that is streamed. Returns whether it now shows the reply as it is."""
        try:
            if not reply.underway:
                mark = marked(reply.answer)
                return bool(
                    await self._stream(place, "stop", lambda: self.streams.finish(place.channel, ts, reply, mark))
                )
            await self._stream(place, "append", lambda: self.streams.append(place.channel, ts, reply))
        except SlackApiError as error:
            self._refused(error, reply)
        return True

    async def _update(self, place: Place, ts: str, reply: Reply) -> None:
        choices, words = await self.people.choices(place.community, reply), notification(reply)

        async def update() -> None:
            await taken(
                reply,
                choices,
                lambda shown: self.calls.call(
                    place,
                    "chat.update",
                    lambda client: client.chat_update(channel=place.channel, ts=ts, text=words, blocks=shown),
                ),
            )

        try:
            await update()
        except SlackApiError as error:
            if code_of(error) != STREAMING:
                raise
            # An earlier process started the stream and stopped before it could end it.
            await self.calls.client(place).chat_stopStream(channel=place.channel, ts=ts)
            await update()

    def _refused(self, error: SlackApiError, reply: Reply) -> None:
        """Say what a refused change of a message means. A message that is gone has nothing more to show at the end."""
        if refusal_of(error) == SlackRefusal.OLD:
            raise EditRefused(f"Slack: {code_of(error)}") from error
        if refusal_of(error) != SlackRefusal.DELETED:
            raise error
        log.info("edit_refused", code=code_of(error))
        if reply.underway:
            raise MessageGone(f"Slack: {code_of(error)}") from error

    async def delete(self, place: Place, ts: str) -> None:
        """Delete a message, if it is still there."""
        try:
            await self.calls.call(place, "chat.delete", lambda client: client.chat_delete(channel=place.channel, ts=ts))
        except SlackApiError as error:
            if refusal_of(error) not in GONE:
                raise
            log.debug("deleted_before", message=ts)

    async def _begun(self, place: Place, reply: Reply, cause: AnyEvent | None) -> str:
        """Begin a stream. Returns the id of its message, empty if the reply is not streamed."""
        if cause is None or not self.streams.fits(place, reply):
            return ""
        user = cause.user.id
        return str(await self._stream(place, "start", lambda: self.streams.start(place, reply, user)))

    async def _posted(self, place: Place, reply: Reply, key: str) -> str:
        sent: Any = await taken(
            reply,
            (),
            lambda shown: self.calls.call(
                place,
                "chat.postMessage",
                lambda client: client.chat_postMessage(
                    channel=place.channel,
                    thread_ts=place.thread or None,
                    text=notification(reply),
                    blocks=shown,
                    metadata=marked(key),
                    **QUIET,
                ),
            ),
        )
        await upload(self.calls.client(place), reply.files, place.channel, place.thread)
        return str(sent["ts"])

    async def _posted_before(self, place: Place, key: str, reply: Reply, cause: AnyEvent) -> str:
        """Find the message that was posted for this key; empty if there is none.

        A stream has no metadata until it ends, so a message of ours without metadata, posted since the question, counts
        as that message. Raises UncertainDelivery if Slack does not let us look.
        """
        workspace = await self.calls.workspaces.known(place.community)
        ours, digest = workspace.user if workspace else "", digest_of(key)
        since = f"{cause.at.timestamp():.6f}"
        for message in await self._said(place, since):
            # Slack always includes the first message of a thread.
            if message.get("user") != ours or message["ts"] <= since:
                continue
            mark = mark_of(message)
            if mark.get("key") == digest or (not mark and reply.answer and place.private):
                return str(message["ts"])
        return ""

    async def _said(self, place: Place, since: str) -> Any:
        asked: dict[str, Any] = {
            "channel": place.channel,
            "oldest": since,
            "include_all_metadata": True,
            "limit": 100,
        }
        client = self.calls.client(place)
        try:
            looked = client.conversations_replies(ts=place.thread, **asked) if place.thread else None
            return (await (looked or client.conversations_history(**asked)))["messages"]
        except SlackApiError as error:
            if code_of(error) == "thread_not_found":
                return ()
            if passing(error) or seconds(error) is not None:
                raise
            raise UncertainDelivery(f"Slack: {code_of(error)}") from error

    async def _stream(self, place: Place, step: str, work: Callable[[], Awaitable[Any]]) -> Any:
        return await self.calls.call(place, f"chat.{step}Stream", lambda _: work())
