"""A program with labeling that is killed again and again while people do tasks.

`python -m tests.journeys.kill_program FOLDER KILLS` prints what has become of it, as JSON. The parent has imported
everything and forks a life after the other; nothing that is open is shared. Half of the lives kill themselves at a
step, which is a moment just before, within or just after a commit, or around a request to a platform; the others are
killed by the parent after some milliseconds. The last life settles what is left.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import structlog
from sqlalchemy.orm import configure_mappers
from sqlmodel import Session, select

from config.gold import gold
from config.guidelines import guidelines
from config.languages import data_language, languages
from core.labeling.background.periodic import LabelingClock
from core.labeling.rules import language_id, similarity, text_checks
from core.labeling.rules.defaults import WEIGHTS, LabelingRules, TreeLimits
from core.labeling.rules.vocabulary import MessageRole
from core.labeling.service.gold_items import plant
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.messages import Place, User
from core.models.scripted import ScriptedModel
from core.ports.chat import ChatCapabilities
from core.ports.store import Store
from core.store import choices, identities, people
from core.store.engine.database import connect
from core.store.engine.migrate import migrate
from core.store.inbox_table import InboxRow
from core.store.labeling_tables import TreeMessageRow, TreeRow
from core.store.tables import KeptRow, now
from core.texts import LocalizedTexts
from core.wiring import LabelingParts, WiredCore
from tests.core.building import RULES as CORE_RULES
from tests.core.building import core_over
from tests.core.test_texts import LOCALES
from tests.journeys.crash_program import Fate, MortalStore
from tests.journeys.kill_audit import audit
from tests.journeys.kill_journal import JournalChat, PlatformJournal
from tests.journeys.kill_people import ProgramRun, Somebody

T = TypeVar("T")

PLATFORMS = {
    "paper": ChatCapabilities(edit_interval=0, forms=True, idempotent_send=True),
    "slate": ChatCapabilities(edit_interval=0, text_limit=3800),
}
"""One with forms that knows keys, and one with buttons only, which does not always tell whether a message was sent."""

NAMES = ("Ana", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hal", "Ida", "Jon", "Kim", "Leo")
TALKERS, NEW = frozenset({"Ana", "Cleo"}), frozenset({"Dan", "Hal", "Ida", "Jon"})
"""The people who also talk to the assistant, and those who have not agreed to the terms yet."""

PEOPLE = {name: list(PLATFORMS)[number // 2 % 2] for number, name in enumerate(NAMES)}
MODERATORS = "moderators"
RANKED = 15
"""Trees that wait to be ranked from the beginning."""

OFTEN, TERMS = 10**6, CORE_RULES.terms.version
SECOND = timedelta(seconds=1)
RULES = LabelingRules(
    limits=TreeLimits(goal_tree_size=5, max_children_count=3, num_required_rankings=3),
    max_active_trees=8,
    max_initial_prompt_review=8,
    # Reports and skips hide nothing here, so that what everybody should see at the end is known.
    auto_mod_enabled=False,
    weights={**WEIGHTS, "initial_prompt": 0.5},
    max_pending_tasks=OFTEN,
    tasks_per_window=OFTEN,
    lease={"label": 3 * SECOND, "rank": 3 * SECOND, "write": 6 * SECOND},
    later=2 * SECOND,
    undo=timedelta(hours=1),
    gold_first=1,
    gold_every=10,
    most_share=1.0,
)
"""As a town needs them in which minutes are days: leases run out between two lives."""

LONGEST_LIFE = 4.0
STEPS, MILLISECONDS = 500, 900
"""A life is killed within this many steps, or this soon after its start."""

AT_A_STEP, BY_THE_CLOCK = "at a step", "by the clock"


@dataclass(slots=True)
class Home:
    """The places of the town's file, the database and the log."""

    folder: Path
    seed: int

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder}/parley.sqlite3"

    @property
    def log(self) -> Path:
        return self.folder / "log"


async def program_run(home: Home, journal: PlatformJournal, number: int, fatal: int, *, last: bool = False) -> None:
    """One life of the program: it takes up what is left, and people go on until it is killed."""
    fate, chance = Fate(fatal), Random(f"{home.seed} {number}")
    store = connect(home.url)
    mortal = MortalStore(store, fate, within=True)
    core = labeling(mortal, chance)
    shared = ProgramRun(journal, core.router.handle, await store.read(_done))
    for platform, able in PLATFORMS.items():
        core.router.attach(platform, JournalChat(journal, fate, able, shared.settle))
    for platform in PLATFORMS:
        await core.router.recover(platform)
    everybody = [
        Somebody(name, at, PLATFORMS[at].forms, name in TALKERS, shared, Random(f"{home.seed} {number} {name}"))
        for name, at in PEOPLE.items()
    ]
    clock = clock_of(core, mortal)
    if last:
        for person in everybody:
            await person.redeliver()
        await core.router.drain(60)
        await clock.tick()
        await core.router.drain(60)
        await store.close()
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_LIFE):
            await asyncio.gather(*(person.live() for person in everybody), *([clock.run()] if number % 2 else []))


def labeling(store: Store, chance: Random) -> WiredCore:
    """A core with tasks over a store."""
    work = LabelingParts(RULES, languages(), data_language, guidelines(), low_rated=False, chance=chance)
    return core_over(store, ScriptedModel(["one two three four"], slots=8), work=work)


def clock_of(core: WiredCore, store: Store) -> LabelingClock:
    assert core.labeling
    keeper = core.labeling.desk.answers.keeper
    return LabelingClock(store, keeper, LocalizedTexts(LOCALES), core.router.chats)


