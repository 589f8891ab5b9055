"""The story of a demo: people join; then, in each generation, they chat, rate and rank, a model is trained on that,
others compare it blind with the one that answers, and it takes that one's place.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from math import ceil
from pathlib import Path
from typing import Any

from sqlmodel import Session

from benchmarks.loop.installation import CommandFailed, Installation
from benchmarks.loop.journal import DemoJournal
from benchmarks.loop.pace import DemoPace, PlannedStep, write
from benchmarks.loop.questions import Questions
from benchmarks.loop.tasks import TaskWork
from benchmarks.loop.taste import SimulatedPerson, Taste
from benchmarks.loop.telegram_community import TelegramCommunity, seen, telegram_community
from benchmarks.loop.training import DemoTraining, TrainingRecipe, model_name
from core.dataset.export.held_out import HeldOut
from core.messages import User
from core.store import identities
from core.store.engine.database import connect
from core.store.training_people import training_key

PLATFORM = "telegram"
AT_ONCE = 3
"""People who chat, or compare, at the same time."""

KEPT_ROWS = 0.9**2
"""The share of people's data that is trained on: a tenth of the people and a tenth of the prompts are held out."""


@dataclass(frozen=True, slots=True)
class DemoSize:
    """How large a demo is.

    Each generation gets new chats for about `pairs` pairs and `trees` rankings in tasks, and `votes` decisive votes.
    `chatters` people chat, and `voters` others compare. Each question gets `answers` answers, rated by thumbs.
    """

    real: bool
    generations: int
    pairs: int
    votes: int
    trees: int
    chatters: int
    voters: int
    answers: int = 4
    seed: int = 1

    @property
    def question_count(self) -> int:
        """How many questions give that many pairs: each answer of the better half is paired with each of the worse."""
        each = (self.answers // 2) * ((self.answers + 1) // 2)
        return ceil(self.pairs / (each * KEPT_ROWS))


@dataclass(slots=True)
class LoopDemo:
    """A demo in a folder, with what people there like, and how models are trained.

    `guessed` has the expected seconds for an item of each step, until one has been measured.
    """

    folder: Path
    size: DemoSize
    installation: Installation
    taste: Taste
    recipe: TrainingRecipe
    guessed: Mapping[str, float]
    journal: DemoJournal = field(init=False)
    pace: DemoPace = field(init=False)
    questions: Questions = field(init=False)
    training: DemoTraining = field(init=False)

    def __post_init__(self) -> None:
        self.journal = DemoJournal(self.folder / "journal.jsonl", asdict(self.size))
        self.pace = DemoPace(tuple(self._plan()), self.journal, self.guessed)
        self.questions = Questions(self.size.seed)
        self.training = DemoTraining(self.installation, self.journal, self.recipe, self.size.seed)

    def _plan(self) -> Iterator[PlannedStep]:
        size = self.size
        yield PlannedStep("0/joining", size.chatters + size.voters)
        for number in self.generations:
            yield PlannedStep(f"{number}/chats", size.question_count)
            yield PlannedStep(f"{number}/tasks", size.trees)
            yield PlannedStep(f"{number}/training", size.pairs)
            yield PlannedStep(f"{number}/votes", size.votes)
            yield PlannedStep(f"{number}/promotion", 1)

    @property
    def generations(self) -> Sequence[int]:
        return range(1, self.size.generations + 1)

    async def run(self) -> None:
        """Do what is still to be done. Raises CommandFailed if a run is refused, or a promotion."""
        self.installation.settle()
        for number in self.generations:
            if not all(self.pace.finished(f"{number}/{step}") for step in ("chats", "tasks")):
                async with self._living(1) as here:
                    await self._join(here)
                    await self._chat(here, number)
                    await self._work(here, number)
            await self._train(number)
            if not all(self.pace.finished(f"{number}/{step}") for step in ("votes", "promotion")):
                async with self._living(2) as here:
                    await self._compare(here, number)
                    await self._promote(number)

    @asynccontextmanager
    async def _living(self, models: int) -> AsyncIterator[TelegramCommunity]:
        run = len(self.journal.steps["lives"]) + 1
        self.journal.note("lives", run)
        async with telegram_community(self.installation, run, models) as here:
            yield here

    async def _join(self, here: TelegramCommunity) -> None:
        """People join until enough will chat, and enough held-out ones (who are never trained on) will compare."""
        step = "0/joining"
        if self.pace.finished(step):
            return
        self.pace.begin(step)
        await here.command_in_group("/settings preset nucleus9")
        store = connect(self.installation.database)
        try:
            key = await store.write(training_key)
            for number in count():
                if self.pace.finished(step):
                    break
                if self.journal.done(step, number):
                    continue
                await here.join(number)
                user = User(str(here.person(number).id), "")
                id = await store.read(lambda session, user=user: _id(session, user))  # type: ignore[misc]
                chats = number < self.size.chatters
                votes = not chats and HeldOut(key).person(id)
                self.pace.note(step, number, counts=int(chats or votes), votes=votes)
        finally:
            await store.close()

    def _person(self, number: int) -> SimulatedPerson:
        return SimulatedPerson(number, self.taste, self.size.seed)

    async def _chat(self, here: TelegramCommunity, generation: int) -> None:
        """People ask, have each question answered several times, and give each answer a thumb."""
        step, size = f"{generation}/chats", self.size
        self.pace.begin(step)
        asked = self.questions.in_chats()
        waiting = [item for item in range(size.question_count) if not self.journal.done(step, item)]

        async def talk(those: Sequence[int]) -> None:
            for item in those:
                place = (generation - 1) * size.question_count + item
                question = asked[place % len(asked)]
                one = self._person(item % size.chatters)
                shown = await here.ask(one.number, question, size.answers)
                order = one.rank(question, [seen(answer.text) for answer in shown])
                for rank, answer in enumerate(order):
                    await here.rate(one.number, shown[answer], 1 if rank < len(order) // 2 else -1)
                self.pace.note(step, item, answers=len(shown))

        async with asyncio.TaskGroup() as tasks:
            for turn in range(AT_ONCE):
                # Each person is in only one of these tasks, and so asks one question at a time.
                tasks.create_task(talk([item for item in waiting if item % size.chatters % AT_ONCE == turn]))

    async def _work(self, here: TelegramCommunity, generation: int) -> None:
        """People write and review message trees in /tasks, and rank the answers in them."""
        step, size = f"{generation}/tasks", self.size
        if self.pace.finished(step):
            return
        self.pace.begin(step)
        people = [self._person(number) for number in range(size.chatters)]
        work = TaskWork(here, people, self.installation)
        await work.trees(size.trees * generation, self.questions.in_tasks())
        self.pace.note(step, "all", counts=size.trees)

    async def _train(self, generation: int) -> None:
        """Train a generation, or resume its run. Raises CommandFailed."""
        step = f"{generation}/training"
        if self.pace.finished(step):
            return
        self.pace.begin(step)
        said = await self.training.trained(generation)
        write(f"    {said.strip()}")
        self.pace.note(step, model_name(generation), counts=self.size.pairs)

    async def _compare(self, here: TelegramCommunity, generation: int) -> None:
        """People who are held out of training compare answers to questions, until there are enough decisive votes."""
        step = f"{generation}/votes"
        if self.pace.finished(step):
            return
        self.pace.begin(step)
        if not self.journal.done(step, "begun"):
            write(f"    {await here.command_in_group(f'/arena on {model_name(generation)}')}")
            self.pace.note(step, "begun", counts=0)
        await here.command_in_group("/settings arena 1")
        voters = [int(item) for item, facts in self.journal.steps["0/joining"].items() if facts["votes"]]
        asked = self.questions.in_comparisons()
        items = (item for item in count() if not self.journal.done(step, item))

        async def compare() -> None:
            for item in items:
                if self.pace.finished(step):
                    return
                one = self._person(voters[item % len(voters)])
                question = asked[((generation - 1) * self.size.votes + item) % len(asked)]
                shown = await here.compare(one.number, question)
                choice = one.choose(question, shown.a, shown.b) if shown else ""
                if shown:
                    await here.vote(one.number, shown.below, choice)
                self.pace.note(step, item, counts=int(choice in ("a", "b")))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(compare())

    async def _promote(self, generation: int) -> None:
        """Let the candidate answer from now on."""
        step, name = f"{generation}/promotion", model_name(generation)
        if self.pace.finished(step):
            return
        self.pace.begin(step)
        because = ""
        try:
            said = await self.installation.command("promote", name)
        except CommandFailed as refused:
            if self.size.real:
                raise
            # The tiny demo may have too few votes to prove anything, but it should still show the rest of the loop.
            write(f"    {refused}")
            because = "the demo has too few votes for the rule"
            said = await self.installation.command("promote", name, "--because", because)
        write(f"    {said.strip()}")
        self.pace.note(step, name, because=because)

    async def summary(self, generation: int) -> Mapping[str, Any] | None:
        """The result of the votes about a generation, from `parley arena report`; None if there are none."""
        words = ("arena", "report", "--json", "--candidate", f"model:{model_name(generation)}")
        found: Sequence[Mapping[str, Any]] = json.loads(await self.installation.command(*words))
        return found[-1] if found else None


def _id(session: Session, user: User) -> str:
    return identities.known_person(session, PLATFORM, user) or ""
