"""The tables of moderation: what moderators write down about people."""

from datetime import datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field

from core.store.tables import Row, UtcDateTime, new_id, now


class PersonNoteRow(Row, table=True):
    """A note of a moderator about a person, for the moderators of a community.

    Without a community it was written in the terminal, for the owner of the machine. `author_id` is who wrote it, None
    once they are forgotten; `who` is the name of the machine's user if it was written in the terminal.
    """

    __tablename__ = "person_note"

    __table_args__ = (Index("person_note_by_person", "person_id", "at"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    community_id: str | None = Field(default=None, foreign_key="community.id", index=True)
    author_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    who: str = ""
    text: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
