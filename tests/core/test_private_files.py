"""core.private_files: whatever the umask, what we write is its owner's alone."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.private_files import make_private_folder, open_private, tighten, too_open, write_private


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A umask that takes no right from anybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("open_umask")
def test_files_and_folders_are_their_owners_alone(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b")
    os.close(open_private(tmp_path / "a" / "file"))
    write_private(tmp_path / "a" / "text", "kept")
    assert [mode(tmp_path / name) for name in ("a", "a/b", "a/file", "a/text")] == [0o700, 0o700, 0o600, 0o600]
    assert (tmp_path / "a" / "text").read_text() == "kept"


@pytest.mark.usefixtures("open_umask")
def test_a_secret_never_lies_in_a_file_that_was_open_before(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("old")
    with path.open() as reader:
        write_private(path, "new")
        assert reader.read() == "old"
    assert mode(path) == 0o600


@pytest.mark.usefixtures("open_umask")
def test_what_is_too_open_is_found_and_closed(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "parley.log").write_text("")
    (tmp_path / "parley.sqlite3").write_text("")
    (tmp_path / "parley.toml").write_text("")
    (tmp_path / "link").symlink_to("/etc/passwd")
    elsewhere = tmp_path.parent / f"{tmp_path.name}-database"
    elsewhere.write_text("")
    found = {path.name for path in too_open(tmp_path, [elsewhere, tmp_path / "missing"])}
    assert found == {"logs", "parley.log", "parley.sqlite3", elsewhere.name}
    assert tighten(tmp_path, [elsewhere]) == []
    assert (mode(tmp_path / "logs"), mode(elsewhere), mode(tmp_path / "parley.toml")) == (0o700, 0o600, 0o666)
