"""A third of all requests is refused as too early: nothing is sent before its time, and every answer arrives once."""

from collections.abc import Sequence
from functools import partial
from random import Random
from urllib.parse import parse_qs

import pytest

from tests.faults.odd import js
from tests.shared.failing import FAILURES, Failure
from tests.shared.storm import RateStorm
from tests.telegram.living import all_finished, answers, living
from tests.telegram.server.server import Chat, Telegram

IN_A_CHAT = frozenset({"sendMessage", "editMessageText", "deleteMessage"})
PEOPLE = 5


def buckets(method: str, path: str, body: bytes) -> Sequence[str]:
    """Telegram counts by chat, and answers to presses by themselves."""
    name = path.rpartition("/")[2]
    if name in IN_A_CHAT:
        return [f"chat {parse_qs(body.decode()).get('chat_id')}"]
    return [name] if name == "answerCallbackQuery" else []


def flood(seconds: float, name: str) -> Failure:
    """Telegram's own words."""
    wait = max(1, round(seconds + 0.5))
    told = {"ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {wait}"}
    return Failure(js({**told, "parameters": {"retry_after": wait}}, 429))


async def stormed(world: Telegram, url: str, rounds: int, seed: int) -> RateStorm:
    """Let people ask in private and in a group while it storms, and look at what has become of it."""
    storm = RateStorm(Random(seed), buckets, [flood], [FAILURES["429 without a time"]])
    people, group = [world.person(f"P{number}") for number in range(PEOPLE)], world.group()
    async with living(world, url) as life:
        world.breaking.storm = storm
        for number in range(rounds):
            for person in people:
                await person.says(person.dm(), f"Question {number}")
            await people[0].says(group, f"Question {number}", mention=True)
            places = [group, *(person.dm() for person in people)]
            await world.until(partial(all_there, places, number + 1), within=36_000)
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
    assert not storm.early
    for place in places:
        assert [one.text[-10:] for one in answers(place)] == [f"Question {number}"[-10:] for number in range(rounds)]
    return storm


def all_there(places: Sequence[Chat], number: int) -> bool:
    """Whether so many answers are whole everywhere."""
    return all(all_finished(place, number) for place in places)


@pytest.mark.leaping
async def test_a_storm_of_limits_loses_nothing(world: Telegram, sqlite_url: str) -> None:
    storm = await stormed(world, sqlite_url, 3, seed=7)
    assert storm.refused > 5


@pytest.mark.sweep
@pytest.mark.leaping
@pytest.mark.parametrize("seed", range(3))
async def test_a_long_storm_of_limits_loses_nothing(world: Telegram, sqlite_url: str, seed: int) -> None:
    storm = await stormed(world, sqlite_url, 40, seed)
    assert storm.refused > 0.25 * storm.requests
