"""Parses tool calls that a model has written as text: JSON, elements, Python. Pure code."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from core.answering.tool_arguments import LONGEST, brackets, repaired
from core.outside_json import DEEPEST, read_json, too_deep
from core.ports.model import ToolSpec

Named = tuple[str, str]
"""The name of a tool, and the arguments as they are written."""

NAMES = ("name", "function", "tool", "tool_name")
ARGUMENTS = ("arguments", "parameters", "args", "input")
"""The keys that models use for these in JSON."""

MOST = 20
"""The most calls that are looked for in one text; no model makes that many."""

PREFIXES = ("functions.", "default_api.", "tools.")

FENCED = re.compile(r"\A\s*+```\w*+\n(.*?)\n?```\s*\Z", re.DOTALL)
FUNCTION = re.compile(r"<function=([\w.-]{1,64})>(.*?)(?:</function>|\Z|(?=<function=))", re.DOTALL)
PARAMETER = re.compile(r"<parameter=([\w.-]{1,64})>(.*?)(?:</parameter>|\Z|(?=<parameter=))", re.DOTALL)
KEY = re.compile(r"<arg_key>([^<]{1,200})</arg_key>\s*<arg_value>(.*?)(?:</arg_value>|\Z)", re.DOTALL)
BEFORE_OBJECT = re.compile(r"\s*+([A-Za-z_][\w.-]*+)(?:\[CALL_ID\]\w*+)?\s*+(?:\[ARGS\])?\s*+(?=\{)")
FIRST_WORD = re.compile(r"\s*([A-Za-z_][\w.-]*)")


def written_calls(body: str, tools: Mapping[str, ToolSpec]) -> list[Named]:
    """The calls in a text that holds nothing else, with the tools' own names; none if it cannot be parsed."""
    if len(body) > LONGEST or too_deep(body, DEEPEST):
        return []
    if fenced := FENCED.match(body):
        body = fenced[1]
    found = _elements(body) or _pairs(body) or _after_names(body) or _objects(body) or _python(body, tools)
    return [(known_name(name, tools), arguments) for name, arguments in found]


def known_name(name: str, tools: Mapping[str, ToolSpec]) -> str:
    """The tool's own name, without additions that models make to it."""
    return next((name.removeprefix(one) for one in PREFIXES if name.removeprefix(one) in tools), name)


def _elements(body: str) -> list[Named]:
    """Qwen's and Llama's `<function=name>`, which holds parameters or an object."""
    found = []
    for function in FUNCTION.finditer(body):
        given = {match[1]: _value(match[2]) for match in PARAMETER.finditer(function[2])}
        found.append((function[1], json.dumps(given, ensure_ascii=False) if given else function[2].strip()))
    return found


def _pairs(body: str) -> list[Named]:
    """GLM's name, followed by pairs of elements."""
    given = {match[1].strip(): _value(match[2]) for match in KEY.finditer(body)}
    name = FIRST_WORD.match(body)
    return [(name[1], json.dumps(given, ensure_ascii=False))] if given and name else []


def _value(text: str) -> Any:
    """A value between two elements: JSON, or else the text itself."""
    try:
        return read_json(text.strip())
    except ValueError:
        return text.strip()


def _after_names(body: str) -> list[Named]:
    """Mistral's names, each followed by an object."""
    found: list[Named] = []
    at = 0
    while len(found) < MOST and (name := BEFORE_OBJECT.match(body, at)):
        end, _ = brackets(body[name.end() :])
        at = name.end() + end if end else len(body)
        found.append((name[1], body[name.end() : at]))
    return found


def _objects(body: str) -> list[Named]:
    """JSON: an object, several, or a list of them."""
    found: list[Named] = []
    for text in islice(_apart(body), MOST):
        one = _read(text)
        for call in one if isinstance(one, list) else [one]:
            if isinstance(call, dict) and (named := _named(call)):
                found.append(named)
    return found


def _apart(body: str) -> Iterator[str]:
    """The objects and lists in a text, one after another."""
    at = 0
    while (begin := _first(body, at)) >= 0:
        end, _ = brackets(body[begin:])
        at = begin + end if end else len(body)
        yield body[begin:at]


def _first(body: str, at: int) -> int:
    return min((place for sign in "{[" if (place := body.find(sign, at)) >= 0), default=-1)


def _read(text: str) -> Any:
    # A list is repaired as the value of an object.
    if text.startswith("["):
        whole = repaired(f'{{"calls": {text}}}') or repaired(f'{{"calls": {text}')
        return read_json(whole)["calls"] if whole else None
    whole = repaired(text)
    return read_json(whole) if whole else None


def _named(call: Mapping[str, Any]) -> Named | None:
    inner = call.get("function")
    if isinstance(inner, dict):
        call = inner
    name = next((call[key] for key in NAMES if isinstance(call.get(key), str)), "")
    given: Any = next((call[key] for key in ARGUMENTS if key in call), {})
    if not name:
        return None
    return name, given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def _python(body: str, tools: Mapping[str, ToolSpec]) -> list[Named]:
    """Gemma's and Llama's calls of functions, which may be printed, kept or listed."""
    try:
        statements = ast.parse(body.strip()).body
        found = [one for statement in statements for one in _expressions(getattr(statement, "value", None))]
        return [named for call in found if (named := _called(call, body.strip(), tools))]
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []


def _expressions(node: object) -> Iterator[ast.Call]:
    if isinstance(node, ast.List | ast.Tuple):
        for one in node.elts:
            yield from _expressions(one)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
        for one in node.args:
            yield from _expressions(one)
    elif isinstance(node, ast.Call):
        yield node


def _called(call: ast.Call, source: str, tools: Mapping[str, ToolSpec]) -> Named | None:
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr == "call":
        function = function.value
    name = getattr(function, "id", "") or getattr(function, "attr", "")
    if not name:
        return None
    try:
        given: dict[str, Any] = dict(zip(_parameters(tools.get(name)), map(ast.literal_eval, call.args), strict=False))
        given |= {str(one.arg): ast.literal_eval(one.value) for one in call.keywords}
        return name, json.dumps(given, ensure_ascii=False)
    except (ValueError, TypeError):
        return name, ast.get_source_segment(source, call) or name


def _parameters(tool: ToolSpec | None) -> list[str]:
    """The names of a tool's parameters, in their order."""
    known = tool.schema.get("properties") if tool else None
    return list(known) if isinstance(known, dict) else []
