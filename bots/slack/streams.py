"""Slack's own streaming: a message that grows without being edited, for the one person who reads it.

In a channel, only the person named as its recipient sees such a message grow, so streaming is used in direct messages
only. Slack also closes a stream by itself after about five minutes. In both cases the message is edited instead.
"""

from dataclasses import dataclass, field
from typing import Any

import structlog
from cachetools import LRUCache
from slack_sdk.errors import SlackApiError

from bots.slack.markdown import to_slack
from bots.slack.plain import rejected
from bots.slack.refusals import UNSUPPORTED, code_of
from bots.slack.render import Block, controls
from bots.slack.workspaces import WorkspaceDirectory
from core.messages import Place, Reply

log = structlog.get_logger()

REMEMBERED = 5000
CLOSED = "message_not_in_streaming_state"


@dataclass(slots=True)
class MessageStream:
    """A message that grows; `shown` is the text that Slack has so far."""

    client: Any
    channel: str
    ts: str
    shown: str


@dataclass(slots=True)
class MessageStreams:
    """Keeps the streams in progress, by channel and message."""

    workspaces: WorkspaceDirectory
    _open: LRUCache[tuple[str, str], MessageStream] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _without: set[str] = field(default_factory=set)

    def fits(self, place: Place, reply: Reply) -> bool:
        """Return whether a reply may be streamed: it grows, in a thread that one person reads."""
        return bool(reply.underway and _firm(reply) and place.private and place.thread) and (
            place.community not in self._without
        )

    async def start(self, place: Place, reply: Reply, user: str) -> str:
        """Begin a message. Returns its id, or empty if Slack does not stream here."""
        client, text = self.workspaces.client(place.community), _firm(reply)
        try:
            begun = await client.chat_startStream(
                channel=place.channel,
                thread_ts=place.thread,
                recipient_user_id=user,
                recipient_team_id=place.community,
                chunks=[_chunk(text)],
            )
        except SlackApiError as error:
            if rejected(error):
                # As a message, it has its words without markup.
                return ""
            if code_of(error) not in UNSUPPORTED:
                raise
            log.info("no_streaming", code=code_of(error))
            self._without.add(place.community)
            return ""
        ts = str(begun["ts"])
        self._open[place.channel, ts] = MessageStream(client, place.channel, ts, text)
        return ts

    def has(self, channel: str, ts: str) -> bool:
        """Return whether a message is being streamed."""
        return (channel, ts) in self._open

    async def append(self, channel: str, ts: str, reply: Reply) -> None:
        """Append new text. If earlier words have changed, nothing is appended, and the change waits for the end."""
        stream, text = self._open[channel, ts], _firm(reply)
        if not text.startswith(stream.shown) or text == stream.shown:
            return
        try:
            await stream.client.chat_appendStream(channel=channel, ts=ts, chunks=[_chunk(text[len(stream.shown) :])])
        except SlackApiError as error:
            if rejected(error):
                await self._left(stream)
            elif code_of(error) != CLOSED:
                raise
            self._open.pop((channel, ts), None)
            return
        stream.shown = text

    async def finish(self, channel: str, ts: str, reply: Reply, metadata: Block) -> bool:
        """End a message with the remaining text and its buttons. Returns whether it now shows the reply as it is."""
        stream, text = self._open[channel, ts], to_slack(reply.text)
        whole = text.startswith(stream.shown)
        rest = text[len(stream.shown) :] if whole else ""
        try:
            await stream.client.chat_stopStream(
                channel=channel,
                ts=ts,
                chunks=[_chunk(rest)] if rest else None,
                blocks=(controls(reply) or None) if whole else None,
                metadata=metadata,
            )
        except SlackApiError as error:
            if rejected(error):
                await self._left(stream)
            elif code_of(error) != CLOSED:
                raise
            whole = False
        self._open.pop((channel, ts), None)
        return whole

    async def _left(self, stream: MessageStream) -> None:
        """End a message as it is, which is then edited, since Slack does not take what should follow."""
        try:
            await stream.client.chat_stopStream(channel=stream.channel, ts=stream.ts)
        except SlackApiError as error:
            if code_of(error) != CLOSED:
                raise


def _firm(reply: Reply) -> str:
    """Return what a stream may show of a growing reply: a stream cannot take anything back."""
    return to_slack(reply.text[: reply.firm] if reply.underway else reply.text)


def _chunk(text: str) -> dict[str, str]:
    return {"type": "markdown_text", "text": text}
