"""The power is cut, and what was acknowledged is there at the next start: each commit is synced before it counts.

There is no machine to switch off: a library records what the program writes and syncs, and each cut is what a disk may
hold then. Pieces that were not synced are there, lost or torn, in any order.
"""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from core.store.engine.database import connect
from core.store.engine.migrate import migrate
from tests.core.building import core_over
from tests.faults.power.cuts import INDEX, DiskStep, cut, recorded, said
from tests.living import echo
from tests.paper import PaperChat

pytestmark = pytest.mark.skipif(not shutil.which("cc"), reason="needs a compiler of C for the recorder")

FILE = "parley.sqlite3"
LIMIT = 120.0
ROUNDS = 6
REFUSED = 10
"""The writes that a full disk refuses before there is room again. If nothing else is to be done, one is tried every
four seconds."""


@pytest.fixture(scope="session")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that records, compiled."""
    built = tmp_path_factory.mktemp("recorder") / "recorder.so"
    source = Path(__file__).with_name("recorder.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(built), str(source), "-ldl"], check=True)
    return built


@dataclass(frozen=True, slots=True)
class Recording:
    """A run: the files before it, its steps, the files as they were when it ended, and its log."""

    base: Mapping[str, bytes]
    steps: Sequence[DiskStep]
    end: Mapping[str, bytes]
    log: str = ""


def files_of(folder: Path) -> Mapping[str, bytes]:
    """The database and its log of writes."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if not file.name.endswith(INDEX)}


async def record(recorder: Path, folder: Path, rounds: int, *more: str, full: str = "") -> Recording:
    """Let people talk to a core of their own, and record what it does to its disk, which may be `full` for a while."""
    home = folder / "home"
    home.mkdir()
    await migrate(f"sqlite:///{home / FILE}")
    base, log = files_of(home), folder / "log"
    given = {"LD_PRELOAD": str(recorder), "POWER_LOG": str(log), "POWER_FOLDER": str(home), "POWER_FULL": full}
    program = [sys.executable, "-m", "tests.faults.power.program", str(home / FILE), str(rounds), *more]
    running = await asyncio.create_subprocess_exec(*program, env={**os.environ, **given}, stdout=DEVNULL, stderr=PIPE)
    _, told = await asyncio.wait_for(running.communicate(), LIMIT)
    assert running.returncode == 0, told.decode()
    return Recording(base, recorded(log), files_of(home), told.decode())


@dataclass(frozen=True, slots=True)
class Found:
    """What a cut has come to: the keys that were acknowledged and are not there, and what SQLite says of the file."""

    lost: Sequence[str]
    state: str


def after_cut(recording: Recording, at: int, random: Random, folder: Path) -> Found:
    """Cut the power after so many steps, and look at what is in the folder then."""
    steps = recording.steps[:at]
    for name, content in cut(recording.base, steps, random).items():
        (folder / name).write_bytes(content)
    with closing(sqlite3.connect(folder / FILE)) as connection:
        (state,) = connection.execute("PRAGMA integrity_check").fetchone()
        kept = {key for (key,) in connection.execute("SELECT key FROM inbox")}
    return Found([key for key in said(steps) if key not in kept], state)


def moments(steps: Sequence[DiskStep], number: int, random: Random) -> Sequence[int]:
    """So many moments of a run: half of them just after something was acknowledged, the others at any step."""
    acknowledged = [place + 1 for place, step in enumerate(steps) if step.kind == "say"]
    return [random.choice(acknowledged) if one % 2 else random.randint(1, len(steps)) for one in range(number)]


def cut_again_and_again(recording: Recording, number: int, folder: Path) -> Sequence[Found]:
    """What is found after each of so many cuts."""
    random, found = Random(number), []
    for one, at in enumerate(moments(recording.steps, number, random)):
        place = folder / f"cut-{one}"
        place.mkdir()
        found.append(after_cut(recording, at, random, place))
        shutil.rmtree(place)
    return found


