"""The state of the server: people, servers, channels and messages, and how Discord describes them in JSON."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

Payload = dict[str, Any]
EPOCH = 1420070400000
"""Milliseconds: snowflakes count from the first second of 2015."""

TEXT, DIRECT, THREAD, FORUM = 0, 1, 11, 15
DEFAULT, REPLY = 0, 19
MEMBER_MAY = str(sum(1 << bit for bit in (6, 10, 11, 14, 15, 16, 18, 26, 31, 35, 38)))
"""The permissions of @everyone: see, write, read the history, react, attach, use commands, use threads."""

MANAGE_SERVER = 1 << 5
ADMINISTRATOR = 1 << 3
EPHEMERAL = 1 << 6
SUPPRESS_EMBEDS = 1 << 2
_steps = count(1)


def snowflake(at: datetime | None = None) -> str:
    """A new id of a time; ids of one millisecond go up."""
    moment = (at or datetime.now(UTC)).timestamp()
    return str((int(moment * 1000) - EPOCH << 22) + next(_steps) % (1 << 22))


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


@dataclass(slots=True, eq=False)
class Account:
    """A user: a person, a bot, or a webhook. Messages to one who is `closed` are refused with that code."""

    id: str
    name: str
    bot: bool = False
    locale: str = "en-US"
    closed: int = 0

    def payload(self) -> Payload:
        return {
            "id": self.id,
            "username": self.name.lower().replace(" ", "_"),
            "discriminator": "0",
            "global_name": self.name,
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": None,
        }


@dataclass(slots=True, eq=False)
class Member:
    """An account in a server."""

    account: Account
    roles: list[str] = field(default_factory=list)

    def payload(self, *, user: bool = True) -> Payload:
        found: Payload = {
            "avatar": None,
            "banner": None,
            "communication_disabled_until": None,
            "deaf": False,
            "flags": 0,
            "joined_at": "2020-01-01T00:00:00+00:00",
            "mute": False,
            "nick": None,
            "pending": False,
            "premium_since": None,
            "roles": list(self.roles),
        }
        return {**found, "user": self.account.payload()} if user else found


@dataclass(slots=True, eq=False)
class Role:
    """A role of a server."""

    id: str
    name: str
    permissions: str = "0"

    def payload(self, position: int) -> Payload:
        return {
            "id": self.id,
            "name": self.name,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "icon": None,
            "unicode_emoji": None,
            "position": position,
            "permissions": self.permissions,
            "managed": False,
            "mentionable": True,
            "flags": 0,
            "description": None,
        }


@dataclass(slots=True, eq=False)
class Message:
    """A message as people see it. `edits` are its earlier contents in order; `pings` the people it really mentions."""

    id: str
    channel: "Channel"
    author: Account
    content: str
    at: datetime
    components: list[Payload] = field(default_factory=list)
    embeds: list[Payload] = field(default_factory=list)
    attachments: list[Payload] = field(default_factory=list)
    flags: int = 0
    nonce: str | None = None
    reference: str | None = None
    kind: int = DEFAULT
    edited: datetime | None = None
    edits: list[str] = field(default_factory=list)
    reactions: dict[str, set[str]] = field(default_factory=dict)
    mentions: list[Account] = field(default_factory=list)
    pings: set[str] = field(default_factory=set)
    webhook: str | None = None
    forwarded: "Message | None" = None
    poll: Payload | None = None

    def payload(self, *, content: bool = True, resolved: bool = True) -> Payload:
        """As REST and gateway send it; without `content`, as a bot sees it that lacks the intent."""
        found: Payload = {
            "id": self.id,
            "channel_id": self.channel.id,
            "author": self.author.payload(),
            "content": self.content if content else "",
            "timestamp": stamp(self.at),
            "edited_timestamp": stamp(self.edited) if self.edited else None,
            "tts": False,
            "mention_everyone": "everyone" in self.pings,
            "mentions": [account.payload() for account in self.mentions],
            "mention_roles": [],
            "attachments": self.attachments if content else [],
            "embeds": self.embeds if content else [],
            "components": self.components if content else [],
            "pinned": False,
            "type": self.kind,
            "flags": self.flags,
        }
        if self.nonce is not None:
            found["nonce"] = self.nonce
        if self.webhook:
            found["webhook_id"] = self.webhook
        if self.reference:
            found["message_reference"] = {"type": 0, "channel_id": self.channel.id, "message_id": self.reference}
            if self.channel.guild:
                found["message_reference"]["guild_id"] = self.channel.guild.id
            above = self.channel.kept.get(self.reference)
            if resolved:
                found["referenced_message"] = above.payload(content=content, resolved=False) if above else None
        if self.forwarded:
            source = self.forwarded
            found["message_reference"] = {"type": 1, "channel_id": source.channel.id, "message_id": source.id}
            found["message_snapshots"] = [{"message": source.snapshot()}] if content else []
        if self.poll and content:
            found["poll"] = self.poll
        if self.reactions:
            found["reactions"] = [
                {
                    "count": len(users),
                    "count_details": {"burst": 0, "normal": len(users)},
                    "burst_colors": [],
                    "me": False,
                    "me_burst": False,
                    "emoji": {"id": None, "name": emoji},
                }
                for emoji, users in self.reactions.items()
                if users
            ]
        return found

    def snapshot(self) -> Payload:
        """As it is in a message that forwards it: without its author."""
        kept = ("type", "content", "attachments", "embeds", "timestamp", "edited_timestamp", "flags", "components")
        whole = self.payload(resolved=False)
        return {name: whole[name] for name in kept} | {"mentions": whole["mentions"], "mention_roles": []}


@dataclass(slots=True, eq=False)
class Channel:
    """A text channel, a thread, or direct messages. `denied` are the names of what the bot may not do here."""

    id: str
    name: str
    kind: int = TEXT
    guild: "Guild | None" = None
    parent: "Channel | None" = None
    owner: str | None = None
    recipient: Account | None = None
    kept: dict[str, Message] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    archived: bool = False

    @property
    def messages(self) -> list[Message]:
        """The messages, oldest first."""
        return sorted(self.kept.values(), key=lambda message: int(message.id))

    def deny(self, *permissions: str) -> None:
        self.denied |= set(permissions)

    def payload(self) -> Payload:
        last = max(self.kept, key=int, default=None)
        found: Payload = {"id": self.id, "type": self.kind, "last_message_id": last, "flags": 0}
        if self.kind == DIRECT:
            return {**found, "recipients": [self.recipient.payload()] if self.recipient else []}
        assert self.guild
        found |= {"guild_id": self.guild.id, "name": self.name, "rate_limit_per_user": 0}
        if self.kind == THREAD:
            assert self.parent
            return found | {
                "parent_id": self.parent.id,
                "owner_id": self.owner,
                "message_count": len(self.kept),
                "member_count": len(self.members),
                "total_message_sent": len(self.kept),
                "thread_metadata": {
                    "archived": self.archived,
                    "archive_timestamp": "2026-01-01T00:00:00+00:00",
                    "auto_archive_duration": 1440,
                    "locked": False,
                    "create_timestamp": "2026-01-01T00:00:00+00:00",
                },
            }
        if self.kind == FORUM:
            found |= {"available_tags": [], "default_sort_order": None, "default_forum_layout": 0}
            found["default_reaction_emoji"] = None
        return found | {
            "position": 0,
            "parent_id": None,
            "topic": None,
            "nsfw": False,
            "permission_overwrites": [],
            "default_auto_archive_duration": 1440,
        }


@dataclass(slots=True, eq=False)
class Guild:
    """A server of people."""

    id: str
    name: str
    owner: Account
    members: dict[str, Member] = field(default_factory=dict)
    roles: list[Role] = field(default_factory=list)
    channels: dict[str, Channel] = field(default_factory=dict)
    threads: dict[str, Channel] = field(default_factory=dict)
    features: list[str] = field(default_factory=list)
    locale: str = "en-US"

    def shard(self, shards: int) -> int:
        return (int(self.id) >> 22) % shards

    def permissions(self, account: Account) -> int:
        """The permissions that somebody has here by their roles."""
        held = {self.id, *(self.members[account.id].roles if account.id in self.members else ())}
        found = 0
        for role in self.roles:
            if role.id in held:
                found |= int(role.permissions)
        return found

    def payload(self) -> Payload:
        """The server as in GUILD_CREATE."""
        return {
            **self.partial(),
            "joined_at": "2020-01-01T00:00:00+00:00",
            "large": len(self.members) > 250,
            "unavailable": False,
            "member_count": len(self.members),
            "voice_states": [],
            "members": [member.payload() for member in self.members.values()],
            "channels": [channel.payload() for channel in self.channels.values()],
            "threads": [thread.payload() for thread in self.threads.values() if not thread.archived],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def partial(self) -> Payload:
        """The server as in GET /guilds/{id}."""
        return {
            "id": self.id,
            "name": self.name,
            "icon": None,
            "description": None,
            "home_header": None,
            "splash": None,
            "discovery_splash": None,
            "features": self.features,
            "banner": None,
            "owner_id": self.owner.id,
            "application_id": None,
            "region": "deprecated",
            "afk_channel_id": None,
            "afk_timeout": 300,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "widget_enabled": False,
            "widget_channel_id": None,
            "verification_level": 0,
            "roles": [role.payload(position) for position, role in enumerate(self.roles)],
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
            "preferred_locale": self.locale,
            "rules_channel_id": None,
            "safety_alerts_channel_id": None,
            "public_updates_channel_id": None,
            "premium_progress_bar_enabled": False,
            "nsfw": False,
            "nsfw_level": 0,
            "emojis": [],
            "stickers": [],
            "incidents_data": None,
            "inventory_settings": None,
        }


def named(content: str, accounts: Mapping[str, Account]) -> list[Account]:
    """The accounts that a text mentions, in that order."""
    ids = dict.fromkeys(re.findall(r"<@!?(\d+)>", content))
    return [accounts[id] for id in ids if id in accounts]


def pings(content: str, allowed: Mapping[str, Any] | None, replied: Account | None) -> set[str]:
    """The people whom a bot's message really alerts: those in its text, as far as `allowed_mentions` allows.

    Without `allowed_mentions`, every mention in the text counts, as Discord documents.
    """
    everything: Mapping[str, Any] = {"parse": ["users", "roles", "everyone"], "replied_user": True}
    rules = everything if allowed is None else allowed
    parse: Sequence[str] = rules.get("parse", [])
    users = set(re.findall(r"<@!?(\d+)>", content))
    roles = set(re.findall(r"<@&(\d+)>", content))
    found = users if "users" in parse else users & set(map(str, rules.get("users", [])))
    found |= roles if "roles" in parse else roles & set(map(str, rules.get("roles", [])))
    if "everyone" in parse and re.search("@everyone|@here", content):
        found.add("everyone")
    if replied and rules.get("replied_user"):
        found.add(replied.id)
    return found
