"""Who is an admin, according to Slack."""

from bots.slack.people import GROUPS_COUNT, GROUPS_LAST, NAME_LASTS, POWER_LASTS, WorkspacePeople
from tests.slack.living import living
from tests.slack.server.server import Slack


async def test_whoever_was_an_admin_is_none_while_slack_does_not_say_so(world: Slack, sqlite_url: str) -> None:
    ana = world.person("Ana", admin=True)
    async with living(world, sqlite_url) as life:
        now = 0.0
        people, team = WorkspacePeople(life.running.workspaces, lambda: now), ana.account.team
        assert (await people.of(team, ana.id, exact=True)).admin
        world.odd["users.info"] = [b"<html>"] * 9
        now = POWER_LASTS - 1
        assert (await people.of(team, ana.id, exact=True)).admin
        now = POWER_LASTS
        found = await people.of(team, ana.id, exact=True)
        assert (found.name, found.admin, found.admin_unknown) == ("Ana", False, True)
        assert (await people.of(team, ana.id)).admin
        now = NAME_LASTS
        assert not (await people.of(team, ana.id)).admin
        world.odd["users.info"] = []
        assert (await people.of(team, ana.id, exact=True)).admin


async def test_being_in_a_group_counts_for_an_hour_while_slack_does_not_say_who_is_in_it(
    world: Slack, sqlite_url: str
) -> None:
    ana = world.person("Ana")
    async with living(world, sqlite_url) as life:
        now = 0.0
        people, team = WorkspacePeople(life.running.workspaces, lambda: now), ana.account.team
        world.garden.groups.append({"id": "S1", "handle": "mods", "users": [ana.id]})
        assert (await people.of(team, ana.id)).roles == {"S1"}
        world.odd["usergroups.list"] = [b"<html>"] * 9
        now = GROUPS_COUNT - 1
        assert (await people.of(team, ana.id)).roles == {"S1"}
        now = GROUPS_COUNT
        assert (await people.of(team, ana.id)).roles == frozenset()
        world.odd["usergroups.list"] = []
        now += GROUPS_LAST
        assert (await people.of(team, ana.id)).roles == {"S1"}


async def test_an_admin_is_not_told_that_they_are_none_while_slack_does_not_say_so(
    world: Slack, sqlite_url: str
) -> None:
    ana, room = world.person("Ana", admin=True), world.channel()
    world.odd["users.info"] = [b"<html>"] * 9
    async with living(world, sqlite_url):
        await ana.commands(room, "settings")
        await world.until(lambda: bool(room.whispers))
        assert "whether you are an admin here" in room.whispers[-1].shown
        world.odd["users.info"] = []
        await ana.commands(room, "settings")
        await world.until(lambda: len(room.whispers) > 1)
        assert "whether you are an admin" not in room.whispers[-1].shown
