"""Communities of every size and kind, side by side: what they finish, what it costs them, and how right it is.

`python -m benchmarks.crowds sizes` (or `moving`, `careless`, `mixed`) prints a line for each community, over all
`--seeds`. The people are those of benchmarks/community.py, and the core is the real one. Exit code 1 says that a bar is
missed.
"""

import argparse
import asyncio
import gc
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import mean

import structlog
from sqlalchemy.engine import URL, make_url
from sqlmodel import Session, col, func, select

from benchmarks.community import BEST, GROUPS, START, Crowd, Visit, exported, labelers, labeling_community, stuck
from core.labeling.rules.defaults import LabelingRules
from core.store.engine.database import NO_KEYS
from core.store.engine.migrate import migrate
from core.store.engine.sqlite import BOTH, WRITING, sqlite_engine
from core.store.engine.units import T, Unit, run_unit, session_on
from core.store.labeling_tables import RankingRow, TreeMessageRow, TreeRow

DAYS, TASKS, COMES = 14, 10, 0.8
"""For how long a community is watched, how many tasks somebody does on a day, and how often they come on one."""

TICK = timedelta(hours=3)
SEEDS = (101, 102, 103)
"""Nothing was tuned on these."""

CROWD = 30


@dataclass(frozen=True, slots=True)
class Attendance:
    """The first and the last day on which somebody comes, and how many tasks they do a day (no limit if `tasks` is 0).

    Somebody with `once` comes on the first day only.
    """

    first: int = 0
    until: int = DAYS
    tasks: int = TASKS
    once: bool = False


@dataclass(frozen=True, slots=True)
class CommunityScenario:
    """A community: when its people come, and which shares of them are hostile, careless or colluding.

    `most` actions are allowed for each exported tree; `right` says how many of the best answers must truly be best.
    """

    name: str
    stays: Sequence[Attendance]
    hostile: float = 0
    sloppy: float = 0
    colluding: float = 0
    most: float | None = None
    right: float | None = None
    rules: LabelingRules = field(default_factory=LabelingRules)


