"""The import contracts in pyproject.toml refuse what they are there to refuse."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter import Contract
from importlinter.api import read_configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract

CONFIGURATION = read_configuration(str(Path(__file__).parents[1] / "pyproject.toml"))
CONTRACTS: dict[str, dict[str, Any]] = {options["name"]: options for options in CONFIGURATION["contracts_options"]}
TYPES: dict[str, type[Contract]] = {
    "forbidden": ForbiddenContract,
    "independence": IndependenceContract,
    "layers": LayersContract,
}

OFFENDERS: dict[str, list[tuple[str, str]]] = {
    "core knows no bot, no command line, no plugin and no settings": [
        ("core.router", "bots.discord.adapter"),
        ("core.wiring", "cli.main"),
        ("core.answering.assistant", "plugins.host.host"),
        ("core.limits", "config.settings"),
        ("core.details", "bots.discord.adapter"),
    ],
    "a bot sees the vocabulary and the ports of core, and is given the rest": [
        ("bots.telegram.receive", "core.store.tables"),
        ("bots.slack.adapter", "core.surface_queries"),
        ("bots.web.site", "core.limits"),
        ("bots.terminal.adapter", "plugins.host.host"),
        ("bots.discord.adapter", "core.details"),
        ("bots.matrix.adapter", "core.router"),
        ("bots.matrix", "core.store"),
    ],
    "inside core, packages from the top": [
        ("core.store.tables", "core.commands.registry"),
        ("core.delivery.outbox", "core.answering.turns"),
        ("core.messages", "core.ports.chat"),
        ("core.labeling.service.submissions", "core.commands.ratings"),
        # A module that is on no layer, though nothing imports it and it imports what everybody may.
        ("core.details", "core.messages"),
        ("core.details.window", "core.messages"),
    ],
    "inside labeling, packages from the top": [
        ("core.labeling.rules.tree", "core.labeling.service.assignment"),
        ("core.labeling.details", "core.messages"),
    ],
    "a built-in plugin imports the public plugin API and nothing else of ours, and that nothing of ours": [
        ("plugins.builtin.weather", "core.messages"),
        ("plugins.builtin.details", "plugins.host.plugin"),
        ("parley", "core.errors"),
    ],
    "the plugin host knows no bot, no settings and no built-in plugin": [
        ("plugins.host.host", "bots.discord.adapter"),
        ("plugins.host.details", "config.settings"),
        ("plugins.host.offers", "plugins.builtin.weather"),
    ],
    "the trainer imports nothing of ours": [("trainer.main", "core.training.runs"), ("trainer.details", "core.errors")],
    "nothing of ours imports the trainer": [
        ("core.training.outcome", "trainer.families"),
        ("cli.train", "trainer.main"),
        ("bots.web.site", "trainer.details"),
    ],
    "bots never import each other, and share what is in bots.shared": [
        ("bots.telegram.adapter", "bots.discord.adapter"),
        ("bots.matrix.adapter", "bots.slack.adapter"),
        ("bots.shared.button_rows", "bots.web.site"),
    ],
}
"""Imports that break each contract: the importer, and what it imports. Modules that do not exist yet are new ones."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """The imports between our modules, as they are."""
    return grimp.build_graph(*CONFIGURATION["session_options"]["root_packages"], cache_dir=None)


def kept(name: str, graph: grimp.ImportGraph) -> bool:
    """Whether a graph keeps a contract."""
    options = CONTRACTS[name]
    contract = TYPES[options["type"]](name, CONFIGURATION["session_options"], options)
    return contract.check(graph, verbose=False).kept


def with_import(graph: grimp.ImportGraph, importer: str, imported: str) -> grimp.ImportGraph:
    """A copy of a graph with one import more; modules and packages that are missing are made."""
    more = deepcopy(graph)
    for module in (importer, imported):
        parts = module.split(".")
        for length in range(1, len(parts) + 1):
            more.add_module(".".join(parts[:length]))
    more.add_import(importer=importer, imported=imported, line_number=1, line_contents=f"import {imported}")
    return more


def test_every_contract_has_an_offender() -> None:
    assert set(OFFENDERS) == set(CONTRACTS)
    assert [name for name, offenders in OFFENDERS.items() if not offenders] == []


@pytest.mark.parametrize("name", CONTRACTS)
def test_each_contract_is_kept(name: str, graph: grimp.ImportGraph) -> None:
    assert kept(name, deepcopy(graph))


@pytest.mark.parametrize(
    ("name", "importer", "imported"),
    [(name, *offender) for name, offenders in OFFENDERS.items() for offender in offenders],
    ids=lambda part: part if part not in CONTRACTS else "",
)
def test_an_import_breaks_its_contract(name: str, importer: str, imported: str, graph: grimp.ImportGraph) -> None:
    assert not kept(name, with_import(graph, importer, imported))
