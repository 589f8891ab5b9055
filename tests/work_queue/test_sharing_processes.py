"""What one process changes, the others hear of at once: settings, what is to be stopped, where a community is now."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from core.messages import Place, Relocation
from core.ports.processes import Subject
from plugins.host.policy import OwnerPolicy
from plugins.host.switches import PluginSwitches
from tests.dialogue import ANA, HERE, Dialogue
from tests.paper import PaperChat
from tests.work_queue.process import SharingProcess, sharing
from tests.work_queue.test_leased_queue import HeldModel, written

pytestmark = pytest.mark.postgres

LIMIT = 20.0


@dataclass(slots=True)
class HeardNotices:
    """What a process hears about a subject, once all its own parts have heard it."""

    process: SharingProcess
    subject: Subject
    heard: "asyncio.Queue[tuple[str, ...]]"

    async def next(self) -> tuple[str, ...]:
        async with asyncio.timeout(LIMIT):
            return await self.heard.get()


def hearing(process: SharingProcess, subject: Subject) -> HeardNotices:
    heard: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()
    process.others.hear(subject, lambda *about: heard.put_nowait(about))
    return HeardNotices(process, subject, heard)


@asynccontextmanager
async def listening(url: str, chat: PaperChat, subject: Subject) -> AsyncIterator[tuple[SharingProcess, HeardNotices]]:
    """A process that accepts events for others, and listens to them by now."""
    async with sharing(url, chat, platforms=()) as process:
        told = hearing(process, subject)
        # Once it listens, it gets a first notice without any details.
        assert await told.next() == ()
        yield process, told


async def test_a_setting_holds_in_all_processes_at_once(postgres_url: str) -> None:
    chat = PaperChat()
    async with listening(postgres_url, chat, "settings") as (one, told), sharing(postgres_url, chat) as worker:
        assert (await one.core.communities.settings(HERE)).ratings
        await Dialogue(one.core, chat).types("/settings ratings off")
        assert await told.next() == (HERE.platform, HERE.community, "ratings")
        assert not (await one.core.communities.settings(HERE)).ratings
        assert not (await worker.core.communities.settings(HERE)).ratings


async def test_what_was_changed_while_nobody_listened_is_read_anew(postgres_url: str) -> None:
    chat = PaperChat()
    async with listening(postgres_url, chat, "settings") as (one, told), sharing(postgres_url, chat) as other:
        assert (await one.core.communities.settings(HERE)).ratings
        await one.freeze()
        await other.core.communities.change(HERE, "ratings", "off")
        await one.wake()
        assert await told.next() == ()
        assert not (await one.core.communities.settings(HERE)).ratings


async def test_whoever_is_forgotten_stops_the_answer_that_another_process_is_writing(postgres_url: str) -> None:
    chat, slow = PaperChat(), HeldModel("to somebody who is gone")
    async with sharing(postgres_url, chat, platforms=()) as ingress:
        ana = Dialogue(ingress.core, chat)
        async with sharing(postgres_url, chat, model=slow.model) as writing:
            question = ana.message("Who am I?")
            await ana.send(question)
            await slow.begun.wait()
            # Whatever else there is to do, the next process does.
            await writing.queue.stop()
            async with sharing(postgres_url, chat) as other:
                there = ana.elsewhere("another room")
                asked = await there.types("/forgetme")
                await there.send(there.press_of(asked, "forget"))
                await chat.until(lambda: question.key in chat.finished)
                assert other.leases.held
                assert "to somebody" not in "".join(await written(other.store))


async def test_a_plugin_that_is_switched_on_is_on_in_all_processes(postgres_url: str) -> None:
    chat, changed = PaperChat(), asyncio.Queue[Place]()
    async with listening(postgres_url, chat, "settings") as (one, told), sharing(postgres_url, chat, ()) as other:
        here = PluginSwitches(OwnerPolicy(), one.store, changed.put_nowait, one.others)
        there = PluginSwitches(OwnerPolicy(), other.store, others=other.others)
        assert await here.chosen(HERE) == {}
        await there.choose(HERE, "plugin:weather", "on")
        await told.next()
        async with asyncio.timeout(LIMIT):
            assert await changed.get() == Place(HERE.platform, HERE.community, "")
        assert await here.chosen(HERE) == {"plugin:weather": "on"}


async def test_all_processes_know_where_a_community_is_now(postgres_url: str) -> None:
    chat = PaperChat()
    new = replace(HERE, community="supergroup")
    async with listening(postgres_url, chat, "relocation") as (one, told), sharing(postgres_url, chat):
        await one.core.router.handle(
            Relocation(key="paper:moved", at=datetime.now(UTC), place=new, user=ANA, former=HERE)
        )
        await told.next()
        assert one.core.router.dispatch.relocations.present(HERE) == new
