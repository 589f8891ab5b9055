"""The files of config/guidelines: how to do each kind of task well, with a folder per language and a file per task."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "guidelines"


@dataclass(frozen=True)
class TaskGuideline:
    """A task's guideline: `sentence` goes on the card; `rest` is Markdown with dos and don'ts, then examples."""

    sentence: str
    rest: str


def guidelines() -> Mapping[str, Mapping[str, str]]:
    """Return the text of each task's guideline, by the language's BCP 47 tag and the task's name."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(FOLDER.glob("*/*.md")):
        found.setdefault(file.parent.name, {})[file.stem] = file.read_text(encoding="utf-8").strip()
    return found


def split(text: str) -> TaskGuideline:
    """Split a guideline into its first line and the rest."""
    sentence, _, rest = text.partition("\n")
    return TaskGuideline(sentence.strip(), rest.strip())
