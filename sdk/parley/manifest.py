"""The manifest of a plugin, read from the text of its file without running any of the plugin's code.

A file's manifest is an inline metadata block with a table [tool.parley]; a package has the same table in its
pyproject.toml. The block's format: https://packaging.python.org/specifications/inline-script-metadata/
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from parley.api import API, HookName

BLOCK = re.compile(r"(?m)^# /// script$\s(?P<content>(?:^#(?:| .*)$\s)+)^# ///$")
NAME = r"^[a-z][a-z0-9-]{0,39}$"
VERSION = r"^[0-9][0-9A-Za-z.+!-]{0,39}$"
HOST = re.compile(r"^(\*|\*\.[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]+(\.[a-z0-9-]+)+)$")
LOOPBACK = re.compile(r"^(localhost|127\.0\.0\.1|::1):[1-9][0-9]{0,4}$")
"""A service on the author's own machine, with its port. The operator must allow it: `plugins.loopback`."""
WHEN = re.compile(r"^([1-9][0-9]{0,3}[mhd]|\S+ \S+ \S+ \S+ \S+)$")
Power = Literal["post", "log", "history", "schedule", "storage"]
"""What a plugin may do besides answering: post, tell the admins, read the history, call itself later, store data."""

Value = str | int | float | bool


class ManifestError(Exception):
    """The manifest is missing or wrong; the text says what is wrong, and where."""


class _ManifestPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ConfigField(_ManifestPart):
    """A setting of a plugin in each community."""

    type: Literal["str", "int", "float", "bool"] = "str"
    default: Value = ""
    description: str = ""
    choices: tuple[str, ...] = ()


class Manifest(_ManifestPart):
    """A plugin's statement about itself.

    `hosts`, `secrets`, `powers`, `hooks` and `schedules` are its permissions. `tools` and `commands` may be left out,
    but what they say must be true. `schedules` are functions with a time: an interval such as "15m", or a crontab line
    in UTC. `module` is the name under which a package is imported.
    """

    name: str
    version: str
    description: str = Field(min_length=1, max_length=200)
    api: int = API
    hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    powers: tuple[Power, ...] = ()
    hooks: tuple[HookName, ...] = ()
    tools: tuple[str, ...] | None = None
    commands: tuple[str, ...] | None = None
    schedules: Mapping[str, str] = {}
    module: str = ""
    config: Mapping[str, ConfigField] = {}
    examples: Mapping[str, tuple[str, ...]] = {}
    dependencies: tuple[str, ...] = ()

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
        if wrong := [repr(host) for host in hosts if not (HOST.match(host) or LOOPBACK.match(host))]:
            raise ValueError(
                f"not a host: {', '.join(wrong)}; write it as api.example.org, *.example.org or *, or in development as"
                " localhost:8000"
            )
        return hosts

    @field_validator("schedules")
    @classmethod
    def _schedules(cls, schedules: Mapping[str, str]) -> Mapping[str, str]:
        if wrong := [f"{name}: {when!r}" for name, when in schedules.items() if not WHEN.match(when)]:
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


def manifest_of(text: str, where: str = "the plugin") -> Manifest:
    """Return the manifest at the top of a plugin's file. Raises ManifestError."""
    found = list(BLOCK.finditer(text))
    if len(found) != 1:
        count = "no" if not found else "more than one"
        raise ManifestError(f"{where} has {count} block between `# /// script` and `# ///`")
    lines = [line[2:] if line.startswith("# ") else line[1:] for line in found[0]["content"].splitlines()]
    try:
        block = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{where}: its manifest is not TOML: {error}") from None
    return manifest_in(block, where, tuple(block.get("dependencies", ())))


def manifest_of_project(text: str, where: str = "pyproject.toml") -> Manifest:
    """Return the manifest in a package's pyproject.toml. What [project] says need not be repeated.

    Raises ManifestError.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{where} is not TOML: {error}") from None
    project, ours = table.get("project", {}), table.get("tool", {}).get("parley")
    if isinstance(ours, dict) and isinstance(project, dict):
        for name in ("name", "version", "description"):
            ours.setdefault(name, project.get(name, ""))
        ours.setdefault("module", str(ours["name"]).replace("-", "_"))
    return manifest_in(table, where, tuple(project.get("dependencies", ())))


def manifest_in(block: Mapping[str, Any], where: str, dependencies: tuple[str, ...] = ()) -> Manifest:
    """Return the manifest in a parsed block, or in a package's pyproject.toml. Raises ManifestError."""
    table = block.get("tool", {}).get("parley")
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
