"""Keep and count the answers to tasks, each once; also put tasks off, skip them, and undo answers.

The methods are units of the store. If a task belongs to somebody else, or the answer comes too late, an error says so
and nothing is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from core.errors import NotAllowed, UserError
from core.labeling.rules.limits import LABELS, WRITES
from core.labeling.service.assignment import BOTH
from core.labeling.service.tree_lifecycle import TreeLifecycle, add, limits_of
from core.rights import is_own
from core.store import labeling_queue as queue
from core.store import points as tallies
from core.store.labeling_queue import TaskTaker
from core.store.labeling_tables import (
    FlagRow,
    LabelerRow,
    RankingRow,
    ReviewRow,
    RevisionRow,
    TaskRow,
    TextBandRow,
    TreeMessageRow,
    TreeRow,
    WorkItemRow,
)
from core.store.tables import new_id

Mode = Literal["quick", "simple", "full"]
TAKES_REPLIES = frozenset({"growing", "ranking", "ready_for_scoring", "ready_for_export"})
"""States of a tree in which a reply is still kept, even a late one (docs/reference/open-assistant.md 1.4)."""

UNANSWERED = ("leased", "expired")
"""States of a task in which an answer is still accepted."""

PLACES = ("placed_first", "placed_second", "placed_third")
NEAR = 0.5
"""An answer to a gold item must be off by less than this: half of a scale, which has three quick steps."""

SAID_BY_SILENCE = ("spam", "lang_mismatch")
"""Labels that count as "no" if they are left out.

