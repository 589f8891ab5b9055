"""Finds the channel or user group that an admin names in a setting, by mention, name, id or link."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_sdk.errors import SlackApiError

from bots.slack.calls import WorkspaceCalls
from bots.slack.people import WorkspacePeople
from bots.slack.refusals import code_of
from core.errors import UserError
from core.messages import Place
from core.ports.chat import NamedKind

CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|[^>]*)?>|https://[\w.-]+\.slack\.com/(?:archives|client/\w+)/([A-Z0-9]+)\S*")
GROUP = re.compile(r"<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>")
ID = re.compile(r"[CG][A-Z0-9]+")
PAGE = 200
UNKNOWN = frozenset({"channel_not_found", "invalid_arguments", "team_access_not_granted"})


@dataclass(frozen=True, slots=True)
class NamedTargets:
    """Asks Slack for channels and user groups."""

    calls: WorkspaceCalls
    people: WorkspacePeople

    async def find(self, kind: NamedKind, text: str, place: Place) -> str:
        """Return the id of what somebody names, in the workspace of a place; empty if there is none.

        Raises UserError if we are not in the channel.
        """
        if place.private or kind == "person":
            raise UserError(f"named-no-{kind}")
        return await (self._group(text, place) if kind == "role" else self._channel(text, place))

    async def _group(self, text: str, place: Place) -> str:
        mentioned = GROUP.fullmatch(text)
        meant = mentioned[1] if mentioned else text.lstrip("@")
        groups = await self.people.groups(place.community, fresh=True)
        found = [group.id for group in groups if group.id == meant or group.handle.casefold() == meant.casefold()]
        return found[0] if found else ""

    async def _channel(self, text: str, place: Place) -> str:
        mentioned = CHANNEL.fullmatch(text)
        id = (mentioned[1] or mentioned[2]) if mentioned else text
        if mentioned or ID.fullmatch(id):
            return await self._known(id, place)
        name = text.removeprefix("#").casefold()
        async for channel in self._joined(place):
            if channel.get("name") == name:
                return str(channel["id"])
        return ""

    async def _known(self, id: str, place: Place) -> str:
        try:
            answer = await self.calls.call(
                place, "conversations.info", lambda client: client.conversations_info(channel=id)
            )
        except SlackApiError as error:
            if code_of(error) in UNKNOWN:
                return ""
            raise
        channel: dict[str, Any] = answer["channel"]
        if channel.get("is_im") or channel.get("is_mpim"):
            return ""
        if channel.get("is_archived") or not channel.get("is_member"):
            raise UserError("named-mute", value=f"<#{id}>")
        return id

    async def _joined(self, place: Place) -> AsyncIterator[dict[str, Any]]:
        """Yield the channels that we are in, page by page."""
        more: dict[str, Any] = {}
        while True:
            page = await self.calls.call(place, "users.conversations", partial(_page, more))
            for channel in page["channels"]:
                yield channel
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            more = {"cursor": cursor}


async def _page(more: dict[str, Any], client: Any) -> Any:
    kinds = "public_channel,private_channel"
    return await client.users_conversations(types=kinds, exclude_archived=True, limit=PAGE, **more)
