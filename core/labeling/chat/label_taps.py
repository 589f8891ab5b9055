"""Label by taps: one tap, or the pages of a form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session

from core.actions import cut
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat import card_forms
from core.labeling.chat.label_pages import VERDICTS, WHOLE, LabelPage, label_page, labels_from, step, verdict_labels
from core.labeling.chat.task_card import Act, TaskCards, handled_before
from core.labeling.chat.task_session import TaskSession
from core.labeling.rules import review_modes
from core.labeling.rules.task_answer import GivenLabels
from core.labeling.rules.vocabulary import LABELS, LabelMode
from core.store.labeling_tables import TaskRow


@dataclass(frozen=True, slots=True)
class LabelTaps:
    """Handles the buttons and forms by which people label."""

    desk: TaskSession
    showing: TaskCards

    def acts(self) -> Mapping[str, Act]:
        """Return what the buttons of labels do, by their verbs."""
        return {
            **dict.fromkeys(review_modes.QUICK, self._quick),
            "more": self._more,
            "l": self._mark,
            "p": self._point,
            "save": self._save,
        }

    async def label(self, call: CommandCall, task: TaskRow, labels: Mapping[str, float], mode: LabelMode) -> None:
        """Keep labels, and show the next task."""
        await self.showing.answer(call, task, lambda s, mine: self.desk.answers.label(s, mine, labels, mode))

    async def _quick(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        verb, _ = cut(call.rest)
        if task.kind not in LABELS:
            raise UserError("button-outdated")
        await self.label(call, task, review_modes.quick(verb, task.kind), "quick")

    async def _more(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        """Open a page of labels: a form, or without forms more buttons on the card."""
        if task.kind not in LABELS:
            raise UserError("button-outdated")
        view = await self.showing.view_of(call, task.id)
        page = label_page(argument or view.drawn or WHOLE, task.kind)
        if call.chat.capabilities.forms:
            await call.chat.show(call.event.place, card_forms.label_form(view, page, call.text), call.event)
            return
        await self.showing.card(call, task.id, page=page.name)

    async def take(self, call: CommandCall, task: TaskRow, page: LabelPage) -> None:
        """Take the filled-in form of a page. Raises UserError if the form does not offer a value."""
        verdict, said = call.arguments.get("verdict", ""), labels_from(call.arguments, page)
        asked = {*page.scales, *page.flags}

        def given(before: GivenLabels) -> GivenLabels:
            kept = {name: value for name, value in before.labels.items() if name not in asked}
            return replace(before, labels={**kept, **said}, verdict=verdict or before.verdict)

        if not page.following:
            await self._keep(call, task, given(task.answer.labeling), page.mode)
            return

        def unit(session: Session) -> None:
            kept = session.get_one(TaskRow, task.id)
            kept.answer = replace(kept.answer, labeling=given(kept.answer.labeling))

        await call.store.write(unit)
        await self.showing.card(call, task.id, page=page.following)

    async def _mark(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        """Choose the verdict or tick a flag by a button; tapping the same flag again takes it back."""
        name, value = cut(argument)
        if name == "verdict" and value not in VERDICTS:
            raise UserError("task-label-value")
        if name == "verdict":
            await self._turn(call, task, lambda given: replace(given, verdict=value), name)
        elif name in review_modes.ALL_FLAGS:
            await self._turn(call, task, lambda given: _toggled(given, name, 1.0), name)
        else:
            raise UserError("button-outdated")

    async def _point(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        """Choose a point of a scale by a button; tapping the same one again takes it back."""
        name, point = cut(argument)
        value = step(point)
        await self._turn(call, task, lambda given: _toggled(given, name, value), name)

    async def _turn(
        self, call: CommandCall, task: TaskRow, change: Callable[[GivenLabels], GivenLabels], name: str
    ) -> None:
        """Change what was given so far by a button that sets `name`, and show its page again."""
        page = _page_with(name, task.kind, (await self.showing.view_of(call, task.id)).drawn)

        def unit(session: Session) -> None:
            kept = session.get_one(TaskRow, task.id)
            if not handled_before(kept, call.event):
                kept.answer = replace(kept.answer, labeling=change(kept.answer.labeling))

        await call.store.write(unit)
        await self.showing.card(call, task.id, page=page)

    async def _save(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        # A card of an earlier version does not name the mode: its form was another one.
        await self._keep(call, task, task.answer.labeling, _MODES.get(argument, "full"))

    async def _keep(self, call: CommandCall, task: TaskRow, given: GivenLabels, mode: LabelMode) -> None:
        await self.label(call, task, {**verdict_labels(given.verdict, task.kind, mode), **given.labels}, mode)


_MODES: Mapping[str, LabelMode] = {"simple": "simple", "whole": "whole"}


def _toggled(given: GivenLabels, name: str, value: float) -> GivenLabels:
    labels = {one: before for one, before in given.labels.items() if one != name}
    return replace(given, labels=labels if given.labels.get(name) == value else {**labels, name: value})


def _page_with(name: str, kind: str, drawn: LabelMode | None) -> str:
    """Return the page of the drawn form that asks for a label or the verdict. Raises UserError if none does."""
    page = label_page(drawn or WHOLE, kind)
    for one in (page, *([label_page(page.following, kind)] if page.following else [])):
        if name in (*one.scales, *one.flags) or (name == "verdict" and one.verdicts):
            return one.name
    raise UserError("button-outdated")
