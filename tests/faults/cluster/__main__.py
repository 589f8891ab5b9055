"""`python -m tests.faults.cluster --seed N --minutes M`: kills, pauses and cuts, and a table of what they came to."""

import argparse
import asyncio
import sys
from statistics import median

from tests.faults.cluster.doom import STEPS
from tests.faults.cluster.run import Outcome, Plan, run


def table(outcome: Outcome) -> str:
    """The outcome as a Markdown table."""
    verdict = outcome.verdict
    taken = sorted(verdict.taken_over) or [0.0]
    rows = [
        ("kills and pauses", outcome.kills_and_pauses),
        *((f"of these: {way}", outcome.done[way]) for way in ("kill", "step", "pause", "stop")),
        *((way, outcome.done[way]) for way in ("cut", "restart", "crash", "clock")),
        ("fewest deaths at one of the steps", min(outcome.steps[step] for steps in STEPS.values() for step in steps)),
        ("questions accepted", outcome.asked),
        ("ratings accepted", outcome.rated),
        ("deliveries", outcome.deliveries),
        ("sends with a key that was there", outcome.repeated),
        ("writes checked", verdict.writes),
        *((promise, len(found)) for promise, found in verdict.breaches.items()),
        ("answers given up after three deaths", verdict.given_up),
        ("requests from a process whose lease was another's", len(verdict.late)),
        (
            f"take-over with leases of {outcome.plan.lease:g} s, median and longest",
            f"{median(taken):.1f} s, {taken[-1]:.1f} s",
        ),
        ("take-overs", len(verdict.taken_over)),
        ("longest exit on SIGTERM", f"{max(outcome.exits, default=0):.1f} s"),
        ("processes that ended in another way", len(outcome.codes)),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--most", type=int, default=1000, help="end after so many kills and pauses")
    parser.add_argument("--lease", type=float, default=3.0, help="seconds that a lease lasts")
    parser.add_argument("--clocks", action="store_true", help="let clocks jump, with libfaketime")
    asked = parser.parse_args()
    outcome = asyncio.run(run(Plan(asked.seed, asked.minutes * 60, asked.most, lease=asked.lease, clocks=asked.clocks)))
    sys.stdout.write(f"{table(outcome)}\n{dict(outcome.steps)}\n")
    for promise, found in outcome.verdict.breaches.items():
        for one in found:
            sys.stdout.write(f"{promise}: {one}\n")
    for late in outcome.verdict.late[:20]:
        sys.stdout.write(f"too late: {late}\n")
    for ended in outcome.codes:
        sys.stdout.write(f"ended: {ended}\n")
    if not outcome.verdict.sound:
        sys.exit(1)


if __name__ == "__main__":
    main()
