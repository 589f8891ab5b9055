"""Runs git and uv. They see only the environment variables named here, and so no secret of ours or the owner's."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping
from pathlib import Path

from plugins.host.install.plugin_problem import PluginProblem

LONGEST = 300.0
"""Seconds that a program may take."""

LARGEST_OUTPUT = 8 * 1024 * 1024
SHOWN = 800
NOWHERE = "/nonexistent"
"""A home folder without .netrc, .gitconfig, .config and .ssh."""

PASSED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "SYSTEMROOT")
"""The variables that every program gets from the environment, with those for the certificates that the owner trusts."""


async def run(
    *command: str, folder: Path | None = None, environment: Mapping[str, str] | None = None, longest: float = LONGEST
) -> str:
    """Run a program to its end, for at most `longest` seconds, with these variables besides those that all get.

    Raises PluginProblem with the end of the program's error output.
    """
    passed = {name: os.environ[name] for name in PASSED if name in os.environ}
    try:
        child = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env={**passed, "HOME": NOWHERE, **(environment or {})},
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except FileNotFoundError:
        raise PluginProblem(f"{command[0]} is not installed on this machine") from None
    name = Path(command[0]).name
    try:
        async with asyncio.timeout(longest):
            said, wrong = await asyncio.gather(_output(child, child.stdout), _output(child, child.stderr))
            await child.wait()
    except TimeoutError:
        raise PluginProblem(f"{name} took longer than {longest:g} seconds") from None
    finally:
        await _end(child)
    if max(len(said), len(wrong)) > LARGEST_OUTPUT:
        raise PluginProblem(f"{name} says more than {LARGEST_OUTPUT >> 20} MB")
    if child.returncode:
        words = wrong.decode("utf-8", "replace").strip()[-SHOWN:]
        raise PluginProblem(f"{name}: {words or f'it failed (code {child.returncode})'}")
    return said.decode("utf-8", "replace")


async def _output(child: asyncio.subprocess.Process, stream: asyncio.StreamReader | None) -> bytes:
    """The output of a program. One that writes too much is killed, and the rest of its output is read and dropped."""
    assert stream is not None
    found = bytearray()
    while piece := await stream.read(64 * 1024):
        if len(found) <= LARGEST_OUTPUT:
            found += piece
            if len(found) > LARGEST_OUTPUT:
                _kill(child)
    return bytes(found)


async def _end(child: asyncio.subprocess.Process) -> None:
    """Kill a program that still runs, with all processes that it has started."""
    if child.returncode is None:
        _kill(child)
        # A pipe that nobody reads would keep the program from ending.
        await child.communicate()


def _kill(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
