"""A third of all requests is refused as too early: nothing is sent before its time, and every answer arrives once."""

from collections.abc import Sequence
from functools import partial
from math import ceil
from random import Random

import pytest

from tests.shared.failing import FAILURES, Failure
from tests.shared.storm import RateStorm, page
from tests.slack.living import answers, living
from tests.slack.server.server import Slack
from tests.slack.server.world import Channel
from tests.slack.test_ends import refusal, whole

PEOPLE = 5


def buckets(method: str, path: str, body: bytes) -> Sequence[str]:
    """Slack counts by method, in each workspace."""
    name = path.rpartition("/")[2]
    return [name] if name.startswith("chat.") else []


def limited(seconds: float, name: str) -> Failure:
    """Slack's own words."""
    return refusal("ratelimited", 429, f"Retry-After: {ceil(seconds)}\r\n")


async def stormed(world: Slack, url: str, rounds: int, seed: int) -> RateStorm:
    """Let people ask in private and in a channel while it storms, and look at what has become of it."""
    storm = RateStorm(Random(seed), buckets, [limited, limited, page], [FAILURES["429 without a time"]])
    people, channel = [world.person(f"P{number}") for number in range(PEOPLE)], world.channel()
    places = [channel, *(person.dm() for person in people)]
    async with living(world, url) as life:
        world.breaking.storm = storm
        for number in range(rounds):
            words = f"Question {number}"
            for person in people:
                await person.says(person.dm(), words)
            await people[0].says(channel, words, mention=True)
            await world.until(partial(all_there, places, words), within=36_000)
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
    assert not storm.early
    for place in places:
        said = [one.shown.rpartition("Question ")[2] for one in answers(place)]
        assert said == [str(number) for number in range(rounds)]
    return storm


def all_there(places: Sequence[Channel], words: str) -> bool:
    """Whether an answer is whole everywhere."""
    return all(whole(place, words) for place in places)


@pytest.mark.sweep
@pytest.mark.leaping
async def test_a_storm_of_limits_loses_nothing(world: Slack, sqlite_url: str) -> None:
    storm = await stormed(world, sqlite_url, 2, seed=7)
    assert storm.refused > 5


@pytest.mark.sweep
@pytest.mark.leaping
@pytest.mark.parametrize("seed", range(3))
async def test_a_long_storm_of_limits_loses_nothing(world: Slack, sqlite_url: str, seed: int) -> None:
    storm = await stormed(world, sqlite_url, 40, seed)
    assert storm.refused > 0.25 * storm.requests
