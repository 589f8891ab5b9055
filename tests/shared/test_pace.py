"""What a refused call does to the next ones."""

import pytest

from bots.shared.pace import MethodPace
from core.errors import UnreachableError


class RefusedCall(Exception):
    """What this platform says to a call that comes too early, or that it does not like."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds


def pace() -> MethodPace[RefusedCall]:
    return MethodPace("a platform", RefusedCall, lambda error: error.seconds)


async def test_a_call_that_would_wait_too_long_is_put_off() -> None:
    paced, calls = pace(), 0

    async def call() -> None:
        nonlocal calls
        calls += 1
        raise RefusedCall(600.0)

    for _ in range(2):
        with pytest.raises(UnreachableError, match="a platform: too many requests"):
            await paced.call("chat", call)
    assert calls == 1
    assert paced.wait("chat") > 590
    assert paced.wait("another chat") == 0


@pytest.mark.parametrize("error", [RefusedCall(None), ValueError("of our own making")], ids=["refused", "a bug"])
async def test_what_is_not_a_matter_of_time_comes_through(error: Exception) -> None:
    paced = pace()

    async def call() -> None:
        raise error

    with pytest.raises(type(error)):
        await paced.call("chat", call)
    assert paced.wait("chat") == 0
