"""Keep and count the answers to tasks, each once; also put tasks off and skip them.

The methods are units of the store. If the answer comes too late, an error says so and nothing is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select, update
from sqlmodel import Session, col

from core.errors import UserError
from core.labeling.rules import review_modes
from core.labeling.rules.task_answer import GivenLabels, GivenRanking, TaskAnswer, WrittenText
from core.labeling.rules.vocabulary import FREE, IN_FULL, PROMPTS, UNANSWERED, LabelMode
from core.labeling.service import gold_items
from core.labeling.service.held_task import HeldTask, SubmittedTask
from core.labeling.service.new_texts import CleanText, add_reply, begin_tree, check_text, reply_below
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.labeling.service.work_credit import count, count_places
from core.store import gold_queue, points
from core.store.labeling_tables import (
    LabelerRow,
    RankingRow,
    ReviewRow,
    TaskRow,
    TreeMessageRow,
    WorkItemRow,
)

NEAR = 0.5
"""An answer to a gold item must be off by less than this: half of a scale, which has three quick steps."""

SAID_BY_SILENCE = ("spam", "lang_mismatch")
"""Labels that count as "no" if they are left out.

They decide whether a message is accepted (docs/reference/open-assistant.md 1.11).
"""


@dataclass(frozen=True, slots=True)
class TaskSubmissions:
    """Keeps the answers to tasks, and has the keeper settle the trees that they concern."""

    keeper: TreeLifecycle
    mandatory: frozenset[str] = frozenset({"spam"})

    def write(self, session: Session, mine: HeldTask, text: CleanText, reply: CleanText | None = None) -> SubmittedTask:
        """Keep a text: a new tree for a prompt (for BOTH with its author's own reply), or a reply in its tree.

        Raises UserError if the text cannot be accepted or the tree no longer takes replies.
        """
        task, rules = mine.task, self.keeper.rules
        check_text(session, rules, mine, text)
        if task.kind in PROMPTS:
            message = begin_tree(session, rules.limits, mine, text)
            if reply is not None:
                check_text(session, rules, mine, reply)
                session.add(reply_below(mine, reply, message))
                count(session, task, {"replies_assistant": 1})
            count(session, task, {"prompts": 1})
        else:
            message = add_reply(session, mine, text)
            count(session, task, {f"replies_{message.role}": 1})
        session.flush()
        task.message_id = message.id
        return self._finish(session, mine, TaskAnswer(WrittenText(submitted=True)), message.tree_id)

    def end(self, session: Session, mine: HeldTask) -> SubmittedTask:
        """Note that no further question is natural after this message: its branch ends here."""
        if mine.task.kind != "prompter_reply":
            raise UserError("task-gone")
        item = session.get_one(WorkItemRow, mine.task.item_id)
        parent = session.get_one(TreeMessageRow, item.message_id)
        parent.ended = True
        return self._finish(session, mine, TaskAnswer(WrittenText(ended=True)), parent.tree_id)

    def label(self, session: Session, mine: HeldTask, labels: Mapping[str, float], mode: LabelMode) -> SubmittedTask:
        """Keep a person's labels of a message. Labels that they left open are not among `labels`.

        Raises UserError if a mandatory label is missing or a label cannot have its value.
        """
        if missing := self.mandatory - set(labels):
            raise UserError("task-label-missing", label=sorted(missing)[0])
        if review_modes.fault(labels, mine.task.kind):
            raise UserError("task-label-value")
        item = session.get_one(WorkItemRow, mine.task.item_id)
        if item.gold is not None:
            return self._gold(session, mine, item, GivenLabels(dict(labels), mode=mode))
        message = session.get_one(TreeMessageRow, item.message_id)
        if message.deleted:
            raise UserError("task-message-gone")
        before = _free_labels(session, mine, message)
        given = GivenLabels(dict(labels), mode=mode, before=before)
        review = ReviewRow(
            person_id=mine.task.person_id,
            message_id=message.id,
            task_id=mine.task.id,
            labels={**before, **labels},
            mode=mode,
            seconds=mine.seconds,
            platform=mine.by.platform,
            source=mine.by.source,
            at=mine.by.at,
        )
        session.merge(review)
        count(session, mine.task, {"labels_full" if mode in IN_FULL else "labels_simple": 1})
        return self._finish(session, mine, TaskAnswer(labeling=given), message.tree_id)

    def rank(
        self, session: Session, mine: HeldTask, groups: Sequence[Sequence[str]], *, not_rankable: bool = False
    ) -> SubmittedTask:
        """Keep a ranking of answers, in groups from best to worst.

        Raises UserError if the ranking does not name each answer that was shown exactly once. Also raises it if fewer
        than two answers are left because the others have been deleted meanwhile.
        """
        task = mine.task
        item = session.get_one(WorkItemRow, task.item_id)
        parent = session.get_one(TreeMessageRow, item.message_id)
        named = [id for group in groups for id in group]
        if not not_rankable and sorted(named) != sorted(task.shown):
            raise UserError("task-rank-all")
        found = select(TreeMessageRow).where(col(TreeMessageRow.id).in_(task.shown))
        messages = {message.id: message for message in session.scalars(found)}
        left = [id for id in task.shown if id in messages and not messages[id].deleted]
        if parent.deleted or len(left) < 2:
            raise UserError("task-message-gone")
        kept = [rest for group in groups if (rest := [id for id in group if id in left])]
        ranked = RankingRow(
            person_id=task.person_id,
            parent_id=parent.id,
            task_id=task.id,
            groups=kept,
            not_rankable=not_rankable,
            shown=task.shown,
            seconds=mine.seconds,
            platform=mine.by.platform,
            source=mine.by.source,
            at=mine.by.at,
        )
        session.merge(ranked)
        for id in left:
            messages[id].ranking_count += 1
        count(session, task, {"rankings": 1})
        if not not_rankable:
            count_places(session, task.lang, [messages[group[0]] for group in kept if len(group) == 1])
        ranking = GivenRanking(groups=tuple(tuple(group) for group in kept), not_rankable=not_rankable)
        return self._finish(session, mine, TaskAnswer(ranking=ranking), parent.tree_id)

    def later(self, session: Session, mine: HeldTask) -> None:
        """Put a task off: its slot is free at once, and the item may come back after `LabelingRules.later`."""
        task = mine.task
        task.state, task.expires_at, task.writing = "later", mine.by.at + self.keeper.rules.later, False
        self.settle_around(session, mine)

    def skip(self, session: Session, mine: HeldTask, reason: str = "") -> None:
        """Skip a task, so that this person never gets its item again."""
        task = mine.task
        task.state, task.writing = "skipped", False
        task.answer = replace(task.answer, reason=reason)
        self.settle_around(session, mine)

    def settle_around(self, session: Session, mine: HeldTask) -> None:
        """Settle the tree that a task is about, if there is one."""
        session.flush()
        item = session.get(WorkItemRow, mine.task.item_id) if mine.task.item_id else None
        if item is not None and item.tree_id:
            self.keeper.settle(session, item.tree_id, mine.by.at)

    def _gold(self, session: Session, mine: HeldTask, item: WorkItemRow, given: GivenLabels) -> SubmittedTask:
        if not (item.open and gold_items.turns(session, item)):
            raise UserError("task-message-gone")
        task, known = mine.task, item.gold or {}
        right = is_right(known["labels"], given.labels)
        labeler = session.get(LabelerRow, task.person_id) or LabelerRow(person_id=task.person_id)
        labeler.gold_seen += 1
        labeler.gold_right += right
        session.add(labeler)
        count(session, task, {} if right else {"gold_failed": 1})
        self._finish(session, mine, TaskAnswer(labeling=replace(given, right=right)))
        pools = gold_queue.GOLD, gold_queue.gold_pool(mine.by.community_id)
        theirs = gold_queue.gold_in(session, task.person_id, task.kind, [task.lang], mine.by.at, pools)[task.lang]
        if theirs.had > self.keeper.rules.gold_first:
            return SubmittedTask(task, None, None)
        return SubmittedTask(task, None, None, right, str(known.get("why", "")))

    def _finish(
        self, session: Session, mine: HeldTask, answer: TaskAnswer, tree_id: str | None = None
    ) -> SubmittedTask:
        """Mark a task as done, once: if two answers come at the same time, the second one changes nothing."""
        task, by = mine.task, mine.by
        won = (
            update(TaskRow)
            .where(col(TaskRow.id) == task.id, col(TaskRow.state).in_(sorted(UNANSWERED)))
            .values(state="done", done_at=by.at)
        )
        session.flush()
        if session.connection().execute(won).rowcount != 1:
            raise UserError("task-done")
        session.refresh(task, ["state", "done_at"])
        task.answer = replace(answer, counted=task.answer.counted)
        task.draft, task.writing, task.source = "", False, by.source
        session.flush()
        points.worked(session, task.person_id, by.at.date())
        state = self.keeper.settle(session, tree_id, by.at) if tree_id else None
        return SubmittedTask(task, task.message_id, state)


def _free_labels(session: Session, mine: HeldTask, message: TreeMessageRow) -> Mapping[str, float]:
    """Return the labels that the person gave the message without a task: each person has one review of a message."""
    earlier = session.get(ReviewRow, (mine.task.person_id, message.id))
    return dict(earlier.labels) if earlier and earlier.mode == FREE else {}


def is_right(known: Mapping[str, float], given: Mapping[str, float]) -> bool:
    """Return whether labels agree with the known ones, as far as they were given."""
    said = {**dict.fromkeys(SAID_BY_SILENCE, 0.0), **given}
    return all(abs(value - said[name]) < NEAR for name, value in known.items() if name in said)