def test_what_was_not_synced_may_be_lost_or_torn() -> None:
    write = DiskStep("write", "a", 0, b"1" * 2048)
    base, synced = {"a": b"0" * 2048}, [write, DiskStep("sync", "a", 0, b"")]
    assert cut(base, synced, Random(1)) == {"a": b"1" * 2048}
    assert cut(base, [*synced, DiskStep("sync", "b", 0, b"")], Random(1)) == {"a": b"1" * 2048}
    found = {cut(base, [write, DiskStep("sync", "b", 0, b"")], Random(seed))["a"] for seed in range(50)}
    assert found == {b"1" * 512 * ones + b"0" * 512 * (4 - ones) for ones in range(5)}


@pytest.mark.slow
async def test_nothing_acknowledged_is_lost_and_the_file_is_whole(recorder: Path, tmp_path: Path) -> None:
    recording = await record(recorder, tmp_path, 6)
    # What was recorded is all that was written.
    assert cut(recording.base, [*recording.steps, *all_synced(recording)], Random(1)) == recording.end
    found = cut_again_and_again(recording, 40, tmp_path)
    assert [(one.lost, one.state) for one in found] == [([], "ok")] * 40


@pytest.mark.sweep
async def test_whoever_does_not_sync_loses_what_was_acknowledged(recorder: Path, tmp_path: Path) -> None:
    recording = await record(recorder, tmp_path, 4, "NORMAL")
    assert any(one.lost for one in cut_again_and_again(recording, 40, tmp_path))


@pytest.mark.sweep
async def test_two_hundred_cuts_lose_nothing_and_all_is_answered_at_the_next_start(
    recorder: Path, tmp_path: Path
) -> None:
    # So much is written that the file itself is, too, not only the log beside it.
    recording = await record(recorder, tmp_path, 60)
    assert any(step.kind == "write" and step.name == FILE for step in recording.steps)
    found = cut_again_and_again(recording, 200, tmp_path)
    assert [(one.lost, one.state) for one in found] == [([], "ok")] * 200
    random = Random(3)
    for at in moments(recording.steps, 10, random):
        place = tmp_path / f"start-{at}"
        place.mkdir()
        after_cut(recording, at, random, place)
        await goes_on(place / FILE, said(recording.steps[:at]))


async def filled(recorder: Path, folder: Path, points: int) -> None:
    """Let the disk be full at so many points of a run, each time until it has refused some writes."""
    (folder / "calm").mkdir()
    calm = await record(recorder, folder / "calm", ROUNDS)
    writes = sum(step.kind == "write" for step in calm.steps)
    for point in range(points):
        place = folder / f"full-{point}"
        place.mkdir()
        began = monotonic()
        run = await record(recorder, place, ROUNDS, full=f"{1 + point * writes // points}:{REFUSED}")
        assert monotonic() - began < LIMIT
        assert "disk of the database is full" in run.log
        with closing(sqlite3.connect(place / "home" / FILE)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        # All that people do was acknowledged in the end.
        assert len(said(run.steps)) == len(said(calm.steps))
        await goes_on(place / "home" / FILE, said(run.steps))


@pytest.mark.sweep
async def test_a_disk_that_is_full_at_twelve_points_loses_nothing(recorder: Path, tmp_path: Path) -> None:
    await filled(recorder, tmp_path, 12)


async def goes_on(file: Path, acknowledged: Sequence[str]) -> None:
    """Start on what a cut has left, and see that every question has its answer, and every thumb counts."""
    store, chat = connect(f"sqlite:///{file}"), PaperChat()
    core = core_over(store, echo())
    core.router.attach("paper", chat)
    await core.router.recover("paper")
    await core.router.drain(LIMIT)
    await store.close()
    with closing(sqlite3.connect(file)) as connection:
        answered = {
            key.removesuffix("#answer")
            for (key,) in connection.execute(
                "SELECT p.key FROM post p JOIN message m ON m.id = p.message_id"
                " WHERE m.role = 'assistant' AND m.state = 'complete' AND p.state = 'sent'"
            )
        }
        thumbs = {key for (key,) in connection.execute("SELECT event_key FROM rating_event")}
        assert connection.execute("SELECT count(*) FROM inbox WHERE state <> 'done'").fetchone() == (0,)
    assert [key for key in acknowledged if key not in answered | thumbs] == []


def all_synced(recording: Recording) -> Sequence[DiskStep]:
    return [DiskStep("sync", name, 0, b"") for name in recording.end]
