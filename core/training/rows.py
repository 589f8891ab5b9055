"""Turns an export into the rows that a method trains on, and counts what is in them."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.training.configuration import TrainingMethod
from core.training.people import keyed

FORMATS: Mapping[TrainingMethod, str] = {"dpo": "preference", "kto": "kto", "sft": "sft", "reward": "preference"}
"""The format of the export for each method."""

Row = dict[str, Any]


@dataclass(slots=True)
class RowCounts:
    """The rows of one side: how many, by language and platform, and which messages they are made of.

    `longest` are the bytes of the longest conversation in one of them.
    """

    rows: int = 0
    good: int = 0
    bad: int = 0
    longest: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    messages: set[str] = field(default_factory=set)

    def note(self, row: Row, made: Row) -> None:
        """Count a row of an export, whose `meta` says where it is from, and the row that is made of it."""
        meta = row["meta"]
        self.rows += 1
        self.longest = max(self.longest, _size(made))
        if "label" in row:
            self.good += bool(row["label"])
            self.bad += not row["label"]
        self.languages[meta["lang"] or "?"] += 1
        self.sources[meta["source_platform"] or "?"] += 1
        self.messages.update(meta["message_ids"])


def split_rows(exported: Path, target: Path, method: TrainingMethod, wanted: Callable[[Row], bool]) -> RowCounts:
    """Write those of an export's training rows that are wanted, and return what was counted.

    Whatever the trainer does not read is left out.
    """
    counts = RowCounts()
    with exported.open(encoding="utf-8") as source, target.open("w", encoding="utf-8") as file:
        for row in map(json.loads, source):
            made = _row(row, method)
            if not wanted(made):
                continue
            counts.note(row, made)
            file.write(json.dumps(made, ensure_ascii=False) + "\n")
    return counts


def written_rows(path: Path) -> Iterator[Row]:
    """The rows of a file that `split_rows` wrote."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def row_mark(key: bytes, row: Row) -> str:
    """The mark of a row, by which a later run knows it again."""
    return keyed(key, "row", json.dumps(row, ensure_ascii=False, sort_keys=True))


def first_prompt(row: Row) -> str:
    """The prompt with which a row's conversation begins, without regard to space and capitals."""
    return " ".join(str(row["prompt"][0]["content"]).casefold().split())


def _row(row: Row, method: TrainingMethod) -> Row:
    if method == "sft":
        *prompt, answer = row["messages"]
        return {"prompt": prompt, "completion": [answer]}
    return {name: value for name, value in row.items() if name != "meta"}


def _size(row: Row) -> int:
    """The bytes of a row's conversation, with the longest of its answers."""
    answers = (row[name] for name in ("chosen", "rejected", "completion") if name in row)
    longest = max((_bytes(answer) for answer in answers), default=0)
    return _bytes(row["prompt"]) + longest


def _bytes(messages: Iterable[Row]) -> int:
    return sum(len(str(message["content"]).encode()) for message in messages)


def digest(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
