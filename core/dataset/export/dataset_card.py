"""Writes the card of a data set: the README.md next to it, which the Hugging Face hub shows."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.dataset.export.counts import REASONS, ExportCounts
from core.dataset.export.files import beside
from core.errors import OperatorError

MARK = "<!-- written by parley export -->"
"""The mark by which we recognise a card of ours, which we may overwrite."""

PARTS = ("language", "role", "state")

TASKS: Mapping[str, Sequence[str]] = {
    "oasst-trees": ("text-generation",),
    "oasst-messages": ("text-generation",),
    "oasst-threads": ("text-generation",),
    "hf": ("text-generation",),
    "sft": ("text-generation",),
    "preference": ("text-generation", "reinforcement-learning"),
    "reward": ("text-classification", "reinforcement-learning"),
    "kto": ("text-generation", "reinforcement-learning"),
}
"""The hub's names for the tasks that each format serves."""


@dataclass(frozen=True, slots=True)
class CardFacts:
    """The facts for a card that the counts do not hold. `chosen` are the options that were given, by name."""

    format: str
    license: str
    terms: str
    version: str
    chosen: Mapping[str, Any]


def place(path: Path) -> Path:
    """The path for the card of a file. Raises OperatorError if somebody else's README.md is there or is unreadable."""
    card = path.with_name("README.md")
    try:
        if card.exists() and MARK not in card.read_text(encoding="utf-8", errors="replace"):
            raise OperatorError(f"{card} is there already, and is not one of ours: export into a folder of its own")
    except OSError as error:
        raise OperatorError(f"{card} cannot be read: {error.strerror}") from error
    return card


def write(path: Path, about: CardFacts, counts: ExportCounts) -> Path:
    """Write the card of a finished file. Raises OperatorError if it cannot be written."""
    card = place(path)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        with beside(card) as file:
            file.write(("\n".join(text(path.name, digest, about, counts)) + "\n").encode())
    except OSError as error:
        raise OperatorError(f"{card} cannot be written: {error.strerror}") from error
    return card


def text(name: str, digest: str, about: CardFacts, counts: ExportCounts) -> Iterator[str]:
    """Yield the card line by line: the hub's header, what the file holds and leaves out, and how far people agreed."""
    languages = sorted({lang for lang, _, _ in counts.written})
    yield from ("---", f"license: {about.license}")
    yield from _listed("language", languages)
    yield from _listed("task_categories", TASKS[about.format])
    yield "configs:"
    yield f"- config_name: {about.format}"
    yield from ("  data_files:", "  - split: train", f"    path: {json.dumps(name)}", "---", MARK, "")
    yield from (f"# {name}", "", f"{counts.rows:,} rows in the format `{about.format}`, made by `parley export`.", "")
    yield from _table(("what", "value"), _manifest(name, digest, about, counts))
    yield from ("", "## What is in it", "")
    for number, part in enumerate(PARTS):
        sums: Counter[str] = Counter()
        for key, count in counts.written.items():
            sums[key[number]] += count
        yield from _table((part, "number"), sorted(sums.items(), key=lambda item: (-item[1], item[0])))
        yield ""
    if counts.origins:
        yield from ("## Where imported messages are from", "")
        yield from _table(("origin", "messages"), sorted(counts.origins.items()))
        yield ""
    yield from _left_out(counts)
    yield from _relaxed(counts)
    yield from _agreement(counts)
    yield from ("## Consent", "")
    yield "What people wrote, rated and reviewed here is only by people who agreed to the terms of version"
    yield f"{about.terms} when this was made. The next export leaves out whoever withdraws."


def _manifest(name: str, digest: str, about: CardFacts, counts: ExportCounts) -> Iterator[tuple[str, Any]]:
    yield "file", f"`{name}`"
    yield "sha256", f"`{digest}`"
    yield "rows", f"{counts.rows:,}"
    yield "messages looked at", f"{counts.messages:,}"
    yield "consent version", about.terms
    yield "Parley", about.version
    for option, value in about.chosen.items():
        yield option, f"`{value}`"


def _left_out(counts: ExportCounts) -> Iterator[str]:
    yield from ("## What was left out", "")
    reasons = [("messages", counts.left_out), ("reviews, rankings and ratings", counts.ratings_left_out)]
    rows = [
        (what, REASONS[reason], count)
        for what, by_reason in reasons
        for reason, count in sorted(by_reason.items(), key=lambda item: (-item[1], item[0]))
    ]
    rows += [("trees", f"in the state {state}", count) for state, count in sorted(counts.passed_over.items())]
    yield from _table(("what", "why", "number"), rows) if rows else ["Nothing."]
    yield ""


def _relaxed(counts: ExportCounts) -> Iterator[str]:
    if not counts.relaxed:
        return
    yield from ("## Decided by fewer people than usual", "")
    yield "Where a language had too few active people, its trees were decided by those who were there. `meta.relaxed`"
    yield "names the limits of a row's tree."
    yield ""
    rows = [(limit, min(trees.values()), f"{len(trees):,}") for limit, trees in sorted(counts.relaxed.items())]
    yield from _table(("limit", "lowest number", "trees"), rows)
    yield ""


def _agreement(counts: ExportCounts) -> Iterator[str]:
    rows = [
        (
            lang,
            name,
            "-" if one.alpha is None else f"{one.alpha:.3f}",
            f"{one.raw:.3f}",
            f"{one.prevalence:.3f}",
            one.items,
        )
        for lang, name, one in counts.reviewed.agreements()
    ]
    yield from ("## How far reviewers agree", "")
    if not rows:
        yield from ("No label has thirty messages that at least two people have reviewed here.", "")
        return
    yield "Krippendorff's alpha: 1 is full agreement, 0 is chance. If a label is rare, alpha is near 0 although"
    yield "people nearly always agree: then raw agreement and prevalence tell more."
    yield ""
    yield from _table(("language", "label", "alpha", "raw agreement", "prevalence", "messages"), rows)
    yield ""


def _listed(name: str, values: Sequence[str]) -> Iterator[str]:
    # Quoted, because YAML reads the code of Norwegian, "no", as false.
    return iter([f"{name}:", *(f"- {json.dumps(value)}" for value in values)] if values else [])


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(str(value).replace('|', chr(92) + '|') for value in row)} |"
