"""The sampling presets of config/presets.toml."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from core.errors import SettingsError
from core.ports.model import SamplingSettings

FILE = Path(__file__).parent / "presets.toml"

RANGES: Mapping[str, tuple[float, float]] = {
    "temperature": (0.01, 2),
    "max_new_tokens": (1, 1024),
    "top_p": (0, 1),
    "typical_p": (0, 1),
    "repetition_penalty": (1, 3),
    "top_k": (5, 2000),
}
"""Open Assistant's ranges (docs/reference/open-assistant.md 3.4)."""


def presets() -> Mapping[str, SamplingSettings]:
    """Return the sampling presets in config/presets.toml, the default first.

    Raises SettingsError if one is out of range.
    """
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    for name, values in found.items():
        for setting, value in values.items():
            least, most = RANGES[setting]
            if not least <= value <= most:
                raise SettingsError(f"presets.toml: {name}.{setting} is {value}, and must be from {least} to {most}")
    return {name: SamplingSettings(**values) for name, values in found.items()}
