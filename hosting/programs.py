"""Running git and uv. They see only the variables that are named here, so no secret of ours or of the owner's."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from hosting.plugin_source import PluginProblem

LONGEST = 300.0
"""Seconds that a program may take."""

LARGEST_OUTPUT = 8 * 1024 * 1024
SHOWN = 800
NOWHERE = "/nonexistent"
"""A home without .netrc, .gitconfig, .config and .ssh."""

PASSED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "SYSTEMROOT")
"""What every program needs of the environment; certificates are those that the owner trusts."""


async def run(*command: str, folder: Path | None = None, environment: Mapping[str, str] | None = None) -> str:
    """Run a program to its end, with these variables beside those that are passed to all.

    Raises PluginProblem with the end of what it says.
    """
    passed = {name: os.environ[name] for name in PASSED if name in os.environ}
    try:
        child = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env={**passed, "HOME": NOWHERE, **(environment or {})},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except FileNotFoundError:
        raise PluginProblem(f"{command[0]} is not installed on this machine") from None
    try:
        async with asyncio.timeout(LONGEST):
            said, wrong, _ = await asyncio.gather(_output(child.stdout), _output(child.stderr), child.wait())
    except ValueError:
        raise PluginProblem(f"{Path(command[0]).name} says more than {LARGEST_OUTPUT >> 20} MB") from None
    except TimeoutError:
        raise PluginProblem(f"{Path(command[0]).name} took longer than {LONGEST:g} seconds") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        words = wrong.decode("utf-8", "replace").strip()[-SHOWN:]
        raise PluginProblem(f"{Path(command[0]).name}: {words or f'it failed (code {child.returncode})'}")
    return said.decode("utf-8", "replace")


async def _output(stream: asyncio.StreamReader | None) -> bytes:
    """What a program writes. Raises ValueError for more than anybody wants."""
    assert stream is not None
    found = bytearray()
    while piece := await stream.read(64 * 1024):
        found += piece
        if len(found) > LARGEST_OUTPUT:
            raise ValueError
    return bytes(found)
