"""/mywork: what somebody contributed, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.actions import Verb, button_action
from core.commands.privacy import DataTerms
from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.service import own_work
from core.labeling.service.own_work import SORTS, Contribution, Outcome, WorkSort
from core.messages import Button
from core.outside_text import quoted_line
from core.store.tables import PersonRow

PAGE = 5
"""How many contributions one page shows."""

QUOTED = 90
SUMMARY = "all"
"""The target of the button that leads back to the summary."""


@dataclass(frozen=True, slots=True)
class OwnWorkCommand:
    """Shows people their own prompts, replies, labels and rankings, wherever they gave them."""

    terms: DataTerms

    def feature(self) -> CommandGroup:
        """Return /mywork and its buttons."""
        options = (CommandOption("what", values=lambda: SORTS),)
        return CommandGroup(
            commands=(Command("mywork", "tasks", self.command, options),), presses={Verb.MYWORK: self.turn}
        )

    async def command(self, call: CommandCall) -> None:
        """/mywork [what] counts what somebody contributed, by what became of it, or lists the newest of one sort."""
        await self._show(call, call.arguments.get("what", ""), 0)

    async def turn(self, call: CommandCall) -> None:
        """Show another sort or page in place. Raises UserError for a button that this version does not know."""
        page = call.rest or "0"
        if call.target not in (*SORTS, SUMMARY) or not page.isascii() or not page.isdecimal():
            raise UserError("button-outdated")
        await self._show(call, call.target, int(page))

    async def _show(self, call: CommandCall, what: str, page: int) -> None:
        scene = await call.scene()
        sort = next((one for one in SORTS if one == what), None)
        agreed = await call.store.read(lambda session: session.get_one(PersonRow, scene.person_id).terms)
        note = call.text("mywork-export" if agreed == self.terms.version else "mywork-no-terms")
        if sort is None:
            found = await call.store.read(lambda session: own_work.summary(session, scene.person_id))
            lines = [_counted(call, one, outcomes) for one, outcomes in found.items()]
            await call.tell(_page(call.text("mywork-title"), lines, note), buttons=_sorts(call, None), in_place=True)
            return

        def unit(session: Session) -> Sequence[Contribution]:
            return own_work.listed(session, scene.person_id, sort, PAGE + 1, page * PAGE)

        shown = await call.store.read(unit)
        lines = [_line(call, one) for one in shown[:PAGE]] or [call.text("mywork-none")]
        pages = [("newer", page - 1)] * (page > 0) + [("older", page + 1)] * (len(shown) > PAGE)
        buttons = [
            *_sorts(call, sort),
            *(Button(button_action(Verb.MYWORK, sort, to), call.text(f"mywork-{name}"), row=1) for name, to in pages),
            Button(button_action(Verb.MYWORK, SUMMARY), call.text("mywork-title"), row=1),
        ]
        await call.tell(_page(call.text(f"mywork-{sort}"), lines, note), buttons=buttons, in_place=True)


def _page(title: str, lines: Sequence[str], note: str) -> str:
    return "\n".join([f"**{title}**", "", *lines, "", note])


def _counted(call: CommandCall, sort: WorkSort, outcomes: Mapping[Outcome, int]) -> str:
    """Say how many contributions of a sort there are, and what became of how many."""
    counts = sorted(outcomes.items(), key=lambda one: (-one[1], one[0]))
    parts = [
        call.text("score-line", what=call.text(f"mywork-is-{outcome}"), points=number) for outcome, number in counts
    ]
    whole = call.text("score-line", what=call.text(f"mywork-{sort}"), points=sum(outcomes.values()))
    return f"- {' · '.join([whole, *parts])}"


def _line(call: CommandCall, one: Contribution) -> str:
    quote = quoted_line(one.text, QUOTED)
    became = [call.text(f"mywork-is-{one.outcome}")]
    became += [call.text("mywork-place", place=one.place)] if one.place else []
    return f"- {call.text('mywork-line', quote=quote or '–', lang=one.lang)} · {' · '.join(became)}"


def _sorts(call: CommandCall, shown: WorkSort | None) -> Sequence[Button]:
    return [
        Button(button_action(Verb.MYWORK, sort, 0), call.text(f"mywork-{sort}"), chosen=sort == shown) for sort in SORTS
    ]
