"""The clock of the machine jumps: reminders and schedules are done once each, at their time, and none is lost."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.faults.cluster.faulty_cluster import FAKETIME, HAVE_FAKETIME

pytestmark = pytest.mark.skipif(not HAVE_FAKETIME, reason="needs libfaketime")

LIMIT = 900.0
NINE, DAY = 9 * 3600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class ClockRun:
    """What a program has told, in its order."""

    told: Sequence[dict[str, Any]]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.told if one["kind"] == kind]


async def run(folder: Path, seed: int, jumps: int) -> ClockRun:
    """Let a program of its own live with a clock that jumps."""
    (folder / "clock").write_text("+0")
    given = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(folder / "clock"),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    program = [sys.executable, "-m", "tests.faults.clock.program", str(folder), str(seed), str(jumps)]
    running = await asyncio.create_subprocess_exec(*program, env={**os.environ, **given}, stdout=PIPE)
    out, _ = await asyncio.wait_for(running.communicate(), LIMIT)
    assert running.returncode == 0, out.decode()
    return ClockRun([json.loads(line) for line in out.decode().splitlines() if line.startswith("{")])


def once_each(life: ClockRun) -> None:
    """Every reminder was said once, in the first moment in which the clock was past its time."""
    due = {one["what"]: one["due"] for one in life.of("planned")}
    assert sorted(one["what"] for one in life.of("said")) == sorted(due)
    waiting: set[str] = set()
    for now in life.told:
        match now["kind"]:
            case "planned":
                waiting.add(now["what"])
            case "said":
                waiting.discard(now["what"])
                assert now["at"] >= due[now["what"]], now
            case "jump":
                # What was due before this jump has been said by now.
                late = [what for what in waiting if due[what] < now["before"]]
                assert not late, (now, late)


def every_quarter(life: ClockRun) -> None:
    """What is done every quarter of an hour is done once for each jump by as much, and never sooner."""
    ticks = [one["at"] for one in life.of("tick")]
    assert len(ticks) >= 6
    ends = life.of("jump")[-6:]
    for one, after in zip(ends, [*ends[1:], None], strict=True):
        between = [at for at in ticks if one["at"] <= at and (after is None or at < after["at"])]
        assert len(between) == 1, (one, between)


def every_morning(life: ClockRun) -> None:
    """What is done at nine is done once for each nine o'clock, unless the clock is put back by more than a day."""
    done = [index for index, one in enumerate(life.told) if one["kind"] == "morning"]
    for first, second in pairwise(done):
        before, after = life.told[first]["at"], life.told[second]["at"]
        put_back = min(one["at"] for one in life.told[first:second]) < before - DAY
        # A jump past nine may lead to the early hours of the next day.
        assert put_back or (before - NINE) // DAY != (after - NINE) // DAY, (before, after)


async def lived(sqlite_path: Path, seed: int, jumps: int) -> None:
    life = await run(sqlite_path.parent, seed, jumps)
    once_each(life)
    every_quarter(life)
    every_morning(life)


@pytest.mark.slow
async def test_what_is_planned_is_done_once_while_the_clock_jumps(sqlite_path: Path) -> None:
    await lived(sqlite_path, 14, 12)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(2))
async def test_thirty_jumps(sqlite_path: Path, seed: int) -> None:
    await lived(sqlite_path, seed, 30)
