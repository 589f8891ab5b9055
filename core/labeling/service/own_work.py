"""One person's contributions to trees, and the outcome of each text, review and ranking."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, exists, func, select
from sqlmodel import Session, col

from core.labeling.rules.ranking_consensus import WeightedRanking
from core.labeling.rules.vocabulary import CLOSED, FREE
from core.labeling.rules.work_outcome import (
    JudgmentOutcome,
    TextOutcome,
    TextState,
    ranking_outcome,
    review_outcome,
    text_outcome,
)
from core.labeling.service.loaded_tree import limits_of
from core.labeling.service.review_decisions import threshold_of
from core.store.labeling_tables import FlagRow, RankingRow, ReviewRow, TreeMessageRow, TreeRow

WorkSort = Literal["prompts", "replies", "labels", "rankings"]
SORTS: tuple[WorkSort, ...] = ("prompts", "replies", "labels", "rankings")
"""The sorts of contributions, in the order in which they are shown."""

Outcome = TextOutcome | JudgmentOutcome


@dataclass(frozen=True, slots=True)
class Contribution:
    """A text of somebody, or a message that they reviewed or whose replies they ranked, and what became of it.

    `place` is the place of a ranked reply among its siblings, 1 for the best; otherwise 0.
    """

    text: str
    lang: str
    outcome: Outcome
    place: int = 0


def summary(session: Session, person_id: str) -> Mapping[WorkSort, Mapping[Outcome, int]]:
    """Count a person's contributions by sort and by what became of them.

    Reviews and rankings are not compared with the outcome here: they count as "decided".
    """
    found: dict[WorkSort, Counter[Outcome]] = {sort: Counter() for sort in SORTS}
    root, held = col(TreeMessageRow.parent_id).is_(None), _held(person_id)
    columns: list[Any] = [root, *_columns(), held, col(TreeMessageRow.rank).is_not(None)]
    texts = select(*columns, func.count()).join(TreeRow, _its_tree()).where(col(TreeMessageRow.person_id) == person_id)
    for is_root, state, result, deleted, is_held, ranked, number in session.execute(texts.group_by(*columns)).all():
        text = TextState(state, result, deleted, bool(is_held), bool(ranked))
        found["prompts" if is_root else "replies"][text_outcome(text)] += number
    free = col(ReviewRow.mode) == FREE
    judged: list[Any] = [free, *_columns()]
    reviews = (
        select(*judged, func.count())
        .select_from(ReviewRow)
        .join(TreeMessageRow, col(TreeMessageRow.id) == col(ReviewRow.message_id))
        .join(TreeRow, _its_tree())
        .where(col(ReviewRow.person_id) == person_id)
        .group_by(*judged)
    )
    for is_free, state, result, deleted, number in session.execute(reviews).all():
        judged_as = review_outcome(TextState(state, result, deleted), accepts=True)
        found["labels"]["noted" if is_free else _undetailed(judged_as)] += number
    ranked_in: list[Any] = [col(TreeRow.state), col(TreeMessageRow.deleted)]
    rankings = (
        select(*ranked_in, func.count())
        .select_from(RankingRow)
        .join(TreeMessageRow, col(TreeMessageRow.id) == col(RankingRow.parent_id))
        .join(TreeRow, _its_tree())
        .where(col(RankingRow.person_id) == person_id)
        .group_by(*ranked_in)
    )
    for state, deleted, number in session.execute(rankings).all():
        ended: Outcome = "decided" if state == "ready_for_export" else "open"
        found["rankings"]["unused" if deleted or state in CLOSED else ended] += number
    return found


def listed(session: Session, person_id: str, sort: WorkSort, number: int, skip: int = 0) -> Sequence[Contribution]:
    """Return `number` of a person's contributions of a sort, the newest first, behind the first `skip` ones."""
    if sort == "labels":
        return _reviews(session, person_id, number, skip)
    if sort == "rankings":
        return _rankings(session, person_id, number, skip)
    root = col(TreeMessageRow.parent_id).is_(None)
    found = (
        select(TreeMessageRow, col(TreeRow.state), _held(person_id))
        .join(TreeRow, _its_tree())
        .where(col(TreeMessageRow.person_id) == person_id, root if sort == "prompts" else ~root)
        .order_by(col(TreeMessageRow.created_at).desc(), col(TreeMessageRow.id).desc())
    )
    rows = session.execute(found.offset(skip).limit(number)).all()
    return [_text(message, _state(message, state, bool(held))) for message, state, held in rows]


