"""Collective tasks: one message in a channel, on which everybody who has agreed to the terms votes with one tap.

Open Assistant's were never usable (docs/reference/open-assistant.md 1.4). Each vote is a person's own review or
ranking, under the same rules as in a task of their own. The message closes when its item is decided, or after a day.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from time import monotonic

import structlog
from cachetools import LRUCache
from sqlmodel import Session, col, select

from core.actions import Verb, button_action
from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.delivery.outbox import post
from core.errors import EditRefused, NotAllowed, UserError, WriteRefused
from core.labeling.chat import card_view
from core.labeling.chat.task_session import TaskSession
from core.labeling.rules import review_modes
from core.labeling.rules.vocabulary import LABELS, RANKS, TaskKind
from core.labeling.service.assignment import is_doubtful
from core.labeling.service.held_task import HeldTask, admit
from core.messages import Button, Press, Reply
from core.ports.plugins import TaskListener
from core.store import identities, private_conversations
from core.store import labeling_queue as queue
from core.store.labeling_queue import TaskOffer, TaskTaker, TaskWish
from core.store.labeling_tables import TaskRow, TreeMessageRow, TreeRow, WorkItemRow
from core.store.tables import PersonRow

log = structlog.get_logger()

OPEN_FOR = timedelta(hours=24)
PAUSE = 5.0
"""Seconds between two edits of one card: votes may come fast (docs/reference/labeling.md 5.2)."""

REMEMBERED = 4096
"""The number of cards whose last edit is remembered. A vote on an older card edits it at once."""

VOTED_ON: tuple[TaskKind, ...] = (*sorted(LABELS), *sorted(RANKS))


@dataclass(frozen=True, slots=True)
class ChannelPoll:
    """An item as everybody in the channel sees it, with its answers in the same order for all.

    `votes` counts the people who have voted. A `closed` poll takes no more votes; one that is `withdrawn` does not show
    its texts any more either.
    """

    view: card_view.CardView
    votes: int
    closed: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class ChannelVote:
    """Puts items before a channel and takes the votes on them, as answers to tasks of the desk.

    `hooks` are told about each vote.
    """

    desk: TaskSession
    hooks: TaskListener | None = None
    _edited: LRUCache[str, float] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _waiting: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)

    def feature(self) -> CommandGroup:
        """Return /together [kind] and the buttons of its message."""
        kinds = CommandOption("kind", values=lambda: VOTED_ON)
        return CommandGroup(
            commands=(Command("together", "tasks", self.begin, (kinds,)),), presses={Verb.VOTE: self.vote}
        )

    async def begin(self, call: CommandCall) -> None:
        """Put an open item before the channel. Raises UserError if there is none."""
        kind = call.arguments.get("kind", "")

        def unit(session: Session) -> ChannelPoll | None:
            scene = identities.scene(session, call.event.place, call.event.user)
            person = self.desk.person(session, call, scene)
            for name in (one for one in VOTED_ON if kind in ("", one)):
                for lang in person.langs:
                    for pool in person.pools:
                        if item_id := queue.first_open(session, TaskWish(name, pool, lang)):
                            return self._poll(session, call, session.get_one(WorkItemRow, item_id))
            return None

        poll = await call.store.write(unit)
        if poll is None:
            raise UserError("together-nothing")
        await post(call.store, call.chat, call.event, self._reply(call, poll), f"{call.event.key}#together")

    async def vote(self, call: CommandCall) -> None:
        """Take somebody's tap as a vote.

        Raises UserError if the person has voted already, the poll is closed or others should judge the item, and
        NotAllowed if they wrote the text or have not agreed to the terms.
        """
        item_id, choice = call.target, call.rest

        def unit(session: Session) -> ChannelPoll:
            scene = identities.scene(session, call.event.place, call.event.user)
            item = session.get(WorkItemRow, item_id)
            pools = self.desk.person(session, call, scene).pools
            if item is None or item.message_id is None or item.pool not in pools or item.kind not in VOTED_ON:
                raise UserError("button-outdated")
            if session.get_one(PersonRow, scene.person_id).terms != self.desk.terms.version:
                raise NotAllowed("together-terms")
            taker = self.desk.taker(call, scene)
            mine = HeldTask(self._task(session, call.event.key, taker, item), taker)
            if mine.task.answer.event != call.event.key:
                self._count(session, mine, item, choice)
                mine.task.answer = replace(mine.task.answer, event=call.event.key)
                session.flush()
            return self._poll(session, call, item)

        poll = await call.store.write(unit)
        if self.hooks:
            await self.hooks.task_done(call.event, poll.view.kind, item_id)
        await call.tell(call.text("together-thanks", votes=poll.votes))
        if isinstance(call.event, Press) and call.event.id:
            await self._show(call, call.event.id, poll)

    def _task(self, session: Session, event_key: str, taker: TaskTaker, item: WorkItemRow) -> TaskRow:
        """Return the person's own task for the item: the one they have already, or one in a new slot."""
        admit(session, taker.person_id)
        found = select(TaskRow).where(TaskRow.person_id == taker.person_id, TaskRow.item_id == item.id)
        task = session.exec(found).first()
        if task and task.answer.event == event_key:
            return task
        if task and task.state == "author":
            raise NotAllowed("together-own")
        if task and task.state == "done":
            raise UserError("together-voted")
        if _withdrawn(session, item) or _decided(session, item):
            raise UserError("together-closed")
        wish = TaskWish(item.kind, item.pool, item.lang, item.topic)
        if why := self.desk.assigner.bars(session, taker, wish, doubtful=is_doubtful(session, taker)):
            raise UserError(f"task-nothing-{why}", languages=self.desk.languages.get(item.lang, item.lang))
        if task:
            task.state = "leased"
            return task
        if not queue.take(session, item.id):
            # Everybody may vote: one slot more than needed does no harm while nothing is decided.
            item.need, item.taken = item.need + 1, item.taken + 1
        return queue.hand_out(session, taker, TaskOffer(wish, taker.at + OPEN_FOR, item.id))

    def _count(self, session: Session, mine: HeldTask, item: WorkItemRow, choice: str) -> None:
        task, answers = mine.task, self.desk.answers
        if item.kind in LABELS and choice in review_modes.QUICK:
            answers.label(session, mine, review_modes.quick(choice, item.kind), "quick")
            return
        task.shown = [answer.id for answer in _answers(session, item)]
        session.flush()
        if choice == "none":
            answers.rank(session, mine, [], not_rankable=True)
        elif choice == "same":
            answers.rank(session, mine, [task.shown])
        elif choice.isdecimal() and int(choice) < len(task.shown):
            best = task.shown[int(choice)]
            rest = [id for id in task.shown if id != best]
            answers.rank(session, mine, [[best], rest])
        else:
            raise UserError("button-outdated")

    def _poll(self, session: Session, call: CommandCall, item: WorkItemRow) -> ChannelPoll:
        probe = TaskRow(person_id="", item_id=item.id, kind=item.kind, lang=item.lang, topic=item.topic)
        answers = _answers(session, item) if item.kind in RANKS else []
        probe.shown = [answer.id for answer in answers]
        view = self.desk.view(session, call, probe)
        votes = queue.counted(session, [item.id]).get(item.id, {}).get("done", 0)
        shown, withdrawn = replace(view, id=item.id, forms=False, need=0), _withdrawn(session, item)
        return ChannelPoll(shown, votes, withdrawn or _decided(session, item), withdrawn)

    def _reply(self, call: CommandCall, poll: ChannelPoll) -> Reply:
        lead = call.text("together-closed-with" if poll.closed else "together-lead", votes=poll.votes)
        if poll.withdrawn:
            return Reply(lead)
        text = card_view.text_of(replace(poll.view, lead=lead, minutes=0), call.text)
        buttons = () if poll.closed else self._buttons(call, poll.view)
        return Reply(text, buttons=buttons, tree_message=poll.view.about_message)

    def _buttons(self, call: CommandCall, view: card_view.CardView) -> tuple[Button, ...]:
        if view.kind in LABELS:
            return tuple(
                Button(button_action(Verb.VOTE, view.id, name), call.text(f"task-{name}"), card_view.QUICK_EMOJI[name])
                for name in review_modes.QUICK
            )
        letters = [
            Button(button_action(Verb.VOTE, view.id, number), card_view.LETTERS[number])
            for number in range(len(view.shown))
        ]
        same = (
            [Button(button_action(Verb.VOTE, view.id, "same"), call.text("task-tie"), "🟰", row=1)]
            if len(letters) == 2
            else []
        )
        return (
            *letters,
            *same,
            Button(button_action(Verb.VOTE, view.id, "none"), call.text("task-none-good"), "🚫", row=1),
        )

    async def _show(self, call: CommandCall, message_id: str, poll: ChannelPoll) -> None:
        """Update the card, at most once every `PAUSE` seconds unless it closes."""
        wait = self._edited.get(poll.view.id, -PAUSE) + PAUSE - monotonic()
        if poll.closed or wait <= 0:
            self._edited[poll.view.id] = monotonic()
            await self._change(call, message_id, poll)
            return
        if poll.view.id not in self._waiting:
            self._waiting[poll.view.id] = asyncio.create_task(self._show_later(call, message_id, poll.view.id, wait))

    async def _show_later(self, call: CommandCall, message_id: str, item_id: str, wait: float) -> None:
        await asyncio.sleep(wait)
        del self._waiting[item_id]
        self._edited[item_id] = monotonic()
        poll = await call.store.read(lambda session: self._poll(session, call, session.get_one(WorkItemRow, item_id)))
        await self._change(call, message_id, poll)

    async def _change(self, call: CommandCall, message_id: str, poll: ChannelPoll) -> None:
        try:
            await call.chat.edit(call.event.place, message_id, self._reply(call, poll))
        except (WriteRefused, EditRefused) as error:
            # The vote counts, whatever the card shows.
            log.warning("card_not_updated", error=error)


def _decided(session: Session, item: WorkItemRow) -> bool:
    if item.kind in LABELS:
        return session.get_one(TreeMessageRow, item.message_id).review_result is not None
    return any(answer.rank is not None for answer in _answers(session, item))


def _withdrawn(session: Session, item: WorkItemRow) -> bool:
    """Return whether a moderator or the author has taken back what an item is about since it was put to the vote."""
    message = session.get_one(TreeMessageRow, item.message_id)
    tree = session.get_one(TreeRow, message.tree_id)
    halted = tree.state == "halted_by_moderator" or private_conversations.keeps_out(session, tree.id)
    return message.deleted or halted


def _answers(session: Session, item: WorkItemRow) -> Sequence[TreeMessageRow]:
    """Return the answers of a ranking, shuffled in the same way for everybody, so that the order says nothing."""
    found = select(TreeMessageRow).where(
        TreeMessageRow.parent_id == item.message_id,
        col(TreeMessageRow.review_result).is_(True),
        col(TreeMessageRow.deleted).is_(False),
    )
    answers = list(session.exec(found.order_by(col(TreeMessageRow.id))).all())
    Random(item.id).shuffle(answers)
    return answers
