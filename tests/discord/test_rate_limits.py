"""A third of all requests is refused as too early: nothing is sent before its time, and every answer arrives once."""

from collections.abc import Sequence
from functools import partial
from math import ceil
from random import Random

import pytest

from bots.discord.pace import EVERYWHERE, route
from tests.discord.living import answers, living
from tests.discord.server.faults import VIA
from tests.discord.server.server import Discord
from tests.discord.server.world import Channel
from tests.discord.test_ends import whole
from tests.faults.odd import js
from tests.shared.failing import FAILURES, Failure
from tests.shared.storm import RateStorm, page

PEOPLE = 5


def buckets(method: str, path: str, body: bytes) -> Sequence[str]:
    """Discord counts by route and channel, and altogether."""
    return [route(method, path), EVERYWHERE] if "/messages" in path and method in ("POST", "PATCH") else []


def limited(seconds: float, name: str) -> Failure:
    """Discord's own words."""
    everywhere = name == EVERYWHERE
    said = {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": everywhere}
    more = f"Via: {VIA}\r\nRetry-After: {ceil(seconds)}\r\nX-RateLimit-Scope: {'global' if everywhere else 'user'}\r\n"
    more += "X-RateLimit-Global: true\r\n" if everywhere else f"X-RateLimit-Reset-After: {seconds:.3f}\r\n"
    return Failure(js(said, 429).replace(b"\r\n\r\n", f"\r\n{more}\r\n".encode(), 1))


def refused(seconds: float, name: str) -> Failure:
    """These, or the page of Cloudflare, which knows of routes alone."""
    return limited(seconds, name) if name == EVERYWHERE or seconds < 2 else page(seconds, name)


async def stormed(world: Discord, url: str, rounds: int, seed: int) -> RateStorm:
    """Let people ask in channels while it storms, and look at what has become of it."""
    storm = RateStorm(Random(seed), buckets, [limited, limited, refused], [FAILURES["429 without a time"]])
    guild = world.guild()
    people = [world.person(f"P{number}", guild) for number in range(PEOPLE)]
    rooms = [world.channel(guild, f"c{number}") for number in range(PEOPLE)]
    async with living(world, url) as life:
        world.breaking.storm = storm
        for number in range(rounds):
            words = f"Question {number}"
            for person, room in zip(people, rooms, strict=True):
                await person.says(room, words, mention=True)
            await world.until(partial(all_there, rooms, words), within=36_000)
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
    assert not storm.early
    for room in rooms:
        said = [one.content.rpartition("Question ")[2] for one in answers(room)]
        assert said == [str(number) for number in range(rounds)]
    return storm


def all_there(rooms: Sequence[Channel], words: str) -> bool:
    """Whether an answer is whole everywhere."""
    return all(whole(room, words) for room in rooms)


@pytest.mark.leaping
async def test_a_limit_on_everything_that_outlasts_a_call_ends(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    ana, room = world.person("Ana", guild), world.channel(guild)
    async with living(world, sqlite_url):
        world.breaking.plan(lambda path, body: path.endswith("/messages"), limited(90.0, EVERYWHERE))
        await ana.says(room, "Question 1", mention=True)
        await world.until(lambda: bool(whole(room, "Question 1")), within=600)


@pytest.mark.leaping
async def test_a_storm_of_limits_loses_nothing(world: Discord, sqlite_url: str) -> None:
    storm = await stormed(world, sqlite_url, 2, seed=7)
    assert storm.refused > 5


@pytest.mark.sweep
@pytest.mark.leaping
@pytest.mark.parametrize("seed", range(3))
async def test_a_long_storm_of_limits_loses_nothing(world: Discord, sqlite_url: str, seed: int) -> None:
    storm = await stormed(world, sqlite_url, 40, seed)
    assert storm.refused > 0.25 * storm.requests
