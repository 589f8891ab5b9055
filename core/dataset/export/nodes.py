"""Messages on their way into an export, with their place in the tree and what people said about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.labeling.rules.review_modes import stated
from core.labeling.rules.vocabulary import FREE, MessageRole, ReviewMode, TaskKind

NOT_COLLECTED = "not_applicable"
"""Open Assistant's name for the state of a tree that comes from chat and was not collected by tasks."""

IMPORTED = "import"
"""The platform, and also the source, of messages that were read from a file."""


LANG_FROM, GUESS, OPERATOR = "lang_from", "guess", "operator"
"""The mark, among what is `imported`, of a language that its file did not give: who gave it instead."""


@dataclass(frozen=True, slots=True)
class ExportedOpinion:
    """Something that a person said about a message; `terms` is the version of the terms that they agree to now.

    `private` says that they keep the conversation in which they said it out of training.
    """

    person_id: str
    terms: str | None
    platform: str
    source: str
    private: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ExportedVote(ExportedOpinion):
    """A thumb on an answer in a chat, or on a message of a tree."""

    value: int
    labels: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class ExportedChoice(ExportedOpinion):
    """A person's choice of the better of two answers in a chat."""

    chosen_id: str
    rejected_id: str


@dataclass(frozen=True, slots=True)
class ExportedReview(ExportedOpinion):
    """Labels with values from 0 to 1, as they were given; the `mode` decides what a missing label means."""

    labels: Mapping[str, float]
    mode: ReviewMode

    @property
    def counted(self) -> bool:
        """Whether it counts as a review; labels that were given without a task do not."""
        return self.mode != FREE


@dataclass(frozen=True, slots=True)
class ExportedRanking(ExportedOpinion):
    """A ranking of the replies to a message, in groups from best to worst; `shown` is the order they were seen in."""

    groups: tuple[tuple[str, ...], ...]
    shown: tuple[str, ...]
    not_rankable: bool


@dataclass(frozen=True, slots=True)
class ExportedReport(ExportedOpinion):
    """A request that moderators look at the message."""

    labels: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class ExportedSkip(ExportedOpinion):
    """A task about the message that somebody did not want to do: what it asked for, and why, if they said so."""

    kind: TaskKind
    reason: str


@dataclass(frozen=True, slots=True)
class ExportedMessage:
    """A message in its tree.

    `terms` is the version of the terms that its author agrees to now; `depth` counts from the root. `chat` is True for
    a message from a chat, False for one from a labeled tree. In a labeled tree, `person_id` is None for a model's
    message and for one that was read from a file; the latter has an `author`, and everything else that came with it is
    in `imported`. An answer in a chat belongs to the person who asked. If a chat message was given to labeling, `given`
    is the state of its labeled tree. `ranked` says that the message or one of its siblings has a rank; `required` is
    how many rankings of its replies are needed to decide. `relaxed` says what was decided in its tree with fewer people
    than usual, by limit. `private` says that its author keeps the conversation that it is from out of training,
    `outside` that it contains words that its author did not write. `above` is its parent as it is before the gate, set
    only in labeled trees.
    """

    id: str
    tree_id: str
    parent_id: str | None
    depth: int
    person_id: str | None
    terms: str | None
    platform: str
    source: str
    role: MessageRole
    state: str
    text: str
    lang: str
    model: str
    deleted: bool
    created_at: datetime
    given: str | None = None
    votes: tuple[ExportedVote, ...] = ()
    picks: tuple[ExportedChoice, ...] = ()
    chat: bool = True
    tree_state: str = NOT_COLLECTED
    origin: str = ""
    author: str = ""
    synthetic: bool = False
    review_result: bool | None = None
    rank: int | None = None
    ranked: bool = False
    required: int = 1
    relaxed: Mapping[str, int] = field(default_factory=dict)
    imported: Mapping[str, Any] = field(default_factory=dict)
    reviews: tuple[ExportedReview, ...] = ()
    reports: tuple[ExportedReport, ...] = ()
    rankings: tuple[ExportedRanking, ...] = ()
    skips: tuple[ExportedSkip, ...] = ()
    private: bool = False
    outside: bool = False
    above: "ExportedMessage | None" = field(default=None, compare=False, repr=False)

    @property
    def statements(self) -> Sequence[Mapping[str, float]]:
        """The labels of each review, including those that it denies by leaving them out."""
        return [stated(review.labels, review.mode, self.role) for review in self.reviews]

    @property
    def from_file(self) -> bool:
        """Whether it was read from a file.

        Messages that models add to an imported tree have that tree's platform, but were not read from a file.
        """
        return not self.chat and bool(self.imported)

    @property
    def owned(self) -> bool:
        """Whether it belongs to a person, so that it may be exported only with that person's consent."""
        return self.chat or self.person_id is not None or not (self.synthetic or self.from_file)

    @property
    def typed(self) -> bool:
        """Whether it has a source of its own; a model's answer has none and goes with its question."""
        return self.role == "prompter" if self.chat else self.owned or self.from_file