They decide whether a message is accepted (docs/reference/open-assistant.md 1.11).
"""


@dataclass(frozen=True, slots=True)
class SubmittedTask:
    """An answered task, with the message it produced and the state its tree is in now.

    `right` says whether a gold item was answered correctly. It is None if the task was not a gold item, or if the
    person has finished learning and should not be told. `why` is the item's explanation.
    """

    task: TaskRow
    message_id: str | None
    state: str
    right: bool | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class CleanText:
    """A text as it is stored: cleaned, with its digest.

    `bands` are set for a prompt only (`core.labeling.rules.similarity`).
    """

    text: str
    digest: str = ""
    bands: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TaskSubmissions:
    """Keeps the answers to tasks, and has the keeper settle the trees that they concern."""

    keeper: TreeLifecycle
    mandatory: frozenset[str] = frozenset({"spam"})

    def held(self, session: Session, task_id: str, person_id: str) -> TaskRow:
        """Return the person's task.

        Raises UserError if it is gone or already answered, and NotAllowed if it belongs to somebody else.
        """
        task = session.get(TaskRow, task_id)
        if task is None:
            raise UserError("task-gone")
        if not is_own(person_id, task.person_id):
            raise NotAllowed("task-not-yours")
        self.admit(session, person_id)
        if task.state not in UNANSWERED:
            raise UserError("task-done" if task.state == "done" else "task-gone")
        return task

    def admit(self, session: Session, person_id: str) -> None:
        """Raise NotAllowed if the person is banned from tasks."""
        labeler = session.get(LabelerRow, person_id)
        if labeler and labeler.banned:
            raise NotAllowed("task-banned")

    def check_text(self, session: Session, task: TaskRow, text: str, digest: str, now: datetime) -> None:
        """Raise UserError if a text is empty, is too long, or repeats a recent text of the same person."""
        rules = self.keeper.rules
        if not text.strip():
            raise UserError("task-text-empty")
        if len(text) > rules.message_size_limit:
            raise UserError("task-text-long", characters=len(text), limit=rules.message_size_limit)
        same = select(col(TreeMessageRow.id)).where(
            col(TreeMessageRow.person_id) == task.person_id,
            col(TreeMessageRow.created_at) >= now - rules.duplicate_window,
            col(TreeMessageRow.digest) == digest,
        )
        if digest and session.scalars(same.limit(1)).first():
            raise UserError("task-text-again")

    def write(
        self,
        session: Session,
        task: TaskRow,
        text: CleanText,
        by: TaskTaker,
        now: datetime,
        reply: CleanText | None = None,
    ) -> SubmittedTask:
        """Keep a text: a new tree for a prompt (for BOTH with its author's own reply), or a reply in its tree.

        Raises UserError if the text cannot be accepted or the tree no longer takes replies.
        """
        self.check_text(session, task, text.text, text.digest, now)
        if task.kind in ("initial_prompt", BOTH):
            message = self._begin(session, task, text, by, now)
            if reply is not None:
                self.check_text(session, task, reply.text, reply.digest, now)
                session.add(self._message(task, reply, by, now, message))
                self._count(session, task, {"replies_assistant": 1})
            self._count(session, task, {"prompts": 1})
        else:
            message = self._reply(session, task, text, by, now)
            self._count(session, task, {f"replies_{message.role}": 1})
        session.flush()
        task.message_id = message.id
        return self._finish(session, task, by, now, {"text": True}, message.tree_id)

    def end(self, session: Session, task: TaskRow, by: TaskTaker, now: datetime) -> SubmittedTask:
        """Note that no further question is natural after this message: its branch ends here."""
        if task.kind != "prompter_reply":
            raise UserError("task-gone")
        item = session.get_one(WorkItemRow, task.item_id)
        parent = session.get_one(TreeMessageRow, item.message_id)
        parent.ended = True
        return self._finish(session, task, by, now, {"ended": True}, parent.tree_id)

    def label(
        self, session: Session, task: TaskRow, labels: Mapping[str, float], mode: Mode, by: TaskTaker, now: datetime
    ) -> SubmittedTask:
        """Keep a person's labels of a message. Labels that they left open are not among `labels`.

        Raises UserError if a mandatory label is missing or a value is not between 0 and 1.
        """
        if missing := self.mandatory - set(labels):
            raise UserError("task-label-missing", label=sorted(missing)[0])
        if any(not 0 <= value <= 1 for value in labels.values()):
            raise UserError("task-label-value")
        item = session.get_one(WorkItemRow, task.item_id)
        counted = {"labels_full" if mode == "full" else "labels_simple": 1}
        answer = {"labels": dict(labels), "mode": mode}
        if item.gold is not None:
            return self._gold(session, task, item, labels, by, now, answer)
        message = session.get_one(TreeMessageRow, item.message_id)
        if message.deleted:
            raise UserError("task-message-gone")
        review = ReviewRow(
            person_id=task.person_id,
            message_id=message.id,
            task_id=task.id,
            labels=dict(labels),
            mode=mode,
            seconds=seconds(task, now),
            platform=by.platform,
            source=by.source,
            at=now,
        )
        session.merge(review)
        self._count(session, task, counted)
        return self._finish(session, task, by, now, answer, message.tree_id)

    def rank(
        self,
        session: Session,
        task: TaskRow,
        groups: Sequence[Sequence[str]],
        by: TaskTaker,
        now: datetime,
        *,
        not_rankable: bool = False,
    ) -> SubmittedTask:
        """Keep a ranking of answers, in groups from best to worst.

        Raises UserError if the ranking does not name each answer that was shown exactly once. Also raises it if fewer
        than two answers are left because the others have been deleted meanwhile.
        """
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
            seconds=seconds(task, now),
            platform=by.platform,
            source=by.source,
            at=now,
        )
        session.merge(ranked)
        for id in left:
            messages[id].ranking_count += 1
        self._count(session, task, {"rankings": 1})
        if not not_rankable:
            self._count_places(session, task.lang, [messages[group[0]] for group in kept if len(group) == 1], 1)
        return self._finish(session, task, by, now, {"groups": kept, "not_rankable": not_rankable}, parent.tree_id)

    def hold(self, session: Session, done: SubmittedTask, kinds: Sequence[str], now: datetime) -> None:
        """Keep a new text out of its tree until a moderator has looked at it; `kinds` are the reasons."""
        message = session.get_one(TreeMessageRow, done.message_id)
        message.deleted = True
        flag(session, done.task.person_id, message.id, message.community_id, kinds, "", message.source, now)
        if message.parent_id is None:
            session.get_one(TreeRow, message.tree_id).state = "halted_by_moderator"
        session.flush()
        self.keeper.settle(session, message.tree_id, now)

    def later(self, session: Session, task: TaskRow, now: datetime) -> None:
        """Put a task off: its slot is free at once, and the item may come back to the person after `Rules.later`."""
        task.state, task.expires_at, task.writing = "later", now + self.keeper.rules.later, False
        self._settle_of(session, task, now)

    def skip(self, session: Session, task: TaskRow, now: datetime, reason: str = "") -> None:
        """Skip a task, so that this person never gets its item again. `reason` "offensive" also asks a moderator."""
        task.state, task.writing = "skipped", False
        task.answer = {**task.answer, "reason": reason}
        item = session.get(WorkItemRow, task.item_id) if task.item_id else None
        if reason == "offensive" and item is not None and item.message_id:
            flag(session, task.person_id, item.message_id, task.community_id, ["not_appropriate"], "", "form", now)
        self._settle_of(session, task, now)

    def undo(self, session: Session, task_id: str, person_id: str, now: datetime) -> TaskRow:
        """Take an answer back and give its task to the person again.

        Raises NotAllowed if the task is not theirs, and UserError if the answer is too old or others have built on it.
        """
        task = session.get(TaskRow, task_id)
        if task is None or not is_own(person_id, task.person_id):
            raise NotAllowed("task-not-yours")
        if task.state != "done" or task.done_at is None or now - task.done_at > self.keeper.rules.undo:
            raise UserError("undo-late")
        if task.kind in WRITES or task.kind == BOTH:
            self._undo_text(session, task)
        elif task.kind in LABELS:
            self._undo_label(session, task)
        else:
            self._undo_ranking(session, task)
        self._uncount(session, task)
        task.state, task.done_at, task.message_id = "leased", None, None
        task.expires_at = now + self.keeper.rules.lease_of(task.kind)
        task.answer = {}
        session.flush()
        self._settle_of(session, task, now)
        return task

    def _begin(self, session: Session, task: TaskRow, text: CleanText, by: TaskTaker, now: datetime) -> TreeMessageRow:
        tree_id = new_id()
        session.add(
            TreeRow(
                id=tree_id,
                community_id=by.community_id,
                pool=task.pool,
                lang=task.lang,
                topic=task.topic,
                state="initial_prompt_review",
                limits=asdict(self.keeper.rules.limits),
                created_at=now,
                changed_at=now,
            )
        )
        session.flush()
        message = self._message(task, text, by, now, None, tree_id)
        session.add(message)
        session.flush()
        for band in text.bands:
            session.merge(TextBandRow(band=band, message_id=tree_id))
        return message

    def _reply(self, session: Session, task: TaskRow, text: CleanText, by: TaskTaker, now: datetime) -> TreeMessageRow:
        item = session.get_one(WorkItemRow, task.item_id)
        parent = session.get_one(TreeMessageRow, item.message_id)
        tree = session.get_one(TreeRow, parent.tree_id, with_for_update=True)
        if tree.state not in TAKES_REPLIES:
            raise UserError("task-tree-closed")
        message = self._message(task, text, by, now, parent)
        # A reply to a message deleted meanwhile is kept as deleted: nothing that somebody wrote is lost.
        message.deleted = parent.deleted
        session.add(message)
        return message

    def _message(
        self, task: TaskRow, text: CleanText, by: TaskTaker, now: datetime, parent: TreeMessageRow | None, id: str = ""
    ) -> TreeMessageRow:
        """Build the row of a text: a reply, or without a parent the root of a tree, under the tree's id."""
        return TreeMessageRow(
            id=id or new_id(),
            tree_id=parent.tree_id if parent else id,
            parent_id=parent.id if parent else None,
            person_id=task.person_id,
            community_id=by.community_id,
            platform=by.platform,
            source=by.source,
            role="assistant" if parent and parent.role == "prompter" else "prompter",
            text=text.text,
            lang=task.lang,
            depth=parent.depth + 1 if parent else 0,
            digest=text.digest,
            created_at=now,
        )

    def _gold(
        self,
        session: Session,
        task: TaskRow,
        item: WorkItemRow,
        labels: Mapping[str, float],
        by: TaskTaker,
        now: datetime,
        answer: dict[str, Any],
    ) -> SubmittedTask:
        known: dict[str, Any] = item.gold or {}
        right = is_right(known["labels"], labels)
        labeler = session.get(LabelerRow, task.person_id) or LabelerRow(person_id=task.person_id)
        labeler.gold_seen += 1
        labeler.gold_right += right
        session.add(labeler)
        self._count(session, task, {} if right else {"gold_failed": 1})
        self._finish(session, task, by, now, {**answer, "right": right}, None)
        seen, _ = queue.gold(session, task.person_id, task.kind, task.lang)
        if seen > self.keeper.rules.gold_first:
            return SubmittedTask(task, None, "")
        return SubmittedTask(task, None, "", right, str(known.get("why", "")))

    def _finish(
        self, session: Session, task: TaskRow, by: TaskTaker, now: datetime, answer: dict[str, Any], tree_id: str | None
    ) -> SubmittedTask:
        """Mark a task as done, once: if two answers come at the same time, the second one changes nothing."""
        won = (
            update(TaskRow)
            .where(col(TaskRow.id) == task.id, col(TaskRow.state).in_(UNANSWERED))
            .values(state="done", done_at=now)
        )
        session.flush()
        if session.connection().execute(won).rowcount != 1:
            raise UserError("task-done")
        session.refresh(task, ["state", "done_at"])
        task.answer = {**answer, "counted": task.answer.get("counted", {})}
        task.draft, task.writing, task.source = "", False, by.source
        session.flush()
        tallies.worked(session, task.person_id, now.date())
        state = self.keeper.settle(session, tree_id, now) if tree_id else ""
        return SubmittedTask(task, task.message_id, state or "")

    def _count(self, session: Session, task: TaskRow, counts: Mapping[str, float]) -> None:
        """Count work, and note it in the task so that it can be taken back."""
        add(session, task.person_id, task.community_id, task.lang, counts)
        before: dict[str, float] = task.answer.get("counted", {})
        summed = {name: before.get(name, 0) + counts.get(name, 0) for name in {*before, *counts}}
        task.answer = {**task.answer, "counted": summed}

    def _uncount(self, session: Session, task: TaskRow) -> None:
        counted: dict[str, float] = task.answer.get("counted", {})
        add(session, task.person_id, task.community_id, task.lang, {name: -number for name, number in counted.items()})

    def _count_places(self, session: Session, lang: str, best: Sequence[TreeMessageRow], sign: int) -> None:
        """Count for the authors where this one ranking placed their replies."""
        for name, message in zip(PLACES, best, strict=False):
            if message.person_id:
                add(session, message.person_id, message.community_id, lang, {name: sign})

    def _undo_text(self, session: Session, task: TaskRow) -> None:
        if task.answer.get("ended"):
            item = session.get_one(WorkItemRow, task.item_id)
            session.get_one(TreeMessageRow, item.message_id).ended = False
            return
        ids = list(
            session.scalars(
                select(col(TreeMessageRow.id)).where(
                    (col(TreeMessageRow.id) == task.message_id)
                    | (
                        (col(TreeMessageRow.parent_id) == task.message_id)
                        & (col(TreeMessageRow.person_id) == task.person_id)
                    )
                )
            )
        )
        if self._built_on(session, ids, task.person_id):
            raise UserError("undo-built")
        row = session.get_one(TreeMessageRow, task.message_id)
        tree_id, is_root = row.tree_id, row.parent_id is None
        task.message_id = None
        session.flush()
        items = select(col(WorkItemRow.id)).where(col(WorkItemRow.message_id).in_(ids))
        session.execute(delete(TaskRow).where(col(TaskRow.item_id).in_(items)))
        session.execute(delete(WorkItemRow).where(col(WorkItemRow.message_id).in_(ids)))
        for table in (TextBandRow, FlagRow):
            session.execute(delete(table).where(col(table.message_id).in_(ids)))
        for id in sorted(ids, key=lambda one: one == row.id):
            session.execute(delete(TreeMessageRow).where(col(TreeMessageRow.id) == id))
        if is_root:
            session.execute(delete(TreeRow).where(col(TreeRow.id) == tree_id))
        session.expire_all()

    def _built_on(self, session: Session, ids: Sequence[str], person_id: str) -> bool:
        """Return whether anybody has reviewed, reported, edited or replied to these messages, or is about to."""
        reviews = select(func.count()).select_from(ReviewRow).where(col(ReviewRow.message_id).in_(ids))
        replies = (
            select(func.count())
            .select_from(TreeMessageRow)
            .where(col(TreeMessageRow.parent_id).in_(ids), col(TreeMessageRow.id).not_in(ids))
        )
        held = (
            select(func.count())
            .select_from(TaskRow)
            .join(WorkItemRow, col(WorkItemRow.id) == col(TaskRow.item_id))
            .where(col(WorkItemRow.message_id).in_(ids), col(TaskRow.state).in_(("leased", "expired", "done")))
        )
        # The author's own report does not count: that is how a text is held back.
        flags = select(func.count()).where(col(FlagRow.message_id).in_(ids), col(FlagRow.person_id) != person_id)
        edits = select(func.count()).where(col(RevisionRow.message_id).in_(ids))
        return any(session.scalars(found).one() for found in (reviews, replies, held, flags, edits))

    def _undo_label(self, session: Session, task: TaskRow) -> None:
        item = session.get_one(WorkItemRow, task.item_id)
        if item.gold is not None:
            labeler = session.get_one(LabelerRow, task.person_id)
            labeler.gold_seen -= 1
            labeler.gold_right -= bool(task.answer.get("right"))
            return
        message = session.get_one(TreeMessageRow, item.message_id)
        tree = session.get_one(TreeRow, message.tree_id, with_for_update=True)
        review = session.get(ReviewRow, (task.person_id, message.id))
        decided = self.keeper.decided_by(session, message)
        if review in decided:
            self._undecide(session, tree, message, decided)
        if review:
            session.delete(review)
        session.flush()

    def _undecide(self, session: Session, tree: TreeRow, message: TreeMessageRow, decided: Sequence[ReviewRow]) -> None:
        """Take back the decision on a message, if nothing has followed from it yet. Else raises UserError."""
        replies = select(func.count()).select_from(TreeMessageRow).where(col(TreeMessageRow.parent_id) == message.id)
        below = select(col(TreeMessageRow.id)).where(col(TreeMessageRow.tree_id) == tree.id)
        rankings = select(func.count()).select_from(RankingRow).where(col(RankingRow.parent_id).in_(below))
        followed = message.review_result and session.scalars(replies).one()
        moved_on = tree.state not in TAKES_REPLIES and message.parent_id is not None
        if followed or moved_on or session.scalars(rankings).one():
            raise UserError("undo-built")
        limits, root = limits_of(tree), message.parent_id is None
        threshold = limits.acceptance_threshold_initial_prompt if root else limits.acceptance_threshold_reply
        self.keeper.count_decision(session, tree, message, decided, threshold, -1)
        message.review_result, message.extra = None, 0
        tree.state = "initial_prompt_review" if root else "growing"

    def _undo_ranking(self, session: Session, task: TaskRow) -> None:
        item = session.get_one(WorkItemRow, task.item_id)
        parent = session.get_one(TreeMessageRow, item.message_id)
        tree = session.get_one(TreeRow, parent.tree_id, with_for_update=True)
        if tree.state == "ready_for_export":
            self.keeper.unscore(session, tree)
        ranked = session.get_one(RankingRow, (task.person_id, parent.id))
        found = select(TreeMessageRow).where(col(TreeMessageRow.id).in_(ranked.shown))
        messages = {message.id: message for message in session.scalars(found)}
        for message in messages.values():
            message.ranking_count = max(message.ranking_count - 1, 0)
        if not ranked.not_rankable:
            best = [messages[group[0]] for group in ranked.groups if len(group) == 1 and group[0] in messages]
            self._count_places(session, task.lang, best, -1)
        session.delete(ranked)
        session.flush()

    def _settle_of(self, session: Session, task: TaskRow, now: datetime) -> None:
        session.flush()
        item = session.get(WorkItemRow, task.item_id) if task.item_id else None
        if item is not None and item.tree_id:
            self.keeper.settle(session, item.tree_id, now)


def flag(
    session: Session,
    person_id: str,
    message_id: str,
    community_id: str | None,
    labels: Sequence[str],
    comment: str,
    source: str,
    now: datetime,
) -> None:
    """Ask moderators to look at a message. Each person has one report per message; a later one replaces it."""
    session.merge(
        FlagRow(
            person_id=person_id,
            message_id=message_id,
            community_id=community_id,
            labels=list(labels),
            comment=comment,
            source=source,
            at=now,
        )
    )
    session.flush()


def seconds(task: TaskRow, now: datetime) -> float:
    """Return how many seconds a person took for a task."""
    return round(max((now - task.given_at).total_seconds(), 0.0), 1)


def is_right(known: Mapping[str, float], given: Mapping[str, float]) -> bool:
    """Return whether labels agree with the known ones, as far as they were given."""
    said = {**dict.fromkeys(SAID_BY_SILENCE, 0.0), **given}
    return all(abs(value - said[name]) < NEAR for name, value in known.items() if name in said)
