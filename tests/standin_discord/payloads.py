"""The JSON of what there is, in the shape that the REST API and the gateway give it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.standin_discord.permissions import in_channel
from tests.standin_discord.world import (
    DIRECT,
    HAS_THREAD,
    REPLY,
    THREADS,
    Account,
    Channel,
    Guild,
    Member,
    Message,
    Payload,
    Role,
)

LONG_AGO = "2020-01-01T00:00:00.000000+00:00"
CUSTOM = re.compile(r"(\w+):(\d+)")


def text(moment: datetime | None) -> str | None:
    """A time as Discord writes it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


def user(account: Account) -> Payload:
    return {
        "id": account.id,
        "username": account.name if account.webhook else account.name.lower().replace(" ", "_"),
        "global_name": None if account.bot else account.name,
        "discriminator": "0000" if account.webhook else "0",
        "avatar": None,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
        **({"bot": True} if account.bot else {}),
    }


def member(found: Member, *, with_user: bool = True) -> Payload:
    made: Payload = {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "deaf": False,
        "flags": 0,
        "joined_at": LONG_AGO,
        "mute": False,
        "nick": found.nick,
        "pending": False,
        "premium_since": None,
        "roles": found.roles,
    }
    return {**made, "user": user(found.account)} if with_user else made


def role(found: Role, position: int) -> Payload:
    return {
        "id": found.id,
        "name": found.name,
        "description": None,
        "permissions": str(found.permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": found.bot is not None,
        "mentionable": found.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
        **({"tags": {"bot_id": found.bot}} if found.bot else {}),
    }


def channel(found: Channel) -> Payload:
    last = found.messages[-1].id if found.messages else None
    made: Payload = {"id": found.id, "type": found.kind, "flags": 0, "last_message_id": last}
    if found.kind == DIRECT:
        return {**made, "recipients": [user(found.recipient)] if found.recipient else []}
    assert found.guild
    made |= {"guild_id": found.guild.id, "name": found.name, "rate_limit_per_user": 0}
    if found.kind in THREADS:
        return made | _thread(found)
    overwrites = [
        {"id": id, "type": 1, "allow": str(allow), "deny": str(deny)} for id, (allow, deny) in found.overwrites.items()
    ]
    made |= {"position": list(found.guild.channels).index(found.id), "parent_id": None, "topic": None, "nsfw": False}
    return made | {"permission_overwrites": overwrites, "default_auto_archive_duration": 1440}


def _thread(found: Channel) -> Payload:
    assert found.parent
    return {
        "parent_id": found.parent.id,
        "owner_id": found.owner,
        "message_count": len(found.messages),
        "member_count": min(len(found.members), 50),
        "total_message_sent": len(found.messages),
        "thread_metadata": {
            "archived": found.archived,
            "archive_timestamp": text(found.created),
            "auto_archive_duration": 1440,
            "locked": False,
            "create_timestamp": text(found.created),
        },
    }


def thread_member(found: Channel, id: str) -> Payload:
    return {"id": found.id, "user_id": id, "join_timestamp": text(found.created), "flags": 0}


def interaction_channel(found: Channel, account: Account) -> Payload:
    """The channel inside an interaction, with what the person may there."""
    return {**channel(found), "permissions": str(in_channel(found, account))}


def guild(found: Guild) -> Payload:
    """A guild as GET /guilds/{id} gives it."""
    return {
        "id": found.id,
        "name": found.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": found.features,
        "banner": None,
        "owner_id": found.owner.id,
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role(one, position) for position, one in enumerate(found.roles)],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": found.locale,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
        "latest_onboarding_question_id": None,
    }


def full_guild(found: Guild, members: Sequence[Member], threads: Sequence[Channel]) -> Payload:
    """A guild as GUILD_CREATE gives it."""
    return guild(found) | {
        "joined_at": LONG_AGO,
        "large": len(found.members) > 50,
        "unavailable": False,
        "member_count": len(found.members),
        "voice_states": [],
        "members": [member(one) for one in members],
        "channels": _channels(found),
        "threads": [channel(one) for one in threads],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "embedded_activities": [],
        "activity_instances": [],
        "version": int(found.id) >> 22,
    }


def _channels(found: Guild) -> list[Payload]:
    """All channels; the guild's id is left out of each, as Discord does inside GUILD_CREATE."""
    made = [channel(one) for one in found.channels.values()]
    for one in made:
        del one["guild_id"]
    return made


