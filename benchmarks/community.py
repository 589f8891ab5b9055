"""A simulated community: honest, sloppy and hostile people carry trees from their prompts to an export.

`python -m benchmarks.community --people 30` (or 1000, 50000). Everything that people say is drawn from the seed, and
the time is simulated. Each text has a quality that nobody sees; the export is compared with it.
"""

import argparse
import asyncio
import heapq
import json
import logging
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, Literal

import structlog
from sqlmodel import Session, col, func, select

from benchmarks.null_chat import NullChat
from bots.web.capabilities import CAPABILITIES
from bots.web.page_state import PLATFORM, place_of
from config import texts
from config.gold import GoldItem, gold
from config.guidelines import guidelines
from config.languages import data_language, languages
from core.dataset.export.consent import ExportSwitches
from core.dataset.export.exporter import export
from core.dataset.export.options import ExportOptions
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.background.periodic import LabelingClock
from core.labeling.chat.task_session import TaskSession
from core.labeling.chat.tasks_command import TasksCommand
from core.labeling.rules import similarity
from core.labeling.rules.annotator_model import doubtful
from core.labeling.rules.defaults import LabelingRules
from core.labeling.rules.review_modes import quick
from core.labeling.rules.vocabulary import KINDS, LABELS, RANDOM, RANKS, TERMINAL, WAITING, WRITES, TaskRequest
from core.labeling.service import task_contents
from core.labeling.service.answer_undo import AnswerUndo
from core.labeling.service.assignment import NoTask, TaskAssigner, TaskPerson
from core.labeling.service.gold_items import plant
from core.labeling.service.held_task import HeldTask, held
from core.labeling.service.message_reports import report
from core.labeling.service.new_texts import CleanText
from core.labeling.service.reliability import verdict
from core.labeling.service.submissions import TaskSubmissions
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.messages import AnyEvent, Form, Invocation, Place, Press, Reply, Submission, User
from core.models.scripted import ScriptedModel
from core.ports.chat import ChatCapabilities
from core.router import Router
from core.store import identities, people
from core.store.engine.database import Database, connect
from core.store.engine.migrate import migrate
from core.store.labeling_queue import TaskTaker
from core.store.labeling_tables import FlagRow, LabelerRow, TaskRow, TreeMessageRow, TreeRow, WorkItemRow
from core.store.tables import PersonRow
from core.texts import LocalizedTexts
from tests.core.building import RULES, core_over

Kind = Literal["honest", "sloppy", "hostile", "colluding"]
"""Hostile people spoil what they can. Colluding ones praise each other's texts and call all others bad."""

SEES_WELL = (0.85, 0.9)
SIGHT: Mapping[Kind, tuple[float, float]] = {
    "honest": SEES_WELL,
    "sloppy": (0.6, 0.65),
    "hostile": SEES_WELL,
    "colluding": SEES_WELL,
}
"""How often somebody judges correctly whether a text may stay. Hostile people see as well as others, but lie."""

SKILL: Mapping[Kind, float] = {"honest": 0.0, "sloppy": -0.5, "hostile": 0.0, "colluding": -0.5}
"""How good people's texts are on average; those of hostile people are spam."""

NOISE = 0.5
"""How far people misjudge a text's quality; texts themselves differ by about 1.2 (both are standard deviations)."""

LOOKS = 0.3
"""How often a sloppy person looks before they rank; they are right in about 62 of 100 pairs."""

AGREED, THRESHOLDS = 0.75, (0.5, 2 / 3, 0.75, 0.9)
"""The share of honest people who must put one answer first to count as agreement; other shares are shown, too."""

ASKED = 100
"""Honest people who are asked for their opinion, if there are more of them."""

SIDES = ("chosen", "rejected")
SESSION, WISHES = 12, 0.05
"""Tasks that somebody does before they leave, and how often they begin with a text that they want to write."""

START = datetime(2026, 3, 2, tzinfo=UTC)
TICK = timedelta(minutes=10)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
TERMS = RULES.terms.version
CODE = re.compile(r"zq[a-z]{6}")


@dataclass(slots=True)
class SimulatedLabeler:
    """A simulated person: their character, their last text, and the task that they see."""

    number: int
    kind: Kind
    sight: float
    skill: float
    dice: Random
    noise: float = NOISE
    last: str = ""
    shown_task: "SeenTask | None" = None
    left: int = 0


@dataclass(frozen=True, slots=True)
class TextTruth:
    """The truth about a text."""

    author: int
    quality: float
    spam: bool


