"""plugins.host.schedules: calls that plugins asked for are made when they are due, once, also after a restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from core.store.engine.database import Database
from core.store.plugin_tables import PluginCallRow
from parley import Context, command, scheduled
from plugins.host.schedules import MOST_ATTEMPTS
from plugins.host.sources.builtin import BuiltinPlugin
from plugins.host.timer import trigger
from tests.plugin_host.stage import Build, Stage, made
from tests.plugin_host.test_host import audited

CALLED: list[str] = []
FAILING: list[bool] = []


@command
async def later(ctx: Context, seconds: float, what: str) -> str:
    """Say something later."""
    await ctx.schedule.at(datetime.now(UTC) + timedelta(seconds=seconds), "say", what=what)
    return "noted"


@scheduled
async def say(ctx: Context, what: str) -> None:
    if FAILING:
        raise RuntimeError("not now")
    await ctx.chat.post(f"{ctx.user_name}: {what}")
    CALLED.append(what)


@scheduled
async def tick(ctx: Context) -> None:
    CALLED.append("tick")


@command
async def naive(ctx: Context) -> str:
    """Forget the zone."""
    await ctx.schedule.at(datetime(2030, 1, 1), "say")
    return ""


def alarm(**more: object) -> BuiltinPlugin:
    return made({"name": "alarm", "powers": ["post", "schedule"], **more}, later, say, tick, naive)


@pytest.fixture(autouse=True)
def fresh() -> None:
    CALLED.clear()
    FAILING.clear()


@asynccontextmanager
async def ticking(stage: Stage) -> AsyncIterator[None]:
    started = asyncio.Event()

    async def run() -> None:
        started.set()
        await stage.clock.run()

    running = asyncio.create_task(run())
    try:
        await started.wait()
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def waiting(store: Database) -> list[PluginCallRow]:
    return list(await store.read(lambda session: session.exec(select(PluginCallRow)).all()))


async def settled(stage: Stage, store: Database) -> None:
    """Make what is due until nothing is."""
    for call in await waiting(store):
        await stage.clock.make(call.id)


async def test_a_call_is_made_when_it_is_due(build: Build, store: Database) -> None:
    stage = build(found=[alarm()])
    dialogue = stage.dialogue()
    async with ticking(stage):
        (await dialogue.types("/later 0.01 tea")).expect("noted")
        await stage.chat.until(lambda: any(reply.text == "Ana: tea" for reply in stage.chat.shown.values()))


async def test_it_survives_a_restart(build: Build, store: Database) -> None:
    before = build(found=[alarm()])
    await before.dialogue().types("/later 0 tea")
    assert CALLED == []
    after = build(found=[alarm()])
    async with ticking(after):
        await after.chat.until(lambda: any(reply.text == "Ana: tea" for reply in after.chat.shown.values()))
    await settled(after, store)
    assert await waiting(store) == []


async def test_the_same_call_made_twice_says_it_once(build: Build, store: Database) -> None:
    stage = build(found=[alarm()])
    await stage.dialogue().types("/later 0 tea")
    (call,) = await waiting(store)
    copy = PluginCallRow(**call.model_dump())
    await stage.clock.make(call.id)

    def crash(session: Session) -> None:
        """As if the process had died before it was noted that the call was made."""
        session.add(copy)

    await store.write(crash)
    await stage.clock.make(call.id)
    assert [reply.text for reply in stage.chat.shown.values()].count("Ana: tea") == 1
    assert await waiting(store) == []


async def test_a_call_that_fails_is_made_again_and_not_for_ever(build: Build, store: Database) -> None:
    stage = build(found=[alarm()])
    await stage.dialogue().types("/later 0 tea")
    FAILING.append(True)
    for attempt in range(MOST_ATTEMPTS):
        (call,) = await waiting(store)
        assert call.attempts == attempt
        await stage.clock.make(call.id)
    assert await waiting(store) == []
    assert [outcome for action, _, outcome in await audited(store) if action == "scheduled"] == [
        "failed"
    ] * MOST_ATTEMPTS


async def test_what_was_switched_off_is_not_called(build: Build, store: Database) -> None:
    stage = build(found=[alarm()])
    dialogue = stage.dialogue()
    await dialogue.types("/later 0 tea")
    await dialogue.types("/plugin disable alarm")
    await settled(stage, store)
    assert (CALLED, await waiting(store)) == ([], [])


async def test_a_time_needs_a_zone(build: Build) -> None:
    (await build(found=[alarm()]).dialogue().types("/naive", "#error")).expect("needs its zone")


async def test_a_schedule_of_the_manifest_runs_where_the_plugin_is_on(build: Build) -> None:
    stage = build(found=[alarm(schedules={"tick": "15m"})])
    await stage.dialogue().types("/plugin list")
    async with ticking(stage):
        await stage.clock.look()
        (job,) = stage.clock.timer._scheduler.get_jobs()
        assert job.id == "alarm:tick"
        await job.func(*job.args)
    assert CALLED == ["tick"]


@pytest.mark.parametrize("when", ["15m", "6h", "1d", "0 9 * * 1-5"])
def test_times_that_are_understood(when: str) -> None:
    assert trigger(when)


@pytest.mark.parametrize("when", ["soon", "61 9 * * *", "* * *"])
def test_times_that_are_not(when: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        trigger(when)
