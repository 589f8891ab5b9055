"""The journal of a demo, from which it resumes after a stop or a kill: one line for each finished item, in one file."""

import json
import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Facts = Mapping[str, Any]


class DemoMismatch(Exception):
    """Raised if the folder has a demo of another size."""


class DemoJournal:
    """The facts about each finished item of each step. The first line says what the demo is.

    Raises DemoMismatch if the file belongs to a demo with other settings.
    """

    def __init__(self, path: Path, demo: Facts) -> None:
        self._path = path
        self.steps: defaultdict[str, dict[str, Facts]] = defaultdict(dict)
        lines = _whole_lines(path)
        if lines and lines[0] != demo:
            raise DemoMismatch(
                f"{path.parent} has a demo that was begun with {json.dumps(lines[0])}, and this one is"
                f" {json.dumps(demo)}: go on with the same options, or name another --folder"
            )
        for line in lines[1:]:
            self.steps[line["step"]][line["item"]] = line["facts"]
        if not lines:
            self._write(dict(demo))

    def done(self, step: str, item: object) -> bool:
        """Whether an item is finished."""
        return str(item) in self.steps[step]

    def note(self, step: str, item: object, **facts: Any) -> None:
        """An item is finished."""
        self._write({"step": step, "item": str(item), "facts": facts})
        self.steps[step][str(item)] = facts

    def facts(self, step: str, item: object) -> Facts:
        """The facts about a finished item."""
        return self.steps[step][str(item)]

    def total(self, step: str, name: str) -> float:
        """The sum of a fact over the items of a step."""
        return sum(float(facts[name]) for facts in self.steps[step].values())

    def _write(self, line: Facts) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _whole_lines(path: Path) -> list[Any]:
    """The lines of the file. What was being written when the demo was killed did not happen, and is cut off."""
    if not path.exists():
        return []
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    if end < len(content):
        os.truncate(path, end)
    return [json.loads(line) for line in content[:end].splitlines()]
