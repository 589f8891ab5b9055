"""What `parley models` prints about models: one line of a list, or all details."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from core.models.library import catalogue
from core.models.library import installed as library
from core.models.library.catalogue import CatalogueModel
from core.models.library.installed import InstalledModel

BUNDLED = "bundled"
"""The name that always stands for the model that comes with Parley."""


def row(entry: CatalogueModel, memory: int | None, there: Mapping[str, InstalledModel], used: str) -> tuple[str, ...]:
    """A line of the list for a model of the catalogue."""
    bundled = bool(entry.package)
    state = "bundled" if bundled else "installed" if entry.name in there else ""
    state = state if catalogue.fits(entry, memory) else f"{state} too large".strip()
    answers = used == (BUNDLED if bundled else entry.name)
    return (
        "*" if answers else "",
        entry.name,
        ("~" if entry.size_is_approximate else "") + gigabytes(entry.size),
        gigabytes(entry.memory_mib << 20),
        "yes" if entry.tools else "no",
        few(entry.languages),
        entry.licence.removeprefix("LicenseRef-"),
        f"{state}, in use" if answers else state,
    )


def own_row(model: InstalledModel, used: str) -> tuple[str, ...]:
    """A line of the list for a model that the operator chose from the hub."""
    answers = used == model.name
    state = "installed, in use" if answers else "installed"
    return ("*" if answers else "", model.name, gigabytes(model.size), "?", "?", "?", model.licence or "?", state)


def described(entry: CatalogueModel) -> dict[str, str]:
    """The facts about a model from the catalogue."""
    return {
        "name": entry.name,
        "note": entry.note,
        "source": f"{entry.source}@{entry.revision}",
        "size": ("about " if entry.size_is_approximate else "") + gigabytes(entry.size),
        "SHA-256": entry.sha256 or "the hub's own at the first pull",
        "parameters": f"{entry.parameters}, {entry.quantisation}",
        "memory": f"about {gigabytes(entry.memory_mib << 20)}",
        "context": f"{entry.context:,} tokens",
        "languages": ", ".join(entry.languages),
        "tools": "yes" if entry.tools else "no",
        "licence": entry.licence,
    }


def installed_facts(home: Path, model: InstalledModel, used: str) -> dict[str, str]:
    """The facts about an installed file; they take precedence over the catalogue."""
    return {
        "name": model.name,
        "source": f"{model.source}@{model.commit}" if model.commit else model.source,
        "size": gigabytes(model.size),
        "SHA-256": model.sha256,
        "pulled": model.pulled,
        "file": str(library.folder(home, model.name) / model.file),
        "in use": "yes" if used == model.name else "no",
    }


def few(languages: Sequence[str], most: int = 4) -> str:
    """The first few languages, and how many more there are."""
    more = len(languages) - most
    return " ".join(languages[:most]) + (f" +{more}" if more > 0 else "")


def gigabytes(size: int) -> str:
    """A size in bytes, formatted for people."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Format rows as aligned columns."""
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    lines = ("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) for line in (head, *rows))
    return "\n".join(line.rstrip() for line in lines)
