"""An ingress and a worker as their unit starts them: with its environment, and a system that they can only read."""

import os
import re
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.cli.program import soon
from tests.cluster.discord.living import echo
from tests.cluster.ledger import until_rows
from tests.cluster.platforms import discord_at
from tests.cluster.processes import QUIET, Role, model_at, spawned
from tests.deploy.test_cluster_deploy import PART
from tests.discord.living import answers, finished
from tests.discord.server.server import Discord
from tests.faults.cluster.proxy import partition
from tests.models.standin import stand_in

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.sweep,
    pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap"),
]


def as_service(role: Role, state: Path, cache: Path, sockets: Path) -> tuple[Sequence[str], Mapping[str, str]]:
    """The command line and the environment of a part, with the unit's folders in these places.

    The unit's rights, as far as bubblewrap gives them: the system read-only, /tmp and /dev of its own, another user and
    no capability.
    """
    folders = {"/var/lib/parley": str(state), "/var/cache/parley": str(cache)}
    program = Path(sys.executable).with_name("parley")
    given: list[tuple[str, str]] = re.findall(r"^Environment=(\w+)=(.*)$", PART, re.MULTILINE)
    environment = {name: folders.get(value, value) for name, value in given}
    environment["PATH"] = f"{program.parent}:/usr/local/bin:/usr/bin:/bin"
    confined = (
        *("bwrap", "--die-with-parent", "--unshare-user", "--uid", "10001", "--gid", "10001", "--cap-drop", "ALL"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"),
        *("--bind", str(state), str(state), "--bind", str(cache), str(cache), "--ro-bind", str(sockets), str(sockets)),
    )
    return (*confined, str(program), role), environment


def inside(pid: int) -> int:
    """The process that bubblewrap has started, whose signals it does not pass on."""
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


async def test_both_parts_run_as_their_unit_starts_them(world: Discord, tmp_path: Path, postgres_url: str) -> None:
    state, cache = tmp_path / "state", tmp_path / "cache"
    for folder in (state, cache):
        folder.mkdir(mode=0o700)
    address, _, sockets = postgres_url.partition("host=")
    # Another user may not use the sockets of the tests' PostgreSQL.
    way = tmp_path / "way"
    way.mkdir()
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with stand_in(echo, window=4096) as model, partition(way, Path(sockets)):
        # As in /etc/parley/parley.env.
        more = {**QUIET, **discord_at(world), **model_at(model), "PARLEY_DATABASE__URL": f"{address}host={way}"}
        more["PARLEY_LOG__FILE"] = "false"
        started = [as_service(role, state, cache, way) for role in ("ingress", "worker")]
        (receive, first), (answer, second) = started
        async with (
            spawned("ingress", receive, {**first, **more}) as ingress,
            spawned("worker", answer, {**second, **more}) as worker,
        ):
            for one in (ingress, worker):
                await one.out.until("On Discord as")
            await world.until(lambda: bool(world.commands))
            await ana.says(room, "What is a parley?", mention=True)
            await world.until(lambda: finished(room))
            assert answers(room)[0].content == "You said: Ana: What is a parley?"
            await until_rows(postgres_url, "SELECT count(*) FROM inbox WHERE state <> 'done'", [(0,)])
            for one in (ingress, worker):
                os.kill(inside(one.program.pid), signal.SIGTERM)
                assert await soon(one.program.wait()) == 0
    assert {file.name for file in state.iterdir()} >= {"database.key"}
    assert not [file for folder, _, files in os.walk(state) for file in files if file.endswith(".log")]