@dataclass(frozen=True, slots=True)
class SeenTask:
    """A task as somebody sees it: the code of what is to be judged, or the answers to be ranked, in the order shown.

    `known` holds the right answers for a gold item; `card` is the message that shows the task.
    """

    id: str
    kind: str
    code: str = ""
    shown: tuple[str, ...] = ()
    known: Mapping[str, float] | None = None
    card: str = ""


@dataclass(frozen=True, slots=True)
class TaskAction:
    """An action on a task: press a button, or with `order` give a ranking, or with `text` write a text."""

    verb: str
    order: tuple[str, ...] = ()
    text: str = ""


@dataclass(slots=True)
class Crowd:
    """The people, the truth, and what each of them says, which is always the same for the same text."""

    seed: int
    labelers: Sequence[SimulatedLabeler]
    truths: dict[str, TextTruth] = field(default_factory=dict)

    def text(self, labeler: SimulatedLabeler) -> str:
        """Return a new text: spam from hostile people; others write as well as they can, which varies."""
        if labeler.kind == "hostile" and labeler.last and labeler.dice.random() < 0.2:
            return labeler.last
        number, letters = len(self.truths), ""
        for _ in range(6):
            number, letter = divmod(number, 26)
            letters = chr(ord("a") + letter) + letters
        spam = labeler.kind == "hostile"
        quality = labeler.dice.gauss(-2.5 if spam else labeler.skill, 0.5 if spam else 1)
        self.truths[f"zq{letters}"] = TextTruth(labeler.number, quality, spam)
        said = " ".join(labeler.dice.choices(words(), k=14))
        labeler.last = f"zq{letters} {'buy cheap pills ' if spam else ''}{said}."
        return labeler.last

    def seen(self, labeler: SimulatedLabeler, code: str) -> float:
        """Return how good a text seems to somebody."""
        return self.truths[code].quality + self._of(labeler, code).gauss(0, labeler.noise)

    def stays(self, labeler: SimulatedLabeler, code: str, truth: bool) -> bool:
        """Whether somebody says that a text may stay."""
        right = self._of(labeler, f"{code} stays").random() < labeler.sight
        return (truth == right) != (labeler.kind == "hostile")

    def order(self, labeler: SimulatedLabeler, codes: Sequence[str]) -> tuple[str, ...]:
        """Return somebody's ranking of texts."""
        careless = self._of(labeler, "".join(sorted(codes)))
        if labeler.kind == "sloppy" and careless.random() > LOOKS:
            return tuple(careless.sample(sorted(codes), len(codes)))
        if labeler.kind == "colluding":
            return tuple(sorted(codes, key=lambda code: (not self.among_friends(code), self.seen(labeler, code))))
        return tuple(sorted(codes, key=lambda code: self.seen(labeler, code), reverse=labeler.kind != "hostile"))

    def among_friends(self, code: str) -> bool:
        """Whether a text is by one of those who collude."""
        return self.labelers[self.truths[code].author].kind == "colluding"

    def action(self, labeler: SimulatedLabeler, shown_task: SeenTask) -> TaskAction:
        """Return what somebody does with a task that they have looked at."""
        dice, hostile = labeler.dice.random(), labeler.kind == "hostile"
        if dice < (0.15 if hostile else 0.02):
            return TaskAction("skip")
        if dice > 0.97 and not hostile:
            return TaskAction("later")
        if shown_task.kind in RANKS:
            return TaskAction("r", order=self.order(labeler, shown_task.shown))
        if shown_task.kind in WRITES:
            ends = shown_task.kind == "prompter_reply" and labeler.dice.random() < (0.3 if hostile else 0.05)
            return TaskAction("end") if ends else TaskAction("write", text=self.text(labeler))
        return TaskAction(self._judged(labeler, shown_task))

    def reports(self, labeler: SimulatedLabeler, shown_task: SeenTask) -> bool:
        """Whether somebody reports what they see: honest people report spam, hostile people report good texts."""
        written = self.truths.get(shown_task.code)
        if written is None or labeler.kind == "sloppy" or labeler.dice.random() > 0.2:
            return False
        if labeler.kind == "colluding":
            return not self.among_friends(shown_task.code) and labeler.dice.random() < 0.25
        return not self.stays(labeler, shown_task.code, not written.spam)

    def _judged(self, labeler: SimulatedLabeler, shown_task: SeenTask) -> str:
        if shown_task.known is not None:
            stays = self.stays(labeler, shown_task.id, verdict(shown_task.known) == "good")
            return "ok" if stays else "foreign" if shown_task.known.get("lang_mismatch") else "spam"
        if labeler.kind == "colluding":
            return "good" if self.among_friends(shown_task.code) else "bad"
        if not self.stays(labeler, shown_task.code, not self.truths[shown_task.code].spam):
            return "spam"
        seen = self.seen(labeler, shown_task.code)
        return "good" if seen > 0.3 else "ok" if seen > -0.7 else "bad"

    def _of(self, labeler: SimulatedLabeler, what: str) -> Random:
        return Random(f"{self.seed}/{labeler.number}/{what}")


