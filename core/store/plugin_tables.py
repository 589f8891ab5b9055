"""The tables of plugins: what is installed, what each keeps, what is to be called, and who has connected an account."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field

from core.store.tables import Row, UtcDateTime, new_id, now


class PluginValueRow(Row, table=True):
    """A value that a plugin keeps in a community, under a name that the plugin chose."""

    __tablename__ = "plugin_value"

    community_id: str = Field(primary_key=True, foreign_key="community.id")
    plugin: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: Any = Field(default=None, sa_column=Column(JSON, nullable=False))


class InstalledPluginRow(Row, table=True):
    """An installed plugin, in the version that runs; changing this row switches versions.

    `kind` is "folder", "git", "index" or "openapi". `digest` is the SHA-256 of its files, which are in `folder` below
    the home. `pinned` lists its libraries as a requirements file with hashes. `offers` is what the plugin says that it
    offers. `previous` is the version before, with the same names. `community_id` is where it was installed, None for
    the machine's owner. `origin` says where its source was named: "terminal", "catalogue" or "chat".
    """

    __tablename__ = "installed_plugin"

    name: str = Field(primary_key=True)
    version: str
    source: str
    kind: str
    digest: str
    folder: str
    pinned: str = ""
    manifest: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    offers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    previous: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    community_id: str | None = Field(default=None, foreign_key="community.id")
    origin: str | None = None
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class PluginCallRow(Row, table=True):
    """A pending call of a plugin's function: scheduled for `due` or, if `due` is None, waiting for a person's yes.

    `place` is where it is made and `asker` whom it is made for, as the platform describes them. `function` is the name
    of a scheduled function or of a tool. If a person is asked, `digest` is the fingerprint of what they were shown.
    """

    __tablename__ = "plugin_call"
    __table_args__ = (
        Index("plugin_call_by_due", "due"),
        Index("plugin_call_by_plugin", "community_id", "plugin", "due"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    person_id: str = Field(foreign_key="person.id", index=True)
    plugin: str
    function: str
    values: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    place: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    asker: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    digest: str | None = None
    due: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class AllowedHostRow(Row, table=True):
    """A host to which a person lets a plugin send their words without being asked each time."""

    __tablename__ = "allowed_host"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    plugin: str = Field(primary_key=True)
    host: str = Field(primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class PluginPassageRow(Row, table=True):
    """A piece of a text that a plugin keeps for searching; `length` is its number of words."""

    __tablename__ = "plugin_passage"
    __table_args__ = (Index("plugin_passage_by_key", "community_id", "plugin", "key", "part"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    plugin: str
    key: str
    part: int
    title: str
    url: str
    text: str = Field(sa_type=Text)
    length: int


class PluginWordRow(Row, table=True):
    """How often a word occurs in a passage; together these rows are the search index."""

    __tablename__ = "plugin_word"

    community_id: str = Field(primary_key=True, foreign_key="community.id")
    plugin: str = Field(primary_key=True)
    word: str = Field(primary_key=True)
    passage_id: str = Field(primary_key=True, foreign_key="plugin_passage.id", index=True)
    times: int


class SignInRow(Row, table=True):
    """A sign-in under way: a person is connecting an account with a plugin, from the link to their yes.

    `state_hash` is the SHA-256 of the link's state, None once somebody has come back with it. `code_hash` is the
    SHA-256 of the code that the page then showed, None before that and once the person has written the code in the chat
    (`proven`). `flow` describes the authorisation server, `tokens` is what it returned, and `name` is whom it is for on
    `platform`.
    """

    __tablename__ = "sign_in"

    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    plugin: str
    platform: str
    name: str
    state_hash: str | None = Field(default=None, unique=True)
    verifier: str
    redirect: str
    flow: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    tokens: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    account: str = ""
    code_hash: str | None = None
    tries: int = 0
    proven: bool = False
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ConnectionRow(Row, table=True):
    """A person's account at a plugin's service that they have connected. The tokens are encrypted
    (`core/store/stored_secrets.py`).

    `flow` describes the authorisation server at that time; a plugin that now names another one gets no tokens. Until
    `busy_until` some process is fetching new tokens.
    """

    __tablename__ = "connection"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    plugin: str = Field(primary_key=True)
    account: str = ""
    access: str = Field(sa_column=Column(Text, nullable=False))
    refresh: str = Field(default="", sa_column=Column(Text, nullable=False))
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    busy_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    flow: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
