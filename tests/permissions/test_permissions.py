"""The permission matrix: docs/permissions.md says what really happens, and leaves nothing out."""

import asyncio
from pathlib import Path

import pytest

from cli.main import COMMANDS
from cli.wiring.program import start
from config.settings import load
from core.rights import Role
from tests.permissions import pages, units
from tests.permissions.table import DOCUMENT, Outcome, all_deeds, document, outcomes
from tests.permissions.world import ROLES


@pytest.fixture(scope="module")
def found() -> list[Outcome]:
    return list(asyncio.run(outcomes()))


@pytest.mark.sweep
def test_the_page_says_what_happens(found: list[Outcome]) -> None:
    made = document(found)
    assert DOCUMENT.read_text(encoding="utf-8") == made, "write it anew: .venv/bin/python -m tests.permissions"


@pytest.mark.sweep
def test_what_is_private_is_its_persons_alone(found: list[Outcome]) -> None:
    private = [one for one in found if one.deed.private]
    assert private
    assert [(one.deed.name, one.deed.about, one.allowed) for one in private if one.allowed != ("member",)] == []


@pytest.mark.sweep
def test_each_thing_was_possible_for_somebody(found: list[Outcome]) -> None:
    # Otherwise the refusals in its rows would prove nothing.
    assert {one.deed.name for one in found} == {one.deed.name for one in found if one.allowed}


async def test_nothing_that_is_declared_is_left_out(tmp_path: Path) -> None:
    settings = load(environment={"PARLEY_HOME": str(tmp_path)})
    async with start(settings) as engine:
        menu = engine.core.records.menu
        declared = {"command": set(menu.commands), "button": set(menu.presses), "form": set(menu.forms)}
        rows = all_deeds([command.name for command in menu.more()])
    for kind, names in declared.items():
        tried = {row.name.partition(" ")[0].partition(":")[0] for row in rows if row.kind == kind}
        assert tried == names, kind


def test_every_address_has_a_row() -> None:
    rows = {deed.name for deed in pages.deeds()}
    assert rows == {*pages.names(), *(pages.name(path) for path in pages.addresses())}


def test_every_unit_that_takes_an_id_is_listed() -> None:
    decided = {name for name in units.DECIDES if not name.endswith(("open_to", "owns"))}
    assert decided | set(units.AFTER) == units.walked()
    assert {deed.name for deed in units.deeds()} >= units.DECIDES


def test_the_command_line_is_the_owners() -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    assert all(f"`parley {name}`" in page for name in COMMANDS)


def test_the_columns_are_the_roles_and_each_is_somebody() -> None:
    assert {role.name.lower() for role in Role} < set(ROLES)
    rows = [line.strip("| ").split(" | ") for line in DOCUMENT.read_text(encoding="utf-8").splitlines()]
    columns = {tuple(cells) for cells in zip(*(row[2:] for row in rows if len(row) == len(ROLES) + 2), strict=True)}
    # Ana's own things are hers alone, so that every column differs from every other, unless a role was not set up.
    assert len(columns) == len(ROLES)
