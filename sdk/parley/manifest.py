"""The manifest of a plugin, read from the text of its file without running any of the plugin's code.

A file's manifest is an inline metadata block with a table [tool.parley]; a package has the same table in its
pyproject.toml. The block's format: https://packaging.python.org/specifications/inline-script-metadata/
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from parley.api import API, HookName

BLOCK = re.compile(r"(?m)^# /// script$\s(?P<content>(?:^#(?:| .*)$\s)+)^# ///$")
START = re.compile(r"(?m)^# /// script$")
NAME = r"^[a-z][a-z0-9-]{0,39}$"
VERSION = r"^[0-9][0-9A-Za-z.+!-]{0,39}$"
HOST = re.compile(r"^(\*|\*\.[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]+(\.[a-z0-9-]+)+)$")
LOOPBACK = re.compile(r"^(localhost|127\.0\.0\.1|::1):[1-9][0-9]{0,4}$")
"""A service on the author's own machine, with its port. The operator must allow it: `plugins.loopback`."""
WHEN = re.compile(r"^([1-9][0-9]{0,3}[mhd]|\S+ \S+ \S+ \S+ \S+)$")
Power = Literal["post", "log", "history", "schedule", "storage"]
"""What a plugin may do besides answering: post, tell the admins, read the history, call itself later, store data."""

Value = str | int | float | bool

IDENTIFIER = re.compile(r"[\w.-]{1,64}")
"""A name inside a manifest: of a secret, a setting, a function. It is shown in lists, so it has no spaces or lines."""

MOST: Mapping[str, int] = {
    "hosts": 100,
    "secrets": 20,
    "powers": 20,
    "hooks": 20,
    "tools": 200,
    "commands": 200,
    "schedules": 20,
    "config": 50,
    "examples": 200,
    "dependencies": 100,
}
"""The most entries of each list and table: people read them before they agree, and each takes something to keep."""

LONGEST: Mapping[str, int] = {"hosts": 253, "tools": 64, "commands": 64, "dependencies": 500}
"""The most characters of an entry, in lists whose entries have no form of their own."""

LONGEST_WHEN, LONGEST_MODULE = 100, 200
LONGEST_DEFAULT, LONGEST_DESCRIPTION, MOST_CHOICES, LONGEST_CHOICE = 2000, 1000, 50, 100

MOST_EXAMPLES, LONGEST_EXAMPLE, MOST_NAMES = 500, 200, 3
"""The most examples of all tools together, and the most characters of one and names in its braces: each message is
compared with all of them, and each further name makes that a hundred times slower."""

OWN_SETTINGS = ("ask",)
"""Settings that Parley has for each plugin."""

BRACES = re.compile(r"\{\w+\}")


class ManifestError(Exception):
    """The manifest is missing or wrong; the text says what is wrong, and where."""


class _ManifestPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def one_line(found: Any) -> Any:
    """Put a text on one line, so that it cannot pose as further lines where it is shown."""
    return " ".join(found.split()) if isinstance(found, str) else found


Line = Annotated[str, BeforeValidator(one_line)]


class ConfigField(_ManifestPart):
    """A setting of a plugin in each community."""

    type: Literal["str", "int", "float", "bool"] = "str"
    default: Value = ""
    description: Line = Field(default="", max_length=LONGEST_DESCRIPTION)
    choices: tuple[str, ...] = ()

    @field_validator("default")
    @classmethod
    def _default(cls, default: Value) -> Value:
        if isinstance(default, str) and len(default) > LONGEST_DEFAULT:
            raise ValueError(f"there may be at most {LONGEST_DEFAULT} characters, and there are {len(default)}")
        return default

    @field_validator("choices")
    @classmethod
    def _choices(cls, choices: tuple[str, ...]) -> tuple[str, ...]:
        check_count(choices, MOST_CHOICES)
        check_lengths(choices, LONGEST_CHOICE)
        return choices


