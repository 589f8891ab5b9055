"""A community that gets a new id while several processes work: what is asked there follows what was asked before."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from core.backoff import Backoff
from core.messages import Place, Relocation
from core.models.scripted import ScriptedModel
from core.store.lanes import home
from core.work_queue import leased_homes
from tests.dialogue import Dialogue
from tests.paper import PATIENCE, PaperChat
from tests.work_queue.process import SharingProcess, sharing
from tests.work_queue.test_leased_queue import HeldModel

pytestmark = pytest.mark.postgres

FORMER, NEW = Place("paper", "-5", "-5"), Place("paper", "-1005", "-1005")


def moves(ana: Dialogue) -> Relocation:
    return Relocation(**ana._event("moved"), former=FORMER)


def people(process: SharingProcess, chat: PaperChat) -> tuple[Dialogue, Dialogue]:
    """Ana in the former place, and in the new one."""
    before = Dialogue(process.core, chat, FORMER)
    return before, replace(before, place=NEW)


async def soon(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something is so that no chat shows. Raises TimeoutError when it never is."""
    async with asyncio.timeout(seconds):
        for pause in Backoff(0.02, 0.02):
            if true():
                return
            await asyncio.sleep(pause)


@pytest.mark.slow
async def test_what_is_asked_in_the_new_place_waits_for_another_process_that_answers_in_the_former_one(
    postgres_url: str,
) -> None:
    chat, slow, other = PaperChat(), HeldModel("At last."), ScriptedModel(["At once."])
    async with sharing(postgres_url, chat, model=slow.model) as one, sharing(postgres_url, chat, platforms=()) as door:
        before, after = people(door, chat)
        first, second = before.message("Before"), after.message("After")
        await before.send(first)
        await slow.begun.wait()
        # It takes on nothing more.
        await one.queue.stop()
        async with sharing(postgres_url, chat, model=other) as two:
            await after.send(moves(after))
            await after.send(second)
            # Whoever does not wait has answered at once.
            with suppress(TimeoutError):
                await soon(lambda: bool(other.requests), 0.5)
            assert not other.requests
            assert home(NEW) in two.leases.held
            slow.going_on.set()
            await chat.until(lambda: {first.key, second.key} <= set(chat.finished))
    assert [line.text for line in other.requests[-1].lines[-3:]] == ["Ana: Before", "At last.", "Ana: After"]


async def test_what_was_asked_before_the_move_keeps_its_lease_while_it_is_answered_after_a_restart(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leased_homes, "LINGER", -1.0)
    chat, slow = PaperChat(), HeldModel("At last.")
    async with sharing(postgres_url, chat, platforms=()) as door:
        before, after = people(door, chat)
        first = before.message("Before")
        await before.send(first)
        async with sharing(postgres_url, chat, model=HeldModel("Never.").model) as one:
            await after.send(moves(after))
            await soon(lambda: one.core.router.dispatch.relocations.present(FORMER) == NEW)
            await one.stop()
        model = slow.model
        async with sharing(postgres_url, chat, model=model, seconds=1.0) as two:
            await slow.begun.wait()
            lease = two.leases.held[home(FORMER)]
            # It was renewed twice meanwhile.
            enough = lease.until + 0.4
            await soon(lambda: lease.lost or lease.until > enough)
            assert not lease.lost
            slow.going_on.set()
            await chat.until(lambda: first.key in chat.finished)
    assert len(model.requests) == 1
