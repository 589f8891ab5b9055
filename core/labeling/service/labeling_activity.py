"""Who is labeling in a language at present, so that nothing waits for people who have left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from cachetools import LRUCache
from sqlalchemy import case, func, select
from sqlmodel import Session, col

from core.labeling.rules import annotator_model
from core.labeling.rules.defaults import LabelingRules
from core.labeling.rules.vocabulary import LABELS
from core.store.labeling_tables import DONE, LabelerRow, TaskRow

WINDOW, PRESENT = timedelta(days=14), timedelta(days=2)
"""Somebody is active for two weeks after their last task. What has waited for two days waits only for those who have
been there in these two days.
"""

YOUNG = timedelta(days=1)
"""Nothing is relaxed during a language's first day, since nobody knows yet how many people will come."""

FRESH = timedelta(minutes=1)
LOOKED_AT = 5000
"""How many of the newest tasks of a language are looked at."""

REMEMBERED = 200
"""How many pools and languages are remembered."""

FEW = 10
"""With fewer reviews than this in a language, nobody's share of them is checked."""


@dataclass(frozen=True, slots=True)
class LabelerActivity:
    """When somebody did their last task in a language, and how many reviews they gave in the last two weeks."""

    last: datetime
    reviews: int


@dataclass(frozen=True, slots=True)
class LanguageActivity:
    """The people who labeled in a language in the two weeks before `at`, by their ids.

    Left out are people who may not review: those who are banned, and those who are only given practice tasks, whose
    number is `barred`. The language is `young` during its first day.
    """

    at: datetime
    people: Mapping[str, LabelerActivity]
    barred: int = 0
    young: bool = True

    def present(self, waiting_since: datetime) -> frozenset[str]:
        """Return the people on whom something may count that has waited for a while.

        If fewer than two have come lately, everybody of the last two weeks counts: a quiet weekend decides nothing.
        """
        if self.at - waiting_since >= PRESENT:
            lately = frozenset(id for id, one in self.people.items() if one.last >= self.at - PRESENT)
            if len(lately) > 1:
                return lately
        return frozenset(self.people)

    def dominates(self, person_id: str, most: float, many: int) -> bool:
        """Return whether somebody has given more than their share of the reviews by those who are here these days.

        From `many` people on, nobody gives more than the share `most`, or twice the average if that is more.
        """
        here = {id: one.reviews for id, one in self.people.items() if one.last >= self.at - PRESENT}
        whole = sum(here.values())
        if len(here) < many or whole < FEW:
            return False
        return here.get(person_id, 0) > max(most, 2 / len(here)) * whole


@dataclass(frozen=True, slots=True)
class ActivityCache:
    """The latest results by pool and language. Units of the store run in several threads, so it has a lock."""

    _known: LRUCache[tuple[str, str], LanguageActivity] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: tuple[str, str]) -> LanguageActivity | None:
        with self._lock:
            return self._known.get(key)

    def put(self, key: tuple[str, str], found: LanguageActivity) -> None:
        with self._lock:
            self._known[key] = found


@dataclass(frozen=True, slots=True)
class LabelingActivity:
    """Finds who is active. The result is cached for a minute, since finding it means reading many tasks."""

    _cache: ActivityCache = field(default_factory=ActivityCache)

    def of(self, session: Session, pool: str, lang: str, now: datetime) -> LanguageActivity:
        """Return who is active in a language: everybody here, or for a community's own pool its members only."""
        known = self._cache.get((pool, lang))
        if known is None or not known.at <= now < known.at + FRESH:
            known = _find(session, pool, lang, now)
            self._cache.put((pool, lang), known)
        return known

    def dominates(self, session: Session, rules: LabelingRules, person_id: str, lang: str, now: datetime) -> bool:
        """Return whether somebody has given more than their share of a language's reviews."""
        return self.of(session, "", lang, now).dominates(person_id, rules.most_share, rules.many)


def _find(session: Session, pool: str, lang: str, now: datetime) -> LanguageActivity:
    done = [col(TaskRow.lang) == lang]
    if pool:
        done.append(col(TaskRow.community_id) == pool)
    newest = (
        select(
            col(TaskRow.person_id),
            col(TaskRow.done_at),
            case((col(TaskRow.kind).in_(sorted(LABELS)), 1), else_=0).label("review"),
        )
        .where(DONE, *done, col(TaskRow.done_at) >= now - WINDOW, col(TaskRow.done_at) <= now)
        .order_by(col(TaskRow.done_at).desc())
        .limit(LOOKED_AT)
        .subquery()
    ).c
    found = select(newest.person_id, func.max(newest.done_at), func.sum(newest.review)).group_by(newest.person_id)
    people = {id: LabelerActivity(last, int(reviews)) for id, last, reviews in session.execute(found)}
    out = _barred(session, people)
    older = select(col(TaskRow.id)).where(DONE, *done, col(TaskRow.done_at) <= now - YOUNG).limit(1)
    young = session.scalars(older).first() is None
    left = {id: one for id, one in people.items() if id not in out}
    return LanguageActivity(now, left, len(out), young)


def _barred(session: Session, people: Mapping[str, LabelerActivity]) -> frozenset[str]:
    known = select(LabelerRow).where(
        col(LabelerRow.person_id).in_(people)
        & (col(LabelerRow.banned) | (col(LabelerRow.reliability) < annotator_model.DOUBTFUL))
    )
    return frozenset(
        one.person_id
        for one in session.scalars(known)
        if one.banned or annotator_model.doubtful(one.reliability, one.items)
    )
