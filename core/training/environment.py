"""The environment that the trainer runs in: torch and what goes with it, in versions that work together.

Parley itself never imports any of it. uv makes the environment and pip fills it: pip takes the wheel of torch that the
machine's own pip settings name, where uv would take gigabytes of CUDA.
"""

import asyncio
import os
import shutil
import sys
import sysconfig
from asyncio.subprocess import DEVNULL, STDOUT
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import OperatorError
from core.training.resources import ENVIRONMENT_ROOM, GPU_ENVIRONMENT_ROOM, check_room, has_gpu
from core.training.rows import digest

TRAINER = Path(__file__).parents[2] / "trainer"
REQUIREMENTS = TRAINER / "requirements.txt"
READY = "parley-ready"
"""The file in an environment that is written last: the digest of the requirements that it has."""

LONGEST = 3600.0
SHOWN = 5


@dataclass(frozen=True, slots=True)
class TrainingEnvironment:
    """An environment in a folder. `index` is the address of an index for torch without CUDA, empty for pip's own.

    One that the operator made (`own`) is used as it is.
    """

    folder: Path
    index: str = ""
    own: bool = False

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def is_ready(self) -> bool:
        """Whether the trainer can run in it."""
        if self.own:
            return self.python.exists()
        marker = self.folder / READY
        return marker.exists() and marker.read_text(encoding="utf-8") == digest(REQUIREMENTS)

    async def prepare(self, say: Callable[[str], object]) -> None:
        """Make the environment, unless it is there. Raises OperatorError if that fails."""
        if self.is_ready:
            return
        if self.own:
            raise OperatorError(f"{self.python} does not exist: correct train.environment, or leave it empty")
        gpu = has_gpu()
        check_room(self.folder, GPU_ENVIRONMENT_ROOM if gpu else ENVIRONMENT_ROOM, "the environment for training")
        say(f"Making the environment for training in {self.folder}, once: this takes minutes and gigabytes.")
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.python.exists():
            await self._run(uv_program(), "venv", "--quiet", "--seed", "--python", sys.executable, str(self.folder))
        # Among equal versions, pip prefers the one that is marked as being for CPUs.
        more = ("--extra-index-url", self.index) if self.index and not gpu else ()
        await self._run(str(self.python), "-m", "pip", "install", "--quiet", "--requirement", str(REQUIREMENTS), *more)
        (self.folder / READY).write_text(digest(REQUIREMENTS), encoding="utf-8")

    async def _run(self, *command: str) -> None:
        log = self.folder.with_suffix(".log")
        # The operator's own settings of pip and uv hold, but nothing of ours is for them.
        passed = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
        with log.open("ab") as file:
            child = await asyncio.create_subprocess_exec(
                *command, stdin=DEVNULL, stdout=file, stderr=STDOUT, env=passed, start_new_session=True
            )
            try:
                async with asyncio.timeout(LONGEST):
                    code = await child.wait()
            except TimeoutError:
                raise OperatorError(f"{Path(command[0]).name} took longer than an hour; {log} says more") from None
            finally:
                if child.returncode is None:
                    child.kill()
                    await child.wait()
        if code:
            lines = await asyncio.to_thread(_end_of, log)
            raise OperatorError(f"the environment for training could not be made:\n{lines}\n({log} says more)")


def _end_of(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return "\n".join(f"  {line[:300]}" for line in lines[-SHOWN:])


def uv_program() -> str:
    """uv, as `make install` or the extra `plugins` leave it. Raises OperatorError if it is missing."""
    if found := shutil.which("uv", path=sysconfig.get_path("scripts")) or shutil.which("uv"):
        return found
    raise OperatorError("uv is not installed: run `make install`")


def main() -> None:
    """Make an environment in the folder that the argument names: for the tests of the trainer."""
    # pip's own index, as for everything else that `make` installs.
    made = TrainingEnvironment(Path(sys.argv[1]).resolve())
    asyncio.run(made.prepare(lambda text: sys.stderr.write(f"{text}\n")))


if __name__ == "__main__":
    main()
