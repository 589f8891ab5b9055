"""The table of turns at models that several processes share."""

from datetime import datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field

from core.store.tables import Row, UtcDateTime


class ModelTurnRow(Row, table=True):
    """A turn at a model: one that is waited for, or one that is `held`. It counts until its time.

    `number` tells the order in which they came. In the ring of those that wait, a tenant stands where it came or was
    last served, at `tenant_since`, and so does a person within the tenant, at `asker_since`: numbers of the same
    sequence, the same in all rows of that tenant and person.
    """

    __tablename__ = "model_turn"

    id: str = Field(primary_key=True)
    model: str = Field(index=True)
    tenant: str
    asker: str
    number: int = Field(sa_column=Column(BigInteger, nullable=False))
    tenant_since: int = Field(sa_column=Column(BigInteger, nullable=False))
    asker_since: int = Field(sa_column=Column(BigInteger, nullable=False))
    held: bool = False
    until: datetime = Field(sa_type=UtcDateTime)
