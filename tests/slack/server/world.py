"""The state of the server: workspaces, people, channels and their messages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Payload = dict[str, Any]

TOMBSTONE, DELETED = "tombstone", "This message was deleted."
"""The subtype and the text of what stands above replies in place of a deleted message."""


@dataclass(slots=True, eq=False)
class Account:
    """A user of a workspace; `bot` is the id of the app's bot, empty for a person."""

    id: str
    team: str
    name: str
    bot: str = ""
    locale: str = "en-US"
    admin: bool = False

    def payload(self) -> Payload:
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name.lower(),
            "real_name": self.name,
            "profile": {"real_name": self.name, "display_name": self.name},
            "is_admin": self.admin,
            "is_owner": False,
            "is_bot": bool(self.bot),
            "locale": self.locale,
        }


@dataclass(slots=True, eq=False)
class Message:
    """A message, or something that was shown only to one person (`whispered_to`); `edits` are its earlier texts."""

    ts: str
    channel: "Channel"
    author: Account
    text: str
    blocks: list[Payload] = field(default_factory=list)
    thread: str = ""
    metadata: Payload | None = None
    files: list[Payload] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edits: list[str] = field(default_factory=list)
    streaming: bool = False
    streamed: str = ""
    whispered_to: str = ""
    unfurls: bool = False
    edited: str = ""
    subtype: str = ""
    attached: list[Payload] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """The text that a person reads: the Markdown, or the plain text if there are no blocks."""
        words = [block["text"] for block in self.blocks if block["type"] == "markdown"]
        return self.streamed + "".join(words) if self.streamed or self.blocks else self.text

    @property
    def literal(self) -> str:
        """The text that they read letter by letter."""
        found = [part for block in self.blocks if block["type"] == "rich_text" for part in block["elements"]]
        return "".join(words["text"] for part in found for words in part["elements"])

    @property
    def small_print(self) -> str:
        """The context beneath it."""
        return " ".join(
            part["text"] for block in self.blocks if block["type"] == "context" for part in block["elements"]
        )

    def bury(self, slackbot: Account) -> None:
        """Delete what it says, and put Slack's notice in its place."""
        self.author, self.text, self.subtype, self.thread = slackbot, DELETED, TOMBSTONE, self.ts
        self.blocks, self.files, self.attached, self.metadata, self.edited = [], [], [], None, ""
        self.reactions.clear()

    def elements(self) -> list[Payload]:
        """Everything that can be pressed or chosen from."""
        found = [element for block in self.blocks for element in block.get("elements", ()) if "action_id" in element]
        return [*found, *(block["accessory"] for block in self.blocks if "accessory" in block)]

    def payload(self) -> Payload:
        found: Payload = {"type": "message", "user": self.author.id, "text": self.text, "ts": self.ts}
        if not self.files:
            found["team"] = self.author.team
        if self.author.bot:
            found |= {"bot_id": self.author.bot, "blocks": self.blocks}
        # A message with replies names itself as their thread.
        thread = self.thread or (self.ts if self.channel.replies_to(self) else "")
        optional = {"thread_ts": thread, "attachments": self.attached, "metadata": self.metadata}
        found |= {name: value for name, value in optional.items() if value}
        if self.edited:
            found["edited"] = {"user": self.author.id, "ts": self.edited}
        if self.files:
            found |= {"files": self.files, "subtype": "file_share"}
        if self.subtype:
            found |= {"subtype": self.subtype, "hidden": self.subtype == TOMBSTONE}
        if self.reactions:
            found["reactions"] = [
                {"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items() if users
            ]
        return found


@dataclass(slots=True, eq=False)
class Channel:
    """A channel (C), or direct messages (D) of one person with the bot. `joined` says whether the bot is in it."""

    id: str
    team: str
    kind: str = "channel"
    user: str = ""
    joined: bool = True
    name: str = "general"
    members: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    whispers: list[Message] = field(default_factory=list)
    status: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    prompts: dict[str, list[Payload]] = field(default_factory=dict)

    def in_thread(self, thread: str) -> list[Message]:
        """The messages of a thread, its first one too."""
        return [message for message in self.messages if thread in (message.ts, message.thread)]

    def replies_to(self, message: Message) -> list[Message]:
        """What stands under a message in its thread."""
        return [one for one in self.messages if one.thread == message.ts and one is not message]


@dataclass(slots=True, eq=False)
class Team:
    """A workspace that has, or can have, the app. `streams` says whether Slack streams there."""

    id: str
    name: str
    token: str
    bot: Account
    installed: bool = True
    streams: bool = True
    groups: list[Payload] = field(default_factory=list)
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the bot."""

    method: str
    arguments: Payload
    at: float


@dataclass(slots=True)
class View:
    """A modal that somebody has before them."""

    id: str
    user: str
    content: Payload


def find(messages: Sequence[Message], ts: str) -> Message | None:
    """A message by its id."""
    return next((message for message in messages if message.ts == ts), None)
