"""A message on its way out, with its place in its tree and what people said of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

NOT_COLLECTED = "not_applicable"
"""Open Assistant's word for the state of what was talked and not collected by tasks."""

IMPORTED = "import"
"""The platform, and the source, of what was read from a file."""


@dataclass(frozen=True, slots=True)
class Given:
    """Something that a person gave to a message; `terms` is what they agree to now."""

    person_id: str
    terms: str | None
    platform: str
    source: str


@dataclass(frozen=True, slots=True)
class Vote(Given):
    """A thumb on an answer in a chat."""

    value: int
    labels: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class Pick(Given):
    """Of two answers in a chat, the one that a person holds to be better."""

    chosen_id: str
    rejected_id: str


@dataclass(frozen=True, slots=True)
class Review(Given):
    """Labels, 0 to 1. Not `counted` is what was labeled without a task."""

    labels: Mapping[str, float]
    counted: bool


@dataclass(frozen=True, slots=True)
class Ranks(Given):
    """How the replies to a message are ranked, in groups from best to worst; `shown` is the order they were seen in."""

    groups: tuple[tuple[str, ...], ...]
    shown: tuple[str, ...]
    not_rankable: bool


@dataclass(frozen=True, slots=True)
class Report(Given):
    """Moderators were asked to look at it."""

    labels: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class Node:
    """A message in its tree; `terms` is what its author agrees to now, `depth` counts from the root.

    `chat` tells a message that was said in a chat from one of a labeled tree. There `person_id` is None for a model's,
    and for one that was read from a file: that has an `author`, and what else came with it in `imported`. An answer in
    a chat belongs to whoever asked; of what was given to labeling, `given` is the state of its tree. `ranked` says that
    it or one of its siblings has a rank, `required` how many rankings of its replies decide. `above` is its parent, in
    labeled trees alone, as it is before the gate.
    """

    id: str
    tree_id: str
    parent_id: str | None
    depth: int
    person_id: str | None
    terms: str | None
    platform: str
    source: str
    role: str
    state: str
    text: str
    lang: str
    model: str
    deleted: bool
    created_at: datetime
    given: str | None = None
    votes: tuple[Vote, ...] = ()
    picks: tuple[Pick, ...] = ()
    chat: bool = True
    tree_state: str = NOT_COLLECTED
    origin: str = ""
    author: str = ""
    synthetic: bool = False
    review_result: bool | None = None
    rank: int | None = None
    ranked: bool = False
    required: int = 1
    imported: Mapping[str, Any] = field(default_factory=dict)
    reviews: tuple[Review, ...] = ()
    reports: tuple[Report, ...] = ()
    rankings: tuple[Ranks, ...] = ()
    above: "Node | None" = field(default=None, compare=False, repr=False)

    @property
    def from_file(self) -> bool:
        """Whether it was read from a file. What models add to an imported tree has its platform and was not."""
        return not self.chat and bool(self.imported)

    @property
    def owned(self) -> bool:
        """Whether it belongs to a person, without whose consent it may not leave."""
        return self.chat or self.person_id is not None or not (self.synthetic or self.from_file)

    @property
    def typed(self) -> bool:
        """Whether somebody gave it from a source of its own; a model's answer has that of its question."""
        return self.role == "prompter" if self.chat else self.owned or self.from_file
