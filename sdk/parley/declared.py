"""Builds what a plugin offers from its functions: names, descriptions and JSON schemas, all from the declarations."""

import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.fields import FieldInfo

from parley.api import MARK, Context, FunctionMarks, PluginError, Rating, Result, TaskDone
from parley.manifest import ManifestError


@dataclass(frozen=True, slots=True)
class OfferOption:
    """An argument of a command as people type it; `values` are the allowed ones, empty if any is allowed."""

    name: str
    description: str
    required: bool
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that a plugin can do.

    `tool` and `command` are its names for the model and for people, empty if it is not offered to them; `schema` is the
    JSON schema of its arguments.
    """

    tool: str
    command: str
    description: str
    schema: Mapping[str, Any]
    options: tuple[OfferOption, ...]
    shown: str
    confirm: bool
    admin: bool
    _arguments: type[BaseModel]
    _run: Callable[..., Awaitable[Any]]
    _takes_context: str

    async def call(self, context: Context, given: Mapping[str, Any]) -> Result:
        """Check the arguments and run the function. Raises PluginError for arguments that do not fit."""
        try:
            checked = self._arguments.model_validate(dict(given))
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            raise PluginError(f"{'.'.join(map(str, fault['loc'])) or 'arguments'}: {fault['msg']}") from None
        arguments = {name: getattr(checked, name) for name in self._arguments.model_fields}
        if self._takes_context:
            arguments[self._takes_context] = context
        found = await self._run(**arguments)
        return found if isinstance(found, Result) else Result(str(found))


Called = Callable[..., Awaitable[Any]]

TAKEN = {"before_answer": str, "before_send": str, "on_rating": Rating, "on_task_done": TaskDone}
"""The value that each hook's function takes besides a context."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything that a plugin's module offers: its tools, and its hooks and scheduled functions by name.

    Hooks and scheduled functions always take a context first.
    """

    tools: tuple[Tool, ...] = ()
    hooks: Mapping[str, Called] = field(default_factory=dict)
    scheduled: Mapping[str, Called] = field(default_factory=dict)


def imported(file: Path) -> ModuleType:
    """Import a plugin's file as a module."""
    spec = spec_from_file_location(f"plugin_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    module = module_from_spec(spec)
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    return module


def declared(module: ModuleType) -> Declared:
    """Return what a module offers, in source order. Raises ManifestError for anything that cannot be offered."""
    found = [
        (function, marks)
        for _, function in inspect.getmembers(module, inspect.isfunction)
        if isinstance(marks := getattr(function, MARK, None), FunctionMarks) and function.__module__ == module.__name__
    ]
    if not found:
        raise ManifestError(f"{module.__name__} offers nothing: decorate a function with @tool or @command")
    tools: list[Tool] = []
    hooks: dict[str, Called] = {}
    scheduled: dict[str, Called] = {}
    faults: list[str] = []
    for function, marks in sorted(found, key=lambda one: one[0].__code__.co_firstlineno):
        # Its author mends all of them at once.
        wrong = _faults(function, marks)
        faults += wrong
        try:
            if (marks.tool or marks.command) and not wrong:
                tools.append(_tool(function, marks))
            if marks.hook:
                hooks[marks.hook] = _hook(function, marks.hook, hooks)
            if marks.scheduled:
                scheduled[function.__name__] = _takes_context_first(function)
        except ManifestError as error:
            faults.append(str(error))
    if faults:
        raise ManifestError("; ".join(faults))
    return Declared(tuple(tools), hooks, scheduled)


def _faults(function: Any, marks: FunctionMarks) -> list[str]:
    """All that keeps a function from being offered as it stands."""
    name, found = function.__name__, []
    if not inspect.iscoroutinefunction(function):
        found.append(f"{name} is not async: write `async def {name}`, and never block in it")
    if not (marks.tool or marks.command):
        return found
    if not _description(function):
        found.append(f"{name} has no docstring, which is what the model and people read of it")
    hints = get_type_hints(function, include_extras=True)
    for parameter in inspect.signature(function).parameters.values():
        hint = hints.get(parameter.name)
        if hint is Context:
            continue
        if hint is None:
            found.append(f"{name}: {parameter.name} has no type hint")
        elif parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            found.append(f"{name}: *{parameter.name} cannot be offered; name each argument")
        elif marks.command and not _can_be_typed(hint):
            found.append(f"{name}: people cannot type {parameter.name} as {hint}; use {TYPED}")
    return found


def _description(function: Any) -> str:
    """The first paragraph of a function's docstring, as one line."""
    return inspect.cleandoc(function.__doc__ or "").split("\n\n")[0].replace("\n", " ")


def _hook(function: Any, moment: str, known: Mapping[str, Called]) -> Called:
    if moment not in TAKEN:
        raise ManifestError(f"{function.__name__}: there is no hook {moment!r}; there are {', '.join(TAKEN)}")
    if moment in known:
        raise ManifestError(f"{function.__name__}: {known[moment].__name__} is the hook {moment} already")
    parameters = list(inspect.signature(_takes_context_first(function)).parameters.values())
    if len(parameters) != 2:
        raise ManifestError(f"{function.__name__}: the hook {moment} takes a context and one {TAKEN[moment].__name__}")
    return cast(Called, function)


def _takes_context_first(function: Any) -> Called:
    first = next(iter(inspect.signature(function).parameters), "")
    if get_type_hints(function).get(first) is not Context:
        raise ManifestError(f"{function.__name__}: its first parameter must be `ctx: Context`")
    return cast(Called, function)


def _tool(function: Any, marks: FunctionMarks) -> Tool:
    name = function.__name__
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    takes_context = ""
    for parameter in inspect.signature(function).parameters.values():
        if hints[parameter.name] is Context:
            takes_context = parameter.name
        else:
            fields[parameter.name] = _field(hints[parameter.name], parameter.default)
    arguments = create_model(f"{name}_arguments", __config__=ConfigDict(extra="forbid"), **fields)
    schema = {key: value for key, value in arguments.model_json_schema().items() if key != "title"}
    options = tuple(_option(key, field) for key, field in arguments.model_fields.items())
    return Tool(
        marks.tool,
        marks.command,
        _description(function),
        schema,
        options,
        marks.shown,
        marks.confirm,
        marks.admin,
        arguments,
        function,
        takes_context,
    )


TYPED = "str, int, float, bool or a Literal, also with None"


def _can_be_typed(hint: Any) -> bool:
    """Whether a command's argument of this type can be given as words."""
    if get_origin(hint) is Annotated:
        return _can_be_typed(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return all(one is NoneType or _can_be_typed(one) for one in get_args(hint))
    return hint in (str, int, float, bool) or get_origin(hint) is Literal


def _field(hint: Any, default: Any) -> tuple[Any, Any]:
    described: Sequence[str] = [part for part in get_args(hint)[1:] if isinstance(part, str)]
    bare = get_args(hint)[0] if get_origin(hint) is Annotated and described else hint
    required = default is inspect.Parameter.empty
    return bare, Field(... if required else default, description=described[0] if described else None)


def _option(name: str, field: FieldInfo) -> OfferOption:
    values = tuple(map(str, get_args(field.annotation))) if get_origin(field.annotation) is Literal else ()
    return OfferOption(name, field.description or name.replace("_", " "), field.is_required(), values)