def emoji(key: str) -> Payload:
    """An emoji from its key: itself, or "name:id" for a guild's own."""
    custom = CUSTOM.fullmatch(key)
    return {"id": custom[2], "name": custom[1]} if custom else {"id": None, "name": key}


def reactions(found: Message, me: str) -> list[Payload]:
    return [
        {
            "emoji": emoji(key),
            "count": len(users),
            "count_details": {"burst": 0, "normal": len(users)},
            "burst_colors": [],
            "me_burst": False,
            "burst_me": False,
            "me": me in users,
            "burst_count": 0,
        }
        for key, users in found.reactions.items()
        if users
    ]


def message(found: Message, *, readable: bool = True, resolved: Message | None = None, deep: bool = True) -> Payload:
    """A message as REST gives it.

    Where it is not `readable` its content is left out. `resolved` is what it replies to; where it replies and `deep` is
    given, an absent one is null (deleted), else the key is missing.
    """
    pings = found.mentions_parsed
    made: Payload = {
        "id": found.id,
        "channel_id": found.channel.id,
        "author": user(found.author),
        "type": found.kind,
        "content": found.content if readable else "",
        "timestamp": text(found.at),
        "edited_timestamp": text(found.edited),
        "tts": False,
        "mention_everyone": pings.everyone,
        "mentions": [user(one) for one in found.mentions],
        "mention_roles": sorted(pings.roles),
        "attachments": found.attachments if readable else [],
        "embeds": found.embeds if readable else [],
        "components": found.components if readable else [],
        "pinned": False,
        "flags": found.flags,
    }
    if found.nonce is not None:
        made["nonce"] = found.nonce
    if found.reactions and (given := reactions(found, found.channel.server.me.id)):
        made["reactions"] = given
    if found.author.webhook:
        made["webhook_id"] = found.author.id
    if found.metadata:
        made |= {"interaction_metadata": found.metadata, "application_id": found.channel.server.me.id}
    if found.thread and found.flags & HAS_THREAD:
        made["thread"] = channel(found.thread)
    if found.reference:
        made["message_reference"] = _reference(found)
    elif found.reference_channel:
        made["message_reference"] = {"type": 0, "channel_id": found.reference_channel, **guild_id(found.channel)}
    if found.kind == REPLY and deep:
        made["referenced_message"] = message(resolved, deep=False) if resolved else None
    return made


def _reference(found: Message) -> Payload:
    return {
        "type": 0,
        "message_id": found.reference,
        "channel_id": found.reference_channel or found.channel.id,
        **guild_id(found.channel),
    }


def guild_id(found: Channel) -> Payload:
    """The guild's id under its name; nothing for direct messages."""
    return {"guild_id": found.guild.id} if found.guild else {}


DEFAULTS: Mapping[int, Payload] = {
    **dict.fromkeys((3, 5, 6, 7, 8), {"min_values": 1, "max_values": 1}),
    11: {"description": None, "spoiler": False},
    13: {"name": None, "size": None, "spoiler": False},
    14: {"spacing": 1, "divider": True},
    17: {"accent_color": None, "spoiler": False},
}
"""What stands in a component that the sender left out, by the component's type."""


def numbered(components: Sequence[Payload]) -> list[Payload]:
    """Components as they come back: each with an id of its own, with Discord's defaults and without nulls."""
    counter = iter(range(1, 1000))
    return [_numbered(one, counter) for one in components]


def _numbered(one: Payload, counter: Iterator[int]) -> Payload:
    number = next(counter)
    made = {**DEFAULTS.get(one["type"], {}), **without_nulls(one)}
    made["id"] = made.get("id") or number
    if isinstance(made.get("components"), list):
        made["components"] = [_numbered(inner, counter) for inner in made["components"]]
    for name in ("component", "accessory"):
        if isinstance(made.get(name), dict):
            made[name] = _numbered(made[name], counter)
    for name in ("media", "file"):
        if isinstance(made.get(name), dict):
            made[name] = _unfurled(made[name], made["id"])
    if isinstance(made.get("items"), list):
        items = [{"description": None, "spoiler": False, **item} for item in made["items"]]
        made["items"] = [{**item, "media": _unfurled(item["media"], made["id"])} for item in items]
    return made


def _unfurled(media: Payload, number: int) -> Payload:
    return {"id": str(number), "proxy_url": media["url"], **media}


def without_nulls(thing: Payload) -> Payload:
    """An object without what is null in it, at every level: in its emoji, in its options."""
    return {name: _filled(value) for name, value in thing.items() if value is not None}


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return without_nulls(value)
    return [_filled(inner) for inner in value] if isinstance(value, list) else value
