"""Finds stuck languages: those whose trees wait for more people than there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.labeling.rules.vocabulary import ACTIVE
from core.labeling.service.labeling_activity import LabelingActivity
from core.store.labeling_tables import TreeRow

StuckReason = Literal["nobody", "alone", "barred"]
"""Why trees wait: nobody has labeled lately, one person has, or all others may only do practice tasks or nothing."""


@dataclass(frozen=True, slots=True)
class StuckLanguage:
    """A language in a pool whose `trees` wait for people. `barred` people are there, but may not review."""

    pool: str
    lang: str
    reason: StuckReason
    trees: int
    barred: int


def stuck(session: Session, activity: LabelingActivity, now: datetime) -> Sequence[StuckLanguage]:
    """Return the languages in which trees wait although fewer than two people could work on them.

    A language is not stuck during its first day.
    """
    waiting = (
        select(col(TreeRow.pool), col(TreeRow.lang), func.count())
        .where(col(TreeRow.state).in_(sorted(ACTIVE)))
        .group_by(col(TreeRow.pool), col(TreeRow.lang))
        .order_by(col(TreeRow.pool), col(TreeRow.lang))
    )
    found: list[StuckLanguage] = []
    for pool, lang, trees in session.execute(waiting).all():
        here = activity.of(session, pool, lang, now)
        if here.young or len(here.people) > 1:
            continue
        reason: StuckReason = "barred" if here.barred else "alone" if here.people else "nobody"
        found.append(StuckLanguage(pool, lang, reason, trees, here.barred))
    return found
