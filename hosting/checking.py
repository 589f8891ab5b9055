"""Silent traps in a plugin's sources: what would be refused at the first call, found before it."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from hosting.sources import Candidate
from parley import Manifest

POWERS: Mapping[str, str] = {
    "storage": "storage",
    "texts": "storage",
    "schedule": "schedule",
    "chat.post": "post",
    "chat.log": "log",
    "chat.history": "history",
}
"""What needs which power."""


def traps_of(candidate: Candidate) -> list[str]:
    """What a candidate uses of its context and its manifest does not name, each in a sentence with its line."""
    tree = candidate.folder / "code"
    found = [
        f"{file.relative_to(tree)}, line {line}: {trap}"
        for file in sorted(tree.rglob("*.py"))
        for line, trap in _traps(file, candidate.manifest)
    ]
    return list(dict.fromkeys(found))


def _traps(file: Path, manifest: Manifest) -> Iterator[tuple[int, str]]:
    for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        contexts = {one.arg for one in function.args.args if one.annotation and _name(one.annotation) == "Context"}
        for node in ast.walk(function):
            used = _used(node, contexts)
            if used == "http" and not manifest.hosts:
                yield node.lineno, 'ctx.http reaches nothing: add the hosts, as hosts = ["api.example.org"]'  # type: ignore[attr-defined]
            power = POWERS.get(used)
            if power and power not in manifest.powers:
                yield node.lineno, f'ctx.{used} needs a power: add powers = ["{power}"]'  # type: ignore[attr-defined]


def _used(node: ast.AST, contexts: set[str]) -> str:
    """What of a context a node is: "storage", "chat.post"; empty for anything else."""
    if not isinstance(node, ast.Attribute):
        return ""
    if isinstance(node.value, ast.Name) and node.value.id in contexts:
        return node.attr
    inner = _used(node.value, contexts)
    return f"{inner}.{node.attr}" if inner == "chat" else ""


def _name(annotation: ast.expr) -> str:
    return annotation.attr if isinstance(annotation, ast.Attribute) else getattr(annotation, "id", "")
