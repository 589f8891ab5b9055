"""plugins.host.sandbox.confinement: the walls that this machine has, by name."""

import pytest

from plugins.host.sandbox.confinement import LEVELS, Level, ProcessWalls, reaches, usable_bubblewrap, walls_here


@pytest.mark.parametrize(
    ("walls", "level"),
    [
        (ProcessWalls(), "none"),
        (ProcessWalls(landlock=7), "none"),
        (ProcessWalls(syscalls=True), "none"),
        (ProcessWalls(bubblewrap="/usr/bin/bwrap"), "none"),
        (ProcessWalls(landlock=1, syscalls=True), "landlock"),
        (ProcessWalls(landlock=1, syscalls=True, bubblewrap="/usr/bin/bwrap"), "namespaces"),
    ],
)
def test_walls_have_a_level(walls: ProcessWalls, level: Level) -> None:
    assert walls.level == level
    assert (walls.names == "none") == (level == "none")


def test_levels_have_an_order() -> None:
    assert [reaches("landlock", least) for least in LEVELS] == [True, True, False]


def test_a_bubblewrap_that_does_not_work_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: object) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "/bin/false")
    assert usable_bubblewrap() == ""
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert usable_bubblewrap() == ""


def test_this_machine_is_looked_at_once() -> None:
    assert walls_here() is walls_here()
