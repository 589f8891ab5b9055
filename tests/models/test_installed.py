"""The installed models: which there are, which answers, whether they are whole."""

import shutil
from pathlib import Path

import pytest

from core.errors import ModelFileError, OperatorError
from core.models.embedded import gguf
from core.models.library import installed as library
from core.models.library.installed import InstalledModel
from core.models.library.partial_download import DownloadLock


@pytest.fixture
def home(tmp_path: Path, tiny_model_file: Path) -> Path:
    """A home with one installed model, `tiny`."""
    place = library.folder(tmp_path, "tiny")
    place.mkdir(parents=True)
    shutil.copy(tiny_model_file, place / "tiny.gguf")
    sha256 = gguf.digest(tiny_model_file)
    library.keep(tmp_path, InstalledModel("tiny", "tiny.gguf", "hf:o/r/tiny.gguf", sha256, "MIT", 1, "2026-11-20", "c"))
    return tmp_path


def test_an_installed_model_is_found_again(home: Path) -> None:
    assert library.installed(home)["tiny"].licence == "MIT"
    assert library.models_offered(home) == {"tiny": home / "models" / "tiny" / "tiny.gguf"}


def test_a_part_or_a_manifest_without_its_file_is_no_model(home: Path) -> None:
    (home / "models" / "half").mkdir()
    (home / "models" / "half" / "half.gguf.part").write_bytes(b"GGUF")
    (home / "models" / "tiny" / "tiny.gguf").unlink()
    assert library.installed(home) == {}


def test_an_empty_home_has_no_models(tmp_path: Path) -> None:
    assert library.installed(tmp_path) == {}
    assert library.current(tmp_path) is None
    assert library.pinned(tmp_path, "hf:o/r/f.gguf") is None


def test_the_choice_is_kept(home: Path) -> None:
    library.use(home, "tiny")
    assert library.current(home) == "tiny"
    library.use(home, None)
    assert library.current(home) is None


def test_only_an_installed_model_can_be_chosen(home: Path) -> None:
    with pytest.raises(OperatorError, match="not installed"):
        library.use(home, "other")


def test_the_model_in_use_is_not_removed(home: Path) -> None:
    library.use(home, "tiny")
    with pytest.raises(OperatorError, match="in use"):
        library.remove(home, "tiny")
    library.use(home, None)
    library.remove(home, "tiny")
    assert library.installed(home) == {}
    assert not (home / "models" / "tiny").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "../tiny", "/etc", "a/b", ".hidden"])
def test_a_name_cannot_leave_the_folder(home: Path, name: str) -> None:
    with pytest.raises(OperatorError, match="no name for a model"):
        library.remove(home, name)


def test_what_came_of_a_stopped_download_can_be_removed(home: Path) -> None:
    half = home / "models" / "half"
    half.mkdir()
    (half / "half.gguf.part").write_bytes(b"GGUF")
    library.remove(home, "half")
    assert not half.exists()
    with pytest.raises(OperatorError, match="not installed"):
        library.remove(home, "half")


def test_a_damaged_model_is_found(home: Path) -> None:
    library.verify(home, "tiny")
    file = home / "models" / "tiny" / "tiny.gguf"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(ModelFileError, match="damaged"):
        library.verify(home, "tiny")


def test_a_pin_outlives_the_model(home: Path) -> None:
    library.pin(home, "hf:o/r/tiny.gguf", "1" * 64)
    library.pin(home, "hf:o/r/other.gguf", "2" * 64)
    library.remove(home, "tiny")
    assert library.pinned(home, "hf:o/r/tiny.gguf") == "1" * 64


@pytest.mark.parametrize("text", ["", "[1]", '{"surprise": 1}', "\x00"])
def test_a_spoilt_manifest_is_said(home: Path, text: str) -> None:
    (home / "models" / "tiny" / "model.json").write_text(text)
    with pytest.raises(ModelFileError, match="cannot be read"):
        library.installed(home)


@pytest.mark.parametrize("text", ["", "{", "[]", '"tiny"'])
def test_a_spoilt_choice_is_said_and_can_be_mended(home: Path, text: str) -> None:
    (home / "models" / "current.json").write_text(text)
    with pytest.raises(ModelFileError, match="choose again"):
        library.current(home)
    library.use(home, "tiny")
    assert library.current(home) == "tiny"


def test_a_model_that_is_being_pulled_is_not_removed(home: Path) -> None:
    lock = DownloadLock(home / "models" / "tiny" / "tiny.gguf.lock")
    lock.take()
    with pytest.raises(OperatorError, match="Another process"):
        library.remove(home, "tiny")
    lock.free()
    library.remove(home, "tiny")
    assert library.installed(home) == {}


def test_a_disk_that_refuses_is_said(home: Path, tmp_path: Path) -> None:
    no_folder = tmp_path / "file"
    no_folder.write_text("")
    with pytest.raises(OperatorError, match="cannot be written"):
        library.use(no_folder, None)
    (home / "models" / "tiny" / "folder").mkdir()
    with pytest.raises(OperatorError, match="cannot be deleted"):
        library.remove(home, "tiny")


def test_an_older_manifest_is_read(home: Path) -> None:
    (home / "models" / "tiny" / "model.json").write_text(
        '{"name": "tiny", "file": "tiny.gguf", "source": "hf:o/r/tiny.gguf", "sha256": "0"}'
    )
    assert library.installed(home)["tiny"].pulled == ""
