"""Slack in cluster mode, by real processes: sockets on several, workers answer."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from bots.slack.manifest import manifest
from cli.wiring import program
from config.settings import load
from tests.cluster.ledger import holder_of, rows
from tests.cluster.platforms import slack_at
from tests.cluster.processes import RunningCluster, cluster, model_at
from tests.cluster.talking_model import COUNT, WAIT, TalkingModel, talking_model
from tests.slack.living import answers, buttons, finished
from tests.slack.server.server import Slack, slack_server

pytestmark = pytest.mark.postgres

SEEN = 25.0
"""Seconds within which the person sees the answer of a worker that was killed."""


@pytest.fixture
async def world() -> AsyncIterator[Slack]:
    async with slack_server() as running:
        running.install(manifest(await program.commands(load()), "Parley", "An assistant"))
        yield running


def settings(world: Slack, model: TalkingModel) -> Mapping[str, str]:
    return {**slack_at(world), **model_at(model.server)}


@dataclass(slots=True)
class Stage:
    """A cluster on a test's Slack."""

    running: RunningCluster
    model: TalkingModel


@asynccontextmanager
async def stage(world: Slack, url: str, home: Path, *, ingresses: int = 2, workers: int = 2) -> AsyncIterator[Stage]:
    """A cluster whose ingresses have a socket each; events come by each of them in turn."""
    world.in_turn = True
    async with (
        talking_model() as model,
        cluster(home, url, settings(world, model), ingresses=ingresses, workers=workers) as running,
    ):
        for one in running.workers:
            await one.out.until("On Slack as")
        await world.until(lambda: len(world.sockets) == ingresses)
        yield Stage(running, model)


@pytest.mark.slow
async def test_what_people_do_comes_by_two_sockets_and_reaches_the_worker_that_answers(
    world: Slack, postgres_url: str, tmp_path: Path
) -> None:
    room, ana = world.channel(), world.person("Ana", admin=True)
    async with stage(world, postgres_url, tmp_path):
        asked = await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        # Not every message of a thread comes by the socket that brought the first one.
        for number, words in enumerate(("And this?", "And that?"), 2):
            await ana.says(room, words, thread=asked)
            await world.until(lambda number=number: finished(room, number, asked.ts))  # type: ignore[misc]
        first = answers(room, asked.ts)[0]
        await ana.edits(asked, f"<@{world.garden.bot.id}> Hello again")
        await world.until(lambda: "again" in buttons(first))

        before = len(room.whispers)
        await ana.presses(first, "up:")
        await world.until(lambda: any("👍" in one.shown for one in room.whispers[before:]))
        await ana.reacts(answers(room, asked.ts)[1], "-1")

        counted = await ana.says(room, COUNT, mention=True)
        await world.until(lambda: any("three" in one.shown for one in answers(room, counted.ts)))
        await ana.reacts(answers(room, counted.ts)[0], "octagonal_sign")
        await world.until(lambda: finished(room, 1, counted.ts))

        # A form by a slash command, and by a command written in a thread, where a button offers it.
        await ana.commands(room, "instructions")
        await world.until(lambda: len(world.views) == 1)
        before = len(room.whispers)
        await ana.submits(world.views[0], style="Be brief.")
        await world.until(lambda: len(room.whispers) > before)
        await ana.says(room, "!instructions", thread=asked)
        await world.until(lambda: any("open-form" in buttons(one) for one in room.whispers[before:]))
        offered = next(one for one in room.whispers[before:] if "open-form" in buttons(one))
        await ana.presses(offered, "open-form")
        await world.until(lambda: len(world.views) == 1)
        assert "Be brief." in json.dumps(world.views[0].content)

        before = len(room.whispers)
        await ana.commands(room, "help")
        await world.until(lambda: any("forgetme" in one.shown for one in room.whispers[before:]))
        assert len(answers(room, asked.ts)) == 3
    assert sorted(await rows(postgres_url, "SELECT value FROM rating")) == [(-1,), (1,)]
    assert await rows(postgres_url, "SELECT DISTINCT state FROM inbox") == [("done",)]


@pytest.mark.sweep
@pytest.mark.parametrize("pane", [False, True])
async def test_a_killed_workers_answer_is_shown_once_by_the_other(
    world: Slack, postgres_url: str, tmp_path: Path, pane: bool
) -> None:
    ana = world.person("Ana")
    room = ana.dm() if pane else world.channel()
    world.forgive("streaming_state_conflict")
    async with stage(world, postgres_url, tmp_path, ingresses=1) as on:
        thread = await ana.opens_pane() if pane else ""
        await ana.says(room, WAIT, thread=thread, mention=not pane)
        await world.until(lambda: bool(answers(room)) and "You said" in answers(room)[0].shown)
        pid = await holder_of(postgres_url, f"slack/{room.team}/{room.id}")
        await next(one for one in on.running.workers if one.program.pid == pid).kill()
        began = monotonic()
        on.model.go.set()
        await world.until(lambda: finished(room))
        assert monotonic() - began < SEEN
        assert len(answers(room)) == 1