def here(number: int) -> Sequence[Attendance]:
    """Return people who come all the time; a large community is watched for half as long."""
    return [Attendance(until=DAYS if number < 12 else DAYS // 2)] * number


SIZES = (2, 3, 4, 5, 6, 8, 12, 30)
CROWDS: Mapping[str, Sequence[CommunityScenario]] = {
    "sizes": [
        CommunityScenario(f"{number} honest", here(number), most=65 if number >= 5 else None) for number in SIZES
    ],
    "moving": [
        CommunityScenario("5, of whom one leaves after three reviews", [*here(4), Attendance(tasks=3, once=True)]),
        CommunityScenario("5, of whom one is away after four days", [*here(4), Attendance(until=4)]),
        CommunityScenario("6, of whom four leave after five days", [*here(2), *[Attendance(until=5)] * 4]),
        CommunityScenario("2, and six newcomers after a week", [*here(2), *[Attendance(first=7)] * 6]),
        CommunityScenario(
            "12, each here for five days", [Attendance(first=day, until=day + 5) for day in range(0, 10)] + [*here(2)]
        ),
        CommunityScenario(
            "30, half of them here for one day", [*here(15), *[Attendance(first=day, once=True) for day in range(14)]]
        ),
    ],
    "careless": [
        CommunityScenario(f"{number}, a fifth careless", here(number), sloppy=0.2, most=110)
        for number in SIZES
        if number >= 5
    ],
    "mixed": [
        CommunityScenario(f"{CROWD} honest", here(CROWD)),
        CommunityScenario(f"{CROWD}: 20 % hostile, 30 % careless", here(CROWD), hostile=0.2, sloppy=0.3, right=0.95),
        CommunityScenario(f"{CROWD}: 15 % colluding", here(CROWD), colluding=0.15, right=0.95),
    ],
}


@dataclass(slots=True)
class ScenarioOutcome:
    """The results of a simulated community, summed over the seeds."""

    scenario: CommunityScenario
    actions: int = 0
    trees: int = 0
    least: int = 1_000_000
    groups: int = 0
    clear: int = 0
    right: float = 0
    spam: int = 0
    stuck: int = 0
    reviews: list[float] = field(default_factory=list)
    rankings: list[float] = field(default_factory=list)
    relaxed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def each(self) -> float:
        return self.actions / max(self.trees, 1)

    @property
    def share(self) -> float:
        return self.right / max(self.clear, 1)

    def missed(self) -> Sequence[str]:
        """Return the bars that are missed."""
        scenario, found = self.scenario, []
        if not self.least:
            found.append("no tree was exported")
        if self.stuck:
            found.append("trees are stuck")
        if scenario.most and self.each > scenario.most:
            found.append(f"more than {scenario.most:g} actions for a tree")
        if scenario.right and self.share < scenario.right:
            found.append(f"the best is truly best in less than {scenario.right:.0%}")
        return found

    def line(self) -> str:
        """Return a row of the table."""
        reviews, rankings = (f"{mean(some):.1f}" if some else "-" for some in (self.reviews, self.rankings))
        what = (
            self.scenario.name,
            f"{self.actions:,}",
            f"{self.trees}",
            f"{self.least}",
            f"{self.each:.1f}",
            reviews,
            rankings,
            f"{self.groups}",
            f"{self.clear}",
            f"{self.share:.1%}",
            f"{self.stuck}",
        )
        relaxed = ", ".join(f"{name} {number}" for name, number in sorted(self.relaxed.items()))
        refused = ", ".join(f"{why} {number}" for why, number in self.refused.most_common())
        return f"| {' | '.join(what)} | {relaxed or '-'} | {refused or '-'} |"


HEAD = (
    "community",
    "actions",
    "trees",
    "fewest",
    "actions a tree",
    "reviews a message",
    "rankings a group",
    "groups",
    "clear ones",
    "best is truly best",
    "stuck",
    "trees relaxed",
    "came in vain",
)


class SingleThreadedSqlite:
    """An SQLite database whose units run at once in the caller's thread, since there are no other users.

    It is opened as the product opens it, except that nothing is safe from a power cut.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self._engine = sqlite_engine(url, 5, 1, (*BOTH, *WRITING, "synchronous=OFF"), "BEGIN IMMEDIATE")

    async def write(self, unit: Unit[T]) -> T:
        with self._engine.begin() as connection, session_on(connection, NO_KEYS) as session:
            return run_unit(session, unit)

    async def read(self, unit: Unit[T]) -> T:
        return await self.write(unit)

    async def close(self) -> None:
        self._engine.dispose()


async def live(scenario: CommunityScenario, seed: int, found: ScenarioOutcome, folder: Path) -> None:
    """Let a community live, and add what came out to what was found."""
    url = f"sqlite:///{folder / 'crowd.sqlite3'}"
    await migrate(url)
    store = SingleThreadedSqlite(make_url(url).set(drivername="sqlite"))
    try:
        crowd = Crowd(seed, labelers(len(scenario.stays), seed, scenario.hostile, scenario.sloppy, scenario.colluding))
        place = await labeling_community(store, crowd, scenario.rules, by_events=0)
        await place.receive(visits(scenario, crowd, Random(f"{seed} visits")), tick=TICK)
        truth = await exported(folder, crowd, store)
        trees = int(truth["exported trees"])
        found.actions += place.units.tasks
        found.trees += trees
        found.least = min(found.least, trees)
        found.groups += int(truth["exported groups"])
        found.clear += int(truth[GROUPS])
        found.right += truth[BEST] * truth[GROUPS]
        found.stuck += await store.read(lambda session: stuck(session, place.keeper, place.time.at))
        found.refused += place.units.refused
        await store.read(lambda session: strictness(session, found))
    finally:
        await store.close()


def visits(scenario: CommunityScenario, crowd: Crowd, dice: Random) -> Sequence[Visit]:
    """Draw the times at which people come."""
    found: list[Visit] = []
    for labeler, attendance in zip(crowd.labelers, scenario.stays, strict=True):
        for day in range(attendance.first, attendance.first + 1 if attendance.once else attendance.until):
            at = START + timedelta(days=day + dice.random())
            if attendance.once or dice.random() < COMES:
                found.append(Visit(at, labeler, attendance.tasks))
    return found


def strictness(session: Session, found: ScenarioOutcome) -> None:
    """Note how many reviews and rankings decided on what is in finished trees, and what was relaxed in them."""
    done = select(TreeRow.id).where(TreeRow.state == "ready_for_export")
    messages = session.exec(select(TreeMessageRow).where(col(TreeMessageRow.tree_id).in_(done))).all()
    found.reviews += [one.review_count for one in messages if one.review_result]
    ranked = {one.parent_id for one in messages if one.rank is not None}
    given = select(func.count()).where(col(RankingRow.parent_id).in_(ranked)).group_by(col(RankingRow.parent_id))
    found.rankings += session.exec(given).all()
    for relaxed in session.exec(select(TreeRow.relaxed).where(TreeRow.state == "ready_for_export")).all():
        found.relaxed.update(list(relaxed or ["nothing"]))


def found_by(scenario: CommunityScenario, seeds: Sequence[int], folder: str | None = None) -> ScenarioOutcome:
    """Let a community live once for each seed."""
    found = ScenarioOutcome(scenario)
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="crowd", dir=folder) as path:
            asyncio.run(live(scenario, seed, found, Path(path)))
    return found


def main() -> int:
    """Print a table of communities. Returns 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=sorted(CROWDS))
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--trust", choices=("off", "on"), help="whether votes are weighted; as by default if not given")
    parser.add_argument("--only", default="", help="only communities whose name begins like this")
    parser.add_argument("--folder", help="where the databases are made; in memory they are faster")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    gc.set_threshold(50_000, 50, 50)
    sys.stdout.write(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}\n")
    short: list[str] = []
    findings: list[ScenarioOutcome] = []
    for scenario in CROWDS[options.what]:
        if scenario.name.startswith(options.only):
            rules = replace(scenario.rules, trust_weights=options.trust == "on") if options.trust else scenario.rules
            findings.append(found := found_by(replace(scenario, rules=rules), options.seeds, options.folder))
            sys.stdout.write(f"{found.line()}\n")
            sys.stdout.flush()
            short += [f"{scenario.name}: {what}" for what in found.missed()]
    sys.stdout.writelines(f"short: {what}\n" for what in short)
    return int(bool(short))


if __name__ == "__main__":
    sys.exit(main())
