"""What was said in a thread before we were called into it."""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog

from bots.slack import receive
from bots.slack.people import WorkspacePeople
from bots.slack.receive import Payload
from bots.slack.refusals import FAILURES
from bots.slack.workspaces import InstalledWorkspace
from core.messages import Place, Quote

log = structlog.get_logger()

CONTEXT = 12
"""How many messages of a thread we read when we are first called into it."""

CONTEXT_TIME = 1.2
"""Seconds that we wait for these messages; Slack wants its answer within three."""


@dataclass(slots=True)
class ThreadHistory:
    """Reads threads, and texts as their readers see them."""

    people: WorkspacePeople

    async def before(self, event: Payload, place: Place, workspace: InstalledWorkspace) -> tuple[Quote, ...]:
        """Return what was said in a thread before a message: the thread's beginning and its newest messages."""
        if not event.get("thread_ts"):
            return ()
        client = self.people.workspaces.client(workspace.team)
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
                quotes.append(Quote(one["ts"], user, await self.words(one["text"], workspace), above))
        return tuple(quotes)

    async def words(self, text: str, workspace: InstalledWorkspace) -> str:
        """Return a text as a person reads it, with the names of the people whom it mentions."""
        names = await self.people.names(workspace.team, receive.mentioned(text))
        return receive.readable(text, workspace.user, names)
