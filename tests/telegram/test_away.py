"""While it is stopped, thumbs and questions come: each thumb counts, and each question is answered once."""

from functools import partial

import pytest

from tests.sweeping import mostly_swept
from tests.telegram.living import all_finished, answers, living
from tests.telegram.server.server import Telegram


@pytest.mark.slow
@pytest.mark.parametrize(("rooms", "raters", "mentions"), mostly_swept([(4, 5, 5), (20, 10, 50)], [(4, 5, 5)]))
async def test_thumbs_and_questions_that_came_meanwhile_are_taken_up(
    world: Telegram, sqlite_url: str, rooms: int, raters: int, mentions: int
) -> None:
    ana = world.person("Ana")
    people = [world.person(f"P{number}") for number in range(raters)]
    groups = [world.group(f"g{number}") for number in range(rooms)]
    world.allowed |= {"message_reaction"}
    async with living(world, sqlite_url):
        for group in groups:
            await ana.says(group, "Before", mention=True)
            await world.until(partial(all_finished, group, 1))
    for group in groups:
        for person in people:
            await person.reacts(answers(group)[0], "👍")
    for number in range(mentions):
        await people[number % raters].says(groups[number % rooms], f"Question {number}", mention=True)
    async with living(world, sqlite_url) as life:
        await life.until_rows("SELECT count(*), sum(value) FROM rating", [(rooms * raters, rooms * raters)])
        for place, group in enumerate(groups):
            await world.until(partial(all_finished, group, 1 + len(range(place, mentions, rooms))))
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
    said = [one.text.rpartition(" ")[2] for group in groups for one in answers(group)]
    assert sorted(said) == sorted(["Before"] * rooms + [str(number) for number in range(mentions)])
