"""The labeling tables: message trees, the queue of work that needs people, and what people said.

Names follow Open Assistant (docs/reference/open-assistant.md 1.2) if it has one; the queue is specified in
docs/reference/labeling.md 6.2.
"""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import PlainSerializer
from sqlalchemy import JSON, CheckConstraint, Column, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field
from sqlmodel.sql.sqltypes import AutoString

from core.labeling.rules.task_answer import TaskAnswer, TaskPlace
from core.labeling.rules.vocabulary import (
    MessageRole,
    ReportOutcome,
    ReviewMode,
    TaskKind,
    TaskState,
    TreeState,
    WorkKind,
)
from core.store.labeling_columns import TaskAnswerJson, TaskPlaceJson
from core.store.partial_indexes import partial_index
from core.store.tables import Row, UtcDateTime, new_id, now

METADATA = Row.metadata
"""The metadata of all tables, both these and those of tables.py."""

OPEN = sql("open")
LEASED, LATER, EXPIRED = (sql(f"state = '{state}'") for state in ("leased", "later", "expired"))
DONE = sql("state = 'done'")
WRITING = sql("writing")
STALE = sql("stale")


class TreeRow(Row, table=True):
    """A prompt and the replies of people and models, under the id of its root.

    `pool` says who works on it: empty for everybody on this installation, otherwise a community's id. `origin` says
    where it comes from if nobody wrote it for a task: "contributed", "low_rated", or a file. `limits` are the
    `TreeLimits` (`core.labeling.rules.defaults`) that it started with; `won_at` is when the lottery drew it. `stale`
    means that something was changed from outside, so its state and its work items must be checked again. `relaxed`
    holds what was decided with fewer people than `limits` asks for, because there were no more: the lowest number by
    limit.
    """

    __tablename__ = "message_tree"
    __table_args__ = (
        Index("message_tree_by_state", "state", "pool", "lang", "id"),
        partial_index("message_tree_stale", "id", rows=STALE),
    )

    id: str = Field(primary_key=True)
    community_id: str | None = Field(default=None, foreign_key="community.id", index=True)
    pool: str = ""
    lang: str
    topic: str = ""
    state: TreeState = Field(sa_type=AutoString)
    origin: str = ""
    limits: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    relaxed: dict[str, int] | None = Field(default=None, sa_column=Column(JSON))
    won_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stale: bool = False
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class TreeMessageRow(Row, table=True):
    """A message of a tree.

    `person_id` is its writer: None for a message by a model, for an imported one, and after the writer was forgotten.
    `author` is the pseudonym that came with an imported message. `review_result` is None until it is decided; `extra`
    counts the reviews asked for beyond the usual number because votes were split; `rank` is its place among its
    siblings, 0 for the best. `ended` says that no further question would be natural below it. `digest` finds the same
    text again; `imported` holds the labels, emojis and so on that came with an imported message.
    """

    __tablename__ = "tree_message"
    __table_args__ = (
        # All that is counted of messages, so that no text is read for it.
        Index("tree_message_by_tree", "tree_id", "role", "synthetic", "deleted"),
        Index("tree_message_by_person", "person_id", "created_at"),
        Index("tree_message_by_digest", "digest"),
        Index("tree_message_by_parent", "parent_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    tree_id: str = Field(foreign_key="message_tree.id")
    parent_id: str | None = Field(default=None, foreign_key="tree_message.id")
    person_id: str | None = Field(default=None, foreign_key="person.id")
    community_id: str | None = Field(default=None, foreign_key="community.id")
    author: str = ""
    platform: str = ""
    source: str = ""
    role: MessageRole = Field(sa_type=AutoString)
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    lang: str
    depth: int = 0
    review_count: int = 0
    review_result: bool | None = None
    extra: int = 0
    ranking_count: int = 0
    rank: int | None = None
    ended: bool = False
    deleted: bool = False
    edited: bool = False
    synthetic: bool = False
    model: str = ""
    digest: str = ""
    imported: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class WorkItemRow(Row, table=True):
    """Work that needs people: a message to label, a message to answer, or a message whose replies are to be ranked.

    `need` is the number of slots, `taken` the number of those that are leased or done. `prio` is 0 for an item that is
    nearly finished; `rnd` (0 to 1) spreads people over the queue, and where a reward model orders rankings, it is how
    sure that model is of the outcome. A gold item has no message: `gold` holds the conversation, the right labels and
    the reason for them, and the item is in a pool of its own.
    """

    __tablename__ = "work_item"
    __table_args__ = (
        UniqueConstraint("message_id", "kind"),
        CheckConstraint("taken <= need", name="work_item_slots"),
        # The id and the topic are in the index so that a claim reads no row but the one that it takes.
        partial_index("work_open", *("pool", "kind", "lang", "prio", "rnd", "id", "topic"), rows=OPEN),
        Index("work_by_tree", "tree_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    tree_id: str | None = Field(default=None, foreign_key="message_tree.id")
    message_id: str | None = Field(default=None, foreign_key="tree_message.id")
    kind: WorkKind = Field(sa_type=AutoString)
    pool: str = ""
    lang: str
    topic: str = ""
    need: int
    taken: int = 0
    prio: int = 1
    rnd: float
    open: bool = True
    gold: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class TaskRow(Row, table=True):
    """A task that one person was given, or must not be given; see `TaskState`.

    A task to write a prompt has no item. `shown` lists the ids of the answers in the order in which this person sees
    them; `answer` is what they have said so far; `draft` is what they have written. `writing` says that their next
    message at the place is meant for this task. `card` holds the outbox keys of the messages that showed it at `place`.
    """

    __tablename__ = "task"

    __table_args__ = (
        # The person comes first: with the item first, PostgreSQL reads the whole table (docs/reference/labeling.md
        # 6.3).
        UniqueConstraint("person_id", "item_id"),
        Index("task_by_item", "item_id", "state"),
        Index("task_by_person", "person_id", "given_at"),
        partial_index("task_held", "person_id", rows=LEASED),
        partial_index("task_lease", "expires_at", rows=LEASED),
        partial_index("task_later", "expires_at", rows=LATER),
        partial_index("task_expired", "expires_at", rows=EXPIRED),
        partial_index("task_writing", "person_id", rows=WRITING),
        # Everything that tells who is active in a language, and how much was done, so that no row is read for it:
        # SQLite asks for the state too, although all rows here have the same.
        partial_index(
            "task_done", *("lang", "done_at", "person_id", "kind", "community_id", "pool", "state"), rows=DONE
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    item_id: str | None = Field(default=None, foreign_key="work_item.id")
    community_id: str | None = Field(default=None, foreign_key="community.id")
    kind: TaskKind = Field(sa_type=AutoString)
    pool: str = ""
    lang: str
    topic: str = ""
    platform: str = ""
    source: str = ""
    state: TaskState = Field(default="leased", sa_type=AutoString)
    shown: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    answer: Annotated[TaskAnswer, PlainSerializer(TaskAnswer.to_json)] = Field(
        default_factory=TaskAnswer, sa_type=TaskAnswerJson
    )
    draft: str = Field(default="", sa_column=Column(Text, nullable=False))
    writing: bool = False
    warned: bool = False
    place: Annotated[TaskPlace, PlainSerializer(TaskPlace.to_json)] = Field(
        default_factory=TaskPlace, sa_type=TaskPlaceJson
    )
    card: str = ""
    message_id: str | None = Field(default=None, foreign_key="tree_message.id", index=True)
    given_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReviewRow(Row, table=True):
    """A person's labels for a message of a tree: label names of 1.10 with values from 0 to 1.

    Labels that they left open are not in it. `mode` is "quick", "simple", "full" or "free" (given without a task);
    `seconds` is how long they took.
    """

    __tablename__ = "review"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    message_id: str = Field(primary_key=True, foreign_key="tree_message.id", index=True)
    task_id: str | None = Field(default=None, foreign_key="task.id", index=True)
    labels: dict[str, float] = Field(sa_column=Column(JSON, nullable=False))
    mode: ReviewMode = Field(sa_type=AutoString)
    seconds: float = 0.0
    platform: str = ""
    source: str = ""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class TreeVoteRow(Row, table=True):
    """A person's thumb on a message of a tree: 1 or -1. Open Assistant calls them emojis; they decide nothing."""

    __tablename__ = "tree_vote"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    message_id: str = Field(primary_key=True, foreign_key="tree_message.id", index=True)
    value: int
    platform: str = ""
    source: str = ""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class RankingRow(Row, table=True):
    """A person's ranking of the replies to a message: groups of ids from best to worst, as the person gave it.

    `shown` is the order in which they saw the replies.
    """

    __tablename__ = "ranking"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    parent_id: str = Field(primary_key=True, foreign_key="tree_message.id", index=True)
    task_id: str | None = Field(default=None, foreign_key="task.id", index=True)
    groups: list[list[str]] = Field(sa_column=Column(JSON, nullable=False))
    not_rankable: bool = False
    shown: list[str] = Field(sa_column=Column(JSON, nullable=False))
    seconds: float = 0.0
    platform: str = ""
    source: str = ""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class FlagRow(Row, table=True):
    """A request that moderators look at a message of a tree. `handled` is what they did, empty until then.

    A text that the filters held back is flagged in its author's name, with the kinds of what was found.
    """

    __tablename__ = "flag"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    message_id: str = Field(primary_key=True, foreign_key="tree_message.id", index=True)
    labels: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))
    handled: ReportOutcome = Field(default="", sa_type=AutoString)
    community_id: str | None = Field(default=None, foreign_key="community.id")
    source: str = ""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class RevisionRow(Row, table=True):
    """An edit of a message of a tree, with the earlier text.

    `person_id` is the editor, None for the machine's owner.
    """

    __tablename__ = "message_revision"

    id: str = Field(default_factory=new_id, primary_key=True)
    message_id: str = Field(foreign_key="tree_message.id", index=True)
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    before: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class PreferenceRow(Row, table=True):
    """A person's choice of the better of two answers to one question in a chat."""

    __tablename__ = "preference"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    chosen_id: str = Field(primary_key=True, foreign_key="message.id", index=True)
    rejected_id: str = Field(primary_key=True, foreign_key="message.id", index=True)
    source: str = ""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class LabelerRow(Row, table=True):
    """The record of a person who does tasks.

    `langs` are the languages in which they work. `reliability` (0 to 1) comes from the last nightly run, over
    `items` reviews. `hidden` keeps them off the boards; `banned` bars them from tasks. `streak` counts the days in a
    row up to `last_day`.
    """

    __tablename__ = "labeler"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    langs: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    reliability: float = 0.8
    items: int = 0
    gold_seen: int = 0
    gold_right: int = 0
    hidden: bool = False
    banned: bool = False
    streak: int = 0
    last_day: date | None = None


class TallyRow(Row, table=True):
    """How much of one thing a person did on a day, in a community and a language.

    `name` is a field of `core.labeling.rules.score.WorkCounts`.
    """

    __tablename__ = "tally"

    __table_args__ = (
        Index("tally_by_day", "day", "community_id", "lang"),
        Index("tally_by_name", "name", "lang", "day"),
    )

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    day: date = Field(primary_key=True)
    community_id: str = Field(primary_key=True, foreign_key="community.id")
    lang: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: float = 0.0


class TextBandRow(Row, table=True):
    """A band of a prompt's sketch, used to find near-duplicate prompts."""

    __tablename__ = "text_band"

    band: str = Field(primary_key=True)
    message_id: str = Field(primary_key=True, foreign_key="tree_message.id", index=True)


class ExportSwitchRow(Row, table=True):
    """A decision on whether messages from a platform and a source may be exported.

    `source` is empty for the whole platform. The audit records who decided it.
    """

    __tablename__ = "export_switch"

    platform: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    allowed: bool
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
