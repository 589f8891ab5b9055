"""Calls of Slack's Web API for a workspace, none of them sooner than Slack allows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError

from bots.shared.pace import MethodPace
from bots.slack.pace import seconds
from bots.slack.workspaces import WorkspaceDirectory
from core.messages import Place

QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
"""Arguments for a message that shows no previews of the links in it."""


@dataclass(slots=True)
class WorkspaceCalls:
    """Calls methods with the client of a place's workspace. Limits are counted by workspace and method."""

    workspaces: WorkspaceDirectory
    pace: MethodPace[SlackApiError] = field(default_factory=lambda: MethodPace("slack", SlackApiError, seconds))

    def client(self, place: Place) -> Any:
        """Return the client of a place's workspace, for what has no limit of its own."""
        return self.workspaces.client(place.community)

    def wait(self, place: Place, method: str) -> float:
        """Return the seconds until a method may be called; 0 if it may be called now."""
        return self.pace.wait((place.community, method))

    async def call(self, place: Place, method: str, work: Callable[[Any], Awaitable[Any]]) -> Any:
        """Call a method with the client, as soon as Slack allows it."""
        return await self.pace.call((place.community, method), lambda: work(self.client(place)))