@dataclass(slots=True)
class HeadlessWeb(NullChat):
    """A web surface without pages: keeps the last result of each event until somebody has read it."""

    capabilities: ChatCapabilities = CAPABILITIES
    came: dict[str, tuple[str, Reply | Form]] = field(default_factory=dict)
    waiting: "dict[str, asyncio.Future[None]]" = field(default_factory=dict)

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        id = reply.replaces or key
        if cause and (cause.key not in self.came or not key.endswith("#error")):
            self.came[cause.key] = id, reply
        return id

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        self.came[cause.key] = "", form

    async def done(self, event: AnyEvent) -> None:
        self.waiting.pop(event.key).set_result(None)


@dataclass(slots=True)
class ByEvents:
    """People who read cards and press buttons: every step is an event that the router takes from the web's port."""

    router: Router
    page: HeadlessWeb
    now: Callable[[], datetime]
    titles: Mapping[str, str]
    events: int = 0
    _met: set[int] = field(default_factory=set)

    async def ask(self, labeler: SimulatedLabeler, kind: str) -> SeenTask | None:
        shown_task = await self._types(labeler, kind)
        if labeler.number in self._met:
            return shown_task
        self._met.add(labeler.number)
        await self._press(labeler, f"consent:{TERMS}:", "")
        return await self._types(labeler, kind)

    async def do(self, labeler: SimulatedLabeler, shown_task: SeenTask, action: TaskAction) -> SeenTask | None:
        if action.text:
            return await self._write(labeler, shown_task, action.text)
        if not action.order:
            return await self._press(labeler, f"t:{shown_task.id}:{action.verb}", shown_task.card)
        following: SeenTask | None = shown_task
        for code in action.order[:-1]:
            place = shown_task.shown.index(code)
            following = await self._press(labeler, f"t:{shown_task.id}:r:{place}", shown_task.card)
        return following

    async def report(self, labeler: SimulatedLabeler, shown_task: SeenTask) -> None:
        report = {"message": "question", "labels": "spam", "comment": ""}
        await self._submit(labeler, f"t:{shown_task.id}:report", shown_task.card, **report)

    async def undo(self, labeler: SimulatedLabeler, shown_task: SeenTask) -> SeenTask | None:
        return await self._press(labeler, f"t:{shown_task.id}:undo", shown_task.card)

    async def _write(self, labeler: SimulatedLabeler, shown_task: SeenTask, text: str) -> SeenTask | None:
        await self._press(labeler, f"t:{shown_task.id}:write", shown_task.card)
        shown = await self._submit(labeler, f"t:{shown_task.id}:text", shown_task.card, text=text)
        if shown and shown.id == shown_task.id:
            # The form finds something odd about the text, and they send it anyway.
            return await self._press(labeler, f"t:{shown_task.id}:send", shown_task.card)
        return shown

    async def _types(self, labeler: SimulatedLabeler, kind: str) -> SeenTask | None:
        return await self._send(Invocation(**self._event(labeler), command="tasks", arguments={"kind": kind}))

    async def _press(self, labeler: SimulatedLabeler, action: str, card: str) -> SeenTask | None:
        return await self._send(Press(**self._event(labeler), action=action, id=card))

    async def _submit(self, labeler: SimulatedLabeler, form: str, card: str, **values: str) -> SeenTask | None:
        return await self._send(Submission(**self._event(labeler), form=form, id=card, values=values))

    async def _send(self, event: AnyEvent) -> SeenTask | None:
        done = self.page.waiting[event.key] = asyncio.get_running_loop().create_future()
        await self.router.handle(event)
        await done
        came = self.page.came.pop(event.key, None)
        return self._read(*came) if came and isinstance(came[1], Reply) else None

    def _read(self, card: str, reply: Any) -> SeenTask | None:
        """Return what somebody reads on a card; None if it shows no task."""
        actions = [button.action.split(":") for button in reply.buttons if button.action.startswith("t:")]
        kind = next((kind for title, kind in self.titles.items() if title in reply.text), "")
        held = [action for action in actions if action[2] != "undo"]
        if not held or not kind:
            return None
        codes, letters = CODE.findall(reply.text), sum(action[2] == "r" for action in held)
        here = (item for item in lessons() if item.kind == kind and item.conversation[-1].text in reply.text)
        item = next(here, None)
        right = item.labels if item and not codes else None
        about = codes[: len(codes) - letters]
        return SeenTask(held[0][1], kind, about[-1] if about else "", tuple(codes[len(about) :]), right, card)

    def _event(self, labeler: SimulatedLabeler) -> dict[str, Any]:
        self.events += 1
        user = User(f"u{labeler.number}", f"Somebody {labeler.number}")
        return {"key": f"{PLATFORM}:{self.events}", "place": place_of(user.id), "user": user, "at": self.now()}


