"""Turns an export into the rows that a method trains on, and counts what is in them."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.training.configuration import TrainingMethod

FORMATS: Mapping[TrainingMethod, str] = {"dpo": "preference", "kto": "kto", "sft": "sft"}
"""The format of the export for each method."""

Row = dict[str, Any]


@dataclass(slots=True)
class RowCounts:
    """The rows of one side: how many, by language and platform, and which messages they are made of."""

    rows: int = 0
    good: int = 0
    bad: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    messages: set[str] = field(default_factory=set)

    def note(self, row: Row) -> None:
        """Count a row of an export, whose `meta` says where it is from."""
        meta = row["meta"]
        self.rows += 1
        if "label" in row:
            self.good += bool(row["label"])
            self.bad += not row["label"]
        self.languages[meta["lang"] or "?"] += 1
        self.sources[meta["source_platform"] or "?"] += 1
        self.messages.update(meta["message_ids"])


def split_rows(exported: Path, target: Path, method: TrainingMethod, without: Iterable[str] = ()) -> RowCounts:
    """Write the training rows of an export, and return what was counted.

    Rows whose first prompt is in `without` are left out, and so is whatever the trainer does not read.
    """
    counts, unwanted = RowCounts(), set(without)
    with exported.open(encoding="utf-8") as source, target.open("w", encoding="utf-8") as file:
        for row in map(json.loads, source):
            made = _row(row, method)
            if first_prompt(made) in unwanted:
                continue
            counts.note(row)
            file.write(json.dumps(made, ensure_ascii=False) + "\n")
    return counts


def first_prompts(path: Path) -> Iterator[str]:
    """The prompts with which the conversations of a file of rows begin."""
    with path.open(encoding="utf-8") as file:
        yield from (first_prompt(row) for row in map(json.loads, file))


def first_prompt(row: Row) -> str:
    """The prompt with which a row's conversation begins, without regard to space and capitals."""
    return " ".join(str(row["prompt"][0]["content"]).casefold().split())


def _row(row: Row, method: TrainingMethod) -> Row:
    if method == "sft":
        *prompt, answer = row["messages"]
        return {"prompt": prompt, "completion": [answer]}
    return {name: value for name, value in row.items() if name != "meta"}


def digest(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
