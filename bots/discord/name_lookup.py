"""Finds the channel or role that an admin names in a setting, by mention, name, id or link."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import discord
from cachetools import TTLCache

from bots.discord.rest import understood
from core.errors import UserError
from core.messages import Place
from core.ports.chat import NamedKind

MENTION = re.compile(r"<(?:#|@&)(\d+)>")
LINK = re.compile(r"https?://(?:\w+\.)?discord(?:app)?\.com/channels/(\d+)/(\d+)(?:/\d+)?/?")
KINDS = (discord.TextChannel, discord.ForumChannel)
"""Where conversations are held. A thread is not among them: it is archived after some days."""


REMEMBERED, FRESH = 200, 10.0
"""How many servers we remember that we had to ask Discord about, and for how many seconds: a command may name several
roles at once."""


@dataclass(frozen=True, slots=True)
class ServerParts:
    """What can be named in a server, and who we are there."""

    roles: Sequence[discord.Role]
    channels: Sequence[discord.TextChannel | discord.ForumChannel]
    me: discord.Member


@dataclass(slots=True)
class ServerDirectory:
    """The servers that we are in: as the gateway keeps us informed about them, or as Discord says when it is asked."""

    client: discord.Client
    _asked: TTLCache[int, ServerParts] = field(default_factory=lambda: TTLCache(REMEMBERED, FRESH))

    async def parts(self, guild_id: int) -> ServerParts | None:
        """Return what can be named in a server; None if we are not in it.

        Raises discord.HTTPException if Discord cannot be asked.
        """
        guild = self.client.get_guild(guild_id)
        if guild and guild.me:
            return _parts(guild, guild.channels, guild.me)
        if guild_id not in self._asked:
            found = await self._ask(guild_id)
            if found is None:
                return None
            self._asked[guild_id] = found
        return self._asked[guild_id]

    async def _ask(self, guild_id: int) -> ServerParts | None:
        me = self.client.user
        if me is None:
            return None
        try:
            with understood():
                guild = await self.client.fetch_guild(guild_id, with_counts=False)
                return _parts(guild, await guild.fetch_channels(), await guild.fetch_member(me.id))
        except (discord.NotFound, discord.Forbidden):
            return None


def _parts(guild: discord.Guild, channels: Sequence[discord.abc.GuildChannel], me: discord.Member) -> ServerParts:
    return ServerParts(guild.roles, [channel for channel in channels if isinstance(channel, KINDS)], me)


def named(server: ServerParts | None, kind: NamedKind, text: str, place: Place) -> str:
    """Return the id of the channel or role that somebody names, in the server of a place; empty if there is none.

    Raises UserError if several have that name, or if we may not write in the channel.
    """
    if place.private or server is None or kind == "person":
        raise UserError(f"named-no-{kind}")
    id = _id(text, place)
    if kind == "role":
        roles = [role for role in server.roles if not role.is_default()]
        return _only([str(role.id) for role in roles if id == str(role.id)] or _called(text.lstrip("@"), roles), text)
    channels = server.channels
    found = _only(
        [str(one.id) for one in channels if id == str(one.id)] or _called(text.removeprefix("#"), channels), text
    )
    channel = next((one for one in channels if str(one.id) == found), None)
    may = channel.permissions_for(server.me) if channel else None
    if may and not (may.view_channel and may.send_messages):
        raise UserError("named-mute", value=f"<#{found}>")
    return found


def _id(text: str, place: Place) -> str:
    """Return the id in a mention or a link into the same server; a text that is neither may be an id itself."""
    if mentioned := MENTION.fullmatch(text):
        return mentioned[1]
    if linked := LINK.fullmatch(text):
        return linked[2] if linked[1] == place.community else ""
    return text


def _called(
    name: str, things: "Sequence[discord.Role] | Sequence[discord.TextChannel | discord.ForumChannel]"
) -> list[str]:
    return [str(thing.id) for thing in things if thing.name.casefold() == name.casefold()]


def _only(found: list[str], text: str) -> str:
    if len(found) > 1:
        raise UserError("named-several", value=text[:80])
    return found[0] if found else ""
