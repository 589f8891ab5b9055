"""The true names of the models that wrote answers: a name in the settings may stand for different models over time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from core.store.tables import KeptRow

KEPT = "models:names"
MOST = 200
"""So many changes are remembered."""

NamesSince = tuple[datetime, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ModelNames:
    """The true names of models by those in the settings, since when, the oldest first.

    `always` are names that meant the same before anything was noted.
    """

    since: Sequence[NamesSince] = ()
    always: frozenset[str] = frozenset()

    def true_name(self, name: str, at: datetime) -> str:
        """The true name of the model that answered under a name at a time; that name itself if nobody knows."""
        meant = [names for since, names in self.since if since <= at]
        if meant:
            return meant[-1].get(name, name)
        first = self.since[0][1] if self.since else {}
        return first.get(name, name) if name in self.always else name


def note(session: Session, names: Mapping[str, str], at: datetime) -> None:
    """Note what names stand for from now on, if that is something else than before."""
    known = _noted(session)
    if known and known[-1][1] == names:
        return
    written = [(since.isoformat(), dict(meant)) for since, meant in (*known, (at, names))][-MOST:]
    session.merge(KeptRow(name=KEPT, value=json.dumps(written)))


def noted(session: Session, always: frozenset[str] = frozenset()) -> ModelNames:
    """Everything that was noted."""
    return ModelNames(_noted(session), always)


def _noted(session: Session) -> Sequence[NamesSince]:
    row = session.get(KeptRow, KEPT)
    return [(datetime.fromisoformat(since), names) for since, names in json.loads(row.value)] if row else []
