"""Silent traps in a plugin's sources: finds in advance what Parley would refuse at the first call.

It reads code that nobody trusts, so the plugin host runs it in a confined process: `main` is started like a plugin.
"""

import ast
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

POWERS: Mapping[str, str] = {
    "storage": "storage",
    "texts": "storage",
    "schedule": "schedule",
    "chat.post": "post",
    "chat.log": "log",
    "chat.history": "history",
}
"""The power that each part of a context needs."""


def main(orders: Mapping[str, Any]) -> None:
    """Print the traps in the folder `file` as a JSON list.

    The manifest's `hosts` and `powers` are read from the input.
    """
    allowed = json.load(sys.stdin)
    print(json.dumps(traps_in(Path(orders["file"]), allowed["hosts"], allowed["powers"])))  # noqa: T201 # its answer


def traps_in(tree: Path, hosts: Sequence[str], powers: Sequence[str]) -> list[str]:
    """Return what the sources use of their context but the manifest does not name, one sentence each, with the line."""
    found: list[str] = []
    for file in sorted(tree.rglob("*.py")):
        name = file.relative_to(tree)
        try:
            sources = ast.parse(file.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            found.append(f"{name}: this is not Python: {error}"[:300])
            continue
        found += [f"{name}, line {line}: {trap}" for line, trap in sorted(_traps(sources, hosts, powers))]
    return list(dict.fromkeys(found))


def _traps(sources: ast.Module, hosts: Sequence[str], powers: Sequence[str]) -> Iterator[tuple[int, str]]:
    for function in ast.walk(sources):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        contexts = {one.arg for one in function.args.args if one.annotation and _name(one.annotation) == "Context"}
        for node in ast.walk(function):
            if not isinstance(node, ast.Attribute):
                continue
            used = _used(node, contexts)
            if used == "http" and not hosts:
                yield node.lineno, 'ctx.http reaches nothing: add the hosts, as hosts = ["api.example.org"]'
            power = POWERS.get(used)
            if power and power not in powers:
                yield node.lineno, f'ctx.{used} needs a power: add powers = ["{power}"]'


def _used(node: ast.AST, contexts: set[str]) -> str:
    """Return the part of a context that a node uses: "storage", "chat.post"; empty for anything else."""
    if not isinstance(node, ast.Attribute):
        return ""
    if isinstance(node.value, ast.Name) and node.value.id in contexts:
        return node.attr
    inner = _used(node.value, contexts)
    return f"{inner}.{node.attr}" if inner == "chat" else ""


def _name(annotation: ast.expr) -> str:
    return annotation.attr if isinstance(annotation, ast.Attribute) else getattr(annotation, "id", "")
