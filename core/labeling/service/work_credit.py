"""Count work for the people who did it, and take back what was counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from core.store import points
from core.store.labeling_tables import TaskRow, TreeMessageRow

PLACES = ("placed_first", "placed_second", "placed_third")


@dataclass(frozen=True, slots=True)
class WorkAccount:
    """Whose work is counted, in which community and language. Without a person or a community, nothing is counted."""

    person_id: str | None
    community_id: str | None
    lang: str


def credit(session: Session, account: WorkAccount, counts: Mapping[str, float], day: date | None = None) -> None:
    """Add counts to an account, by default today; negative numbers subtract."""
    if account.person_id and account.community_id:
        points.add(session, account.person_id, account.community_id, account.lang, counts, day)


def count(session: Session, task: TaskRow, counts: Mapping[str, float]) -> None:
    """Count work, and note it in the task so that it can be taken back."""
    credit(session, WorkAccount(task.person_id, task.community_id, task.lang), counts)
    before = task.answer.counted
    summed = {name: before.get(name, 0) + counts.get(name, 0) for name in {*before, *counts}}
    task.answer = replace(task.answer, counted=summed)


def uncount(session: Session, task: TaskRow, day: date | None = None) -> None:
    """Take back what was counted for a task, by default from today's counts."""
    taken = {name: -number for name, number in task.answer.counted.items()}
    credit(session, WorkAccount(task.person_id, task.community_id, task.lang), taken, day)


def count_places(session: Session, lang: str, best: Sequence[TreeMessageRow], sign: int = 1) -> None:
    """Count for the authors where one ranking placed their replies; a `sign` of -1 takes it back."""
    for name, message in zip(PLACES, best, strict=False):
        credit(session, WorkAccount(message.person_id, message.community_id, lang), {name: sign})
