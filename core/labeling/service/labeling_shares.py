"""Who does too much of the labeling in a language, so that nobody's taste decides alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.store.labeling_tables import TallyRow

SHARE_WINDOW, SHARE_FRESH = timedelta(days=30), timedelta(minutes=1)
FEW = 10
"""With fewer reviews than this in a language, nobody's share of them is checked."""


@dataclass(slots=True)
class LabelingShares:
    """Finds people who do too much of the labeling in a language.

    The result is cached for a minute, since finding it means a full scan. `most` is the largest share that one person
    may have if at least `many` are active.
    """

    most: float
    many: int
    _known: dict[str, tuple[datetime, frozenset[str]]] = field(default_factory=dict)

    def dominates(self, session: Session, person_id: str, lang: str, now: datetime) -> bool:
        """Return whether somebody has more than their share of a language's reviews of the last thirty days."""
        at, known = self._known.get(lang, (None, frozenset()))
        if at is None or not at <= now < at + SHARE_FRESH:
            known = self._find(session, lang, now)
            self._known[lang] = now, known
        return person_id in known

    def _find(self, session: Session, lang: str, now: datetime) -> frozenset[str]:
        given = func.sum(TallyRow.value)
        people = (
            select(
                col(TallyRow.person_id).label("id"),
                given.label("given"),
                func.sum(given).over().label("whole"),
                func.count().over().label("number"),
            )
            .where(
                col(TallyRow.name).in_(("labels_simple", "labels_full")),
                col(TallyRow.lang) == lang,
                col(TallyRow.day) >= (now - SHARE_WINDOW).date(),
            )
            .group_by(col(TallyRow.person_id))
            .subquery()
        ).c
        enough = people.whole >= FEW, people.number >= self.many
        return frozenset(session.scalars(select(people.id).where(*enough, people.given > self.most * people.whole)))
