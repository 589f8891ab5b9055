"""The label names of config/labels.toml."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "labels.toml"


def reasons() -> Mapping[int, tuple[str, ...]]:
    """Return the label names that may explain a thumb, by its value, from config/labels.toml."""
    found = {thumb: [name for name, label in _labels().items() if label.get("thumb") == thumb] for thumb in (1, -1)}
    return {thumb: tuple(names) for thumb, names in found.items()}


def labels(on: str) -> tuple[str, ...]:
    """Return the label names for one kind of thing ("assistant_reply", "report", …), from config/labels.toml."""
    return tuple(name for name, label in _labels().items() if on in label["on"])


@cache
def _labels() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
