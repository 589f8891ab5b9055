"""`python -m tests.faults.clock.program FOLDER SEED JUMPS`: plans reminders and lets its own clock jump.

libfaketime has to be loaded, with the file FOLDER/clock. It writes a line of JSON for everything that was done at a
time, and for every time that the clock was set to.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from random import Random

from core.store.engine.database import connect
from parley import Context, command, scheduled
from plugins.host import schedules
from tests.plugin_host.stage import Stage, made, staged

LOOK = 0.2
"""Seconds between two looks for calls; in use, there are thirty."""

HOUR, DAY = 3600.0, 86400.0
JUMPS = (HOUR, -HOUR, 0.25 * HOUR, -0.25 * HOUR, DAY, -DAY, 1.5, -1.5)
"""The hour of summer time, a day, and what a time server puts right, in seconds."""

LATEST = 3 * DAY


@command
async def later(ctx: Context, at: float, what: str) -> str:
    """Say something at a time."""
    await ctx.schedule.at(datetime.fromtimestamp(at, UTC), "say", what=what)
    return "noted"


@scheduled
async def say(ctx: Context, what: str) -> None:
    tell("said", what=what)


@scheduled
async def tick(ctx: Context) -> None:
    tell("tick")


@scheduled
async def morning(ctx: Context) -> None:
    tell("morning")


def tell(kind: str, **more: object) -> None:
    sys.stdout.write(json.dumps({"kind": kind, "at": datetime.now(UTC).timestamp(), **more}) + "\n")
    sys.stdout.flush()


async def main() -> None:
    folder, seed, jumps = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    schedules.CHECK_INTERVAL = LOOK
    random, store = Random(seed), connect(f"sqlite:///{folder / 'parley.sqlite3'}")
    repeated = {"tick": "15m", "morning": "0 9 * * *"}
    alarm = made({"name": "alarm", "powers": ["schedule"], "schedules": repeated}, later, say, tick, morning)
    stage = staged(store, folder, found=[alarm])
    ana, offset = stage.dialogue(), 0.0
    await ana.types("/plugin list")
    running = asyncio.create_task(stage.clock.run())
    # It begins to keep time.
    await asyncio.sleep(0)
    last = [offset]
    for number in range(jumps):
        due = datetime.now(UTC).timestamp() + random.uniform(0, 2 * HOUR)
        await ana.types(f"/later {due} {number}")
        tell("planned", what=str(number), due=due)
        offset += random.choice(JUMPS)
        last.append(offset)
        await jumped(stage, folder, offset)
    # Past everything that was planned, a quarter of an hour at a time.
    for number in range(8):
        await jumped(stage, folder, max(last) + (1 + number) * 0.25 * HOUR + 2 * HOUR)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await stage.close()
    await store.close()


async def jumped(stage: Stage, folder: Path, offset: float) -> None:
    """Let the clock jump, and wait until what is due then is done."""
    before = datetime.now(UTC).timestamp()
    (folder / "clock").write_text(f"{offset:+.3f}")
    tell("jump", before=before)
    # At the second look, nothing of the time before the jump is left.
    for _ in range(2):
        await stage.clock.schedule_next()
        for pause in repeat(0.01):
            if not busy(stage):
                break
            await asyncio.sleep(pause)


def busy(stage: Stage) -> bool:
    """Whether something is being done, or is due."""
    scheduler, now = stage.clock.timer._scheduler, datetime.now(UTC)
    running = sum(scheduler._lookup_executor("default")._instances.values())
    return bool(running) or any(job.next_run_time <= now for job in scheduler.get_jobs())


if __name__ == "__main__":
    asyncio.run(main())