@dataclass(slots=True)
class ByUnits:
    """The same people, but calling the units of work of the store that the cards lead to."""

    store: Database
    desk: TaskSession
    takers: Mapping[int, TaskTaker]
    tasks: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    async def ask(self, labeler: SimulatedLabeler, kind: TaskRequest) -> SeenTask | None:
        return await self._try(lambda session: self._next(session, labeler, kind))

    async def do(self, labeler: SimulatedLabeler, shown_task: SeenTask, action: TaskAction) -> SeenTask | None:
        self.tasks += 1

        def unit(session: Session) -> SeenTask | None:
            taker = replace(self.takers[labeler.number], at=self.desk.now())
            self._answer(session, HeldTask(held(session, shown_task.id, taker.person_id), taker), action)
            session.flush()
            return self._next(session, labeler, RANDOM)

        return await self._try(unit)

    async def report(self, labeler: SimulatedLabeler, shown_task: SeenTask) -> None:
        by, now = self.takers[labeler.number], self.desk.now()

        def unit(session: Session) -> None:
            task = session.get_one(TaskRow, shown_task.id)
            item = session.get(WorkItemRow, task.item_id) if task.item_id else None
            if item and item.message_id:
                flag = FlagRow(
                    person_id=by.person_id, message_id=item.message_id, labels=["spam"], source="form", at=now
                )
                report(session, flag)
                self.desk.answers.keeper.settle(session, item.tree_id or "", now)

        await self.store.write(unit)

    async def undo(self, labeler: SimulatedLabeler, shown_task: SeenTask) -> SeenTask | None:
        def unit(session: Session) -> SeenTask:
            person_id = self.takers[labeler.number].person_id
            return self._shown_task(
                session, AnswerUndo(self.desk.answers.keeper).undo(session, shown_task.id, person_id, self.desk.now())
            )

        return await self._try(unit)

    async def _try(self, unit: Callable[[Session], SeenTask | None]) -> SeenTask | None:
        try:
            return await self.store.write(unit)
        except UserError:
            return None

    def _answer(self, session: Session, mine: HeldTask, action: TaskAction) -> None:
        task, answers = mine.task, self.desk.answers
        if action.text:
            bands = similarity.bands(action.text) if task.kind == "initial_prompt" else ()
            answers.write(session, mine, CleanText(action.text, similarity.digest(action.text), bands))
        elif action.order:
            codes = {code_of(answer.text): answer.id for answer in task_contents.answers_of(session, task)}
            task.shown = list(codes.values())
            answers.rank(session, mine, [[codes[code]] for code in action.order if code in codes])
        elif task.kind in LABELS and action.verb not in ("skip", "later"):
            answers.label(session, mine, quick(action.verb, task.kind), "quick")
        elif action.verb == "end":
            answers.end(session, mine)
        elif action.verb == "skip":
            answers.skip(session, mine)
        else:
            answers.later(session, mine)

    def _next(self, session: Session, labeler: SimulatedLabeler, kind: TaskRequest) -> SeenTask | None:
        taker = self.takers[labeler.number]
        leased = select(TaskRow).where(TaskRow.person_id == taker.person_id, TaskRow.state == "leased")
        task: TaskRow | NoTask | None = session.exec(leased.order_by(col(TaskRow.given_at).desc())).first()
        try:
            person = TaskPerson(replace(taker, at=self.desk.now()), ("en",), ("", taker.community_id))
            task = task or self.desk.assigner.assign(session, person, kind)
        except UserError as error:
            self.refused[error.key] += 1
            return None
        if isinstance(task, TaskRow):
            return self._shown_task(session, task)
        self.refused[task.why] += 1
        return None

    def _shown_task(self, session: Session, task: TaskRow) -> SeenTask:
        item = session.get(WorkItemRow, task.item_id) if task.item_id else None
        known = item.gold["labels"] if item and item.gold else None
        about = task_contents.conversation(session, task)
        answers = task_contents.answers_of(session, task) if task.kind in RANKS else ()
        shown = tuple(code_of(answer.text) for answer in answers)
        return SeenTask(task.id, task.kind, code_of(about[-1].text) if about else "", shown, known)


