"""CONTRIBUTING.md names every layer, its diagrams show the real imports, and no page names a file that is missing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("sdk/*.md")])
PLACE = re.compile(r"`((?:bots|cli|config|core|plugins|sdk|tests|benchmarks|docs)/[\w./-]*)[:`]")
DIAGRAM = re.compile(r"```mermaid\n(.*?)```", re.DOTALL)
NODE = re.compile(r'(\w+)\["([^"]+)"\]')
ARROW = re.compile(r'^ +(\w+)(?:\["[^"]+"\])? (-->|--|-\.) ?(?:"?([\w, ]+?)"? (?:-->|\.->))? ?(\w+)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Diagram:
    """A Mermaid flowchart: the modules of each node, and its arrows (from, to, whether it is dotted, its words)."""

    modules: Mapping[str, tuple[str, ...]]
    arrows: frozenset[tuple[str, str, bool, str]]

    def layer(self, module: str) -> str | None:
        """The node in which a module stands."""
        inside = (name for name, roots in self.modules.items() if any(within(module, root) for root in roots))
        return next(inside, None)

    def reached(self, start: str) -> set[str]:
        """The nodes to which the arrows lead from one, in any number of steps."""
        found: set[str] = set()
        ahead = [start]
        while ahead:
            here = ahead.pop()
            fresh = {to for source, to, *_ in self.arrows if source == here} - found
            found |= fresh
            ahead.extend(fresh)
        return found


def within(module: str, root: str) -> bool:
    """Whether a module is a package's or the package itself."""
    return module == root or module.startswith(f"{root}.")


def module_of(place: str) -> str:
    """The module or package of a path: core/limits.py is core.limits."""
    return place.strip().rstrip("/").removesuffix(".py").removeprefix("sdk/").replace("/", ".")


def diagrams() -> list[Diagram]:
    """The diagrams of CONTRIBUTING.md: the ways through the layers, and who imports whom."""
    found = []
    for text in DIAGRAM.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        modules = {name: tuple(map(module_of, label.split(","))) for name, label in NODE.findall(text)}
        arrows = [(source, to, line == "-.", words) for source, line, words, to in ARROW.findall(text)]
        assert len(arrows) == len(re.findall("-->|\\.->", text))
        assert {end for arrow in arrows for end in arrow[:2]} == set(modules)
        found.append(Diagram(modules, frozenset(arrows)))
    return found


WAYS, LAYERS = diagrams()


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """The imports between our modules."""
    return grimp.build_graph("bots", "cli", "config", "core", "parley", "plugins", cache_dir=None)


def imports(graph: grimp.ImportGraph, importers: Iterable[str], imported: Iterable[str]) -> bool:
    """Whether anything in some packages imports anything in others."""
    return any(
        graph.direct_import_exists(importer=one, imported=other, as_packages=True)
        for one in importers
        for other in imported
    )


def test_every_module_stands_in_one_layer_of_the_diagram(graph: grimp.ImportGraph) -> None:
    # The packages around the layers are empty files.
    around = {"core", "core.labeling", "plugins"}
    assert {module for module in graph.modules - around if LAYERS.layer(module) is None} == set()
    assert {module for module in around if graph.find_modules_directly_imported_by(module)} == set()


def test_each_arrow_between_layers_is_an_import(graph: grimp.ImportGraph) -> None:
    arrows = [(source, to) for source, to, *_ in LAYERS.arrows]
    assert [(a, b) for a, b in arrows if not imports(graph, LAYERS.modules[a], LAYERS.modules[b])] == []


def test_no_import_between_layers_leaves_the_arrows(graph: grimp.ImportGraph) -> None:
    reached = {layer: LAYERS.reached(layer) for layer in LAYERS.modules}
    assert [layer for layer in reached if layer in reached[layer]] == [], "the arrows run in a circle"
    assert outside(graph, reached) == []


def outside(graph: grimp.ImportGraph, reached: Mapping[str, set[str]]) -> list[str]:
    """The imports from one layer into another that no arrows lead to."""
    found = []
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            here, there = LAYERS.layer(module), LAYERS.layer(imported)
            if here and there and here != there and there not in reached[here]:
                found.append(f"{module} imports {imported}")
    return found


@pytest.mark.parametrize(
    ("importer", "imported"),
    [("bots.web.site", "core.commands.registry"), ("core.models.registry", "core.store.tables"), ("config", "bots")],
)
def test_an_import_that_is_not_drawn_is_found(importer: str, imported: str) -> None:
    more = grimp.ImportGraph()
    more.add_import(importer=importer, imported=imported)
    reached = {layer: LAYERS.reached(layer) for layer in LAYERS.modules}
    assert outside(more, reached) == [f"{importer} imports {imported}"]


@pytest.mark.parametrize("arrow", sorted(WAYS.arrows), ids=lambda arrow: f"{arrow[0]} to {arrow[1]}")
def test_each_step_of_a_way_is_an_import_or_is_given(
    graph: grimp.ImportGraph, arrow: tuple[str, str, bool, str]
) -> None:
    source, to, dotted, words = arrow
    here, there = WAYS.modules[source], WAYS.modules[to]
    assert words
    assert imports(graph, here, there) is not dotted
    if dotted:
        # Both know the same protocol, or the one called has declared itself to the caller.
        assert imports(graph, there, here) or all(imports(graph, end, ["core.ports"]) for end in (here, there))
        assert imports(graph, ["cli.wiring", "core.wiring"], there)


def layers() -> set[str]:
    """Every package of core and of the plugin host that has modules of its own."""
    found = {path.parent for top in ("core", "plugins/host") for path in (ROOT / top).rglob("*.py")} - {ROOT / "core"}
    return {str(folder.relative_to(ROOT)) for folder in found if len(list(folder.glob("*.py"))) > 1}


def named(page: Path) -> list[str]:
    """The files and folders of ours that a page names."""
    return PLACE.findall(page.read_text(encoding="utf-8"))


def test_every_layer_is_in_the_tables() -> None:
    told = {place.rstrip("/") for place in named(ROOT / "CONTRIBUTING.md")}
    # A layer inside a layer that is told of, in words, needs no row of its own.
    missing = {layer for layer in layers() if not any(layer == one or layer.startswith(f"{one}/") for one in told)}
    assert missing == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_file_that_is_not_there(page: Path) -> None:
    if page.name == "CHANGELOG.md":
        pytest.skip("it tells of what was")
    missing = [place for place in named(page) if not (ROOT / place).exists()]
    assert missing == []
