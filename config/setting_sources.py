"""Reads the sources of the settings: environment variables, the operator's file, and files with one secret each."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import SettingsError

PREFIX = "PARLEY_"
SECRETS = frozenset(
    {"api_key", "app_token", "client_secret", "encryption_key", "signing_secret", "token", "webhook_secret"}
)
"""Names of settings that may come from the environment or from a file of their own, never from parley.toml."""

OTHERS_SECRET = re.compile(r"(?i)(api_?key|token|secret|password|passwd|credential)s?$")
"""Names of other programs' variables whose values must stay hidden."""

SHORTEST_OF_OTHERS = 12
"""A shorter value of such a variable is a switch or a word that occurs in many texts."""

LISTS = frozenset(
    {"hosts", "bots", "on", "never", "addresses", "proxies", "scopes", "unsandboxed", "advisories_accepted"}
)
"""Names of settings that are lists; in an environment variable, commas separate their values."""

MOST_BYTES = 1_000_000
"""The longest settings file that is read: longer ones, and devices without end, are no settings."""

DEEPEST = 32
"""How deep settings may be nested."""

META = frozenset({"PARLEY_HOME", "PARLEY_CONFIG", "PARLEY_API_SPECS"})


def read(file: Path) -> dict[str, Any]:
    """Read a TOML file. Raises a SettingsError, with the line if it is not valid TOML.

    Some editors begin a file with a byte-order mark, which says nothing in UTF-8 and is no part of it.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise SettingsError(f"{file}: it is longer than {MOST_BYTES:,} bytes, which no settings are")
        return shallow(tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")), file)
    except UnicodeDecodeError:
        raise SettingsError(f"{file}: it is not UTF-8 text; save it as UTF-8 in your editor") from None
    except OSError as error:
        raise SettingsError(f"{file}: it cannot be read ({error.strerror})") from None
    except RecursionError:
        raise SettingsError(f"{file}: its values are nested too deeply") from None
    except ValueError as error:
        # Not all of them are a TOMLDecodeError: a number of 5,000 digits is another.
        raise SettingsError(f"{file}: {error}") from None


def shallow(values: dict[str, Any], file: Path) -> dict[str, Any]:
    """Return the values of a file. Raises SettingsError if they are nested deeper than any settings."""
    level: list[object] = [values]
    for _ in range(DEEPEST):
        tables = [one for one in level if isinstance(one, dict)]
        lists = [one for one in level if isinstance(one, list)]
        level = [*(inner for one in tables for inner in one.values()), *(inner for one in lists for inner in one)]
    if level:
        raise SettingsError(f"{file}: its values are nested too deeply")
    return values


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two trees of settings; if both have a value, `over` wins."""
    found = dict(under)
    for name, value in over.items():
        both = isinstance(value, Mapping) and isinstance(found.get(name), Mapping)
        found[name] = merged(found[name], value) if both else value
    return found


def from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """Read PARLEY_A__B=c as {"a": {"b": "c"}}; PARLEY_A__B_FILE names a file that holds a secret's value."""
    found: dict[str, Any] = {}
    for variable, value in environment.items():
        if not variable.startswith(PREFIX) or variable in META:
            continue
        *sections, name = variable.removeprefix(PREFIX).lower().split("__")
        if len(sections) > DEEPEST:
            raise SettingsError(f"{variable[:80]}: Parley has no such variable")
        if name.removesuffix("_file") in SECRETS and name.endswith("_file"):
            if variable.removesuffix("_FILE") in environment:
                raise SettingsError(f"{variable}: {variable.removesuffix('_FILE')} is set too; keep one of them")
            name, value = name.removesuffix("_file"), secret_in(value, Path(), variable)
        at = found
        for section in sections:
            at = at.setdefault(section, {})
            if not isinstance(at, dict):
                raise SettingsError(f"{variable}: {section} is set as one value by another variable; unset that one")
        if isinstance(at.get(name), dict):
            raise SettingsError(f"{variable}: {name} is a section; set what is in it, as in {variable}__NAME")
        at[name] = tuple(part.strip() for part in value.split(",") if part.strip()) if name in LISTS else value
    return found


def secrets_of_others(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The secrets of other programs in the environment, such as OPENAI_API_KEY for LangChain."""
    return tuple(
        value
        for name, value in environment.items()
        if not name.startswith(PREFIX) and OTHERS_SECRET.search(name) and len(value) >= SHORTEST_OF_OTHERS
    )


def as_named(values: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values under the names that `known` has for them: a variable can spell neither big-one nor Big."""
    spelt = {name.lower().replace("-", "_"): name for name in known}
    found: dict[str, Any] = {}
    for name, value in values.items():
        right = spelt.get(name, name)
        inner = known.get(right)
        if isinstance(value, Mapping) and isinstance(inner, Mapping):
            value = as_named(value, inner)
        found[right] = value
    return found


def refuse_secrets(values: Mapping[str, Any], file: Path, where: str = "") -> None:
    """Raise SettingsError for a secret in the settings file itself, where it could be copied and shown."""
    for name, value in values.items():
        path = f"{where}{name}"
        if isinstance(value, Mapping):
            refuse_secrets(value, file, f"{path}.")
        elif name in SECRETS:
            variable = PREFIX + path.upper().replace(".", "__")
            raise SettingsError(f"{file}: {path} is a secret; set {variable}, or {path}_file to a file that holds it")


def with_secret_files(values: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """Return the values with each `<secret>_file` read; relative paths start from the settings file."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found[name] = with_secret_files(value, file)
        elif name.endswith("_file") and name.removesuffix("_file") in SECRETS:
            found[name.removesuffix("_file")] = secret_in(str(value), file.parent, name)
        else:
            found[name] = value
    return found


def secret_in(path: str, folder: Path, name: str) -> str:
    """Read a secret from a file of its own; a relative path starts from `folder`.

    Raises SettingsError if there is none.
    """
    file = folder / expanded(path, name)
    try:
        secret = file.read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        raise SettingsError(f"{name}: {file} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{name}: {file} is not text") from None
    except ValueError:
        raise SettingsError(f"{name}: {path[:80]!r} is not the path of a file") from None
    if not secret:
        raise SettingsError(f"{name}: {file} is empty, and should hold the secret")
    return secret


def expanded(path: str, name: str) -> Path:
    """A path in which ~ stands for somebody's home. Raises SettingsError if there is nobody of that name."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise SettingsError(f"{name}: nobody here has the home that {path[:80]!r} begins with") from None
