"""Every way in which the last request of an answer can fail: nothing is lost, and nothing happens in silence."""

import random

import pytest

from tests.slack.living import answers, finished, living
from tests.slack.server.server import Slack

FAILURES = ("500", "503", "before", "after", "internal_error", "fatal_error")
"""A status, a connection that is lost before or after the request was done, and Slack's own words."""


async def fails(world: Slack, sqlite_url: str, times: int, seed: int) -> None:
    chance, person = random.Random(seed), world.person("Ana")
    async with living(world, sqlite_url):
        for number in range(times):
            room = world.channel()
            world.fail("chat.postMessage", chance.choice(FAILURES))
            await person.says(room, f"Question {number}", mention=True)
            await world.until(lambda room=room: finished(room))  # type: ignore[misc] # a default
            assert len(answers(room)) == 1


async def test_a_few_failures_of_the_last_request_lose_nothing(world: Slack, sqlite_url: str) -> None:
    await fails(world, sqlite_url, 6, seed=1)


@pytest.mark.sweep
async def test_five_hundred_failures_of_the_last_request_lose_nothing(world: Slack, sqlite_url: str) -> None:
    await fails(world, sqlite_url, 500, seed=2)
