"""The tables. Ids are UUIDv7 in hexadecimal, so they sort by time; times are UTC.

They are read and written by the plain functions in this folder: one file per subject, each function taking a session
first.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import JSON, Boolean, Column, DateTime, Dialect, Index, Integer, MetaData, Text, UniqueConstraint, false
from sqlalchemy.types import TypeDecorator
from sqlmodel import AutoString, Field, SQLModel
from uuid_utils import uuid7

from core.messages import MessageState
from core.ports.model import Finish
from core.ports.plugins import ToolSuggestion
from core.store.damaged_values import readable
from core.store.tool_records import JsonRecords, ToolCallRecord

PostState = Literal["planned", "sending", "sent", "abandoned", "offered"]
"""The states of an outgoing message (docs/reference/operations.md B2).

"sending" after a crash means that nobody knows whether the message arrived.
"""


def new_id() -> str:
    """A new id: 32 hexadecimal digits that sort by time of creation."""
    return uuid7().hex


def now() -> datetime:
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A time with its time zone, even on SQLite, which stores none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo:
            return value
        return value.replace(tzinfo=UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """How a stored time is read, which is a text on SQLite."""
        read = super().result_processor(dialect, coltype)
        return read and readable(read)


class Row(SQLModel):
    """The base of every table. It names each constraint after its table and columns.

    SQLite gives constraints no names, and a migration cannot drop a constraint without one.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    # Rows are not validated, and building a validator for each table would slow the start of every command.
    model_config = {"defer_build": True}


