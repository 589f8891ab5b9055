"""While it is stopped, thumbs and questions come: each thumb counts, and each question is answered once."""

from functools import partial

import pytest

from tests.discord.living import answers, finished, living
from tests.discord.server.server import Discord
from tests.sweeping import mostly_swept


@pytest.mark.slow
@pytest.mark.parametrize(("rooms", "raters", "mentions"), mostly_swept([(4, 5, 5), (20, 10, 50)], [(4, 5, 5)]))
async def test_thumbs_and_questions_that_came_meanwhile_are_taken_up(
    world: Discord, sqlite_url: str, rooms: int, raters: int, mentions: int
) -> None:
    guild = world.guild()
    ana = world.person("Ana", guild)
    people = [world.person(f"P{number}", guild) for number in range(raters)]
    channels = [world.channel(guild, f"c{number}") for number in range(rooms)]
    async with living(world, sqlite_url):
        for channel in channels:
            await ana.says(channel, "Before", mention=True)
            await world.until(partial(finished, channel))
    for channel in channels:
        for person in people:
            await person.reacts(answers(channel)[0], "👍")
    for number in range(mentions):
        await people[number % raters].says(channels[number % rooms], f"Question {number}", mention=True)
    async with living(world, sqlite_url) as life:
        await life.until_rows("SELECT count(*), sum(value) FROM rating", [(rooms * raters, rooms * raters)])
        for place, channel in enumerate(channels):
            await world.until(partial(finished, channel, 1 + len(range(place, mentions, rooms))))
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
    said = [one.content.rpartition(" ")[2] for channel in channels for one in answers(channel)]
    assert sorted(said) == sorted(["Before"] * rooms + [str(number) for number in range(mentions)])