def code_of(text: str) -> str:
    """Return the key under which the truth about a text is kept."""
    return str(CODE.findall(text)[0])


@cache
def lessons() -> Sequence[GoldItem]:
    """Return the items for which everybody knows the right answers."""
    return gold("en")


@cache
def said() -> LocalizedTexts:
    """Return all texts of the product."""
    return LocalizedTexts(texts.sources())


@cache
def words() -> Sequence[str]:
    """Return the words that texts are made of."""
    spoken = (word for item in lessons() for said in item.conversation for word in said.text.split())
    return sorted({word for word in spoken if word.isalpha()})


@dataclass(slots=True)
class SimulatedTime:
    """The simulated time."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody comes at a time, to do some tasks."""

    at: datetime
    labeler: SimulatedLabeler
    tasks: int


@dataclass(slots=True)
class LabelingCommunity:
    """A community over its days: the actions of people, and their times. The first `by_events` people use events."""

    crowd: Crowd
    by_events: int
    events: ByEvents
    units: ByUnits
    clock: LabelingClock
    time: SimulatedTime
    keeper: TreeLifecycle
    _plans: "list[tuple[datetime, int, SimulatedLabeler, str]]" = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    async def live(self, days: float, tasks: float) -> None:
        """Let everybody do about `tasks` tasks each in `days` days, and then let a week pass."""
        visits: list[Visit] = []
        for labeler in self.crowd.labelers:
            # A few people do most of the work, as everywhere: the mean of the draws is about 2.8.
            left = max(1, round(tasks / 2.8 * min(labeler.dice.paretovariate(1.5), 100)))
            for start in range(0, left, SESSION):
                at = START + timedelta(days=days) * labeler.dice.random()
                visits.append(Visit(at, labeler, min(SESSION, left - start)))
        await self.receive(visits)

    async def receive(self, visits: Sequence[Visit], tick: timedelta = TICK) -> None:
        """Let people come, and then let a week pass. `tick` is the time between two rounds of the clock."""
        for visit in visits:
            self._plan(visit.at, visit.labeler, f"comes {visit.tasks}")
        due = START
        while self._plans:
            at, _, labeler, what = heapq.heappop(self._plans)
            while due < at:
                self.time.at = due
                await self.clock.tick()
                due += tick
            self.time.at = at
            await self._step(labeler, what)
        for hours in (*range(1, 25), 8 * 24):
            self.time.at = due + timedelta(hours=hours)
            await self.clock.tick()

    def door(self, labeler: SimulatedLabeler) -> ByEvents | ByUnits:
        """Return the way in which somebody does tasks."""
        return self.events if labeler.number < self.by_events else self.units

    async def _step(self, labeler: SimulatedLabeler, what: str) -> None:
        if what != "answers":
            # Somebody who comes back while they are still there just stays longer.
            busy, labeler.left = labeler.left > 0, labeler.left + int(what.removeprefix("comes "))
            if busy:
                return
            wish = labeler.dice.random() < WISHES
            kind: TaskRequest = labeler.dice.choice(sorted(WRITES)) if wish else RANDOM
            labeler.left = min(labeler.left, 2) if wish else labeler.left
            labeler.shown_task = await self.door(labeler).ask(labeler, kind)
        elif labeler.shown_task:
            await self._answer(labeler, labeler.shown_task)
        self._go_on(labeler)

    async def _answer(self, labeler: SimulatedLabeler, shown_task: SeenTask) -> None:
        door, action = self.door(labeler), self.crowd.action(labeler, shown_task)
        if self.crowd.reports(labeler, shown_task):
            await door.report(labeler, shown_task)
        labeler.left -= 1
        labeler.shown_task = await door.do(labeler, shown_task, action)
        if action.verb not in ("skip", "later") and labeler.dice.random() < 0.02:
            again = await door.undo(labeler, shown_task)
            labeler.shown_task = await door.do(labeler, again, action) if again else labeler.shown_task
        if labeler.left <= 0 and labeler.shown_task and labeler.dice.random() < 0.5:
            await door.do(labeler, labeler.shown_task, TaskAction("later"))
            labeler.shown_task = None

    def _go_on(self, labeler: SimulatedLabeler) -> None:
        """Let somebody think about the task, or leave: for good, or until there may be more to do."""
        left, distracted = labeler.left, labeler.dice.random() < 0.02
        if left > 0 and labeler.shown_task:
            thinks = 2 if labeler.kind == "hostile" else labeler.dice.uniform(10, 60)
            slowly = 5 if labeler.shown_task.kind in WRITES and labeler.kind != "hostile" else 1
            self._plan(self.time.at + thinks * slowly * SECOND + distracted * 180 * MINUTE, labeler, "answers")
            return
        labeler.left, labeler.shown_task = 0, None
        if left > 0 and labeler.dice.random() < 0.8:
            self._plan(self.time.at + labeler.dice.uniform(20, 400) * MINUTE, labeler, f"comes {left}")

    def _plan(self, at: datetime, labeler: SimulatedLabeler, what: str) -> None:
        heapq.heappush(self._plans, (at, next(self._numbers), labeler, what))


