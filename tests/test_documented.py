"""Every command, setting, hook and metric is in a document."""

import re
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import CollectorRegistry
from pydantic import BaseModel

from cli.wiring.program import start
from config.settings import ParleySettings, load
from core.metrics import Metrics
from parley.api import HookName

ROOT = Path(__file__).parents[1]
GENERATED = ("permissions.md", "decisions.md")
DOCUMENTS = "\n".join(
    page.read_text(encoding="utf-8")
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    if page.name not in GENERATED
)
DEFAULTS = (ROOT / "config" / "default.toml").read_text(encoding="utf-8")


@pytest.mark.slow
async def test_every_command_is_documented(tmp_path: Path) -> None:
    async with start(load(environment={"PARLEY_HOME": str(tmp_path)})) as engine:
        names = set(engine.core.records.menu.commands)
    assert {name for name in names if not re.search(rf"/{re.escape(name)}\b", DOCUMENTS)} == set()


def test_every_metric_is_documented() -> None:
    registry = CollectorRegistry()
    Metrics(registry)
    assert {one.name for one in registry.collect() if f"`{one.name}`" not in DOCUMENTS} == set()


@pytest.mark.parametrize("hook", get_args(HookName))
def test_every_hook_is_documented(hook: str) -> None:
    assert hook in (ROOT / "sdk" / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_documented() -> None:
    names = settings_of(ParleySettings)
    assert len(names) > 60
    assert [path for path in names if not re.search(rf"\b{path[-1]}\b", DEFAULTS + DOCUMENTS)] == []


def settings_of(section: type[BaseModel], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The settings below a section, each by its path."""
    found: list[tuple[str, ...]] = []
    for name, field in section.model_fields.items():
        kinds = [kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)]
        inner = [kind for kind in kinds if issubclass(kind, BaseModel)]
        found += [one for kind in inner for one in settings_of(kind, (*path, name))] or [(*path, name)]
    return found
