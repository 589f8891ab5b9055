"""plugins.host.install.source_tree: the copy of a folder that may be hostile; no link leads out of it."""

import os
import socket
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from parley import ManifestError
from plugins.host.install import source_tree as tree
from plugins.host.install.source_tree import check_tree, copy_file, copy_tree, digest, read_text


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder with a file, and a secret beside it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.py").write_text("KEY = 1")
    (tmp_path / "source" / "deep" / "er").mkdir(parents=True)
    (tmp_path / "source" / "x.py").write_text("X = 1")
    (tmp_path / "source" / "deep" / "er" / "y.py").write_text("Y = 1")
    return tmp_path / "source"


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_files_and_folders_are_copied_and_what_is_hidden_is_not(source: Path, tmp_path: Path) -> None:
    for hidden in (".git", ".venv", "__pycache__", "node_modules"):
        (source / hidden).mkdir()
        (source / hidden / "large").symlink_to("/etc")
    (source / "x.pyc").write_text("")
    os.link(source / "x.py", source / "hard.py")
    copy_tree(source, tmp_path / "copy")
    assert names(tmp_path / "copy") == {"x.py", "hard.py", "deep", "deep/er", "deep/er/y.py"}
    assert (tmp_path / "copy" / "hard.py").stat().st_nlink == 1


def fifo(path: Path) -> None:
    os.mkfifo(path)


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))


HOSTILE: list[tuple[str, Callable[[Path], object], str]] = [
    ("link.py", lambda path: path.symlink_to("/etc/passwd"), "is a link"),
    ("folder", lambda path: path.symlink_to("/etc"), "is a link"),
    ("deep/er/folder", lambda path: path.symlink_to("../../../outside"), "is a link"),
    ("deep/file", lambda path: path.symlink_to("../../outside/secret.py"), "is a link"),
    ("inside", lambda path: path.symlink_to("x.py"), "is a link"),
    ("loop", lambda path: path.symlink_to("."), "is a link"),
    ("dangling", lambda path: path.symlink_to("nowhere"), "is a link"),
    ("proc", lambda path: path.symlink_to("/proc/self/environ"), "is a link"),
    ("pipe", fifo, "neither a file nor a folder"),
    ("deep/er/pipe", fifo, "neither a file nor a folder"),
    ("socket", listening, "neither a file nor a folder"),
    ("a\nb.py", lambda path: path.write_text(""), "not a name"),
    ("\x1b[2J.py", lambda path: path.write_text(""), "not a name"),
    ("\u202eyp.x", lambda path: path.write_text(""), "not a name"),
    ("a\\..\\x.py", lambda path: path.write_text(""), "not a name"),
    ("\udcff.py", lambda path: path.write_text(""), "not a name"),
    ("/".join(["d"] * 45), lambda path: path.mkdir(parents=True), "nested"),
]


@pytest.mark.parametrize(("name", "make", "words"), HOSTILE, ids=[ascii(one[0])[:20] for one in HOSTILE])
def test_links_and_special_files_are_refused_at_any_depth(
    source: Path, tmp_path: Path, name: str, make: Callable[[Path], object], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make(source / name)
    with pytest.raises(ManifestError, match=words):
        copy_tree(source, tmp_path / "copy")
    with pytest.raises(ManifestError) if words != "nested" else nullcontext():
        check_tree(source)
    copied = [path for path in (tmp_path / "copy").rglob("*") if path.is_file() and path.name not in ("x.py", "y.py")]
    assert copied == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_is_refused(source: Path, tmp_path: Path) -> None:
    try:
        os.mknod(source / "null", 0o600 | 0o020000, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("this system lets nobody make devices")
    with pytest.raises(ManifestError, match="neither"):
        copy_tree(source, tmp_path / "copy")


def test_what_is_swapped_for_a_link_between_the_look_and_the_copy_is_not_followed(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = os.stat

    def swapped(path: str | Path, **options: object) -> os.stat_result:
        found = looked(path, **options)  # type: ignore[arg-type]
        if path == "x.py":
            (source / "x.py").unlink()
            (source / "x.py").symlink_to(tmp_path / "outside" / "secret.py")
        if path == "deep":
            (source / "deep").rename(source / "other")
            (source / "deep").symlink_to(tmp_path / "outside")
        return found

    for name in ("x.py", "deep"):
        monkeypatch.setattr(os, "stat", swapped)
        with pytest.raises(ManifestError, match="cannot be read"):
            copy_tree(source, tmp_path / f"copy-{name}")
        monkeypatch.undo()
        (source / "deep").unlink(missing_ok=True)
    assert "secret.py" not in names(tmp_path / "copy-x.py") | names(tmp_path / "copy-deep")


def test_sizes_are_counted_while_copying(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grown = bytes(1024 * 1024)
    with monkeypatch.context() as patched:
        # The file has five bytes when it is looked at, and never ends.
        patched.setattr(os, "read", lambda file, size: grown)
        with pytest.raises(ManifestError, match="more than 50 MB"):
            copy_tree(source, tmp_path / "copy")
    assert sum(path.stat().st_size for path in (tmp_path / "copy").rglob("*.py")) <= tree.LARGEST
    for number in range(tree.MOST_FILES + 1):
        (source / f"{number}.txt").touch()
    with pytest.raises(ManifestError, match="5000 files"):
        copy_tree(source, tmp_path / "again")


def test_one_file(source: Path, tmp_path: Path) -> None:
    (tmp_path / "named.py").symlink_to(source / "x.py")
    copy_file(tmp_path / "named.py", tmp_path / "copy.py")
    assert (tmp_path / "copy.py").read_text() == "X = 1"
    os.mkfifo(tmp_path / "pipe.py")
    for wrong in (tmp_path / "pipe.py", source, Path("/dev/zero"), tmp_path / "nowhere.py"):
        with pytest.raises(ManifestError):
            copy_file(wrong, tmp_path / "other.py")
        with pytest.raises(ManifestError):
            read_text(wrong)
    (tmp_path / "long.toml").write_text("x" * 2000)
    with pytest.raises(ManifestError, match="larger"):
        read_text(tmp_path / "long.toml", 1000)


def test_a_digest_knows_of_links(source: Path) -> None:
    before = digest(source)
    (source / "x.py").rename(source.parent / "x.py")
    (source / "x.py").symlink_to(source.parent / "x.py")
    assert digest(source) != before
