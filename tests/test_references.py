"""Every reference in the code can be looked up, and every document can be found."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ROOMS = ("benchmarks", "bots", "cli", "config", "core", "docs", "plugins", "sdk", "tests", "trainer")
KINDS = {".ftl", ".md", ".py", ".toml"}

SECTION = r"[A-Z]?\d+(?:\.\d+)*"
REFERENCE = re.compile(
    rf"(?P<folder>[\w./-]*/)?(?P<page>[a-z][a-z-]*)\.md\)?[\s#]+"
    rf"(?P<sections>{SECTION}(?:(?:,|,? and|,? or| to) {SECTION})*)(?![\w%])"
)
"""A page and its sections, as in `docs/reference/NAME.md 1.5 to 1.9`; a line may end within."""


def references(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """Each reference to a section in a text: folder, page and sections. A range counts with all that is in it."""
    for found in REFERENCE.finditer(text):
        sections = re.findall(SECTION, found["sections"])
        for first, last in re.findall(rf"({SECTION}) to ({SECTION})", found["sections"]):
            start, _, low = first.rpartition(".")
            high = int(last.rpartition(".")[2])
            sections += [f"{start}.{number}".lstrip(".") for number in range(int(low) + 1, high)]
        yield found["folder"] or "", found["page"], sections


def files() -> Iterator[Path]:
    """Every file of ours that may contain a reference."""
    yield from (path for path in ROOT.iterdir() if path.suffix in KINDS)
    for room in ROOMS:
        yield from (path for path in (ROOT / room).rglob("*") if path.suffix in KINDS and path.is_file())


def headings(page: Path) -> set[str]:
    """The sections of a page, by the number that begins their heading."""
    return set(re.findall(rf"^#+ ({SECTION})(?=\s|$)", page.read_text(encoding="utf-8"), re.MULTILINE))


PAGES = {page.stem: headings(page) for page in (DOCS / "reference").glob("*.md")}


@pytest.mark.slow
def test_every_reference_leads_to_a_section() -> None:
    lost = []
    seen = 0
    for path in files():
        for folder, page, sections in references(path.read_text(encoding="utf-8")):
            if page not in PAGES and folder != "docs/reference/":
                continue
            seen += 1
            from_the_root = folder == "docs/reference/" or path.is_relative_to(DOCS)
            missing = [one for one in sections if one not in PAGES.get(page, set())]
            if missing or not from_the_root:
                lost.append(f"{path.relative_to(ROOT)}: {folder}{page}.md {', '.join(missing or sections)}")
    assert lost == []
    assert seen > 60


@pytest.mark.slow
def test_every_section_of_the_reference_is_referred_to() -> None:
    used = {
        (page, section)
        for path in files()
        for _, page, sections in references(path.read_text(encoding="utf-8"))
        for section in sections
    }
    assert {(page, one) for page, sections in PAGES.items() for one in sections} - used == set()


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_the_index_names_every_page(page: Path) -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert page.name == "README.md" or f"]({page.relative_to(DOCS)})" in index


def test_ranges_and_lists_of_sections_are_read() -> None:
    text = "docs/reference/" + "a-b.md 1.8 to 1.11, 3 and A4.1). See docs/reference/" + "c.md\n# 2. Then c.md says 30 %"
    assert list(references(text)) == [
        ("docs/reference/", "a-b", ["1.8", "1.11", "3", "A4.1", "1.9", "1.10"]),
        ("docs/reference/", "c", ["2"]),
    ]