def _done(session: Session) -> set[str]:
    return set(session.exec(select(InboxRow.key).where(InboxRow.state == "done")).all())


async def found(home: Home, template: Path | None) -> None:
    """The town before anybody does anything: tables, a channel for moderators, items to learn on, trees to rank."""
    if template:
        shutil.copy(template, home.folder / "parley.sqlite3")
    else:
        await migrate(home.url)
    store = connect(home.url)

    def unit(session: Session) -> None:
        for platform in PLATFORMS:
            id = identities.community(session, Place(platform, "town", "square"))
            choices.choose(session, id, "community", id, "log_channel", MODERATORS)
        for name in sorted(PEOPLE.keys() - NEW):
            person_id = identities.person(session, PEOPLE[name], User(name.lower(), name))
            people.agree(session, person_id, TERMS, True)
        plant(session, "en", gold("en"))
        for number in range(RANKED):
            _to_rank(session, f"ranked {number}", id, TreeLifecycle(RULES, Random(number)))
        # The estimate of the night would find people who press what they like doubtful, and give them nothing.
        session.add(KeptRow(name="tasks:night", value=now().date().isoformat()))

    await store.write(unit)
    await store.close()


def _to_rank(session: Session, name: str, home_id: str, keeper: TreeLifecycle) -> None:
    """A tree in which nobody here wrote anything, with four answers to rank."""
    limits = asdict(replace(RULES.limits, max_children_count=4))
    session.add(TreeRow(id=name, lang="en", state="growing", limits=limits))
    session.flush()
    for number in range(5):
        role: MessageRole = "assistant" if number else "prompter"
        row = TreeMessageRow(
            id=f"{name}.{number}" if number else name,
            tree_id=name,
            parent_id=name if number else None,
            community_id=home_id,
            role=role,
            lang="en",
            text=f"What {name} says under the number {number}",
            review_result=True,
        )
        session.add(row)
        session.flush()
    keeper.settle(session, name, now())


def warm() -> None:
    """Load what every life needs, so that none of them has to; nothing of it may start a thread."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    configure_mappers()
    guidelines()
    sample = "Write to ana.lopez@gmail.com or call +1 415 555 2671 about the garden party of tomorrow evening."
    similarity.bands(sample)
    similarity.copies(sample, sample)
    language_id.hint(sample, "en", ("en",))
    text_checks.findings(sample, sample, ("en",))


def in_a_child(home: Home, what: Callable[[], object], kill_after: float | None = None) -> int:
    """Run something in a process of its own. Returns how it ended: 0, or the negative number of the signal."""
    pid = os.fork()
    if pid == 0:
        ended = 1
        with home.log.open("a") as log:
            structlog.configure(
                processors=[structlog.processors.add_log_level, structlog.processors.format_exc_info, _line],
                wrapper_class=structlog.make_filtering_bound_logger(30),
                logger_factory=structlog.PrintLoggerFactory(log),
            )
            try:
                what()
                ended = 0
            except BaseException:
                traceback.print_exc(file=log)
            finally:
                log.flush()
                os._exit(ended)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _line(logger: object, name: str, event: structlog.typing.EventDict) -> str:
    return json.dumps(event, default=str)


@dataclass(frozen=True, slots=True)
class Lived:
    """The result for a town: how its lives ended, how many things of each sort there are, and the faults."""

    ends: Mapping[str, int]
    counts: Mapping[str, int]
    wrong: Sequence[str]


def lived(folder: Path, kills: int, seed: int, template: Path | None = None, pace: float = 1.0) -> Lived:
    """Kill the program that many times, let it settle, and check everything.

    With a smaller `pace` lives that are killed by the clock end sooner.
    """
    home, journal = Home(folder, seed), PlatformJournal(folder / "town")
    chance, ends = Random(seed), Counter[str]()
    warm()
    assert in_a_child(home, lambda: asyncio.run(found(home, template))) == 0, home.log.read_text()
    while (number := ends[AT_A_STEP] + ends[BY_THE_CLOCK]) < kills:
        by_clock = number % 2 == 0
        fatal = 0 if by_clock else chance.randint(1, STEPS)
        after = chance.randint(20, round(MILLISECONDS * pace)) / 1000 if by_clock else None
        turn = ends.total() + 1
        ended = in_a_child(home, lambda n=turn, f=fatal: asyncio.run(program_run(home, journal, n, f)), after)  # type: ignore[misc]
        journal.catch_up()
        how = BY_THE_CLOCK if by_clock else AT_A_STEP
        ends[how if ended == -signal.SIGKILL else "by itself" if ended == 0 else "in an error"] += 1
    settled = in_a_child(home, lambda: asyncio.run(program_run(home, journal, 0, 0, last=True)))
    journal.catch_up()
    keyed = frozenset(platform for platform, able in PLATFORMS.items() if able.idempotent_send)
    seen = audit(journal, home.url, keyed, RULES, PEOPLE.keys() - NEW)
    complaints = [line[:2000] for line in home.log.read_text().splitlines()]
    errors = ["the last life did not end well"] * (settled != 0) + ["a life ended in an error"] * ends["in an error"]
    return Lived(dict(ends), dict(seen.counts), [*errors, *seen.wrong, *complaints])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("kills", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--template", type=Path, help="a database with tables; without it they are made")
    parser.add_argument("--pace", type=float, default=1.0)
    asked = parser.parse_args()
    print(json.dumps(asdict(lived(asked.folder, asked.kills, asked.seed, asked.template, asked.pace))))  # noqa: T201
