"""What was said in a thread before we were called into it."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bots.shared.failures import SHAPES
from bots.slack import enclosed, receive
from bots.slack.people import WorkspacePeople
from bots.slack.receive import Payload
from bots.slack.refusals import FAILURES
from bots.slack.workspaces import InstalledWorkspace
from core.messages import Attachment, Passage, Place, Quote

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
        said = [one for one in found["messages"] if one["ts"] < event["ts"] and one.get("user") and says_something(one)]
        kept = said if len(said) <= CONTEXT else [said[0], *said[1 - CONTEXT :]]
        quotes: list[Quote] = []
        for one in kept:
            if one["user"] != workspace.user:
                user = await self.people.of(workspace.team, one["user"])
                above = quotes[-1].id if quotes else None
                words = await self.words(one.get("text", ""), workspace)
                passages, files = await self.passages(one, workspace), await self.files(one, workspace)
                quotes.append(Quote(one["ts"], user, words, above, passages=passages, attachments=files))
        return tuple(quotes)

    async def passages(self, message: Payload, workspace: InstalledWorkspace) -> tuple[Passage, ...]:
        """Return the words of others that a message contains."""
        found = enclosed.passages(message)
        return tuple([replace(one, text=await self.words(one.text, workspace)) for one in found])

    async def files(self, message: Payload, workspace: InstalledWorkspace) -> tuple[Attachment, ...]:
        """Return the files of a message. Slack does not say what one from another organisation is until it is asked."""
        found = [await self._known(file, workspace) for file in enclosed.files(message)]
        return tuple(enclosed.attachment(file, workspace.team) for file in found)

    async def _known(self, file: Payload, workspace: InstalledWorkspace) -> Payload:
        if not enclosed.needs_lookup(file):
            return file
        client = self.people.workspaces.client(workspace.team)
        try:
            async with asyncio.timeout(CONTEXT_TIME):
                answer: Any = await client.files_info(file=str(file.get("id")))
                known: Payload = answer["file"]
                return known
        except (*FAILURES, *SHAPES) as error:
            # The person is told that it could not be read.
            log.info("file_not_described", error=type(error).__name__)
            return file

    async def words(self, text: str, workspace: InstalledWorkspace) -> str:
        """Return a text as a person reads it, with the names of the people and groups that it mentions."""
        names = dict(await self.people.names(workspace.team, receive.mentioned(text)))
        if receive.mentions_groups(text):
            names |= {group.id: group.handle for group in await self.people.groups(workspace.team)}
        return receive.readable(text, workspace.user, names)


def says_something(message: Payload) -> bool:
    """Return whether there is anything to see in a message. Of a deleted one, there is nothing but Slack's notice."""
    seen = message.get("text") or enclosed.passages(message) or enclosed.files(message)
    return bool(seen) and not receive.is_tombstone(message)
