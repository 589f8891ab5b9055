"""`python -m benchmarks.loop`: the loop with a tiny model in minutes; with --real, with the bundled one, in hours."""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.loop.demo import DemoSize, LoopDemo
from benchmarks.loop.installation import CommandFailed, Installation
from benchmarks.loop.journal import DemoMismatch
from benchmarks.loop.pace import write
from benchmarks.loop.report import LoopReport, generation_report, machine, undone, written
from benchmarks.loop.taste import letters_taste, readers_taste
from benchmarks.loop.training import TrainingRecipe, model_name
from core.errors import OperatorError
from core.training.runs import find_run
from tests.trainer.tiny import tiny_base

FOLDER = Path(".loop-demo")
TINY = DemoSize(real=False, generations=3, pairs=60, votes=40, trees=3, chatters=6, voters=10)
REAL = DemoSize(real=True, generations=3, pairs=260, votes=400, trees=12, chatters=60, voters=80)
GUESSED = {
    False: {"joining": 0.5, "chats": 1.0, "tasks": 15.0, "training": 0.5, "votes": 0.5, "promotion": 5.0},
    True: {"joining": 0.5, "chats": 8.0, "tasks": 20.0, "training": 3.3, "votes": 4.0, "promotion": 5.0},
}
"""Seconds for an item of each step on two cores."""

TINY_LENGTH, REAL_LENGTH = 500, 512
TINY_RATES = (5e-4,)
# Three generations share what there is to gain: at 7.5e-6, the first one alone got nearly half of it, and at 1.5e-5 it
# wrote so little that the guards refused it (docs/training.md).
REAL_RATES = (4e-6, 5e-6, 7e-6)


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loop", description=__doc__)
    parser.add_argument("--real", action="store_true", help="with the bundled model, and bars for what it must reach")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="the demo's folder; one that is there is resumed")
    parser.add_argument("--environment", type=Path, help="the environment for training, if there is one")
    for name in ("generations", "pairs", "votes", "trees", "chatters", "voters", "seed"):
        parser.add_argument(f"--{name}", type=int, help=f"{getattr(TINY, name)}, or {getattr(REAL, name)} with --real")
    parser.add_argument("--rates", nargs="+", type=float, metavar="RATE", help="the learning rate of each generation")
    return parser.parse_args(given)


def sized(given: argparse.Namespace) -> DemoSize:
    """The size of the demo that the command line asks for."""
    usual = REAL if given.real else TINY
    changed = {name: value for name, value in vars(given).items() if hasattr(usual, name) and value is not None}
    return replace(usual, **changed)


def made(given: argparse.Namespace) -> LoopDemo:
    """The demo that the command line asks for, with an installation of its own."""
    folder, size = given.folder.resolve(), sized(given)
    folder.mkdir(parents=True, exist_ok=True)
    tiny = None if size.real else folder / "tiny.gguf"
    if tiny and not tiny.exists():
        tiny_base(tiny, "llama")
    training = given.environment or os.environ.get("PARLEY_TRAINING_ENVIRONMENT")
    # An answer may take up to a third of the context.
    installation = Installation(folder / "home", tiny, 288, 3, Path(training).resolve() if training else None)
    least = ("--least", str(max(5, size.pairs // 2)))
    return LoopDemo(
        folder=folder,
        size=size,
        installation=installation,
        taste=readers_taste if size.real else letters_taste,
        recipe=TrainingRecipe(
            base=str(tiny or "bundled"),
            options=(*least, "--length", str(REAL_LENGTH if size.real else TINY_LENGTH)),
            rates=given.rates or (REAL_RATES if size.real else TINY_RATES),
        ),
        guessed=GUESSED[size.real],
    )


async def reported(demo: LoopDemo) -> LoopReport:
    """The report of what has been done so far."""
    lineage = ("models", "lineage")
    descent = json.loads(await demo.installation.command(*lineage, "--json"))
    found = []
    for number in demo.generations:
        try:
            run = find_run(demo.installation.home, model_name(number))
        except OperatorError:
            break
        if not run.result:
            break
        summary = await demo.summary(number) or {}
        told = generation_report(demo.journal, number, run.record, run.result, summary)
        found.append(replace(told, undone=undone(descent, told.model)))
    size, text = demo.size, await demo.installation.command(*lineage)
    return LoopReport(size.real, size.generations, size.votes, machine(), text, tuple(found))


def draw(demo: LoopDemo) -> None:
    """Draw a picture beside the report, if the environment for training is installed."""
    environment = demo.installation.training or demo.installation.home / "train" / "environment"
    plot = Path(__file__).with_name("plot.py")
    report = demo.folder / "report.json"
    command = [environment / "bin" / "python", plot, report, report.with_suffix(".png")]
    try:
        subprocess.run(command, check=True)
        write(f"The chart is in {report.with_suffix('.png')}.")
    except (OSError, subprocess.CalledProcessError) as error:
        write(f"There is no picture: {error}")


async def held(demo: LoopDemo) -> int:
    """Run a demo, and report on it. Returns 1 if it does not show what it should."""
    failed, us = "", asyncio.current_task()
    assert us
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, us.cancel)
    try:
        await demo.run()
    except CommandFailed as error:
        failed = str(error)
    report = await reported(demo)
    path = written(report, demo.folder)
    write(f"\n{path.read_text(encoding='utf-8')}\nThe report is in {path}.")
    draw(demo)
    if failed:
        write(failed)
    return int(bool(failed or list(report.faults())))


def main(given: Sequence[str]) -> int:
    """Run the demo that the command line asks for. It resumes where it was stopped or killed."""
    try:
        demo = made(arguments(given))
    except DemoMismatch as error:
        write(str(error))
        return 2
    try:
        return asyncio.run(held(demo))
    except (KeyboardInterrupt, asyncio.CancelledError):
        write("\nStopped. The same command goes on from here.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
