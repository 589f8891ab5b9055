"""Formats models for `parley models`: as one line of a list, or with all details."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.models.library import catalogue
from core.models.library import installed as library
from core.models.library.catalogue import CatalogueModel
from core.models.library.installed import BUNDLED, InstalledModel


@dataclass(frozen=True, slots=True)
class UsedModels:
    """The model that answers people who have chosen none, and the one that does so in some communities, if any."""

    everywhere: str
    somewhere: str = ""

    def state(self, name: str, state: str) -> str:
        """The state of a model, and whether it is in use."""
        used = {self.somewhere: "in use by some", self.everywhere: "in use"}.get(name, "")
        return ", ".join(filter(None, (state, used)))


def row(
    entry: CatalogueModel, memory: int | None, there: Mapping[str, InstalledModel], used: UsedModels
) -> tuple[str, ...]:
    """A line of the list for a model of the catalogue."""
    bundled = bool(entry.package)
    state = "bundled" if bundled else "installed" if entry.name in there else ""
    state = state if catalogue.fits(entry, memory) else f"{state} too large".strip()
    name = BUNDLED if bundled else entry.name
    return (
        "*" if name == used.everywhere else "",
        entry.name,
        ("~" if entry.size_is_approximate else "") + gigabytes(entry.size),
        gigabytes(entry.memory_mib << 20),
        "yes" if entry.tools else "no",
        few(entry.languages),
        entry.licence.removeprefix("LicenseRef-"),
        used.state(name, state),
    )


def own_row(model: InstalledModel, used: UsedModels) -> tuple[str, ...]:
    """A line of the list for a model that the operator chose from the hub, or trained."""
    star = "*" if model.name == used.everywhere else ""
    state = "ranks answers" if model.ranks else used.state(model.name, "installed")
    return (star, model.name, gigabytes(model.size), "?", "?", "?", model.licence or "?", state)


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
        **({"adapter for": model.base} if model.base else {}),
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
