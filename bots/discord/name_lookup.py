"""Finds the channel or role that an admin names in a setting, by mention, name, id or link."""

import re
from collections.abc import Callable

import discord

from core.errors import UserError
from core.messages import Place
from core.ports.chat import NamedKind

MENTION = re.compile(r"<(?:#|@&)(\d+)>")
LINK = re.compile(r"https?://(?:\w+\.)?discord(?:app)?\.com/channels/(\d+)/(\d+)(?:/\d+)?/?")
KINDS = (discord.TextChannel, discord.ForumChannel)
"""Where conversations are held. A thread is not among them: it is archived after some days."""


def named(guild_of: Callable[[int], discord.Guild | None], kind: NamedKind, text: str, place: Place) -> str:
    """Return the id of the channel or role that somebody names, in the server of a place; empty if there is none.

    Raises UserError if several have that name, or if we may not write in the channel.
    """
    guild = guild_of(int(place.community))
    if place.private or guild is None or kind == "person":
        raise UserError(f"named-no-{kind}")
    id = _id(text, place)
    if kind == "role":
        roles = [role for role in guild.roles if not role.is_default()]
        return _only([str(role.id) for role in roles if id == str(role.id)] or _called(text.lstrip("@"), roles), text)
    channels = [channel for channel in guild.channels if isinstance(channel, KINDS)]
    found = _only(
        [str(one.id) for one in channels if id == str(one.id)] or _called(text.removeprefix("#"), channels), text
    )
    channel = guild.get_channel(int(found)) if found else None
    may = channel.permissions_for(guild.me) if channel else None
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


def _called(name: str, things: "list[discord.Role] | list[discord.TextChannel | discord.ForumChannel]") -> list[str]:
    return [str(thing.id) for thing in things if thing.name.casefold() == name.casefold()]


def _only(found: list[str], text: str) -> str:
    if len(found) > 1:
        raise UserError("named-several", value=text[:80])
    return found[0] if found else ""
