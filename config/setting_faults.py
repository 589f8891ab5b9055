"""Explains a wrong setting: which one it is, where it came from, and what is allowed."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError

from config.setting_sources import META, PREFIX

LONGEST, LONGEST_PART = 400, 100
"""The most characters of a fault's own words, and of a name that the operator chose."""

KEY = "[key]"
"""What pydantic adds to the place of a fault in a name that the operator chose."""


def explained(error: ValidationError, section: type[BaseModel], file: Path, environment: Mapping[str, str]) -> str:
    """Describe one error of a section in one sentence: the setting, where it came from, and what is wrong."""
    faults = error.errors(include_url=False, include_input=False)
    # A misspelt name often leaves another setting missing; the misspelling is what the operator has to correct.
    fault = min(faults, key=lambda fault: fault["type"] != "extra_forbidden")
    loc = [part if isinstance(part, int) else part[:LONGEST_PART] for part in fault["loc"] if part != KEY]
    path = ".".join(map(str, loc))
    # The number of a value in a list is no part of a variable's name.
    parts = [part for part in loc if isinstance(part, str)]
    origin = source(".".join(parts[:-1] if fault["type"] == "missing" else parts), file, environment)
    if fault["type"] == "extra_forbidden":
        if len(parts) == 1 and origin != str(file):
            return unknown_variable(origin, section)
        near = nearest(parts, section)
        return f"{origin}: there is no setting {path}" + (f"; did you mean {near}?" if near else "")
    if fault["type"] == "model_type":
        return f"{origin}: {path} is a section, not a value: write [{path}] and its settings in the lines below"
    return f"{origin}: {path}: {fault['msg'].removeprefix('Value error, ')[:LONGEST]}"


def unknown_variable(variable: str, section: type[BaseModel]) -> str:
    """Say that a variable of ours names no setting, and which one was meant: two underscores stand for each dot."""
    ending = "_FILE" if variable.endswith("_FILE") else ""
    known = {flat(name): name for name in (*META, *variables(section))}
    meant = flat(variable.removesuffix("_FILE"))
    near = [meant] if meant in known else difflib.get_close_matches(meant, known, n=1)
    if not near:
        where = "config/default.toml has every setting, and PARLEY_WEB__PORT, say, is web.port"
        return f"{variable}: Parley has no such variable; {where}"
    name = variable.removeprefix(PREFIX).lower()
    return f"{variable}: there is no setting {name}; did you mean {known[near[0]]}{ending}?"


def flat(variable: str) -> str:
    """Return a variable's name without our prefix, which all have, and with one underscore for two."""
    return variable.removeprefix(PREFIX).replace("__", "_")


def variables(section: type[BaseModel], where: str = PREFIX) -> Iterator[str]:
    """Yield the variable of each section and setting, without those whose names an operator chooses."""
    for name, field in section.model_fields.items():
        variable = f"{where}{name.upper()}"
        yield variable
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from variables(field.annotation, f"{variable}__")


def source(path: str, file: Path, environment: Mapping[str, str]) -> str:
    """Return the variable that the setting or section at `path` came from, else the file."""
    variable = PREFIX + path.upper().replace(".", "__").replace("-", "_")
    named = (variable, f"{variable}_FILE")
    given = sorted(name for name in environment if name in named or name.startswith(f"{variable}__"))
    return given[0] if given else str(file)


def nearest(parts: Sequence[str], section: type[BaseModel]) -> str:
    """Return the known setting that is spelt most like the unknown one; empty if there is none."""
    *sections, name = parts
    near = difflib.get_close_matches(name, fields(section, sections), n=1)
    return ".".join([*sections, *near]) if near else ""


def fields(section: type[BaseModel], path: Sequence[str]) -> list[str]:
    """Return the names that the section at `path` below `section` knows."""
    if not path:
        return list(section.model_fields)
    kind = section.model_fields[path[0]].annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return fields(kind, path[1:])
    # This is a mapping: the next part is a name that the operator chose.
    return fields(get_args(kind)[1], path[2:])
