"""Writes the card of a folder of data sets: its README.md, which the Hugging Face hub shows.

Each file is described in a section of its own, which stays when another file is exported into the folder.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from core.dataset.export.counts import ExportCounts
from core.dataset.export.dataset_card import TASKS, CardFacts, section
from core.dataset.export.files import ENDINGS, TABLE, beside
from core.errors import OperatorError

MARK = "<!-- written by parley export -->"
"""The mark by which we recognise a card of ours, which we may overwrite."""

BEGIN, END = "<!-- file ", " -->"
"""Around the facts about a file, with which its section begins."""

LAST = "<!-- end of the files -->"


@dataclass(frozen=True, slots=True)
class DescribedFile:
    """What the head of the card says about a file; `sha256` tells whether its section still describes it."""

    name: str
    sha256: str
    format: str
    split: str
    license: str
    languages: Sequence[str]

    @property
    def stem(self) -> str:
        return self.name.split(".")[0]


Sections = Mapping[DescribedFile, Sequence[str]]


def place(path: Path) -> Path:
    """The path for the card of a file. Raises OperatorError if somebody else's README.md is there or is unreadable."""
    card = path.with_name("README.md")
    _read(card)
    return card


def write(path: Path, about: CardFacts, counts: ExportCounts) -> Path:
    """Describe a finished file in the card of its folder. Raises OperatorError if it cannot be written."""
    card = path.with_name("README.md")
    before = sections(_read(card))
    try:
        languages = sorted({lang for lang, _, _ in counts.written})
        new = DescribedFile(path.name, _digest(path), about.format, about.split, about.license, tuple(languages))
        kept = {one: told for one, told in before.items() if one.name != path.name and _is_still(path.parent, one)}
        all_of_them = {**kept, new: list(section(path.name, new.sha256, about, counts))}
        others = _others(path.parent, {one.name for one in all_of_them})
        with beside(card) as file:
            file.write(("\n".join(text(all_of_them, others)) + "\n").encode())
    except OSError as error:
        raise OperatorError(f"{card} cannot be written: {error.strerror}") from error
    return card


def text(described: Sections, others: Sequence[str] = ()) -> Iterator[str]:
    """Yield the card line by line: the hub's header, a section for each file, and the names of other files."""
    ordered = sorted(described, key=lambda one: one.name)
    yield from ("---", *_listed("license", [one.license for one in ordered], alone=True))
    yield from _listed("language", [lang for one in ordered for lang in one.languages])
    yield from _listed("task_categories", [task for one in ordered for task in TASKS[one.format]])
    yield from ("configs:", *_configs(ordered), "---", MARK, "")
    for one in ordered:
        # A comment may not hold the end of a comment.
        facts = json.dumps(asdict(one)).replace(">", "\\u003e")
        yield from (f"{BEGIN}{facts}{END}", *described[one])
    yield LAST
    if others:
        yield from ("", "# Other files in this folder", "")
        yield "These are not described here: they were exported without `--card`, or have changed since."
        yield from ("", *(f"- `{name}`" for name in others))


def sections(card: str) -> dict[DescribedFile, list[str]]:
    """The sections of a card of ours, by the file that each describes."""
    found: dict[DescribedFile, list[str]] = {}
    section: list[str] | None = None
    for line in card.partition(f"{LAST}\n")[0].splitlines():
        if line.startswith(BEGIN) and line.endswith(END):
            one = _facts(line.removeprefix(BEGIN).removesuffix(END))
            section = found.setdefault(one, []) if one else None
        elif section is not None:
            section.append(line)
    return found


def _facts(written: str) -> DescribedFile | None:
    """The facts about a file; None if somebody has edited them, so that they cannot be read."""
    try:
        facts = json.loads(written)
        return DescribedFile(**{**facts, "languages": tuple(facts["languages"])})
    except (ValueError, TypeError, KeyError):
        return None


def _read(card: Path) -> str:
    try:
        found = card.read_text(encoding="utf-8", errors="replace") if card.exists() else MARK
    except OSError as error:
        raise OperatorError(f"{card} cannot be read: {error.strerror}") from error
    if MARK not in found:
        raise OperatorError(f"{card} is there already, and is not one of ours: export into a folder of its own")
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_still(folder: Path, one: DescribedFile) -> bool:
    path = folder / one.name
    return path.is_file() and _digest(path) == one.sha256


def _others(folder: Path, described: set[str]) -> list[str]:
    names = {path.name for path in folder.iterdir() if path.name.endswith((*ENDINGS, TABLE)) and path.is_file()}
    return sorted(name for name in names - described if not name.startswith("."))


def _configs(files: Sequence[DescribedFile]) -> Iterator[str]:
    """Yield a configuration for each format, with its splits; for each file, if two are of the same split."""
    number = Counter((one.format, one.split) for one in files)
    crowded = {format for (format, _), count in number.items() if count > 1}
    configs: dict[str, list[DescribedFile]] = {}
    for one in files:
        name = f"{one.format}-{one.stem}" if one.format in crowded else one.format
        configs.setdefault(name, []).append(one)
    for name, listed in configs.items():
        yield from (f"- config_name: {json.dumps(name)}", "  data_files:")
        for one in listed:
            yield from (f"  - split: {one.split}", f"    path: {json.dumps(one.name)}")


def _listed(name: str, values: Sequence[str], *, alone: bool = False) -> Iterator[str]:
    # Quoted, because YAML reads the code of Norwegian, "no", as false.
    given = sorted(set(values))
    if alone and len(given) == 1:
        yield f"{name}: {given[0]}"
    elif given:
        yield from (f"{name}:", *(f"- {json.dumps(value)}" for value in given))
