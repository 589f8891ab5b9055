"""A task in the hands of its person: it is theirs, they may do tasks, and it still takes an answer."""

from dataclasses import dataclass

from sqlmodel import Session

from core.errors import NotAllowed, UserError
from core.labeling.rules.vocabulary import UNANSWERED, TreeState
from core.rights import is_own
from core.store.labeling_queue import TaskTaker
from core.store.labeling_tables import LabelerRow, TaskRow


@dataclass(frozen=True, slots=True)
class HeldTask:
    """A task that its person answers or leaves; `by` says who they are, where and when."""

    task: TaskRow
    by: TaskTaker

    @property
    def seconds(self) -> float:
        """How many seconds the person took for it."""
        return round(max((self.by.at - self.task.given_at).total_seconds(), 0.0), 1)


@dataclass(frozen=True, slots=True)
class SubmittedTask:
    """An answered task, with the message it produced and the state its tree is in now.

    `right` says whether a gold item was answered correctly. It is None if the task was not a gold item, or if the
    person has finished learning and should not be told. `why` is the item's explanation.
    """

    task: TaskRow
    message_id: str | None
    state: TreeState | None
    right: bool | None = None
    why: str = ""


def held(session: Session, task_id: str, person_id: str) -> TaskRow:
    """Return the person's task.

    Raises UserError if it is gone or already answered, and NotAllowed if it belongs to somebody else.
    """
    task = session.get(TaskRow, task_id)
    if task is None:
        raise UserError("task-gone")
    if not is_own(person_id, task.person_id):
        raise NotAllowed("task-not-yours")
    admit(session, person_id)
    if task.state not in UNANSWERED:
        raise UserError("task-done" if task.state == "done" else "task-gone")
    return task


def admit(session: Session, person_id: str) -> None:
    """Raise NotAllowed if the person is banned from tasks."""
    labeler = session.get(LabelerRow, person_id)
    if labeler and labeler.banned:
        raise NotAllowed("task-banned")
