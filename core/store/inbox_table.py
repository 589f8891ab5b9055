"""The table of the inbox."""

from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, Column, Index, Text, text
from sqlmodel import AutoString, Field

from core.store.partial_indexes import partial_index
from core.store.tables import Row, UtcDateTime, now

InboxState = Literal["accepted", "opened", "done"]
"""The states of an event that we accepted; "opened" if an answer to it is under way."""

_NOT_DONE = text("state <> 'done'")


class InboxRow(Row, table=True):
    """An event that we accepted, under its key. `payload` is emptied once the event is done, so no text lingers.

    Events of one `lane` are handled in their order; `said` names the message that a person wrote (core.store.lanes).
    Neither is there if an earlier version accepted the event. `home` is what a process leases to work on it, and
    `number` the order in which several processes accepted the events of a home. `trace` is the context of its trace.
    """

    __tablename__ = "inbox"

    __table_args__ = (
        Index("inbox_open", "state", "received_at"),
        Index("inbox_said", "said"),
        partial_index("inbox_home", "home", "number", rows=_NOT_DONE),
    )

    key: str = Field(primary_key=True)
    platform: str
    user_id: str = ""
    state: InboxState = Field(default="accepted", sa_type=AutoString)
    payload: str = Field(default="", sa_column=Column(Text, nullable=False))
    attempts: int = 0
    lane: str | None = None
    said: str | None = None
    home: str | None = None
    number: int | None = Field(default=None, sa_type=BigInteger)
    trace: str | None = None
    received_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
