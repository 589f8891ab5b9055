"""docs/open-assistant.md: whatever it names is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from prometheus_client import CollectorRegistry

from cli.main import parley
from cli.wiring.program import start
from config.settings import load
from core.labeling.rules.vocabulary import KINDS
from core.metrics import Metrics

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "open-assistant.md"
ROW = re.compile(r"^\| .* \|$")
CODE = re.compile(r"`([^`]+)`")
FOLDERS = ("bots/", "cli/", "config/", "core/", "plugins/", "sdk/")


def cells() -> Iterator[list[str]]:
    """The rows of all tables, without their heads: what Open Assistant has, what is here, and where."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        row = [cell.strip() for cell in line.strip("|").split("|")]
        if ROW.match(line) and row[1] != "Parley" and set(line) - set("|- "):
            yield row


def named(*columns: int) -> set[str]:
    """What is written as code in some columns."""
    return {name for row in cells() for column in columns for name in CODE.findall(row[column])}


def test_every_row_says_what_is_here_and_where() -> None:
    rows = list(cells())
    assert len(rows) > 100
    assert [row for row in rows if len(row) != 3 or not row[1]] == []
    assert [row for row in rows if not row[2] and not row[1].startswith("not here")] == []


def test_every_file_is_there() -> None:
    files = {name for name in named(2) if name.startswith(FOLDERS)}
    assert len(files) > 60
    assert {name for name in files if not (ROOT / name).is_file()} == set()


def test_every_page_and_heading_is_there() -> None:
    for target, heading in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", PAGE.read_text(encoding="utf-8")):
        page = (PAGE.parent / target).resolve() if target else PAGE
        assert page.is_file(), target
        titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
        assert not heading or heading in slugs, (target, heading)


@pytest.mark.slow
async def test_every_command_of_the_chat_is_there(tmp_path: Path) -> None:
    async with start(load(environment={"PARLEY_HOME": str(tmp_path)})) as engine:
        menu = engine.core.records.menu
        assert {name for name in named(1, 2) if name.startswith("/")} - {f"/{name}" for name in menu.commands} == set()


def test_every_command_of_the_terminal_is_there() -> None:
    commands = {name for name in named(1, 2) if name.startswith("parley ")}
    assert len(commands) > 15
    assert [name for name in commands if not is_command(name.split()[1:])] == []


def is_command(words: list[str]) -> bool:
    found: click.Command | None = parley
    for word in words:
        found = found.get_command(click.Context(found), word) if isinstance(found, click.Group) else None
    return found is not None


def test_every_option_of_the_export_is_there() -> None:
    export = parley.get_command(click.Context(parley), "export")
    assert export
    options = {option for one in export.params for option in one.opts}
    wanted = {name.split()[0] for name in named(1) if name.startswith("--")}
    assert len(wanted) > 3
    assert wanted - options == set()


def test_every_metric_and_kind_of_task_is_there() -> None:
    registry = CollectorRegistry()
    Metrics(registry)
    metrics = {name for name in named(1, 2) if name.startswith("parley_")}
    assert metrics
    assert metrics - {one.name for one in registry.collect()} == set()
    kinds = {name for name in named(0) if name.startswith("rank_") and name in KINDS}
    assert kinds == {"rank_assistant_replies", "rank_prompter_replies"}


@pytest.mark.parametrize("page", ["README.md", "labeling.md"])
def test_the_page_can_be_found(page: str) -> None:
    assert "open-assistant.md" in (PAGE.parent / page).read_text(encoding="utf-8")