class Manifest(_ManifestPart):
    """A plugin's statement about itself.

    `hosts`, `secrets`, `powers`, `hooks` and `schedules` are its permissions. `tools` and `commands` may be left out,
    but what they say must be true. `schedules` are functions with a time: an interval such as "15m", or a crontab line
    in UTC. `module` is the name under which a package is imported.
    """

    name: str
    version: str
    description: Line = Field(min_length=1, max_length=200)
    api: int = API
    hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    powers: tuple[Power, ...] = ()
    hooks: tuple[HookName, ...] = ()
    tools: tuple[str, ...] | None = None
    commands: tuple[str, ...] | None = None
    schedules: Mapping[str, str] = {}
    module: str = Field(default="", max_length=LONGEST_MODULE)
    config: Mapping[str, ConfigField] = {}
    examples: Mapping[str, tuple[str, ...]] = {}
    dependencies: tuple[str, ...] = ()

    @field_validator(*MOST, mode="before")
    @classmethod
    def _count(cls, found: Any, field: ValidationInfo) -> Any:
        if isinstance(found, Mapping | list | tuple):
            check_count(found, MOST[field.field_name or ""])
        return found

    @field_validator(*LONGEST)
    @classmethod
    def _lengths(cls, found: tuple[str, ...] | None, field: ValidationInfo) -> tuple[str, ...] | None:
        check_lengths(found or (), LONGEST[field.field_name or ""])
        return found

    @field_validator("secrets", "schedules", "config", "examples")
    @classmethod
    def _names(cls, found: Any) -> Any:
        if wrong := [repr(name[:80]) for name in found if not IDENTIFIER.fullmatch(name)]:
            raise ValueError(f"not a name: {', '.join(wrong)}; it has up to 64 letters, digits, _, - and dots")
        return found

    @field_validator("config")
    @classmethod
    def _settings(cls, config: Mapping[str, ConfigField]) -> Mapping[str, ConfigField]:
        if taken := next((name for name in OWN_SETTINGS if name in config), ""):
            raise ValueError(f"Parley has a setting {taken} of its own")
        return config

    @field_validator("examples")
    @classmethod
    def _examples(cls, examples: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        found = [one for each in examples.values() for one in each]
        check_count(found, MOST_EXAMPLES)
        check_lengths(found, LONGEST_EXAMPLE)
        if wrong := next((one for one in found if len(BRACES.findall(one)) > MOST_NAMES), ""):
            raise ValueError(f"an example has at most {MOST_NAMES} names in braces: {wrong!r}")
        return examples

    @field_validator("name")
    @classmethod
    def _name(cls, name: str) -> str:
        if not re.fullmatch(NAME, name):
            raise ValueError(f"not a name: {name!r}; it has small letters, digits and -, and begins with a letter")
        return name

    @field_validator("version")
    @classmethod
    def _version(cls, version: str) -> str:
        if not re.fullmatch(VERSION, version):
            raise ValueError(f"not a version: {version!r}; it begins with a digit, as in 0.1.0")
        return version

    @field_validator("hosts")
    @classmethod
    def _hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [repr(host) for host in hosts if not (HOST.fullmatch(host) or LOOPBACK.fullmatch(host))]:
            raise ValueError(
                f"not a host: {', '.join(wrong)}; write it as api.example.org, *.example.org or *, or in development as"
                " localhost:8000"
            )
        return hosts

    @field_validator("schedules")
    @classmethod
    def _schedules(cls, schedules: Mapping[str, str]) -> Mapping[str, str]:
        check_lengths(schedules.values(), LONGEST_WHEN)
        if wrong := [f"{name}: {when!r}" for name, when in schedules.items() if not WHEN.fullmatch(when)]:
            raise ValueError(f"not a time: {', '.join(wrong)}; write it as 15m, 6h, 1d or as a crontab line")
        return schedules

    @property
    def permissions(self) -> frozenset[str]:
        """Its permissions, each as one word: "host:api.example.org", "secret:key", "chat:post", "storage"."""
        asked = {f"host:{host}" for host in self.hosts} | {f"secret:{name}" for name in self.secrets}
        asked |= {f"power:{power}" for power in self.powers} | {f"hook:{name}" for name in self.hooks}
        return frozenset(asked | {f"schedule:{name}" for name in self.schedules})

    @field_validator("api")
    @classmethod
    def _api(cls, api: int) -> int:
        if not 1 <= api <= API:
            raise ValueError(f"it is written for version {api} of the plugin API, and this is version {API}")
        return api


def check_count(found: Collection[object], most: int) -> None:
    """Check a list or a table of a manifest. Raises ValueError if it has more than `most` entries."""
    if len(found) > most:
        raise ValueError(f"there may be at most {most}, and there are {len(found)}")


def check_lengths(texts: Iterable[str], most: int) -> None:
    """Check texts of a manifest. Raises ValueError if one of them has more than `most` characters."""
    if longest := max((len(text) for text in texts if len(text) > most), default=0):
        raise ValueError(f"there may be at most {most} characters in each, and there are {longest}")


def manifest_of(text: str, where: str = "the plugin") -> Manifest:
    """Return the manifest at the top of a plugin's file. Raises ManifestError."""
    # From each beginning, the end is looked for in the whole rest of the file: with thousands, that takes minutes.
    beginnings = len(START.findall(text))
    found = BLOCK.search(text) if beginnings == 1 else None
    if found is None:
        count = "more than one" if beginnings > 1 else "no"
        raise ManifestError(f"{where} has {count} block between `# /// script` and `# ///`")
    lines = [line[2:] if line.startswith("# ") else line[1:] for line in found["content"].splitlines()]
    block = _toml("\n".join(lines), f"{where}: its manifest")
    return manifest_in(block, where, block.get("dependencies", ()))


def manifest_of_project(text: str, where: str = "pyproject.toml") -> Manifest:
    """Return the manifest in a package's pyproject.toml. What [project] says need not be repeated.

    Raises ManifestError.
    """
    table = _toml(text, where)
    project, ours = _table(table, "project"), _table(table, "tool").get("parley")
    if isinstance(ours, dict):
        for name in ("name", "version", "description"):
            ours.setdefault(name, project.get(name, ""))
        ours.setdefault("module", str(ours["name"]).replace("-", "_"))
    return manifest_in(table, where, project.get("dependencies", ()))


def manifest_in(block: Mapping[str, Any], where: str, dependencies: Any = ()) -> Manifest:
    """Return the manifest in a parsed block, or in a package's pyproject.toml. Raises ManifestError."""
    table = _table(block, "tool").get("parley")
    if not isinstance(table, Mapping):
        raise ManifestError(f"{where} has no table [tool.parley]")
    try:
        return Manifest.model_validate({**table, "dependencies": dependencies})
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, one['loc']))}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors(include_url=False)
        ]
        raise ManifestError(f"{where}: [tool.parley] {'; '.join(faults)}") from None


def _toml(text: str, what: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{what} is not TOML: {error}") from None
    except RecursionError:
        raise ManifestError(f"{what} is nested too deeply") from None


def _table(block: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a table; an empty one if there is none, or something else in its place."""
    found = block.get(name)
    return found if isinstance(found, Mapping) else {}
