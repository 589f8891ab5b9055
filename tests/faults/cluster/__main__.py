"""`python -m tests.faults.cluster --seed N --minutes M`: kills, pauses and cuts, and a table of what they came to."""

import argparse
import asyncio
import sys
from statistics import median

from tests.faults.cluster.run import Outcome, Plan, run
from tests.faults.cluster.wire import PATIENCE


def table(outcome: Outcome) -> str:
    """The outcome as a Markdown table."""
    verdict = outcome.verdict
    taken = sorted(verdict.taken_over) or [0.0]
    rows = [
        ("kills and pauses", outcome.kills_and_pauses),
        *((f"of these: {way}", outcome.done[way]) for way in ("kill", "step", "pause", "stop")),
        *((way, outcome.done[way]) for way in ("cut", "restart", "crash", "clock")),
        ("fewest deaths at one of the steps", outcome.fewest_deaths),
        ("questions accepted", outcome.asked),
        ("ratings accepted", outcome.rated),
        ("deliveries", outcome.deliveries),
        ("sends with a key that was there", outcome.repeated),
        ("writes checked", verdict.writes),
        *((promise, len(found)) for promise, found in verdict.breaches.items()),
        ("answers given up after three deaths", verdict.given_up),
        ("requests that were on their way when the lease became another's", len(verdict.overtaken)),
        (
            f"take-over with leases of {outcome.plan.lease:g} s, median and longest",
            f"{median(taken):.1f} s, {taken[-1]:.1f} s",
        ),
        ("take-overs", len(verdict.taken_over)),
        ("longest wait for a whole answer", f"{max(verdict.waits, default=0):.1f} s"),
        ("longest exit on SIGTERM", f"{max(outcome.exits, default=0):.1f} s"),
        ("processes that ended in another way", len(outcome.codes)),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--most", type=int, default=1000, help="end after so many kills and pauses")
    parser.add_argument("--deaths", type=int, default=0, help="but not before so many have died at each step")
    parser.add_argument("--lease", type=float, default=3.0, help="seconds that a lease lasts")
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds after which somebody is forgotten")
    parser.add_argument("--steps", action="store_true", help="let nothing happen but deaths at steps")
    parser.add_argument("--clocks", action="store_true", help="let clocks jump, with libfaketime")
    asked = parser.parse_args()
    plan = Plan(
        asked.seed,
        asked.minutes * 60,
        asked.most,
        asked.deaths,
        asked.patience,
        asked.people,
        asked.lease,
        clocks=asked.clocks,
        weights={} if asked.steps else None,
    )
    outcome = asyncio.run(run(plan))
    sys.stdout.write(f"{table(outcome)}\n{dict(outcome.steps)}\n")
    for promise, found in outcome.verdict.breaches.items():
        for one in found:
            sys.stdout.write(f"{promise}: {one}\n")
    for overtaken in outcome.verdict.overtaken[:20]:
        sys.stdout.write(f"overtaken: {overtaken}\n")
    for ended in outcome.codes:
        sys.stdout.write(f"ended: {ended}\n")
    if not outcome.verdict.sound:
        sys.exit(1)


if __name__ == "__main__":
    main()
