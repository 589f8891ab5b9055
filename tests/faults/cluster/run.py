"""A whole run: people talk, the nemesis does harm, and all comes to rest before it is judged."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.cluster.ledger import rows
from tests.faults.cluster import audit
from tests.faults.cluster.checker import Verdict, judge
from tests.faults.cluster.faulty_cluster import FaultyCluster, faulty_cluster
from tests.faults.cluster.nemesis import WEIGHTS, Nemesis
from tests.faults.cluster.people import Somebody
from tests.faults.cluster.wire import PATIENCE

CALM = 120.0
"""Seconds within which everything must have come to rest after the last harm."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen: for how many `seconds`, and to how many `people`.

    It ends before if there were so many kills and pauses, and so many `deaths` at each step. `lease` is how many
    seconds a lease lasts, `pace` how many the model takes for a word, `pause` the most that people wait between two
    questions. After `patience` seconds without an answer, somebody is taken to have been forgotten.
    """

    seed: int
    seconds: float
    most: int = 10**9
    deaths: int = 0
    patience: float = PATIENCE
    people: int = 12
    lease: float = 3.0
    pace: float = 0.02
    pause: float = 0.6
    clocks: bool = False
    weights: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened, and what it came to."""

    plan: Plan
    verdict: Verdict
    done: Counter[str]
    steps: Counter[str]
    exits: Sequence[float]
    codes: Sequence[str]
    asked: int
    rated: int
    deliveries: int
    repeated: int
    kills_and_pauses: int
    fewest_deaths: int


async def run(plan: Plan) -> Outcome:
    """Do what is planned. Raises TimeoutError if it never comes to rest."""
    async with faulty_cluster(plan.seed, plan.lease, plan.pace, clocks=plan.clocks, patience=plan.patience) as there:
        nemesis = Nemesis(there, weights=WEIGHTS if plan.weights is None else plan.weights)
        people = [Somebody(f"p{number}", there.wire, there.random, plan.pause) for number in range(plan.people)]
        await nemesis.found()
        end = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as tasks:
                for one in people:
                    tasks.create_task(one.talk(end))
                await nemesis.harm(plan.seconds, plan.most, plan.deaths)
                end.set()
            await at_rest(there, people)
        except* TimeoutError as errors:
            raise AssertionError(f"after {nemesis.kills_and_pauses} kills: {await standing(there)}") from errors
        await nemesis.end()
        verdict = await judge(there.url, there.wire, people, nemesis.losses)
        return Outcome(
            plan,
            verdict,
            nemesis.done,
            nemesis.steps,
            nemesis.exits,
            nemesis.codes,
            asked=sum(len(one.asked) for one in people),
            rated=sum(len(one.rated) for one in people),
            deliveries=sum(there.wire.delivered.values()),
            repeated=there.wire.repeated,
            kills_and_pauses=nemesis.kills_and_pauses,
            fewest_deaths=nemesis.fewest_deaths,
        )


async def standing(there: FaultyCluster) -> str:
    """How things stand where somebody is not answered."""
    processes = [(one.name, one.frozen, one.asked, one.clocked) for one in there.all if one.alive]
    queries = (audit.UNDONE, audit.HELD, audit.CONNECTED)
    found = [row for query in queries for row in await rows(there.url, query)]
    log = there.folder.joinpath("log").read_text().splitlines()[-40:]
    return "\n".join(map(str, (*processes, *found, *log)))


async def at_rest(there: FaultyCluster, people: Sequence[Somebody]) -> None:
    """Wait until every question has its whole answer."""
    asked = [key for one in people for key in one.asked]
    await there.wire.until(lambda: all(map(there.wire.finished, asked)), max(CALM, there.wire.patience))