async def labeling_community(store: Database, crowd: Crowd, rules: LabelingRules, by_events: int) -> LabelingCommunity:
    """Return a community over an empty database."""
    keeper, time = TreeLifecycle(rules, Random(crowd.seed)), SimulatedTime()
    words, page = said(), HeadlessWeb()
    assigner = TaskAssigner(keeper, Random(crowd.seed + 1))
    desk = TaskSession(
        assigner, TaskSubmissions(keeper), RULES.terms, languages(), data_language, guidelines(), time.now
    )
    labeling = TasksCommand(desk, unheard)
    core = core_over(store, ScriptedModel(["Yes."]), more=[labeling.feature(), labeling.menu.feature()])
    core.router.attach(PLATFORM, page)
    await store.write(lambda session: plant(session, "en", lessons()))
    units = ByUnits(store, desk, await settled(store, crowd.labelers[by_events:]))
    titles = {f"**{words('en', f'task-title-{kind}')}**": kind for kind in KINDS[1:]}
    clock = LabelingClock(store, keeper, words, {PLATFORM: page}, now=time.now)
    return LabelingCommunity(
        crowd, by_events, ByEvents(core.router, page, time.now, titles), units, clock, time, keeper
    )


async def unheard(call: CommandCall, message_id: str, why: str) -> None:
    """Ignore a report: there is no moderator here, so the rules handle reports."""


async def settled(store: Database, labelers: Sequence[SimulatedLabeler]) -> Mapping[int, TaskTaker]:
    """Store rows for people who have agreed to the terms."""

    def unit(session: Session, some: Sequence[SimulatedLabeler]) -> dict[int, TaskTaker]:
        community = identities.community(session, place_of("square"))
        found: dict[int, TaskTaker] = {}
        for labeler in some:
            person_id = identities.person(session, PLATFORM, User(f"u{labeler.number}", ""))
            people.agree(session, person_id, TERMS, True)
            found[labeler.number] = TaskTaker(person_id, community, PLATFORM, START, "form")
        return found

    found: dict[int, TaskTaker] = {}
    for start in range(0, len(labelers), 1000):
        found |= await store.write(partial(unit, some=labelers[start : start + 1000]))
    return found


def labelers(number: int, seed: int, hostile: float, sloppy: float, colluding: float = 0) -> list[SimulatedLabeler]:
    """Return `number` people, with the given shares of hostile, sloppy and colluding ones."""
    dice = Random(seed)
    kinds: list[Kind] = ["honest"] * number
    kinds[number - round(number * colluding) :] = ["colluding"] * round(number * colluding)
    kinds[: round(number * (hostile + sloppy))] = ["sloppy"] * round(number * (hostile + sloppy))
    kinds[: round(number * hostile)] = ["hostile"] * round(number * hostile)
    dice.shuffle(kinds)
    return [
        SimulatedLabeler(n, kind, dice.uniform(*SIGHT[kind]), dice.gauss(SKILL[kind], 0.7), Random(f"{seed}/{n}"))
        for n, kind in enumerate(kinds)
    ]


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """Exported answers to one message: the best, all of them, and how many honest people agree on them."""

    best: tuple[str, ...]
    truly: str
    winner: str
    agreed: float

    @property
    def right(self) -> bool:
        return self.best == (self.truly,) and self.truly == self.winner


