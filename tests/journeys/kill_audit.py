"""Checks after many kills of the program: every accepted event took effect once, and all totals are right."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import create_engine, func
from sqlmodel import Session, col, select

from core.labeling.rules.defaults import LabelingRules
from core.labeling.rules.vocabulary import ACTIVE, BOTH, LABELS, RANKS
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.messages import UNDERWAY, Press
from core.messages import Message as Said
from core.store.inbox_table import InboxRow
from core.store.labeling_tables import (
    LabelerRow,
    RankingRow,
    ReviewRow,
    TallyRow,
    TaskRow,
    TreeMessageRow,
    TreeRow,
    WorkItemRow,
)
from core.store.tables import AccountRow, ConsentRow, MessageRow, PostRow, now
from core.texts import LocalizedTexts
from tests.core.test_texts import LOCALES
from tests.journeys.kill_course import Course
from tests.journeys.kill_journal import Handed, PlatformJournal
from tests.journeys.kill_sums import summed

TEXTS = LocalizedTexts(LOCALES)
NEARLY = 1e-6
TELLS = frozenset({"because", "on", "form-report", "hold"})
"""The reports that moderators get."""


@dataclass(slots=True)
class Audit:
    """Compares the journal of a platform with the database. `wrong` lists everything that is not as it should be."""

    journal: PlatformJournal
    session: Session
    keyed: frozenset[str]
    rules: LabelingRules
    agreed: AbstractSet[str]
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, TaskRow] = field(default_factory=dict)

    def run(self) -> None:
        """Look at everything."""
        session = self.session
        self.tasks = {task.id: task for task in session.exec(select(TaskRow)).all()}
        for key in session.exec(select(PostRow.key).where(col(PostRow.key).endswith("#error"))).all():
            # If it was perhaps never sent, nobody has seen it.
            self.refused[key.removesuffix("#error")] = self.journal.notes.get(key, "")
        self._events()
        self._courses()
        self._questions()
        self._contributions()
        self._consents()
        self._rows()
        self._slots()
        self._sums()
        self._trees()

    def _say(self, what: str) -> None:
        self.wrong.append(what)

    def _events(self) -> None:
        """Every event was taken, once, and nothing is left open or went wrong."""
        states = dict(self.session.exec(select(InboxRow.key, InboxRow.state)).all())
        self.counts["delivered again"] = self.journal.again
        for key, one in self.journal.events.items():
            self.counts["events"] += 1
            self.counts["accepted"] += one.accepted
            if states.get(key) != "done":
                self._say(f"{key} ({one.verb}) is {states.get(key, 'not in the inbox')}, accepted: {one.accepted}")
        for key in set(states) - set(self.journal.events):
            self._say(f"{key} is in the inbox, and nobody handed it in")
        internal = TEXTS("en", "internal-error")
        for key, said in self.refused.items():
            if said == internal:
                self._say(f"{key} ({self.journal.events[key].verb}): internal error")
        for key in self.journal.stuck:
            self._say(f"{key}: nothing came of it for long")
        for key, number in self.journal.sends.items():
            if number > 1 and key.partition(":")[0] not in self.keyed:
                self._say(f"{key} was sent {number} times where nobody can know of the first")

    def _courses(self) -> None:
        """Each task is as its person left it."""
        accounts = self.session.exec(select(AccountRow)).all()
        person = {(account.platform, account.name): account.person_id for account in accounts}
        by_task: dict[str, list[Handed]] = defaultdict(list)
        by_vote = {(task.person_id, task.item_id): task.id for task in self.tasks.values()}
        for one in self.journal.events.values():
            task_id = one.about
            if isinstance(one.event, Press) and one.event.action.startswith("v:"):
                whose = person.get((one.event.place.platform, one.who), "")
                task_id = by_vote.get((whose, one.about), "")
                self.counts["votes"] += one.event.key not in self.refused
                if not task_id and one.event.key not in self.refused:
                    self._say(f"{one.event.key}: the vote {one.event.action} is not there")
            if task_id:
                by_task[task_id].append(one)
        for task_id, done in by_task.items():
            self._course(task_id, done)
        for task in self.tasks.values():
            if task.state == "done" and task.id not in by_task:
                self._say(f"task {task.id} is done, and nobody did it")

    def _course(self, task_id: str, done: Sequence[Handed]) -> None:
        task = self.tasks.get(task_id)
        forms = done[0].event.place.platform in self.keyed
        course = Course(task.kind if task else "", task.shown if task else (), forms)
        # Votes are in a lane of their own, and may overtake.
        voted = any(isinstance(one.event, Press) and one.event.action.startswith("v:") for one in done)
        steps = []
        for one in done:
            refused = self.refused.get(one.event.key)
            steps.append(f"{one.event.key.partition('-')[2]}:{one.verb}{one.argument}{'!' if refused else ''}")
            if refused is None:
                course.take(one)
            else:
                self._refusal(one, course, refused, task, voted=voted)
        told = f"{task.kind if task else '?'} {task_id} of {done[0].who} on {done[0].event.place.platform}: {steps}"
        if task is None:
            # It was put off and may come back; taken up again after that, "later" finds nothing.
            if course.answers and "later" not in {one.verb for one in done}:
                self._say(f"was {course.state} and is gone: {told}")
            return
        self.counts["answers"] += course.answers
        self.counts["taken back"] += sum(one.verb == "undo" and one.event.key not in self.refused for one in done)
        self.counts[f"{course.state} {task.kind}"] += 1
        expected = {"leased", "expired", "author"} if course.state == "leased" else {course.state}
        if task.state not in expected:
            self._say(f"is {task.state} and should be {course.state}: {told}")
        elif course.state == "done":
            self._answer(task, course, told)
        for one in done:
            if one.verb in TELLS and one.event.key not in self.refused and one.event.place.platform in self.keyed:
                reported = task.item_id or one.verb == "hold"
                if reported and f"{one.event.key}#moderate" not in self.journal.notes and not self._is_gold(task):
                    self._say(f"moderators were not told of {one.event.key}: {told}")

    def _refusal(self, one: Handed, course: Course, said: str, task: TaskRow | None, *, voted: bool) -> None:
        """If a person's action was refused, the reason that they were given must be true."""
        why = next((key for key in REFUSALS if TEXTS("en", key) == said), said)
        if not said:
            return
        self.counts[f"refused: {why}"] += 1
        true = {
            "task-done": course.state == "done" or voted,
            "task-gone": course.state in ("skipped", "later"),
            "task-text-empty": not any(course.texts()),
            "undo-late": course.state != "done" or (task is not None and _given_again(task)),
            "undo-built": course.state == "done",
            "together-voted": course.state == "done",
            "together-own": task is not None and task.state == "author",
            "together-closed": True,
            "task-tree-closed": self._is_closed(task),
            "button-outdated": False,
        }
        if why not in true or (task is not None and not true[why]):
            self._say(f"{one.event.key} ({one.verb}) was told {why!r}, and the task was {course.state}")

    def _is_closed(self, task: TaskRow | None) -> bool:
        item = self.session.get(WorkItemRow, task.item_id) if task and task.item_id else None
        tree = self.session.get(TreeRow, item.tree_id) if item and item.tree_id else None
        return tree is not None and tree.state not in ("growing", "ranking")

    def _is_gold(self, task: TaskRow) -> bool:
        item = self.session.get(WorkItemRow, task.item_id) if task.item_id else None
        return item is not None and item.gold is not None

    def _answer(self, task: TaskRow, course: Course, told: str) -> None:
        """The row of an answer says what its person said."""
        if task.answer.event != course.key:
            self._say(f"was answered by {task.answer.event} and should be by {course.key}: {told}")
        if task.kind in LABELS:
            labels, mode = course.said
            if self._is_gold(task):
                given = task.answer.labeling
                kept = [(dict(given.labels), str(given.mode))]
            else:
                rows = self.session.exec(select(ReviewRow).where(ReviewRow.task_id == task.id)).all()
                kept = [(one.labels, str(one.mode)) for one in rows]
            if kept != [(labels, mode)]:
                self._say(f"says {kept} and should say {course.said}: {told}")
        elif task.kind in RANKS:
            rows_ = self.session.exec(select(RankingRow).where(RankingRow.task_id == task.id)).all()
            meant = [[task.shown[number] for number in group] for group in course.said]
            if [one.groups for one in rows_] != [meant]:
                self._say(f"ranks {[one.groups for one in rows_]} and should {meant}: {told}")
        elif course.said is None:
            item = self.session.get_one(WorkItemRow, task.item_id)
            if not self.session.get_one(TreeMessageRow, item.message_id).ended:
                self._say(f"did not end: {told}")
        else:
            self._text(task, course, told)

    def _text(self, task: TaskRow, course: Course, told: str) -> None:
        message = self.session.get(TreeMessageRow, task.message_id) if task.message_id else None
        if message is None:
            self._say(f"has no message: {told}")
            return
        below = select(TreeMessageRow.text).where(TreeMessageRow.parent_id == message.id)
        own = below.where(TreeMessageRow.person_id == task.person_id, TreeMessageRow.created_at == message.created_at)
        replies = self.session.exec(own).all() if task.kind == BOTH else []
        if [message.text, *replies] != course.said:
            self._say(f"reads {[message.text, *replies]} and should {course.said}: {told}")

    def _done(self, start: str) -> list[Handed]:
        """The presses of a kind of button that were not refused."""
        return [
            one
            for key, one in self.journal.events.items()
            if key not in self.refused and isinstance(one.event, Press) and one.event.action.startswith(start)
        ]

    def _questions(self) -> None:
        """Every question to the assistant is there once, and was answered."""
        messages = self.session.exec(select(MessageRow)).all()
        by_id = Counter(message.platform_id for message in messages)
        ended = {message.parent_id for message in messages if message.state not in (*UNDERWAY, "manual")}
        answered = {message.platform_id for message in messages if message.id in ended}
        for key, one in self.journal.events.items():
            if not isinstance(one.event, Said) or one.about or key in self.refused:
                continue
            self.counts["questions"] += 1
            if by_id[one.event.id] != 1 or one.event.id not in answered:
                self._say(f"the question {key} is there {by_id[one.event.id]} times, or has no answer")

    def _contributions(self) -> None:
        """Every conversation that was contributed became a tree, as far as it was finished."""
        parents = dict(self.session.exec(select(MessageRow.id, MessageRow.parent_id)).all())
        for one in self._done("contribute:"):
            self.counts["contributions"] += 1
            at: str | None = getattr(one.event, "action", "").partition(":")[2]
            while at and self.session.get(TreeMessageRow, at) is None:
                at = parents.get(at)
            if not at:
                self._say(f"nothing was contributed by {one.event.key}")

    def _consents(self) -> None:
        """Everybody has agreed to the terms once, however often they said so."""
        agreed = {*self.agreed, *(one.who for one in self._done("consent:"))}
        names = {account.person_id: account.name for account in self.session.exec(select(AccountRow)).all()}
        consents = sorted(names[id] for id in self.session.exec(select(ConsentRow.person_id)).all())
        if consents != sorted(agreed):
            self._say(f"consents: {consents} are kept, and {agreed} were given")

    def _rows(self) -> None:
        """Whatever was said belongs to a task that is done, and whatever is done has been said."""
        of_items = {item.id: item for item in self.session.exec(select(WorkItemRow)).all()}
        said: Counter[str] = Counter()
        for table in (ReviewRow, RankingRow):
            said.update(self.session.exec(select(table.task_id)).all())  # type: ignore[arg-type]
        said.update(task.message_id for task in self.tasks.values() if task.message_id)
        for task in self.tasks.values():
            item = of_items.get(task.item_id or "")
            own = task.message_id if task.message_id else task.id
            rows = 1 if task.state == "done" and not (item and item.gold) and not task.answer.writing.ended else 0
            if (said[own] if own else 0) != rows:
                self._say(f"task {task.id} ({task.kind}, {task.state}) has {said[own]} rows and should have {rows}")
        written = select(TreeMessageRow).where(col(TreeMessageRow.person_id).is_not(None))
        for message in self.session.exec(written).all():
            of_parent = said[message.parent_id or ""]
            given = self.session.get(MessageRow, message.id) is not None
            if not given and said[message.id] + (of_parent if not said[message.id] else 0) != 1:
                self._say(f"message {message.id} was written in {said[message.id]} tasks")

    def _slots(self) -> None:
        """Slots that are taken are those that are leased or done, and there are never more than are needed."""
        held = Counter(task.item_id for task in self.tasks.values() if task.state in ("leased", "done"))
        for item in self.session.exec(select(WorkItemRow).where(col(WorkItemRow.gold).is_(None))).all():
            if item.taken != held[item.id] or item.taken > item.need or item.open != (item.taken < item.need):
                self._say(f"item {item.id} ({item.kind}): {item.taken} of {item.need}, {held[item.id]}, {item.open}")

    def _sums(self) -> None:
        """Tallies are what the rows say."""
        sums = select(TallyRow.person_id, TallyRow.name, func.sum(TallyRow.value))
        rows = self.session.exec(sums.group_by(col(TallyRow.person_id), col(TallyRow.name))).all()
        counted = {(person_id, name): value for person_id, name, value in rows}
        expected = summed(self.session, TreeLifecycle(self.rules))
        for key in sorted(counted.keys() | expected.keys()):
            if abs(counted.get(key, 0.0) - expected.get(key, 0.0)) > NEARLY:
                self._say(f"tally {key} is {counted.get(key)} and should be {expected.get(key)}")
        golden = [task for task in self.tasks.values() if task.state == "done" and self._is_gold(task)]
        for labeler in self.session.exec(select(LabelerRow)).all():
            mine = [bool(task.answer.labeling.right) for task in golden if task.person_id == labeler.person_id]
            if (labeler.gold_seen, labeler.gold_right) != (len(mine), sum(mine)):
                self._say(f"gold of {labeler.person_id}: {labeler.gold_right} of {labeler.gold_seen}, and {mine}")

    def _trees(self) -> None:
        """No tree waits for something that never comes: looking at it once more changes nothing."""
        keeper = TreeLifecycle(self.rules)
        for tree in self.session.exec(select(TreeRow)).all():
            self.counts[f"tree {tree.state}"] += 1
            if tree.stale:
                self._say(f"tree {tree.id} is stale")
            before = self._picture(tree)
            keeper.settle(self.session, tree.id, tree.changed_at)
            self.session.flush()
            after = self._picture(tree)
            if after != before:
                self._say(f"tree {tree.id} was not settled: {before} / {after}")
            open_ = select(func.count()).where(WorkItemRow.tree_id == tree.id, col(WorkItemRow.open))
            held = (
                select(func.count())
                .join(WorkItemRow, col(WorkItemRow.id) == col(TaskRow.item_id))
                .where(WorkItemRow.tree_id == tree.id, TaskRow.state == "leased")
            )
            waits = self.session.exec(open_).one() + self.session.exec(held.select_from(TaskRow)).one()
            if tree.state in ACTIVE and not waits:
                self._say(f"tree {tree.id} is stuck in {tree.state}")
            if tree.state == "prompt_lottery_waiting" and keeper.draw(self.session, tree.pool, tree.lang, now()):
                self._say(f"tree {tree.id} was not drawn, though there is room")
            if tree.state not in STATES:
                self._say(f"tree {tree.id} is in {tree.state}")

    def _picture(self, tree: TreeRow) -> Any:
        items = select(WorkItemRow).where(WorkItemRow.tree_id == tree.id).order_by(col(WorkItemRow.id))
        messages = select(TreeMessageRow).where(TreeMessageRow.tree_id == tree.id).order_by(col(TreeMessageRow.id))
        ranked = Counter(id for one in self.session.exec(select(RankingRow)).all() for id in one.shown)
        return (
            tree.state,
            [(one.id, one.need, one.taken, one.open, one.prio) for one in self.session.exec(items).all()],
            [
                (one.id, one.review_result, one.review_count, one.extra, one.rank, one.ranking_count - ranked[one.id])
                for one in self.session.exec(messages).all()
            ],
        )


REFUSALS = (
    "internal-error",
    "task-done",
    "task-gone",
    "task-not-yours",
    "task-text-empty",
    "task-text-again",
    "task-tree-closed",
    "task-message-gone",
    "undo-late",
    "undo-built",
    "button-outdated",
    "together-voted",
    "together-own",
    "together-closed",
    "together-terms",
)
STATES = frozenset({*ACTIVE, "prompt_lottery_waiting", "ready_for_export", "aborted_low_grade", "halted_by_moderator"})
"""Those that trees may be left in; a contributed or imported one has no other."""


def audit(
    journal: PlatformJournal, database: str, keyed: frozenset[str], rules: LabelingRules, agreed: AbstractSet[str]
) -> Audit:
    """Check a journal and its database, and change nothing.

    `keyed` are the platforms that know keys, and have forms; `agreed` who had agreed to the terms from the beginning.
    """
    engine = create_engine(database)
    with Session(engine) as session:
        found = Audit(journal, session, keyed, rules, agreed)
        found.run()
        session.rollback()
    engine.dispose()
    return found


def _given_again(task: TaskRow) -> bool:
    """Whether it is practice that its person has been given again since, of which only the last can be undone."""
    return task.kind in LABELS and task.item_id is None
