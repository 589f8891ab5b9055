"""Tasks in a chat: `/tasks` hands one out as a card, taps and texts answer it, and the next one takes its place.

Every platform has the same basic flow of taps; forms are a shortcut on platforms that have them
(docs/reference/labeling.md 5). An answer is committed with the next task in one transaction, so that after a crash the
same press finds both.
"""

from core.actions import Verb, cut
from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat import card_view
from core.labeling.chat.label_pages import label_page
from core.labeling.chat.label_taps import LabelTaps
from core.labeling.chat.menu import TaskMenu
from core.labeling.chat.rank_taps import RankTaps
from core.labeling.chat.skip_reasons import SkipReasons
from core.labeling.chat.task_card import TaskCards
from core.labeling.chat.task_reports import TaskReports
from core.labeling.chat.task_session import TaskSession
from core.labeling.chat.write_text import Tell, TextDrafts
from core.labeling.rules.vocabulary import KINDS, LABELS, RANDOM, UNANSWERED, task_request
from core.messages import Message
from core.ports.plugins import TaskListener
from core.store.labeling_tables import TaskRow


class TasksCommand:
    """Runs /tasks and everything on its cards: buttons, forms, and messages that answer them.

    `tell_moderators` passes reports on to moderators; `hooks` are told about tasks that are done.
    """

    def __init__(self, desk: TaskSession, tell_moderators: Tell, hooks: TaskListener | None = None) -> None:
        self.desk, self.tell_moderators = desk, tell_moderators
        self.menu = TaskMenu(desk)
        self.showing = TaskCards(desk, self.menu, hooks)
        self.judging, self.ranking = LabelTaps(desk, self.showing), RankTaps(desk, self.showing)
        self.drafting = TextDrafts(desk, self.showing, tell_moderators)
        self.skips = SkipReasons(self.showing)
        self.reporting = TaskReports(desk, self.showing, tell_moderators)
        self.acts = {
            "show": self._show,
            "later": self._later,
            "skip": self._skip,
            "guide": self._guide,
            "all": self._all,
            **self.judging.acts(),
            **self.ranking.acts(),
            **self.drafting.acts(),
            **self.reporting.acts(),
        }

    def feature(self) -> CommandGroup:
        """Return /tasks, the buttons of cards, and their forms."""
        kinds = CommandOption("kind", values=lambda: KINDS)
        return CommandGroup(
            commands=(Command("tasks", "tasks", self.command, (kinds, CommandOption("topic"))),),
            presses={
                Verb.TASK: self.press,
                Verb.TASKS: self.start,
                Verb.GIVE: self.give,
                Verb.CONSENT: self.consent,
            },
            forms={Verb.TASK: self.submit},
        )

    async def take(self, call: CommandCall, message: Message) -> bool:
        """Take a message that is meant for a task. Returns False for any other."""
        return await self.drafting.take(call, message)

    async def command(self, call: CommandCall) -> None:
        """/tasks shows what there is to do; /tasks <kind> [topic] hands out a task."""
        kind = task_request(call.arguments.get("kind", ""))
        if kind:
            await self.showing.give(call, kind, call.arguments.get("topic", "").strip().casefold()[:40])
        else:
            await self.menu.show(call)

    async def start(self, call: CommandCall) -> None:
        """Hand out a task of the kind chosen in the menu; "menu" shows the menu again."""
        kind = task_request(call.target)
        if kind:
            await self.showing.give(call, kind, call.rest, in_place=True)
        else:
            await self.menu.show(call, in_place=True)

    async def consent(self, call: CommandCall) -> None:
        """Keep the person's consent to the terms, and go on with what they wanted."""
        version, name = call.target, call.rest
        if not await self.menu.agreed(call, version):
            return
        kind = task_request(name)
        if kind:
            await self.showing.give(call, kind, "", in_place=True)
        else:
            await self.menu.show(call, in_place=True)

    async def give(self, call: CommandCall) -> None:
        """Hand out a task for the button under a call for labelers, which stays there for others to press."""
        await self.showing.give(call, task_request(call.target) or RANDOM, "")

    async def press(self, call: CommandCall) -> None:
        """Handle a button of a card.

        Raises NotAllowed if the task belongs to somebody else, and UserError if it is over.
        """
        task_id = call.target
        verb, argument = cut(call.rest)
        if verb == "undo":
            await self.showing.undo(call, task_id)
            return
        if verb == "why":
            await self.skips.take(call, task_id, argument)
            return
        act = self.acts.get(verb)
        if act is None:
            raise UserError("button-outdated")
        task = await self.showing.held(call, task_id)
        if task.state in UNANSWERED:
            await act(call, task, argument)
            return
        # There was a crash between the answer and its acknowledgement.
        if verb == "hold" and task.message_id:
            await self.drafting.tell_held(call, task.message_id)
        await self.showing.follow(call, task)

    async def submit(self, call: CommandCall) -> None:
        """Handle a form of a card: a text, labels, or a report."""
        task_id, what = call.target, call.rest
        task = await self.showing.held(call, task_id)
        if task.state not in UNANSWERED:
            await self.showing.follow(call, task)
        elif what == "text":
            await self.drafting.take_text(call, task, call.arguments.get("text", ""), call.arguments.get("reply"))
        elif what == "report":
            await self.reporting.take(call, task)
        elif task.kind in LABELS:
            await self.judging.take(call, task, label_page(what, task.kind))
        else:
            raise UserError("button-outdated")

    async def _show(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await self.showing.card(call, task.id)

    async def _later(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await self.showing.leave(call, task, self.desk.answers.later)

    async def _skip(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await self.showing.leave(call, task, lambda s, mine: self.desk.answers.skip(s, mine, argument))

    async def _guide(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        await call.tell(self.desk.guidelines_for(call)[task.kind], about="guide")

    async def _all(self, call: CommandCall, task: TaskRow, argument: str) -> None:
        view = await self.showing.view_of(call, task.id)
        await call.tell(card_view.whole(view, call.text), about="whole")
