"""The tables of CONTRIBUTING.md name every room that there is, and no page names a file that there is not."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("sdk/*.md")])
PLACE = re.compile(r"`((?:bots|cli|config|core|plugins|sdk|tests|benchmarks|docs)/[\w./-]*)[:`]")


def rooms() -> set[str]:
    """Every package of core and of the plugin host that has modules of its own."""
    found = {path.parent for top in ("core", "plugins/host") for path in (ROOT / top).rglob("*.py")} - {ROOT / "core"}
    return {str(folder.relative_to(ROOT)) for folder in found if len(list(folder.glob("*.py"))) > 1}


def named(page: Path) -> list[str]:
    """The files and folders of ours that a page names."""
    return PLACE.findall(page.read_text(encoding="utf-8"))


def test_every_room_is_in_the_tables() -> None:
    told = {place.rstrip("/") for place in named(ROOT / "CONTRIBUTING.md")}
    # A room inside a room that is told of, in words, needs no row of its own.
    missing = {room for room in rooms() if not any(room == one or room.startswith(f"{one}/") for one in told)}
    assert missing == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_file_that_is_not_there(page: Path) -> None:
    if page.name == "CHANGELOG.md":
        pytest.skip("it tells of what was")
    missing = [place for place in named(page) if not (ROOT / place).exists()]
    assert missing == []
