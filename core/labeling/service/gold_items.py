"""Gold items: their right labels are known. Newcomers learn on them, and everybody gets one now and then."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from sqlmodel import Session

from core.labeling.rules.vocabulary import WorkKind
from core.store.gold_queue import GOLD
from core.store.labeling_tables import WorkItemRow


class GoldAnswer(Protocol):
    """An item whose labels are beyond doubt."""

    @property
    def kind(self) -> WorkKind: ...

    @property
    def id(self) -> str: ...

    @property
    def labels(self) -> Mapping[str, float]: ...

    @property
    def why(self) -> str: ...

    def turns(self) -> list[dict[str, str]]:
        """Return the conversation, each turn with its role and text."""
        ...


def plant(session: Session, lang: str, items: Iterable[GoldAnswer]) -> int:
    """Bring the queue up to date with a language's gold items. Returns how many are new."""
    new = 0
    for number, item in enumerate(items):
        gold: dict[str, Any] = {"conversation": item.turns(), "labels": dict(item.labels), "why": item.why}
        known = session.get(WorkItemRow, item.id)
        if known is None:
            session.add(
                WorkItemRow(
                    id=item.id, kind=item.kind, pool=GOLD, lang=lang, need=1, rnd=number / 1000, open=True, gold=gold
                )
            )
            new += 1
        elif known.gold != gold:
            known.gold = gold
    return new