async def exported(folder: Path, crowd: Crowd, store: Database) -> dict[str, float]:
    """Compare the export with the truth."""
    options, rows = ExportOptions(terms=TERMS, what="trees", switches=ExportSwitches({PLATFORM: True})), {}
    for format in ("oasst-trees", "preference"):
        await export(store, format, folder / f"{format}.jsonl", options)
        lines = (folder / f"{format}.jsonl").read_text(encoding="utf-8").splitlines()
        rows[format] = [json.loads(line) for line in lines]
    honest = [labeler for labeler in crowd.labelers if labeler.kind == "honest"]
    asked = Random(crowd.seed).sample(honest, min(ASKED, len(honest)))
    ranked = [ranks for tree in rows["oasst-trees"] for ranks in ranked_in(tree["prompt"])]
    pairs = [[crowd.truths[code_of(row[one][0]["content"])].quality for one in SIDES] for row in rows["preference"]]
    return {
        "exported trees": len(rows["oasst-trees"]),
        "exported pairs": len(pairs),
        "chosen is truly better": sum(chosen > rejected for chosen, rejected in pairs) / max(len(pairs), 1),
        **shares([grouped(ranks, crowd, asked) for ranks in ranked]),
    }


def ranked_in(message: Mapping[str, Any]) -> Iterator[Mapping[str, int]]:
    """Yield the ranks of all answers, by code, message by message."""
    replies = message.get("replies", ())
    ranks = {code_of(one["text"]): one["rank"] for one in replies if one.get("rank") is not None}
    if len(ranks) > 1:
        yield ranks
    for reply in replies:
        yield from ranked_in(reply)


def grouped(ranks: Mapping[str, int], crowd: Crowd, asked: Sequence[SimulatedLabeler]) -> AnswerGroup:
    """Return answers with the opinions of honest people who wrote none of them."""
    authors = {crowd.truths[code].author for code in ranks}
    firsts = Counter(crowd.order(labeler, list(ranks))[0] for labeler in asked if labeler.number not in authors)
    winner, votes = firsts.most_common(1)[0]
    truly = max(ranks, key=lambda code: crowd.truths[code].quality)
    best = tuple(code for code, rank in ranks.items() if rank == 0)
    return AnswerGroup(best, truly, winner, votes / firsts.total())


def stuck(session: Session, keeper: TreeLifecycle, now: datetime) -> int:
    """Count the trees that cannot go on: nothing in them is open to anybody, or they wait although there is room."""
    everybody = session.exec(select(func.count()).select_from(PersonRow)).one()
    out = session.exec(select(LabelerRow)).all()
    barred = {one.person_id for one in out if one.banned or doubtful(one.reliability, one.items)}
    active = select(TreeRow.id).where(col(TreeRow.state).not_in((*TERMINAL, *WAITING)))
    waiting = {*session.exec(active).all()}
    for item in session.exec(select(WorkItemRow).where(WorkItemRow.open, col(WorkItemRow.tree_id).in_(waiting))).all():
        had = select(TaskRow.person_id).where(TaskRow.item_id == item.id, TaskRow.state != "expired")
        touched = {*session.exec(had).all()}
        if len(touched | barred) < everybody:
            waiting.discard(item.tree_id or "")
    reserve = select(TreeRow.pool, TreeRow.lang).where(TreeRow.state == "prompt_lottery_waiting")
    return len(waiting) + sum(
        keeper.lottery.has_room(session, pool, lang, now) for pool, lang in session.exec(reserve).all()
    )


def fates(session: Session, crowd: Crowd) -> Counter[str]:
    """Count what became of texts, good ones and spam."""
    told = {None: "open", True: "accepted", False: "rejected"}
    return Counter(
        f"{'spam' if crowd.truths[code_of(one.text)].spam else 'good'} "
        + ("hidden" if one.deleted else told[one.review_result])
        for one in session.exec(select(TreeMessageRow)).all()
    )


def trees(session: Session) -> Mapping[str, float]:
    """Return how many trees are in each state."""
    found = select(TreeRow.state, func.count()).group_by(TreeRow.state).order_by(TreeRow.state)
    return {f"trees {state}": number for state, number in session.exec(found).all()}


