"""Telegram in cluster mode, by real processes: one asks for updates, workers answer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from tests.cluster.ledger import holder_of, rows, until_rows
from tests.cluster.platforms import telegram_at
from tests.cluster.processes import ClusterProcess, RunningCluster, cluster, model_at
from tests.cluster.talking_model import COUNT, WAIT, TalkingModel, talking_model
from tests.telegram.living import answers, buttons, finished
from tests.telegram.server.server import Chat, Telegram, telegram_server
from tests.telegram.server.specification import published

pytestmark = pytest.mark.postgres

POLLS = '"work": "telegram"'
"""What stands in the log of the process that asks for updates from now on."""

TAKEN_OVER, SEEN = 15.0, 25.0
"""Seconds within which another process asks for updates (ten, if nothing else keeps the machine busy), and within which
the person sees the answer of a worker that was killed."""


@pytest.fixture
async def world() -> AsyncIterator[Telegram]:
    async with telegram_server(published()) as running:
        yield running


def settings(world: Telegram, model: TalkingModel) -> Mapping[str, str]:
    return {**telegram_at(world), **model_at(model.server)}


@dataclass(slots=True)
class Stage:
    """A cluster on a test's Telegram."""

    world: Telegram
    url: str
    running: RunningCluster
    model: TalkingModel

    async def poller(self) -> ClusterProcess:
        pid = await holder_of(self.url, "telegram")
        return next(one for one in self.running.ingresses if one.program.pid == pid)

    async def answering(self, chat: Chat) -> ClusterProcess:
        pid = await holder_of(self.url, f"telegram/{chat.id}/{chat.id}")
        return next(one for one in self.running.workers if one.program.pid == pid)


@asynccontextmanager
async def stage(world: Telegram, url: str, home: Path, *, ingresses: int = 2, workers: int = 2) -> AsyncIterator[Stage]:
    """A cluster whose ingresses and workers are on Telegram, one of them asking for updates."""
    async with (
        talking_model() as model,
        cluster(home, url, settings(world, model), ingresses=ingresses, workers=workers) as running,
    ):
        for one in (*running.ingresses, *running.workers):
            await one.out.until("On Telegram as")
        await world.until(lambda: any(request.method == "getUpdates" for request in world.requests))
        yield Stage(world, url, running, model)


@pytest.mark.slow
async def test_what_people_do_reaches_the_worker_that_answers(
    world: Telegram, postgres_url: str, tmp_path: Path
) -> None:
    ana = world.person("Ana")
    room = world.group(admins=[ana])
    async with stage(world, postgres_url, tmp_path):
        asked = await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        await ana.edits(asked, f"@{world.me.username} Hello again")
        await world.until(lambda: "again" in buttons(answers(room)[0]))
        await ana.presses(answers(room)[0], "again:")
        await world.until(lambda: finished(room, 2))
        assert answers(room)[1].text == "You said: Ana: Hello again"
        thumbed = await ana.presses(answers(room)[1], "up:")
        # The process that took the press is not the one that answers it.
        await world.until(lambda: thumbed.answer is not None and "👍" in answers(room)[-1].text)
        await ana.reacts(answers(room)[0], "👎")

        await ana.says(room, COUNT, mention=True)
        await world.until(lambda: "stop" in buttons(answers(room)[-1]))
        stopped = await ana.presses(answers(room)[-1], "stop:")
        await world.until(lambda: stopped.answer is not None and finished(room, 4))

        chat = ana.dm()
        await ana.says(chat, "/help")
        await world.until(lambda: any("/forgetme" in one.text for one in answers(chat)))
        assert world.commands
    assert await rows(postgres_url, "SELECT value FROM rating ORDER BY at") == [(1,), (-1,)]


@pytest.mark.sweep
async def test_who_asks_for_updates_is_replaced_within_ten_seconds(
    world: Telegram, postgres_url: str, tmp_path: Path
) -> None:
    await replaced(world, postgres_url, tmp_path, lambda one: one.program.kill())


@pytest.mark.sweep
async def test_whoever_is_frozen_while_asking_for_updates_does_nothing_more_with_them(
    world: Telegram, postgres_url: str, tmp_path: Path
) -> None:
    await replaced(world, postgres_url, tmp_path, ClusterProcess.freeze, ClusterProcess.thaw)


async def replaced(
    world: Telegram,
    url: str,
    home: Path,
    gone: Callable[[ClusterProcess], None],
    back: Callable[[ClusterProcess], None] | None = None,
) -> None:
    """Let the process that asks for updates be gone, and the other one take its work over."""
    ana = world.person("Ana")
    chat = ana.dm()
    async with stage(world, url, home, workers=1) as on:
        await ana.says(chat, "Hello")
        await world.until(lambda: finished(chat))
        first = await on.poller()
        (second,) = [one for one in on.running.ingresses if one is not first]
        gone(first)
        began = monotonic()
        await ana.says(chat, "Are you there?")
        await second.log.until(POLLS)
        assert monotonic() - began < TAKEN_OVER
        await world.until(lambda: finished(chat, 2))
        assert [one.text for one in answers(chat)] == ["You said: Hello", "You said: Are you there?"]
        if back:
            back(first)
            await ana.says(chat, "And now?")
            await world.until(lambda: finished(chat, 3))
            assert [one.text for one in answers(chat)][2:] == ["You said: And now?"]
    assert await rows(url, "SELECT DISTINCT state FROM inbox") == [("done",)]


@pytest.mark.slow
async def test_a_killed_workers_answer_is_shown_by_the_other(
    world: Telegram, postgres_url: str, tmp_path: Path
) -> None:
    ana = world.person("Ana")
    room = world.group(admins=[ana])
    async with stage(world, postgres_url, tmp_path, ingresses=1) as on:
        await ana.says(room, WAIT, mention=True)
        await world.until(lambda: bool(answers(room)) and "You said" in answers(room)[0].text)
        # If nobody knew whether it was sent, it would be offered.
        await until_rows(postgres_url, "SELECT state FROM post", [("sent",)])
        await (await on.answering(room)).kill()
        began = monotonic()
        on.model.go.set()
        await world.until(lambda: finished(room))
        assert monotonic() - began < SEEN
        assert [one.text for one in answers(room)] == [f"You said: Ana: {WAIT}"]


@pytest.mark.sweep
async def test_what_may_have_arrived_when_its_worker_was_killed_is_offered_and_not_repeated(
    world: Telegram, postgres_url: str, tmp_path: Path
) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with stage(world, postgres_url, tmp_path, ingresses=1) as on:
        world.slow["sendMessage"] = asyncio.Event()
        await ana.says(chat, "Hello")
        await world.until(lambda: bool(answers(chat)))
        await (await on.answering(chat)).kill()
        world.slow.pop("sendMessage").set()
        began = monotonic()
        await world.until(lambda: "show" in buttons(answers(chat)[-1]))
        assert monotonic() - began < SEEN
        assert len(answers(chat)) == 2
