"""Looking through a plugin's sources for traps, in a confined process: they are code that nobody trusts yet."""

import asyncio
import json

from hosting.base import base
from hosting.installed import Running, program
from hosting.process import Crashed, explained
from hosting.sandbox.program import ENVIRONMENT
from hosting.sources import Candidate, PluginProblem

LONGEST = 30.0
"""Seconds that reading the sources may take."""


async def traps_of(candidate: Candidate, running: Running) -> list[str]:
    """What a candidate uses of its context and its manifest does not name, each in a sentence with its line.

    Raises PluginProblem if its sources cannot be read through.
    """
    common = await asyncio.to_thread(base, running.home)
    try:
        # What is read is the whole folder of its sources.
        reader = await asyncio.to_thread(
            program, candidate.folder, common, ".", "", running, candidate.name, entry="parley.lint"
        )
    except Crashed as error:
        raise PluginProblem(str(error)) from None
    child = await asyncio.create_subprocess_exec(
        *reader.command(int(LONGEST)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=ENVIRONMENT,
        cwd="/",
    )
    manifest = candidate.manifest
    asked = json.dumps({"hosts": manifest.hosts, "powers": manifest.powers}).encode()
    try:
        async with asyncio.timeout(LONGEST):
            said, wrong = await child.communicate(asked)
    except TimeoutError:
        child.kill()
        await child.wait()
        raise PluginProblem(f"reading the sources took longer than {LONGEST:g} seconds") from None
    if child.returncode:
        raise PluginProblem(explained(child.returncode, wrong.decode("utf-8", "replace")))
    return [str(trap) for trap in json.loads(said)]
