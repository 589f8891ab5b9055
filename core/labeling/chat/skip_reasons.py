"""Why somebody skipped a task: asked for by a button under the next one, and never required."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from core.actions import Verb, button_action
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat.task_card import TaskCards
from core.labeling.rules.vocabulary import RANDOM
from core.messages import Button
from core.rights import is_own
from core.store.labeling_tables import TaskRow

REASONS = ("unsure", "unclear", "long", "unpleasant", "language")
"""The reasons that are offered; the text of each is `task-why-<reason>`."""


@dataclass(frozen=True, slots=True)
class SkipReasons:
    """Asks why a task was skipped, and keeps the answer."""

    showing: TaskCards

    async def take(self, call: CommandCall, task_id: str, reason: str) -> None:
        """Ask for the reason, or keep the one that was tapped and show the next task again.

        Raises UserError if the task was not skipped by this person, or if there is no such reason.
        """
        if reason not in ("", *REASONS):
            raise UserError("button-outdated")
        scene = await call.scene()

        def unit(session: Session) -> TaskRow:
            task = session.get(TaskRow, task_id)
            if task is None or not is_own(scene.person_id, task.person_id) or task.state != "skipped":
                raise UserError("task-gone")
            if reason:
                task.answer = replace(task.answer, reason=reason)
            return task

        task = await call.store.write(unit)
        kind = self.showing.asked_for(task) if task.item_id else RANDOM
        if reason:
            await self.showing.give(call, kind, task.topic if task.item_id else "", in_place=True)
            return
        buttons = [
            Button(button_action(Verb.TASK, task_id, "why", name), call.text(f"task-why-{name}")) for name in REASONS
        ]
        back = Button(button_action(Verb.TASKS, kind), call.text("task-back"), row=1)
        await call.tell(call.text("task-why-ask"), buttons=[*buttons, back], in_place=True)
