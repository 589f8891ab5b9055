"""`parley discord setup` and what `parley doctor` says of Discord, against a Discord on loopback."""

import json
import os
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from cli.tokens import with_secret_file
from config import settings as configuration
from tests.cli import program
from tests.cli.platforms import HELLO, answers_over_a_restart, model
from tests.cli.program import soon
from tests.cli.test_run import refused, running
from tests.discord.living import answers, finished
from tests.discord.server.server import Discord, discord_server
from tests.discord.server.specification import published

pytestmark = pytest.mark.usefixtures("sqlite_path")
"""Making the tables takes most of the time of a first start. Those of other files make them."""


@pytest.fixture
async def world() -> AsyncIterator[Discord]:
    async with discord_server(published()) as running:
        yield running


async def parley(home: Path, world: Discord, *arguments: str, **more: str) -> tuple[int, str]:
    """Run the command; returns its exit code and all that it said."""
    environment = {**os.environ, "PARLEY_HOME": str(home), "PARLEY_DISCORD__API_BASE": world.api, **more}
    return await program.ended(environment, *arguments)


async def test_setup_checks_the_token_keeps_it_and_prints_the_invitation(world: Discord, tmp_path: Path) -> None:
    world.guild("Garden")
    secret = tmp_path / "token"
    secret.write_text(world.token)
    home = tmp_path / "home"
    code, said = await parley(home, world, "discord", "setup", "--token-file", str(secret))
    assert code == 0, said
    assert f"client_id={world.me.id}&scope=bot+applications.commands&permissions=309237746688" in said
    assert "Garden: ok" in said
    assert world.token not in said
    assert (home / "discord.token").stat().st_mode & 0o077 == 0
    settings = configuration.load(home / "parley.toml", {"PARLEY_HOME": str(home)})
    assert settings.discord.token
    assert settings.discord.token.get_secret_value() == world.token


async def test_setup_refuses_a_wrong_token(world: Discord, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("wrong")
    code, said = await parley(tmp_path, world, "discord", "setup", "--token-file", str(secret))
    assert code == 1
    assert "does not know this token" in said
    assert not (tmp_path / "discord.token").exists()


async def test_setup_without_a_terminal_says_how_to_give_the_token(world: Discord, tmp_path: Path) -> None:
    code, said = await parley(tmp_path, world, "discord", "setup")
    assert code == 1
    assert "--token-file" in said
    assert "GetPassWarning" not in said


@pytest.mark.slow
async def test_doctor_says_what_is_missing(world: Discord, tmp_path: Path) -> None:
    guild = world.guild("Garden")
    guild.roles[0].permissions = str(1 << 10 | 1 << 11)
    world.privileged.clear()
    _, said = await parley(tmp_path, world, "doctor", "--json", PARLEY_DISCORD__TOKEN=world.token)
    found = {finding["what"]: finding for finding in json.loads(said)}
    assert found["discord"]["state"] == "ok"
    assert "Message Content Intent" in found["discord intent"]["fix"]
    assert "Read Message History" in found["discord Garden"]["found"]


@pytest.mark.slow
async def test_doctor_knows_a_wrong_token(world: Discord, tmp_path: Path) -> None:
    code, said = await parley(tmp_path, world, "doctor", PARLEY_DISCORD__TOKEN="wrong")
    assert code == 1
    assert "Discord does not know the token" in said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[discord]\ntoken_file = "/t"\n'),
        ("[web]\nport = 1\n", '[web]\nport = 1\n\n[discord]\ntoken_file = "/t"\n'),
        (
            '[discord]\nshard_count = 2\ntoken_file = "/old"\n\n[web]\nport = 1\n',
            '[discord]\ntoken_file = "/t"\nshard_count = 2\n\n[web]\nport = 1\n',
        ),
    ],
)
def test_the_token_file_is_named_once(before: str, after: str) -> None:
    assert with_secret_file(before, "discord", "token", "/t") == after


@pytest.mark.slow
async def test_run_answers_on_discord_and_survives_a_restart(world: Discord, tmp_path: Path) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)

    settings = {
        "PARLEY_DISCORD__TOKEN": world.token,
        "PARLEY_DISCORD__API_BASE": world.api,
        "PARLEY_DISCORD__GATEWAY_URL": world.gateway_url,
    }
    async with model() as chosen, running(tmp_path, **{**settings, **chosen}) as parley:
        # Only from now on is it known since when to catch up.
        assert b"On Discord as " in await soon(parley.process.stdout.readline())
        assert await parley.stop() == 0
    ask = partial(ana.says, room, "Hello", mention=True)
    await answers_over_a_restart(world, tmp_path, settings, "On Discord as ", ask, partial(finished, room))
    assert [answer.content for answer in answers(room)] == [HELLO] * 2


@pytest.mark.slow
async def test_run_says_that_the_token_is_wrong(world: Discord, tmp_path: Path) -> None:
    alone = {"PARLEY_WEB__ENABLED": "false", "PARLEY_DISCORD__API_BASE": world.api}
    ran = await refused(tmp_path, PARLEY_DISCORD__TOKEN="wrong", **alone)
    assert ran.code == 1
    assert "discord.token: Discord does not know it" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.slow
async def test_run_goes_on_without_the_privileged_intent(world: Discord, tmp_path: Path) -> None:
    world.privileged.clear()
    guild = world.guild()
    settings = {
        "PARLEY_DISCORD__TOKEN": world.token,
        "PARLEY_DISCORD__API_BASE": world.api,
        "PARLEY_DISCORD__GATEWAY_URL": world.gateway_url,
    }
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with running(tmp_path, **settings) as parley:
        assert "Message Content Intent" in await parley.line("message_content_missing")
        await parley.line("shard_ready")
        shown = await (await ana.commands(room, "stop")).answered()
        assert "Nothing is being written" in shown.content
