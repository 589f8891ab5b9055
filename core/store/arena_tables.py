"""The tables of the arena: what is compared under which rule, the questions with two answers, and people's votes."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, Column
from sqlmodel import Field
from sqlmodel.sql.sqltypes import AutoString

from core.store.tables import Row, UtcDateTime, new_id, now

RoundState = Literal["writing", "open", "void", "over"]
"""Its answers are being written; people vote; it came to nothing; it has been said to all which answer was which."""

ArenaChoice = Literal["a", "b", "good", "bad"]
"""A vote: the first answer, the second, both are good, both are bad."""


class ArenaTrialRow(Row, table=True):
    """What a community compares: a candidate with a baseline, from when an admin begins that until one ends it.

    Both name some of model, persona and preset; what they leave open is what each person has chosen. `rule` is the test
    that decides (`core.arena.sequential_test.StoppingRule`). It is fixed before the first vote, and never changed.
    """

    __tablename__ = "arena_trial"

    id: str = Field(default_factory=new_id, primary_key=True)
    community_id: str = Field(foreign_key="community.id", index=True)
    candidate: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    baseline: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    rule: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    begun_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ArenaRoundRow(Row, table=True):
    """A question that gets two answers, A above B. `candidate_first` says that A is the candidate's.

    `side_a` and `side_b` are the model, the persona and the preset of each. `style_a` and `style_b` are what can be
    counted in the answers, kept because their texts may be erased. The ids of messages are no foreign keys, for the
    same reason. `event_key` is the event that asked the question. `prompt_held_out` says that the question is never
    trained on.
    """

    __tablename__ = "arena_round"

    id: str = Field(default_factory=new_id, primary_key=True)
    trial_id: str = Field(foreign_key="arena_trial.id", index=True)
    community_id: str = Field(foreign_key="community.id", index=True)
    conversation_id: str = Field(foreign_key="conversation.id", index=True)
    event_key: str = Field(unique=True)
    candidate_first: bool
    side_a: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    side_b: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    question_id: str | None = None
    a_id: str | None = None
    b_id: str | None = None
    style_a: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    style_b: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    prompt_held_out: bool = False
    state: RoundState = Field(default="writing", sa_type=AutoString)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ArenaVoteRow(Row, table=True):
    """A person's vote about a question; one for each person and question. `at` is when they first voted about it.

    `revealed` says that the person has learned which answer was which, after which the vote stands. `held_out` says
    that nothing of this person is ever trained on.
    """

    __tablename__ = "arena_vote"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    round_id: str = Field(primary_key=True, foreign_key="arena_round.id", index=True)
    choice: ArenaChoice = Field(sa_type=AutoString)
    held_out: bool = False
    revealed: bool = False
    source: str = ""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
