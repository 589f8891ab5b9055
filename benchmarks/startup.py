"""Start times, sizes and dependencies: `python -m benchmarks.startup FOLDER`."""

import os
import resource
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import psutil

from benchmarks.figures import Figure, printed

ROOT = Path(__file__).parents[1]
PARLEY = Path(sys.executable).parent / "parley"
ROUNDS = 5
STILL = 6
"""Half seconds for which a program has to stay as large as it is."""

HOW = "Medians of processes that are started anew; a first start also makes the tables, and keeps what that takes."

COMMANDS = (
    ("version",),
    ("models", "list"),
    ("train", "list"),
    ("sources",),
    ("web", "admin", "--list"),
    ("models", "lineage"),
    ("arena", "report"),
    ("plugin", "list"),
    ("doctor",),
)
"""Commands whose start is measured: those from `sources` on open the database."""

NOT_WELL = 1
"""The exit code of a doctor who found something."""


def timed(work: Callable[[], None]) -> float:
    """Return the median seconds for some work, after a first run that warms the disk cache."""
    work()
    spent = []
    for _ in range(ROUNDS):
        began = perf_counter()
        work()
        spent.append(perf_counter() - began)
    return median(spent)


def processor_time(command: Sequence[str | Path], environment: dict[str, str]) -> float:
    """Return the median seconds of a processor that a command takes, after a first run."""
    spent = []
    for _ in range(ROUNDS + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, env=environment, check=False)
        if done.returncode not in (0, NOT_WELL):
            done.check_returncode()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return median(spent[1:])


def help_shown() -> None:
    subprocess.run([PARLEY, "--help"], check=True, capture_output=True)


def first_token(environment: dict[str, str]) -> None:
    """Ask through a pipe, until the first byte of the answer."""
    command = [str(PARLEY), "chat", "Write a long story about the sea."]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as process:
        if process.stdout is None or not process.stdout.read(1):
            raise RuntimeError("parley chat gave no answer")
        process.kill()


def resident(environment: dict[str, str]) -> float:
    """Return the MiB of a running program that has answered nobody yet, without its model, once it grows no more."""
    ports = {"PARLEY_WEB__PORT": "0", "PARLEY_OPERATOR__PORT": "0"}
    with subprocess.Popen([PARLEY, "run"], stdout=subprocess.PIPE, text=True, env=environment | ports) as process:
        if process.stdout is None or "ready" not in process.stdout.readline():
            raise RuntimeError("parley run did not start")
        size, same = 0.0, 0
        while same < STILL:
            sleep(0.5)
            now = psutil.Process(process.pid).memory_info().rss / 2**20
            same = same + 1 if now - size < 0.1 else 0
            size = now
        process.terminate()
        process.communicate()
    return size


def dependencies() -> int:
    """Return the number of the core's direct dependencies."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return len(project["dependencies"])


def main(folder: Path) -> int:
    environment = os.environ | {"PARLEY_HOME": str(folder / "home"), "PARLEY_LOG__LEVEL": "error"}
    commands = [
        Figure(f"processor time of `parley {' '.join(words)}`", processor_time([PARLEY, *words], environment), "s", 0.4)
        for words in COMMANDS
    ]
    fresh = environment | {"PARLEY_HOME": str(folder / "fresh")}
    libraries = processor_time([sys.executable, "-c", "import sqlmodel"], environment)
    return printed(
        [
            *commands,
            Figure("of which SQLModel and SQLAlchemy alone, where the database is opened", libraries, "s"),
            Figure("parley --help", timed(help_shown), "s", most=0.4),
            Figure("parley chat to the first token, warm disk", timed(lambda: first_token(environment)), "s", most=4),
            Figure("resident memory without the model, first start", resident(fresh), "MiB"),
            Figure("resident memory without the model, any later start", resident(fresh), "MiB", most=90),
            Figure("direct dependencies of the core", dependencies(), "", most=25),
        ],
        HOW,
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
