"""A version beside the one before on one database, as programs: one receives what the other answers, and both ways."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.store.engine.migrate import USABLE_SINCE, known, migrate, schema
from tests.cluster.discord.living import echo
from tests.cluster.ledger import until_rows
from tests.cluster.platforms import discord_at
from tests.cluster.processes import ClusterProcess, Role, environment, model_at, process
from tests.cluster.versions import EarlierVersion, before
from tests.discord.living import answers, buttons, finished
from tests.discord.server.server import Discord
from tests.models.standin import stand_in

pytestmark = [pytest.mark.postgres, pytest.mark.sweep]

RATED = "SELECT value FROM rating"
OPEN = "SELECT count(*) FROM inbox WHERE state <> 'done'"


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> EarlierVersion:
    """The version before the last step of the migration."""
    return before(known()[-1], tmp_path_factory.mktemp("earlier"))


async def ready(one: ClusterProcess) -> None:
    await one.out.until("On Discord as")


async def converse(world: Discord, url: str) -> None:
    """What passes between the two processes: a question, a thumb, an edit, and a command of each kind."""
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    asked = await ana.says(room, "What is a parley?", mention=True)
    await world.until(lambda: finished(room))
    answer = answers(room)[0]
    assert answer.content == "You said: Ana: What is a parley?"
    await (await ana.presses(answer, "up:")).acknowledged.wait()
    await until_rows(url, RATED, [(1,)])
    await ana.edits(asked, "What is a crow?")
    await world.until(lambda: buttons(answer)[0] == "again")
    await ana.presses(answer, "again:")
    await world.until(lambda: finished(room, 2) and "crow" in answers(room)[-1].content)
    assert (await (await ana.commands(room, "help")).answered()).content
    await (await ana.commands(room, "ask", {"question": "And this?"})).answered()
    await until_rows(url, OPEN, [(0,)])


@pytest.mark.parametrize("role", ["ingress", "worker"])
async def test_the_version_before_works_beside_this_one(
    world: Discord, tmp_path: Path, empty_postgres_url: str, earlier: EarlierVersion, role: Role
) -> None:
    other: Role = "worker" if role == "ingress" else "ingress"
    async with stand_in(echo, window=4096) as model:
        given = environment(tmp_path, empty_postgres_url, {**discord_at(world), **model_at(model)})
        # The earlier one is there before, on its own schema, which this one then brings up to date.
        async with earlier.process(role, given) as old:
            await ready(old)
            assert await schema(empty_postgres_url) == earlier.knows
            if earlier.knows < USABLE_SINCE:
                pytest.skip(f"schema {known()[-1]} cannot be used by what knows none after {earlier.knows}")
            async with process(other, given) as new:
                await ready(new)
                assert await schema(empty_postgres_url) == known()[-1]
                await world.until(lambda: bool(world.commands))
                await converse(world, empty_postgres_url)
                assert await new.stop() == 0, new.log.all[-20:]
        # It can be started again, too.
        async with process(other, given) as new, earlier.process(role, given) as old:
            await ready(new)
            await ready(old)
            assert await new.stop() == 0, new.log.all[-20:]


async def test_a_version_that_is_too_old_for_the_database_says_so_and_changes_nothing(
    tmp_path: Path, empty_postgres_url: str
) -> None:
    older = before(USABLE_SINCE, tmp_path / "older")
    await migrate(empty_postgres_url)
    given: Mapping[str, str] = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")},
        "PARLEY_HOME": str(tmp_path / "home"),
        "PARLEY_DATABASE__URL": empty_postgres_url,
    }
    code, said = await older.ended(given, "run")
    assert code
    assert f"the database has schema {known()[-1]}, and this Parley knows none after {older.knows}" in said
    assert "Traceback" not in said
    assert await schema(empty_postgres_url) == known()[-1]
