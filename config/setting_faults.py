"""What is said of a wrong setting: which one it is, where it came from, and what is allowed."""

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError

from config.setting_sources import PREFIX


def explained(error: ValidationError, section: type[BaseModel], file: Path, environment: Mapping[str, str]) -> str:
    """Describe one error of a section in one sentence: the setting, where it came from, and what is wrong."""
    faults = error.errors(include_url=False, include_input=False)
    # A misspelt name often leaves another setting missing; the misspelling is what the operator has to correct.
    fault = min(faults, key=lambda fault: fault["type"] != "extra_forbidden")
    parts = [str(part) for part in fault["loc"]]
    path = ".".join(parts)
    origin = source(".".join(parts[:-1] if fault["type"] == "missing" else parts), file, environment)
    if fault["type"] == "extra_forbidden":
        near = nearest(parts, section)
        return f"{origin}: there is no setting {path}" + (f"; did you mean {near}?" if near else "")
    if fault["type"] == "model_type":
        return f"{origin}: {path} is a section, not a value: write [{path}] and its settings in the lines below"
    return f"{origin}: {path}: {fault['msg']}"


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
