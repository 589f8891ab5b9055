"""The tables of what several processes share: the leases that they hold, and who they are."""

from datetime import datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field

from core.store.tables import Row, UtcDateTime, new_id, now


class LeaseRow(Row, table=True):
    """A lease: until its time, one process alone works on what has this name (a place, a clock, a connection).

    `number` is another one with each lease, and grows. Whoever writes under a lease checks it in the same transaction.
    """

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    number: int = Field(sa_column=Column(BigInteger, nullable=False))
    holder: str
    until: datetime = Field(sa_type=UtcDateTime)


class ProcessRow(Row, table=True):
    """A process that uses the database. It is alive if it was seen lately.

    `contract` is the number of the agreements between processes (core.store.processes).
    """

    __tablename__ = "process"

    id: str = Field(default_factory=new_id, primary_key=True)
    role: str
    contract: int
    version: str
    host: str
    pid: int
    started_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    seen_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
