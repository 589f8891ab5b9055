"""How what a platform has closed is kept, and what is done about it."""

import asyncio

import pytest

from bots.shared.pace import LONGEST, MARGIN, REMEMBERED, ClosedUntil, MethodPace
from bots.telegram.pace import EditPace
from core.errors import UnreachableError


class RefusedCall(Exception):
    """What this platform says to a call that comes too early, or that it does not like."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds


def nowhere() -> MethodPace[RefusedCall]:
    return MethodPace("nowhere", RefusedCall, lambda error: error.seconds)


def test_a_group_of_calls_opens_again_when_its_time_is_over() -> None:
    now = 100.0
    closed = ClosedUntil(lambda: now)
    assert closed.wait("chat") == 0
    closed.close("chat", 30)
    closed.close("chat", 5)
    assert closed.wait("chat") == pytest.approx(30 + MARGIN)
    assert closed.wait("another") == 0
    now = 131.0
    assert closed.wait("chat") == 0


def test_only_so_many_groups_are_remembered() -> None:
    closed = ClosedUntil(lambda: 0.0)
    for number in range(REMEMBERED + 1):
        closed.close(number, 60)
    assert closed.wait(0) == 0
    assert closed.wait(REMEMBERED) == pytest.approx(60 + MARGIN)


async def test_a_call_that_would_wait_too_long_is_put_off() -> None:
    pace, made = nowhere(), 0

    async def call() -> None:
        nonlocal made
        made += 1
        raise RefusedCall(LONGEST + 1)

    for _ in range(2):
        with pytest.raises(UnreachableError, match="too many requests"):
            await pace.call("chat", call)
    assert made == 1


async def test_who_waited_waits_on_if_the_group_was_closed_for_longer_meanwhile() -> None:
    pace = nowhere()
    pace.closed.close("chat", 0)

    async def call() -> float:
        return pace.closed.wait("chat")

    waiting = asyncio.create_task(pace.call("chat", call))
    await asyncio.sleep(0)
    # A request that had left before is refused, too.
    pace.closed.close("chat", 0.2)
    assert await waiting == 0


@pytest.mark.parametrize("error", [RefusedCall(None), ValueError("of our own making")], ids=["refused", "a bug"])
async def test_any_other_error_is_passed_on(error: Exception) -> None:
    pace = nowhere()

    async def call() -> None:
        raise error

    with pytest.raises(type(error)):
        await pace.call("chat", call)
    assert pace.closed.wait("chat") == 0


def test_edits_of_a_growing_message_are_left_out_in_a_group_and_where_telegram_is_closed() -> None:
    pace = EditPace()
    for chat in (-1, 1):
        assert not pace.crowded(chat)
        pace.edited(chat)
    assert (pace.crowded(-1), pace.crowded(1), pace.crowded(-2)) == (True, False, False)
    pace.pace.closed.close(1, 60)
    assert pace.crowded(1)
