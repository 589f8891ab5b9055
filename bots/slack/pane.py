"""The assistant's pane beside Slack's channels: its suggestions, its titles, and the sign that we are working."""

from dataclasses import dataclass, field
from typing import Any

import structlog
from cachetools import LRUCache
from slack_sdk.errors import SlackApiError

from bots.shared.failures import NETWORK_FAILURES
from bots.slack.refusals import UNSUPPORTED, code_of
from bots.slack.workspaces import WorkspaceDirectory
from core.errors import StoreError
from core.messages import Message, Place
from core.ports.surface import SurfaceRecords

log = structlog.get_logger()

SUGGESTIONS = 3
TITLE = 80
REMEMBERED = 2000


@dataclass(slots=True)
class AssistantPane:
    """Calls Slack's assistant methods. All of it is a courtesy: failures are logged, and nothing waits for it."""

    workspaces: WorkspaceDirectory
    records: SurfaceRecords
    _languages: LRUCache[Place, str] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _thinking: LRUCache[Place, bool] = field(default_factory=lambda: LRUCache(REMEMBERED))
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

    async def asked(self, message: Message, *, first: bool) -> None:
        """Name the thread after its first message."""
        place = message.place
        if not place.thread:
            return
        self._languages[place] = message.user.language
        if first and message.text:
            title = " ".join(message.text.split())[:TITLE]
            await self._try(
                place,
                lambda client: client.assistant_threads_setTitle(
                    channel_id=place.channel, thread_ts=place.thread, title=title
                ),
            )

    async def think(self, place: Place) -> bool:
        """Show that we are working; Slack removes the sign when we post something.

        Returns False if Slack shows no such thing there.
        """
        if not place.thread or place.community in self._without:
            return False
        self._thinking[place] = True
        await self._status(place, self.records.text(await self._language(place), "thinking"))
        return place.community not in self._without

    def answered(self, place: Place) -> None:
        """Note that we have posted something there, after which Slack removes the sign by itself."""
        self._thinking.pop(place, None)

    async def rest(self, place: Place) -> None:
        """Stop showing that we are working there."""
        if self._thinking.pop(place, None):
            await self._status(place, "")

    async def _language(self, place: Place) -> str:
        """Return the language of whoever asked; another process may have taken the question."""
        if known := self._languages.get(place):
            return known
        try:
            return await self.records.language(place)
        except StoreError as error:
            log.info("language_not_known", error=error)
            return ""

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
            if code_of(error) in UNSUPPORTED:
                self._without.add(place.community)
        except NETWORK_FAILURES as error:
            log.info("pane_not_reached", error=type(error).__name__)
