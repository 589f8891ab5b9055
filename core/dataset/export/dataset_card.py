"""Describes an exported file for the card of its folder."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.dataset.export.counts import REASONS, ExportCounts

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
    """The facts for a card that the counts do not hold. `chosen` are the options that were given, by name.

    `split` is the hub's name for what the file is used for.
    """

    format: str
    license: str
    terms: str
    version: str
    chosen: Mapping[str, Any]
    split: str = "train"


def section(name: str, digest: str, about: CardFacts, counts: ExportCounts) -> Iterator[str]:
    """Yield the description of a file line by line: what it holds and leaves out, and how far people agreed."""
    yield from (f"# {name}", "", f"{counts.rows:,} rows in the format `{about.format}`, made by `parley export`.", "")
    yield from table(("what", "value"), _manifest(name, digest, about, counts))
    yield from ("", "## What is in it", "")
    for number, part in enumerate(PARTS):
        sums: Counter[str] = Counter()
        for key, count in counts.written.items():
            sums[key[number]] += count
        yield from table((part, "number"), sorted(sums.items(), key=lambda item: (-item[1], item[0])))
        yield ""
    if counts.origins:
        yield from ("## Where imported messages are from", "")
        yield from table(("origin", "messages"), sorted(counts.origins.items()))
        yield ""
    if counts.guessed:
        yield from (f"The language of {counts.guessed:,} imported messages was guessed: their file did not say it.", "")
    yield from _left_out(counts)
    yield from _relaxed(counts)
    yield from _agreement(counts)
    yield from ("## Consent", "")
    yield "What people wrote, rated and reviewed here is only by people who agreed to the terms of version"
    yield from (f"{about.terms} when this was made. The next export leaves out whoever withdraws.", "")


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
    yield from table(("what", "why", "number"), rows) if rows else ["Nothing."]
    yield ""


def _relaxed(counts: ExportCounts) -> Iterator[str]:
    if not counts.relaxed:
        return
    yield from ("## Decided by fewer people than usual", "")
    yield "Where a language had too few active people, its trees were decided by those who were there. `meta.relaxed`"
    yield "names the limits of a row's tree."
    yield ""
    rows = [(limit, min(trees.values()), f"{len(trees):,}") for limit, trees in sorted(counts.relaxed.items())]
    yield from table(("limit", "lowest number", "trees"), rows)
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
    yield from table(("language", "label", "alpha", "raw agreement", "prevalence", "messages"), rows)
    yield ""


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a table in Markdown."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_cell(value) for value in row)} |"


def _cell(value: Any) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")
