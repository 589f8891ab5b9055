"""The languages that the training set is collected in: those of config/languages.toml."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

FILE = Path(__file__).with_name("languages.toml")

OTHER_CODES = {"no": "nb", "cmn": "zh", "in": "id", "iw": "he"}
"""Codes that platforms and devices also use, with the code that our list knows."""


@cache
def languages() -> Mapping[str, str]:
    """Return what each language calls itself, by its BCP 47 tag."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return MappingProxyType({tag: names["own"] for tag, names in found.items()})


def data_language(tag: str) -> str | None:
    """Return our list's tag for any BCP 47 tag: "es" for "es-MX", "pt-BR" for "pt"; None if we do not collect it.

    The region and the script are ignored, because no two languages in the list differ only in them.
    """
    code = _code(tag)
    return {_code(known): known for known in languages()}.get(OTHER_CODES.get(code, code))


def _code(tag: str) -> str:
    return tag.strip().replace("_", "-").partition("-")[0].lower()
