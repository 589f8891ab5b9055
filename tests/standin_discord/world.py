"""What there is on the server: people, guilds, channels, messages, as plain records."""

from bisect import insort
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.standin_discord.mentions import Pings
from tests.standin_discord.permissions import bits

if TYPE_CHECKING:
    from tests.standin_discord.people import Person
    from tests.standin_discord.server import Discord

Payload = dict[str, Any]

TEXT, DIRECT, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 11, 12
THREADS = frozenset({10, PUBLIC_THREAD, PRIVATE_THREAD})
DEFAULT, THREAD_CREATED, REPLY, CHAT_COMMAND, MENU_COMMAND = 0, 18, 19, 20, 23
SUPPRESS_EMBEDS, HAS_THREAD, EPHEMERAL, LOADING, SILENT, NEW_STYLE = 1 << 2, 1 << 5, 1 << 6, 1 << 7, 1 << 12, 1 << 15


@dataclass(slots=True, eq=False)
class Account:
    """A user: a person, a bot or a webhook. One that is `closed` takes no direct messages."""

    id: str
    name: str
    bot: bool = False
    locale: str = "en-US"
    closed: bool = False
    webhook: bool = False


@dataclass(slots=True, eq=False)
class Role:
    """A role of a guild."""

    id: str
    name: str
    permissions: int = 0
    mentionable: bool = False
    bot: str | None = None


@dataclass(slots=True, eq=False)
class Member:
    """Somebody in a guild, with the ids of their roles."""

    account: Account
    roles: list[str] = field(default_factory=list)
    nick: str | None = None


@dataclass(slots=True, eq=False)
class Message:
    """A message as people see it. `edits` are its contents in order, from the first to the present one.

    `mentions_parsed` is whom it alerted; edits count as well, since they highlight though they do not ring.
    """

    id: str
    channel: "Channel"
    author: Account
    content: str
    at: datetime
    kind: int = DEFAULT
    components: list[Payload] = field(default_factory=list)
    embeds: list[Payload] = field(default_factory=list)
    attachments: list[Payload] = field(default_factory=list)
    flags: int = 0
    nonce: str | None = None
    reference: str | None = None
    reference_channel: str | None = None
    edits: list[str] = field(default_factory=list)
    edited: datetime | None = None
    reactions: dict[str, set[str]] = field(default_factory=dict)
    mentions: list[Account] = field(default_factory=list)
    mentions_parsed: Pings = Pings()
    metadata: Payload | None = None
    viewer: str | None = None
    thread: "Channel | None" = None
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        """Whether one person alone sees it."""
        return bool(self.flags & EPHEMERAL)

    def order(self) -> int:
        return int(self.id)


@dataclass(slots=True, eq=False)
class Channel:
    """A text channel, a thread or direct messages."""

    server: "Discord"
    id: str
    name: str
    kind: int = TEXT
    guild: "Guild | None" = None
    parent: "Channel | None" = None
    owner: str | None = None
    recipient: Account | None = None
    created: datetime | None = None
    messages: list[Message] = field(default_factory=list)
    by_id: dict[str, Message] = field(default_factory=dict)
    nonces: dict[tuple[str, str], Message] = field(default_factory=dict)
    overwrites: dict[str, tuple[int, int]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    archived: bool = False

    def add(self, message: Message) -> None:
        """Keep a message where it belongs by its time."""
        self.by_id[message.id] = message
        if self.messages and self.messages[-1].order() > message.order():
            insort(self.messages, message, key=Message.order)
        else:
            self.messages.append(message)

    def drop(self, message: Message) -> None:
        """Forget a message."""
        message.deleted = True
        if self.by_id.pop(message.id, None):
            self.messages.remove(message)

    def deny(self, *names: str) -> None:
        """Take permissions from the bot here, by their names ("SEND_MESSAGES")."""
        allow, deny = self.overwrites.get(self.server.me.id, (0, 0))
        self.overwrites[self.server.me.id] = (allow & ~bits(*names), deny | bits(*names))
        self.server.channel_changed(self)

    def allow(self, *names: str) -> None:
        """Give the bot permissions here."""
        allow, deny = self.overwrites.get(self.server.me.id, (0, 0))
        self.overwrites[self.server.me.id] = (allow | bits(*names), deny & ~bits(*names))
        self.server.channel_changed(self)

    def thread(self, name: str, person: "Person | None" = None, *, on: Message | None = None) -> "Channel":
        """A thread that a person opens: the owner of the guild, where nobody is named; upon a message or without."""
        assert self.guild, "direct messages have no threads"
        owner = person.account if person else self.guild.owner
        return self.server.opened_thread(self, name, owner, on=on)

    def deletes(self) -> None:
        """The channel is deleted."""
        self.server.channel_deleted(self)


@dataclass(slots=True, eq=False)
class Guild:
    """A server of people."""

    server: "Discord"
    id: str
    name: str
    owner: Account
    me: Member
    locale: str = "en-US"
    members: dict[str, Member] = field(default_factory=dict)
    roles: list[Role] = field(default_factory=list)
    channels: dict[str, Channel] = field(default_factory=dict)
    threads: dict[str, Channel] = field(default_factory=dict)
    features: list[str] = field(default_factory=list)

    def shard(self, shards: int) -> int:
        """Which of so many shards hears of it (docs, "Sharding")."""
        return (int(self.id) >> 22) % shards

    def channel(self, name: str = "general") -> Channel:
        """A new text channel."""
        return self.server.opened_channel(self, name)

    def role(self, name: str, *permissions: str, mentionable: bool = False) -> Role:
        """A new role."""
        return self.server.made_role(self, name, permissions, mentionable)

    def join(self, person: "Person", *roles: Role) -> Member:
        """Somebody joins; a manager gets the role that may manage the server."""
        return self.server.joined(self, person, roles)

    def leaves(self) -> None:
        """The bot is thrown out."""
        self.server.guild_left(self)
