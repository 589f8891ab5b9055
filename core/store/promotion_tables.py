"""The table of promotions: which model answers in place of which, for whom, and why."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field

from core.store.tables import Row, UtcDateTime, now


class PromotionRow(Row, table=True):
    """A model that answers in place of another wherever nobody has chosen one; the newest promotion in force counts.

    They are numbered as they come, so that two at once cannot both come next. `replaced` is the model that answered
    before. `reach` says in which communities it answers (`core.store.promotions.PromotionReach`, as JSON), since
    `reached_at` if it began with fewer. `evidence` are the figures of the arena that it rests on, empty if it rests on
    what the operator said (`because`), and beside them what each widening rests on (`core.store.promotions.WIDENED`).
    `before` are the figures of the answers of the week before in these communities, which its own are compared with. It
    stands until `ended_at`; `why` says why it was rolled back, and `by_itself` that nobody did it.
    `told` records which news of it the admins have been told.
    """

    __tablename__ = "promotion"

    # The promotions in force are looked up with every message.
    __table_args__ = (Index("promotion_standing", "ended_at", "number"),)

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    candidate: str
    replaced: str
    reach: str = Field(sa_column=Column(Text, nullable=False))
    because: str = Field(default="", sa_column=Column(Text, nullable=False))
    evidence: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    begun_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    reached_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    why: str = Field(default="", sa_column=Column(Text, nullable=False))
    by_itself: bool = False
    told: str = ""
