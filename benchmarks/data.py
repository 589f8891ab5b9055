"""Importing and exporting 100,000 messages like Open Assistant's: `python -m benchmarks.data FOLDER`."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any
from uuid import UUID

from benchmarks.figures import Figure, printed

PARLEY = Path(sys.executable).parent / "parley"
MESSAGES = 100_000
LABELS = ("spam", "lang_mismatch", "pii", "not_appropriate", "hate_speech", "sexual_content")
GRADES = ("quality", "toxicity", "humor", "helpfulness", "creativity", "violence")
WORDS = ("the", "of", "and", "a", "to", "is", "you", "that", "it", "was", "for", "as", "with", "they", "be", "this")
FORMATS = ("oasst-trees", "oasst-messages", "sft", "preference")


@dataclass(frozen=True, slots=True)
class Run:
    """The resources that a command took."""

    seconds: float
    mebibytes: float


def main(folder: Path) -> int:
    file = folder / "trees.jsonl"
    messages = filled(file)
    environment = os.environ | {"PARLEY_HOME": str(folder / "home"), "PARLEY_LOG__LEVEL": "error"}
    parsing = parsed(file)
    there = run(environment, "import", str(file))
    again = run(environment, "import", str(file))
    backs = {name: run(environment, "export", str(folder / f"{name}.jsonl"), "--format", name) for name in FORMATS}
    table = run(environment, "export", str(folder / "table.parquet"), "--format", "hf")
    assert (folder / "oasst-messages.jsonl").read_bytes().count(b"\n") == messages
    return printed(
        [
            Figure("import of 100,000 messages", there.seconds, "s", most=120),
            Figure("its memory", there.mebibytes, "MiB", most=500),
            Figure("import over parsing the file alone", there.seconds / parsing, ""),
            Figure("the same import again", again.seconds, "s"),
            *(Figure(f"export of them as {name}", back.seconds, "s", most=30) for name, back in backs.items()),
            Figure("the memory of the largest export", max(back.mebibytes for back in backs.values()), "MiB", most=500),
            Figure("export over parsing the file alone", backs["oasst-trees"].seconds / parsing, ""),
            Figure("export of them as Parquet", table.seconds, "s", most=30),
            Figure("its memory", table.mebibytes, "MiB", most=500),
        ],
        "`parley import` and `parley export` as processes, over trees as large as Open Assistant's.",
    )


def run(environment: dict[str, str], *arguments: str) -> Run:
    """Run parley until it ends."""
    began = perf_counter()
    process = subprocess.Popen([PARLEY, *arguments], env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"parley {' '.join(arguments)} failed")
    return Run(perf_counter() - began, used.ru_maxrss / 1024)


def parsed(file: Path) -> float:
    """Return the seconds that Python needs to parse the JSON in the file."""
    began = perf_counter()
    with file.open("rb") as lines:
        for line in lines:
            json.loads(line)
    return perf_counter() - began


def filled(file: Path) -> int:
    """Write trees of about 15 messages until there are enough. Returns the number of messages."""
    dice, number = Random(1), 0
    with file.open("w", encoding="utf-8") as written:
        while number < MESSAGES:
            prompt = message(dice, 0, None, None)
            tree = {"message_tree_id": prompt["message_id"], "tree_state": "ready_for_export", "prompt": prompt}
            written.write(json.dumps(tree) + "\n")
            number += sum(1 for _ in within(prompt))
    return number


def within(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a message and all messages below it."""
    yield message
    for reply in message["replies"]:
        yield from within(reply)


def message(dice: Random, depth: int, parent_id: str | None, rank: int | None) -> dict[str, Any]:
    """Return a message with up to three replies, as large as Open Assistant's."""
    message_id = str(UUID(int=dice.getrandbits(128)))
    replies = dice.randrange(1, 4) if depth < 3 else 0
    ranked = depth % 2 == 0 and replies > 1
    return {
        "message_id": message_id,
        **({"parent_id": parent_id} if parent_id else {}),
        "user_id": str(UUID(int=dice.getrandbits(128))),
        "created_date": f"2023-02-05T14:{dice.randrange(60):02}:50.983374+00:00",
        "text": " ".join(dice.choices(WORDS, k=dice.randrange(10, 120))),
        "role": "assistant" if depth % 2 else "prompter",
        "lang": dice.choice(("en", "es", "de")),
        "review_count": 3,
        "review_result": True,
        "deleted": False,
        **({"rank": rank} if rank is not None else {}),
        "synthetic": False,
        "emojis": {"+1": 2, "_skip_reply": 1},
        "labels": {
            **{name: {"value": 0.0, "count": 3} for name in LABELS},
            **{name: {"value": round(dice.random(), 4), "count": 3} for name in GRADES},
        },
        "replies": [message(dice, depth + 1, message_id, place if ranked else None) for place in range(replies)],
    }


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
