"""Reads what a trainer reports. It may be from another machine, so all that is used of it later is checked here."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from core.errors import OperatorError
from core.training.guards import Guard, is_number

Judge = Callable[[Mapping[str, Any], Mapping[str, Any]], Sequence[Guard]]
"""Makes the guards of the figures before and after. Raises OperatorError if these are no figures."""

Kind = TypeVar("Kind")

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class TrainingOutcome:
    """What came of a training: the figures `before` and `after` it with their guards, and the files that were made.

    `held_out` says how many rows and steps there were, and what the held-out rows say before and after. `files` are the
    SHA-256 (hex) of each by its name.
    """

    versions: Mapping[str, str]
    device: str
    held_out: Mapping[str, Any]
    files: Mapping[str, str]
    before: Mapping[str, float]
    after: Mapping[str, float]
    guards: Sequence[Guard]


def read_outcome(path: Path, made_for: str, judge: Judge) -> TrainingOutcome:
    """The outcome in a file, which has to be that of the run with the digest `made_for`.

    Raises OperatorError for that of another run, and for anything that is not what a trainer writes.
    """
    told = _parsed(path)
    if _part(told, "run", str) != made_for:
        raise OperatorError("the outcome is that of another run, or the run was changed in between")
    before, after = _part(told, "before", dict), _part(told, "after", dict)
    guards = judge(before, after)
    return TrainingOutcome(
        versions={name[:40]: version[:40] for name, version in _strings(told, "versions").items()},
        device=_part(told, "device", str)[:100],
        held_out=_held_out(_part(told, "held_out", dict)),
        files=_files(told),
        before=_numbers(before),
        after=_numbers(after),
        guards=guards,
    )


def _parsed(path: Path) -> Any:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        # JSON can tell half a character, which no file can hold.
        json.dumps(told, ensure_ascii=False).encode()
    except (OSError, ValueError, RecursionError) as error:
        raise OperatorError(f"the outcome of the run cannot be read: {error}"[:300]) from error
    return told


def _part(told: Any, name: str, kind: type[Kind]) -> Kind:
    found = told.get(name) if isinstance(told, dict) else None
    if not isinstance(found, kind):
        raise _strange(name)
    return found


def _strings(told: Any, name: str) -> Mapping[str, str]:
    found: Mapping[str, Any] = _part(told, name, dict)
    if not all(isinstance(one, str) for one in found.values()):
        raise _strange(name)
    return found


def _files(told: Any) -> Mapping[str, str]:
    found = _strings(told, "files")
    if not all(SHA256.fullmatch(one) for one in found.values()):
        raise _strange("files")
    return found


def _held_out(told: Mapping[str, Any]) -> Mapping[str, Any]:
    counts = {name: _part(told, name, int) for name in ("rows", "held_out_rows", "steps")}
    return {**counts, **{side: _measured(told, side) for side in ("before", "after")}}


def _measured(told: Mapping[str, Any], side: str) -> Mapping[str, float]:
    found: Mapping[str, Any] = _part(told, side, dict)
    # No guard asks for these, and TRL says that it cannot tell one by a float that is no number.
    if not all(isinstance(one, float) or is_number(one) for one in found.values()):
        raise _strange("held_out")
    return found


def _numbers(figures: Mapping[str, Any]) -> Mapping[str, float]:
    return {name: one for name, one in figures.items() if is_number(one)}


def _strange(name: str) -> OperatorError:
    return OperatorError(f"the outcome of the run cannot be read: {name!r} is missing or is not what it should be")
