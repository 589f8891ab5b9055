"""The files of config/locales: the texts that people read, one file per language."""

from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "locales"


def sources() -> Mapping[str, str]:
    """Return the Fluent source of each language, by its BCP 47 tag."""
    return {file.stem: file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.ftl"))}


def languages_of_texts() -> list[str]:
    """Return the languages that have texts, as BCP 47 tags."""
    return sorted(file.stem for file in FOLDER.glob("*.ftl"))
