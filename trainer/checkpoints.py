"""Keeps a run alive: checkpoints that are whole, progress with the time left, and an end when somebody asks for it."""

import json
import math
import shutil
import time
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from trainer.reports import Parent

WHOLE = "whole"
"""The file in a checkpoint that is written last, so that one without it was cut short by a kill."""

SECONDS = 120.0
"""The longest time between two checkpoints."""

STEPS = 10
"""The least number of checkpoints of a run, if it has so many steps."""


class Diverged(Exception):
    """The loss, or a weight, is no number any more."""


class RunKeeper(TrainerCallback):  # type: ignore[misc]
    """Tells the parent about each step, saves from time to time, and stops when it is asked to."""

    def __init__(self, parent: Parent, log: Path) -> None:
        self.parent = parent
        self.log = log
        self._saved = self._began = time.monotonic()
        self._first = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._saved = self._began = time.monotonic()
        self._first = state.global_step

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        now = time.monotonic()
        done, total = state.global_step, state.max_steps
        pace = (now - self._began) / max(done - self._first, 1)
        self.parent.tell(step=done, of=total, seconds_left=round(pace * (total - done)))
        due = now - self._saved > SECONDS or done % max(1, total // STEPS) == 0
        if self.parent.wants_end and done < total:
            control.should_save = control.should_training_stop = True
        elif due:
            control.should_save = True

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._saved = time.monotonic()
        (Path(args.output_dir) / f"checkpoint-{state.global_step}" / WHOLE).touch()

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
        figures = {name: value for name, value in (logs or {}).items() if isinstance(value, int | float)}
        if not math.isfinite(figures.get("loss", 0.0)):
            raise Diverged
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": state.global_step, **figures}) + "\n")


def newest(folder: Path) -> Path | None:
    """The newest whole checkpoint in a folder. What a kill left half written is removed."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda one: int(one.name.rpartition("-")[2]))
    for one in found:
        if not (one / WHOLE).exists():
            shutil.rmtree(one)
    whole = [one for one in found if (one / WHOLE).exists()]
    return whole[-1] if whole else None
