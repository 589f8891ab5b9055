"""The curated models that `parley models` offers, and which of them fit into this machine's memory."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.errors import SettingsError

SHARE = 0.8
"""The share of a machine's memory that a model may take; the system and Parley itself need the rest."""

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
FILE = re.compile(r"[A-Za-z0-9][\w.-]*\.gguf")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
SHA256 = re.compile(r"[0-9a-f]{64}")
CGROUP = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueModel:
    """A model of the catalogue.

    `size` is in bytes, `memory_mib` is the memory it takes with the default settings, `context` is in tokens.
    `languages` are BCP 47 tags, `licence` is an SPDX expression. `sha256` is None if the hub's own is trusted at the
    first pull. `package` names the Python package that contains the file, so that no download is needed.
    """

    name: str
    repository: str
    file: str
    revision: str
    size: int
    size_is_approximate: bool
    sha256: str | None
    parameters: str
    quantisation: str
    context: int
    languages: tuple[str, ...]
    tools: bool
    licence: str
    memory_mib: int
    note: str
    package: str = ""

    @property
    def source(self) -> str:
        """The file's location on the hub, in the form that `parley models pull` takes."""
        return f"hf:{self.repository}/{self.file}"


def read(values: Mapping[str, Any]) -> Mapping[str, CatalogueModel]:
    """Read the entries from the parsed catalogue, by name, smallest first.

    Raises SettingsError, which names the wrong entry.
    """
    listed = values.get("models")
    if not isinstance(listed, list):
        raise SettingsError('The catalogue of models must be an object with a list "models".')
    entries: dict[str, CatalogueModel] = {}
    for number, item in enumerate(listed, 1):
        found = _entry(item, f"model {number}")
        if found.name in entries:
            raise SettingsError(f"The catalogue of models has {found.name!r} twice.")
        entries[found.name] = found
    return MappingProxyType(dict(sorted(entries.items(), key=lambda each: each[1].memory_mib)))


def fits(entry: CatalogueModel, memory_mib: int | None) -> bool:
    """Whether the model fits into a machine with `memory_mib` of memory; None, for unknown, counts as enough."""
    return memory_mib is None or entry.memory_mib <= memory_mib * SHARE


def machine_memory(limit: Path = CGROUP) -> int | None:
    """This machine's memory in MiB, or the part that its container may use; None if the system does not tell.

    `limit` is the file with the container's limit. It blocks for some milliseconds.
    """
    known = [size for size in (_physical(), _container(limit)) if size]
    return min(known) // (1 << 20) if known else None


def _entry(item: object, where: str) -> CatalogueModel:
    if not isinstance(item, dict):
        raise SettingsError(f"The catalogue of models: {where} is not an object.")
    where = repr(item.get("name", where))
    known = {field.name for field in fields(CatalogueModel)}
    needed = {field.name for field in fields(CatalogueModel) if field.default is MISSING}
    for what, names in (("does not know", item.keys() - known), ("lacks", needed - item.keys())):
        if names:
            raise SettingsError(f"The catalogue of models: {where} {what} {', '.join(sorted(names))}.")
    for name, right in CHECKS.items():
        if name in item and not right(item[name]):
            raise SettingsError(f"The catalogue of models: {where} has {item[name]!r} as its {name}.")
    return CatalogueModel(**{**item, "languages": tuple(item["languages"])})


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "\n" not in value


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _flag(value: object) -> bool:
    return isinstance(value, bool)


CHECKS = MappingProxyType(
    {
        "name": lambda value: _matches(NAME, value),
        "repository": lambda value: _matches(REPOSITORY, value),
        "file": lambda value: _matches(FILE, value),
        "revision": _text,
        "size": _whole,
        "size_is_approximate": _flag,
        "sha256": lambda value: value is None or _matches(SHA256, value),
        "parameters": _text,
        "quantisation": _text,
        "context": _whole,
        "languages": lambda value: isinstance(value, list) and value and all(_matches(LANGUAGE, tag) for tag in value),
        "tools": _flag,
        "licence": _text,
        "memory_mib": _whole,
        "note": _text,
        "package": _text,
    }
)
"""Field of an entry -> the check that its value must pass."""


def _physical() -> int:
    if sys.platform == "win32":
        return _windows()
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return _sysctl()


def _sysctl() -> int:
    """The memory by macOS's sysctl, used if sysconf has no figure for the pages."""
    try:
        told = subprocess.run(["sysctl", "-n", "hw.memsize"], capture_output=True, text=True, timeout=5, check=True)
        return int(told.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def _windows() -> int:
    import ctypes

    class Status(ctypes.Structure):
        """MEMORYSTATUSEX of the Windows API: two 32-bit numbers, then seven of 64 bits."""

        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong), ("total", ctypes.c_ulonglong)] + [
            (f"rest{number}", ctypes.c_ulonglong) for number in range(6)
        ]

    status = Status(length=ctypes.sizeof(Status))
    # The name exists only on Windows, so a type checker elsewhere does not know it.
    asked = vars(ctypes)["windll"].kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
    return int(status.total) if asked else 0


def _container(limit: Path) -> int:
    """The memory limit of the control group that we run in (Linux, version 2); 0 for none."""
    try:
        told = limit.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return 0
    return int(told) if told.isdigit() else 0