async def lived(options: argparse.Namespace, rules: LabelingRules, folder: Path) -> dict[str, float]:
    """Let a community live. Returns the figures, by name."""
    url = f"sqlite:///{folder / 'community.sqlite3'}"
    await migrate(url)
    store = connect(url)
    try:
        crowd = Crowd(options.seed, labelers(options.people, options.seed, options.hostile, options.sloppy))
        place = await labeling_community(store, crowd, rules, options.events)
        began = perf_counter()
        await place.live(options.days, options.tasks)
        spent = perf_counter() - began
        done = place.events.events + place.units.tasks
        return {
            "people": options.people,
            "of these by events": min(options.people, options.events),
            "events": place.events.events,
            "tasks by the units of the store": place.units.tasks,
            "seconds": spent,
            "events and such tasks a second": done / spent,
            **dict(sorted((await store.read(lambda session: fates(session, crowd))).items())),
            **await store.read(trees),
            **(found := await exported(folder, crowd, store)),
            "actions per exported tree": done / max(found["exported trees"], 1),
            "stuck trees": await store.read(lambda session: stuck(session, place.keeper, place.time.at)),
        }
    finally:
        await store.close()


def shares(groups: Sequence[AnswerGroup]) -> dict[str, float]:
    """Return how many of the best answers are truly best, for growing agreement among the honest."""
    found: dict[str, float] = {"exported groups": len(groups)}
    for least in THRESHOLDS:
        clear = [group for group in groups if group.agreed >= least and group.agreed > 0.5]
        decided = [group for group in clear if len(group.best) == 1]
        found[f"groups where so many honest agree ({least:.0%})"] = len(clear)
        found[f"of these tied for the best ({least:.0%})"] = len(clear) - len(decided)
        found[f"best is truly best ({least:.0%})"] = sum(one.right for one in decided) / max(len(decided), 1)
    return found


BEST, GROUPS = f"best is truly best ({AGREED:.0%})", f"groups where so many honest agree ({AGREED:.0%})"
BARS: Mapping[str, float] = {BEST: 0.95, "exported trees": 1, "stuck trees": 0}
"""The least that must be reached; for stuck trees, the most that is allowed, which is none."""


def rules_for(options: argparse.Namespace, *, trust: bool) -> LabelingRules:
    """Return the installation's rules: ours, with as many trees at once as a community of this size needs."""
    usual = LabelingRules()
    rankings = {"num_required_rankings": options.rankings} if options.rankings else {}
    reviews = dict.fromkeys(("num_reviews_reply", "num_reviews_initial_prompt"), options.reviews)
    limits = replace(usual.limits, **rankings, **(reviews if options.reviews else {}))
    growing = max(usual.max_active_trees, options.people // 10)
    return replace(usual, limits=limits, trust_weights=trust, max_active_trees=growing)


def main() -> int:
    """Simulate with and without trust weights. Returns 1 if a bar is missed under the rules in force."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--tasks", type=float, help="how many each does, about")
    parser.add_argument("--days", type=float, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hostile", type=float, default=0.1)
    parser.add_argument("--sloppy", type=float, default=0.2)
    parser.add_argument("--rankings", type=int, help="instead of num_required_rankings")
    parser.add_argument("--reviews", type=int, help="instead of num_reviews_reply and num_reviews_initial_prompt")
    parser.add_argument("--events", type=int, default=1000, help="people by events, the rest by units of the store")
    parser.add_argument("--trust", choices=("off", "on", "both"), default="both")
    options = parser.parse_args()
    options.tasks = options.tasks or min(max(12_000 / options.people, 2), 100)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    runs: dict[str, dict[str, float]] = {}
    for name in ("off", "on") if options.trust == "both" else (options.trust,):
        with tempfile.TemporaryDirectory(prefix="community") as folder:
            runs[name] = asyncio.run(lived(options, rules_for(options, trust=name == "on"), Path(folder)))
    table = [("trust_weights", *runs)]
    names = dict.fromkeys(name for run in runs.values() for name in run)
    table += [(name, *(f"{run.get(name, 0):,.5g}" for run in runs.values())) for name in names]
    for name, *values in table:
        sys.stdout.write(f"{name:<44}{''.join(f'{value:>12}' for value in values)}\n")
    usual = "on" if LabelingRules().trust_weights else "off"
    return int(any(missed(run) for name, run in runs.items() if name == usual or len(runs) == 1))


def missed(run: Mapping[str, float]) -> bool:
    """Whether a bar is missed; prints which."""
    # In a small community, there may be nothing that enough people could agree on.
    bars = {name: least for name, least in BARS.items() if run[GROUPS] or name != BEST}
    short = [name for name, least in bars.items() if (run[name] < least if least else run[name] > 0)]
    sys.stdout.writelines(f"short: {name}\n" for name in short)
    return bool(short)


if __name__ == "__main__":
    sys.exit(main())