class CommunityRow(Row, table=True):
    """A tenant: a server, a workspace or this machine."""

    __tablename__ = "community"

    __table_args__ = (UniqueConstraint("platform", "platform_id"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    platform: str
    platform_id: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class PersonRow(Row, table=True):
    """A human being, who may have accounts on several platforms. Ratings, consent and wishes belong to the person.

    `terms` is the version of the terms that the person currently agrees to, or None; `ConsentRow` keeps each change.
    """

    __tablename__ = "person"

    id: str = Field(default_factory=new_id, primary_key=True)
    terms: str | None = None
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class AccountRow(Row, table=True):
    """A person's account on one platform."""

    __tablename__ = "account"

    __table_args__ = (UniqueConstraint("platform", "platform_id"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    platform: str
    platform_id: str
    name: str
    language: str = "en"
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ConsentRow(Row, table=True):
    """One decision of a person about one version of the terms; the latest counts."""

    __tablename__ = "consent"

    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    terms: str
    agreed: bool
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ConversationRow(Row, table=True):
    """The messages of one place: trees whose roots have no parent.

    `tail_id` is the last message of the active branch. `owner_id` is set if the place is private to one person.
    Since `hidden_at`, it is kept out of its owner's lists; None if it is shown. `erasures` counts how often words in it
    were erased or replaced: a process that remembers some of them may use them as long as it stays the same.
    """

    __tablename__ = "conversation"

    __table_args__ = (
        UniqueConstraint("community_id", "channel", "thread"),
        Index("conversation_by_owner", "owner_id", "used_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    platform: str
    channel: str
    thread: str = ""
    owner_id: str | None = Field(default=None, foreign_key="person.id")
    title: str = ""
    hidden_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tail_id: str | None = None
    erasures: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    used_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class PrivateConversationRow(Row, table=True):
    """A person's wish that nothing of theirs in a conversation is exported or used for tasks.

    `halted` are the ids of the trees that were stopped because of it.
    """

    __tablename__ = "private_conversation"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", index=True)
    halted: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class MessageRow(Row, table=True):
    """A person's words ("prompter") or an answer ("assistant"), with its parent in the tree.

    `person_id` is the person who wrote it or, for an answer, asked for it; None once they are forgotten. `platform_id`
    is the platform's id of a person's message; the ids of answers are in `PostRow`. `finish` is "stop" or "length".
    `calls` are the tools that an answer called, for those who rate it. `suggestions` are the tools that a person may
    choose, shown as buttons. `quota_role` is the role whose quota an answer was asked for under, None if no role has
    one for that person. `outside` says whether it contains the words of others, from a file, a tool or a plugin; None
    if that was not recorded, in which case an answer's `calls` tell. `reasoning` is what the model thought before it
    answered: people may see it, but it is neither part of the text nor of any prompt. `seconds` is how long people
    waited for the end of an answer; None if that was not measured. `drafts` is the number of answers that one was
    chosen from, None if it is the only one.
    """

    __tablename__ = "message"

    __table_args__ = (
        Index("message_by_conversation", "conversation_id", "parent_id", "id"),
        Index("message_by_platform_id", "conversation_id", "platform_id"),
        Index("message_by_person", "person_id", "role", "created_at"),
        Index("message_by_community", "community_id", "role", "created_at"),
        # The answers to a message and the roots of all trees, each in order of age.
        Index("message_by_parent", "parent_id", "id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    conversation_id: str = Field(foreign_key="conversation.id")
    parent_id: str | None = Field(default=None, foreign_key="message.id")
    person_id: str | None = Field(default=None, foreign_key="person.id")
    role: str
    state: MessageState = Field(sa_type=AutoString)
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    lang: str = "en"
    depth: int = 0
    source: str = ""
    platform_id: str | None = None
    model: str = ""
    persona: str = ""
    preset: str = ""
    finish: Finish = Field(default="", sa_type=AutoString)
    reasoning: str | None = Field(default=None, sa_column=Column(Text))
    calls: tuple[ToolCallRecord, ...] = Field(default=(), sa_column=Column(JsonRecords(ToolCallRecord)))
    suggestions: tuple[ToolSuggestion, ...] = Field(default=(), sa_column=Column(JsonRecords(ToolSuggestion)))
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float | None = None
    quota_role: str | None = None
    drafts: int | None = None
    outside: bool | None = None
    edited: bool = False
    deleted: bool = False
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class PostRow(Row, table=True):
    """An entry of the outbox: a message of ours on a platform, under a key that the event and the part determine.

    `message_id` is the answer that the post shows, or None for a notice. `tree_message_id` is the message of a tree
    that a notice shows; it may be gone by now, so it is no foreign key.
    """

    __tablename__ = "post"

    __table_args__ = (
        Index("post_by_platform_id", "platform", "channel", "platform_id"),
        Index("post_by_message", "message_id", "part"),
    )

    key: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    message_id: str | None = Field(default=None, foreign_key="message.id")
    tree_message_id: str | None = None
    part: int = 0
    platform: str
    channel: str
    platform_id: str | None = None
    state: PostState = Field(default="planned", sa_type=AutoString)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class RatingRow(Row, table=True):
    """A person's current rating of an answer: 1 or -1, with optional label names (1.10) and a comment.

    `beside` says that the other thumb stands under the answer, too, as a reaction. It counts once this one is
    withdrawn.
    """

    __tablename__ = "rating"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    message_id: str = Field(primary_key=True, foreign_key="message.id", index=True)
    value: int
    labels: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))
    beside: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))
    source: str = ""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class RatingEventRow(Row, table=True):
    """One step on the way to a rating, as it came in; `value` 0 removes the rating."""

    __tablename__ = "rating_event"

    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    message_id: str = Field(foreign_key="message.id", index=True)
    value: int
    labels: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))
    source: str = ""
    event_key: str = Field(default="", unique=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ChoiceRow(Row, table=True):
    """A choice of model, persona, preset or instructions, or of how a community wants the assistant to be.

    `scope` is "community", "channel", "person" or "conversation".
    """

    __tablename__ = "choice"

    community_id: str = Field(primary_key=True, foreign_key="community.id")
    scope: str = Field(primary_key=True)
    scope_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: str = Field(sa_column=Column(Text, nullable=False))


class ReportRow(Row, table=True):
    """A request that an answer be looked at, with label names of 1.10 that say why and a comment.

    It is open until a moderator closes it at `handled_at`.
    """

    __tablename__ = "report"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    message_id: str = Field(primary_key=True, foreign_key="message.id", index=True)
    labels: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))
    source: str = ""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    handled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TextLabelsRow(Row, table=True):
    """A person's labels for a message: label names of 1.10 with values from 0 to 1, without those left open."""

    __tablename__ = "text_labels"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    message_id: str = Field(primary_key=True, foreign_key="message.id", index=True)
    labels: dict[str, float] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    source: str = ""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class KeptRow(Row, table=True):
    """A value that a surface keeps across restarts, under a name that begins with the name of its platform."""

    __tablename__ = "kept"

    name: str = Field(primary_key=True)
    value: str = Field(sa_column=Column(Text, nullable=False))


class PutAsideRow(Row, table=True):
    """Something that a platform sent and that we could not read. `payload` is what came, as JSON, cut to a bound.

    `reason` names the error and where it was raised, without a value from the payload.
    """

    __tablename__ = "put_aside"

    platform: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    payload: str = Field(sa_column=Column(Text, nullable=False))
    reason: str
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)


class AuditRow(Row, table=True):
    """A record of who did or called what, where and when: uses of tools, and changes of permissions. No content.

    `person_id` is None once the person is forgotten; `community_id` is None if it was done in the terminal, for all
    communities.
    """

    __tablename__ = "audit"

    __table_args__ = (Index("audit_by_community", "community_id", "at"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    community_id: str | None = Field(default=None, foreign_key="community.id")
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    action: str
    subject: str
    outcome: str = ""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