def _text(message: TreeMessageRow, state: TextState) -> Contribution:
    outcome = text_outcome(state)
    place = message.rank + 1 if outcome == "ranked" and message.rank is not None else 0
    return Contribution(message.text, message.lang, outcome, place)


def _reviews(session: Session, person_id: str, number: int, skip: int) -> Sequence[Contribution]:
    found = (
        select(ReviewRow, TreeMessageRow, TreeRow)
        .join(TreeMessageRow, col(TreeMessageRow.id) == col(ReviewRow.message_id))
        .join(TreeRow, _its_tree())
        .where(col(ReviewRow.person_id) == person_id)
        .order_by(col(ReviewRow.at).desc(), col(ReviewRow.message_id).desc())
    )
    contributions: list[Contribution] = []
    for review, message, tree in session.execute(found.offset(skip).limit(number)).all():
        bad = review.labels.get("spam", 0.0) + review.labels.get("lang_mismatch", 0.0)
        accepts = 1 - bad > threshold_of(limits_of(tree), message)
        outcome = "noted" if review.mode == FREE else review_outcome(_state(message, tree.state), accepts)
        contributions.append(Contribution(_shown(message), message.lang, outcome))
    return contributions


def _rankings(session: Session, person_id: str, number: int, skip: int) -> Sequence[Contribution]:
    found = (
        select(RankingRow, TreeMessageRow, col(TreeRow.state))
        .join(TreeMessageRow, col(TreeMessageRow.id) == col(RankingRow.parent_id))
        .join(TreeRow, _its_tree())
        .where(col(RankingRow.person_id) == person_id)
        .order_by(col(RankingRow.at).desc(), col(RankingRow.parent_id).desc())
    )
    rows = session.execute(found.offset(skip).limit(number)).all()
    replies = select(col(TreeMessageRow.parent_id), col(TreeMessageRow.id), col(TreeMessageRow.rank)).where(
        col(TreeMessageRow.parent_id).in_([parent.id for _, parent, _ in rows])
    )
    ranks: dict[str | None, dict[str, int | None]] = {}
    for parent_id, id, rank in session.execute(replies).all():
        ranks.setdefault(parent_id, {})[id] = rank
    contributions: list[Contribution] = []
    for given, parent, state in rows:
        ranking = WeightedRanking(tuple(map(tuple, given.groups)), not_rankable=given.not_rankable)
        outcome = ranking_outcome(_state(parent, state), ranking, ranks.get(parent.id, {}))
        contributions.append(Contribution(_shown(parent), parent.lang, outcome))
    return contributions


def _shown(message: TreeMessageRow) -> str:
    """Return the text of somebody else's message, unless it was removed meanwhile."""
    return "" if message.deleted else message.text


def _state(message: TreeMessageRow, state: Any, held: bool = False) -> TextState:
    return TextState(state, message.review_result, message.deleted, held, message.rank is not None)


def _undetailed(outcome: JudgmentOutcome) -> JudgmentOutcome:
    return "decided" if outcome in ("agreed", "differed") else outcome


def _columns() -> list[Any]:
    return [col(TreeRow.state), col(TreeMessageRow.review_result), col(TreeMessageRow.deleted)]


def _its_tree() -> ColumnElement[bool]:
    return col(TreeRow.id) == col(TreeMessageRow.tree_id)


def _held(person_id: str) -> Any:
    """Whether a text waits for a moderator: its own author's report of it is still open."""
    return exists().where(
        col(FlagRow.person_id) == person_id,
        col(FlagRow.message_id) == col(TreeMessageRow.id),
        col(FlagRow.handled) == "",
    )
