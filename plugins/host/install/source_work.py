"""Work on a plugin's sources, done once and in a confined process, because nobody has looked at them yet."""

import asyncio
import json
from contextlib import suppress
from dataclasses import replace

from core.outside_json import read_json
from plugins.host.install.base_environment import base
from plugins.host.install.fetch import PluginCandidate
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.sandbox.crashes import ProcessCrashed
from plugins.host.sandbox.exit_reason import explained
from plugins.host.sandbox.program import ENVIRONMENT, PluginProgram
from plugins.host.sources.installed import PluginRunning, program

MOST_WORDS = 4 * 1024 * 1024
"""The most bytes that a worker may print: more would come from sources that nobody would read."""

LONGEST = 120.0
"""Seconds of processor time, and of waiting, for one piece of work."""


async def traps_of(candidate: PluginCandidate, running: PluginRunning) -> list[str]:
    """Uses of the context that a candidate's manifest does not name, each as a sentence with its line number.

    Raises PluginProblem if its sources cannot be analysed.
    """
    reader = await _worker(candidate, "parley.lint", running)
    manifest = candidate.manifest
    asked = {"hosts": manifest.hosts, "powers": manifest.powers}
    said = await _done(replace(reader, file=candidate.folder / "code"), json.dumps(asked))
    return [str(trap) for trap in read_json(said)]


async def compile_libraries(candidate: PluginCandidate, running: PluginRunning) -> None:
    """Compile a candidate's libraries, because its own process may not write compiled files.

    Raises PluginProblem if that takes too much time or memory.
    """
    folder = candidate.folder / "lib"
    if not folder.is_dir():
        return
    compiler = await _worker(candidate, "parley.bytecode", running)
    await _done(replace(compiler, file=folder, writable=(folder,)), "")


async def _worker(candidate: PluginCandidate, entry: str, running: PluginRunning) -> PluginProgram:
    common = await asyncio.to_thread(base, running.home)
    try:
        made = await asyncio.to_thread(program, candidate.folder, common, "", "", running, candidate.name)
    except ProcessCrashed as error:
        raise PluginProblem(str(error)) from None
    return replace(made, entry=entry)


async def _done(worker: PluginProgram, given: str) -> bytes:
    """Run a worker and return what it prints. Raises PluginProblem if it fails or takes too long."""
    child = await asyncio.create_subprocess_exec(
        *worker.command(int(LONGEST)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=ENVIRONMENT,
        cwd="/",
    )
    try:
        async with asyncio.timeout(LONGEST):
            said, wrong = await _spoken(child, given.encode())
    except TimeoutError:
        raise PluginProblem(f"reading the sources took longer than {LONGEST:g} seconds") from None
    finally:
        if child.returncode is None:
            child.kill()
            # Its output is not read any more, and child.wait() also waits for its pipes.
            child._transport.close()  # type: ignore[attr-defined] # there is no public way
            await child.wait()
    if child.returncode:
        raise PluginProblem(explained(child.returncode, wrong.decode("utf-8", "replace")))
    return said


async def _spoken(child: asyncio.subprocess.Process, given: bytes) -> tuple[bytes, bytes]:
    """Give a worker its input. Returns what it prints on either stream; raises PluginProblem if that is too long."""
    assert child.stdin
    assert child.stdout
    assert child.stderr
    with suppress(BrokenPipeError, ConnectionResetError):
        child.stdin.write(given)
        await child.stdin.drain()
    child.stdin.close()
    said, wrong = await asyncio.gather(_up_to(child.stdout), _up_to(child.stderr))
    await child.wait()
    return said, wrong


async def _up_to(stream: asyncio.StreamReader) -> bytes:
    found = bytearray()
    while more := await stream.read(65536):
        found += more
        if len(found) > MOST_WORDS:
            raise PluginProblem(f"reading the sources gave more than {MOST_WORDS // 1024 // 1024} MB of words")
    return bytes(found)
