"""Suspicious work for moderators to check without a report: split votes, authors of bad texts, unreliable labelers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Integer, and_, case, cast, func, literal, or_
from sqlmodel import Session, col, select

from core.labeling.rules.agreement import LabelAgreement, SharedItems
from core.labeling.rules.annotator_model import DOUBTFUL, KNOWN
from core.labeling.rules.defaults import TreeLimits
from core.labeling.rules.vocabulary import FREE
from core.store.labeling_tables import FlagRow, LabelerRow, ReviewRow, TreeMessageRow, TreeRow

TROLLING = ("lang_mismatch", "not_appropriate", "pii", "hate_speech", "sexual_content", "political_content")
"""The labels that count towards the troll score (docs/reference/open-assistant.md 1.18)."""

SHOWN = ("quality", "humor", "toxicity", "violence", "helpfulness")
"""Labels whose means are shown beside the troll score."""

RED_FLAG = 3
UNFOUNDED = ("dismissed", "restored")
"""Outcomes of reports in which a moderator found nothing wrong."""


@dataclass(frozen=True, slots=True)
class SplitVotes:
    """A message with split votes: how many would accept and reject it, and the score that results.

    It is accepted if the score is above the threshold. `needed` is the number of reviews that decide. The votes are not
    weighted here, although `TreeLifecycle` may weight them.
    """

    message: TreeMessageRow
    accept: int
    reject: int
    score: float
    threshold: float
    needed: int

    @property
    def stuck(self) -> bool:
        """Whether all reviews that were asked for are there, and still nothing is decided."""
        return self.message.review_result is None and self.accept + self.reject >= self.needed


@dataclass(frozen=True, slots=True)
class TrollSuspect:
    """An author with what others said about their texts: `votes` by label, and the means of some labels."""

    person_id: str
    red_flags: int
    spam_prompts: int
    votes: Mapping[str, int]
    means: Mapping[str, float]
    banned: bool

    @property
    def score(self) -> int:
        """The troll score of docs/reference/open-assistant.md 1.18, without thumbs: messages of trees have none."""
        return RED_FLAG * self.red_flags + self.spam_prompts + sum(self.votes.values())


def splits(session: Session, limit: int = 20) -> Sequence[SplitVotes]:
    """Return messages with split votes: undecided ones first, then the most narrowly decided."""
    usual = TreeLimits()
    is_root = col(TreeMessageRow.parent_id).is_(None)
    limits: Any = col(TreeRow.limits)

    def figure(name: str, default: float) -> Any:
        return func.coalesce(limits[name].as_float(), default)

    threshold = case(
        (is_root, figure("acceptance_threshold_initial_prompt", usual.acceptance_threshold_initial_prompt)),
        else_=figure("acceptance_threshold_reply", usual.acceptance_threshold_reply),
    )
    usually = case(
        (is_root, figure("num_reviews_initial_prompt", usual.num_reviews_initial_prompt)),
        else_=figure("num_reviews_reply", usual.num_reviews_reply),
    )
    needed = cast(usually, Integer) + col(TreeMessageRow.extra)
    bad = _value("spam") + _value("lang_mismatch")
    accept = func.sum(case((1 - bad > threshold, 1), else_=0))
    score = 1 - func.avg(bad)
    columns: list[Any] = [col(TreeMessageRow.id), accept, func.count(), score, threshold, needed]
    found = (
        select(*columns)
        .join(ReviewRow, col(ReviewRow.message_id) == col(TreeMessageRow.id))
        .join(TreeRow, col(TreeRow.id) == col(TreeMessageRow.tree_id))
        .where(ReviewRow.mode != FREE, col(TreeMessageRow.deleted).is_(False))
        .group_by(col(TreeMessageRow.id), col(TreeRow.id))
        .having(and_(accept > 0, accept < func.count()))
        # A message that still waits for its usual reviews needs no check yet.
        .having(
            or_(col(TreeMessageRow.review_result).is_not(None), col(TreeMessageRow.extra) > 0, func.count() >= needed)
        )
        .order_by(col(TreeMessageRow.review_result).is_not(None), func.abs(score - threshold), col(TreeMessageRow.id))
        .limit(limit)
    )
    return [
        SplitVotes(session.get_one(TreeMessageRow, id), yes, of - yes, float(at), float(over), int(wanted))
        for id, yes, of, at, over, wanted in session.exec(found).all()
    ]


def agreements(
    session: Session, limit: int = 200_000, pools: Collection[str] | None = None
) -> Sequence[tuple[str, str, LabelAgreement]]:
    """Return how far labelers agree, by language and label, over the newest reviews in these pools or in all.

    Languages and labels with too little data are left out.
    """
    newest = (
        select(col(ReviewRow.message_id), col(TreeMessageRow.lang), col(ReviewRow.labels))
        .join(TreeMessageRow, col(TreeMessageRow.id) == col(ReviewRow.message_id))
        .where(col(ReviewRow.mode) != FREE)
        .order_by(col(ReviewRow.message_id).desc())
        .limit(limit)
    )
    if pools is not None:
        newest = newest.join(TreeRow, col(TreeRow.id) == col(TreeMessageRow.tree_id)).where(
            col(TreeRow.pool).in_(pools)
        )
    together = SharedItems()
    for (_, lang), rows in groupby(session.execute(newest), key=lambda row: (row[0], row[1])):
        together.note(lang, [row[2] for row in rows])
    return list(together.agreements())


def trolls(session: Session, limit: int = 20) -> Sequence[TrollSuspect]:
    """Return the authors with a troll score, the highest first."""
    flags, spam = _flags(session), _spam(session)
    said = {row[0]: row[1:] for row in session.exec(_said()).all()}
    banned = set(session.exec(select(LabelerRow.person_id).where(col(LabelerRow.banned))).all())
    none = (*(0 for _ in TROLLING), *(None for _ in SHOWN))

    def troll(person_id: str) -> TrollSuspect:
        row = said.get(person_id, none)
        votes = dict(zip(TROLLING, row, strict=False))
        means = {name: float(mean) for name, mean in zip(SHOWN, row[len(TROLLING) :], strict=True) if mean is not None}
        return TrollSuspect(
            person_id, flags.get(person_id, 0), spam.get(person_id, 0), votes, means, person_id in banned
        )

    found = [troll(person_id) for person_id in {*flags, *spam, *said}]
    return sorted((one for one in found if one.score), key=lambda one: (-one.score, one.person_id))[:limit]


def unreliable(session: Session) -> Sequence[LabelerRow]:
    """Return the labelers whose work should be checked before it counts, the worst first.

    See `core.labeling.rules.annotator_model.doubtful`.
    """
    found = select(LabelerRow).where(col(LabelerRow.items) >= KNOWN, col(LabelerRow.reliability) < DOUBTFUL)
    return session.exec(found.order_by(col(LabelerRow.reliability), col(LabelerRow.person_id))).all()


def _flags(session: Session) -> Mapping[str, int]:
    """Count the reports of each author's texts by others.

    Reports that filters made in the author's name do not count.
    """
    found = (
        select(TreeMessageRow.person_id, func.count())
        .join(FlagRow, col(FlagRow.message_id) == col(TreeMessageRow.id))
        .where(col(FlagRow.handled).not_in(UNFOUNDED), col(FlagRow.person_id) != col(TreeMessageRow.person_id))
        .group_by(col(TreeMessageRow.person_id))
    )
    return {author: number for author, number in session.exec(found).all() if author}


def _spam(session: Session) -> Mapping[str, int]:
    """Count each author's prompts that were aborted as low grade."""
    found = (
        select(TreeMessageRow.person_id, func.count())
        .join(TreeRow, col(TreeRow.id) == col(TreeMessageRow.id))
        .where(TreeRow.state == "aborted_low_grade", col(TreeMessageRow.person_id).is_not(None))
        .group_by(col(TreeMessageRow.person_id))
    )
    return {author: number for author, number in session.exec(found).all() if author}


def _said() -> Any:
    """Select the votes and means of the labels that each author's texts were given."""
    votes = [func.sum(case((_value(name) >= 0.5, 1), else_=0)) for name in TROLLING]
    means = [func.avg(_value(name, None)) for name in SHOWN]
    columns: list[Any] = [col(TreeMessageRow.person_id), *votes, *means]
    return (
        select(*columns)
        .join(ReviewRow, col(ReviewRow.message_id) == col(TreeMessageRow.id))
        .where(col(TreeMessageRow.person_id).is_not(None))
        .group_by(col(TreeMessageRow.person_id))
    )


def _value(name: str, default: float | None = 0.0) -> Any:
    """The value that a review gives a label; `default` if it was left open."""
    labels: Any = col(ReviewRow.labels)
    value = labels[name].as_float()
    return value if default is None else func.coalesce(value, literal(default))
