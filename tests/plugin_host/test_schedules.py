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
from plugins.host.contexts import LEAST_DISTANCE
from plugins.host.install.trial import faults_of
from plugins.host.schedules import MOST_ATTEMPTS
from plugins.host.sources.builtin import BuiltinPlugin
from plugins.host.timer import CallTimer, trigger
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


@scheduled
async def again(ctx: Context) -> None:
    CALLED.append("again")
    await ctx.schedule.at(datetime.now(UTC), "again")


@command
async def begin(ctx: Context) -> str:
    """Call a function that plans itself."""
    await ctx.schedule.at(datetime.now(UTC), "again")
    return ""


@command
async def naive(ctx: Context) -> str:
    """Forget the zone."""
    await ctx.schedule.at(datetime(2030, 1, 1), "say")
    return ""


def alarm(**more: object) -> BuiltinPlugin:
    return made({"name": "alarm", "powers": ["post", "schedule"], **more}, later, say, tick, again, begin, naive)


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
        await stage.clock.schedule_next()
        (job,) = stage.clock.timer._scheduler.get_jobs()
        assert job.id == "alarm:tick"
        await job.func(*job.args)
    assert CALLED == ["tick"]


async def test_a_function_that_plans_itself_runs_with_pauses(build: Build, store: Database) -> None:
    stage = build(found=[alarm()])
    await stage.dialogue().types("/begin")
    before = datetime.now(UTC)
    await settled(stage, store)
    assert CALLED == ["again"]
    (call,) = await waiting(store)
    assert call.due
    assert call.due >= before + LEAST_DISTANCE


async def test_a_time_that_never_comes_stops_no_other_schedule(build: Build) -> None:
    stage = build(found=[alarm(schedules={"say": "0 0 30 2 *", "again": "61 * * * *", "tick": "15m"})])
    async with ticking(stage):
        for _ in range(2):
            await stage.clock.schedule_next()
            assert [job.id for job in stage.clock.timer._scheduler.get_jobs()] == ["alarm:tick"]


async def test_a_job_whose_times_are_over_comes_back_with_the_clock() -> None:
    async def make(*given: str) -> None: ...

    timer = CallTimer()
    timer.start(make)
    try:
        timer.repeat([("alarm", "tick", "15m"), ("alarm", "say", "0 9 * * *")], make)
        timer._scheduler.remove_job("alarm:tick")
        timer.repeat([("alarm", "tick", "15m"), ("alarm", "say", "0 9 * * *")], make)
        assert {job.id for job in timer._scheduler.get_jobs()} == {"alarm:tick", "alarm:say"}
        timer.repeat([("alarm", "tick", "0 0 30 2 *")], make)
        assert timer._scheduler.get_jobs() == []
    finally:
        timer.stop()


def test_a_plugin_with_a_time_that_never_comes_is_not_installed() -> None:
    manifest = alarm(schedules={"tick": "0 0 30 2 *", "again": "0 0 29 2 0"}).manifest
    told = {"tools": (), "hooks": (), "scheduled": ("tick", "again")}
    assert faults_of(manifest, told, ()) == ["schedules.tick: '0 0 30 2 *' is a time that never comes"]


@pytest.mark.parametrize("when", ["15m", "6h", "1d", "0 9 * * 1-5"])
def test_times_that_are_understood(when: str) -> None:
    assert trigger(when)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("1-5", "mon tue wed thu fri"),
        ("0", "sun"),
        ("7", "sun"),
        ("6,0", "sun sat"),
        ("*/2", "sun tue thu sat"),
        ("5-7", "sun fri sat"),
        ("1-5/2", "mon wed fri"),
        ("mon-fri", "mon tue wed thu fri"),
        ("*", "sun mon tue wed thu fri sat"),
    ],
)
def test_the_week_of_a_crontab_line_begins_with_sunday(days: str, expected: str) -> None:
    times, sunday = trigger(f"0 9 * * {days}"), datetime(2026, 11, 29, tzinfo=UTC)
    week = [sunday + timedelta(days=number) for number in range(7)]
    due = [day for day in week if times.get_next_fire_time(None, day).date() == day.date()]
    assert " ".join(f"{day:%a}".lower() for day in due) == expected


@pytest.mark.parametrize("when", ["soon", "61 9 * * *", "* * *", "0 0 31 4,6,9,11 *", "0 9 * * 8", "0 9 * * 5-1"])
def test_times_that_are_not(when: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        trigger(when)
