"""Earlier versions of Parley, as programs: what the repository had before a step of the migration."""

import asyncio
import io
import os
import subprocess
import sys
import tarfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.store.engine.migrate import MIGRATIONS
from tests.cli.program import soon
from tests.cluster.processes import ClusterProcess, Role, spawned

ROOT = Path(__file__).parents[2]
RUN = "from cli.main import main; main()"
KNOWN = "from core.store.engine.migrate import known; print(known()[-1])"


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """The files of an earlier version; `knows` is the newest schema that it knows."""

    folder: Path
    knows: str

    async def ended(self, environment: Mapping[str, str], *arguments: str) -> tuple[int, str]:
        """Run its `parley` to its end; returns its exit code and all that it said."""
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", RUN, *arguments),
            env=self._paths(environment),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )
        said, complained = await soon(running.communicate())
        return running.returncode or 0, (said + complained).decode()

    def process(self, role: Role, environment: Mapping[str, str]) -> AbstractAsyncContextManager[ClusterProcess]:
        """A process of that version (`spawned`)."""
        return spawned(role, (sys.executable, "-c", RUN, role), self._paths(environment))

    def _paths(self, environment: Mapping[str, str]) -> dict[str, str]:
        paths = os.pathsep.join((str(self.folder), str(self.folder / "sdk")))
        return {**environment, "PYTHONPATH": paths, "PYTHONSAFEPATH": "1"}


def before(schema: str, folder: Path) -> EarlierVersion:
    """The version before the one that brought a schema. Skips the test if the repository has no such history here."""
    (step,) = (MIGRATIONS / "versions").glob(f"{schema}_*.py")
    came = _git("log", "--first-parent", "-m", "--diff-filter=A", "-1", "--format=%H", "--", str(step)).decode().strip()
    # One that is not committed yet comes after all that is.
    commit = f"{came}^1" if came else "HEAD"
    with tarfile.open(fileobj=io.BytesIO(_git("archive", commit))) as files:
        files.extractall(folder, filter="data")
    version = EarlierVersion(folder, "")
    told = subprocess.run(
        [sys.executable, "-c", KNOWN], env=version._paths(os.environ), capture_output=True, text=True, check=True
    )
    return EarlierVersion(folder, told.stdout.strip())


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"the history of this repository does not go so far back: {done.stderr.decode().strip()}")
    return done.stdout
