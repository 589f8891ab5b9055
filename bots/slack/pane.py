"""The assistant's pane beside Slack's channels: its suggestions, its titles, and the sign that we are working."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bots.slack.workspaces import WorkspaceDirectory, code_of
from core.messages import Message, Place
from core.ports.surface import SurfaceRecords

log = structlog.get_logger()

SUGGESTIONS = 3
TITLE = 80
REMEMBERED = 2000
FAILURES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)
ABSENT = frozenset({"unknown_method", "missing_scope", "not_allowed_token_type", "channel_type_not_supported"})


@dataclass(slots=True)
class AssistantPane:
    """Calls Slack's assistant methods. All of it is a courtesy: failures are logged, and nothing waits for it."""

    workspaces: WorkspaceDirectory
    records: SurfaceRecords
    _languages: OrderedDict[Place, str] = field(default_factory=OrderedDict)
    _thinking: set[Place] = field(default_factory=set)
    _without: set[str] = field(default_factory=set)

    async def begun(self, place: Place, language: str) -> None:
        """Suggest questions to somebody who has just opened the pane."""
        keys = [f"suggestion-{number}" for number in range(1, SUGGESTIONS + 1)]
        prompts = [
            {"title": self.records.text(language, key), "message": self.records.text(language, f"{key}-asks")}
            for key in keys
        ]
        await self._try(
            place,
            lambda client: client.assistant_threads_setSuggestedPrompts(
                channel_id=place.channel, thread_ts=place.thread, prompts=prompts
            ),
        )

    async def asked(self, message: Message) -> None:
        """Name the thread after its first message."""
        place = message.place
        if not place.thread:
            return
        first = place not in self._languages
        self._languages[place] = message.user.language
        if len(self._languages) > REMEMBERED:
            self._languages.popitem(last=False)
        if first and place.private and message.text:
            title = " ".join(message.text.split())[:TITLE]
            await self._try(
                place,
                lambda client: client.assistant_threads_setTitle(
                    channel_id=place.channel, thread_ts=place.thread, title=title
                ),
            )

    async def think(self, place: Place) -> None:
        """Show that we are working; Slack removes the sign when we post something."""
        if place.thread:
            self._thinking.add(place)
            await self._status(place, self.records.text(self._languages.get(place, ""), "thinking"))

    def answered(self, place: Place) -> None:
        """Note that we have posted something there, after which Slack removes the sign by itself."""
        self._thinking.discard(place)

    async def rest(self, place: Place) -> None:
        """Stop showing that we are working there."""
        if place in self._thinking:
            self._thinking.discard(place)
            await self._status(place, "")

    async def _status(self, place: Place, words: str) -> None:
        await self._try(
            place,
            lambda client: client.assistant_threads_setStatus(
                channel_id=place.channel, thread_ts=place.thread, status=words
            ),
        )

    async def _try(self, place: Place, work: Any) -> None:
        if place.community in self._without:
            return
        try:
            await work(self.workspaces.client(place.community))
        except SlackApiError as error:
            log.info("pane_refused", code=code_of(error))
            if code_of(error) in ABSENT:
                self._without.add(place.community)
        except FAILURES as error:
            log.info("pane_not_reached", error=type(error).__name__)
