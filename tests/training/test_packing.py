"""A run goes to another machine and comes back: only what is the result of it as it was packed becomes a model."""

import errno
import json
import os
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.errors import OperatorError
from core.models.library import installed as library
from core.training.outcome import finish
from core.training.packing import pack, take
from core.training.runs import OUTCOME, RUN, TrainingRun
from tests.training.community import made

pytestmark = pytest.mark.above_the_store

Agreeing = Mapping[str, bool]


def brought(run: TrainingRun, folder: Path, *more: Path) -> Path:
    """What the other machine makes of a run."""
    folder.mkdir()
    made(run, folder)
    (folder / RUN).write_bytes((run.folder / RUN).read_bytes())
    file = folder / "result.tar"
    with tarfile.open(file, "w") as archive:
        for path in (folder / RUN, folder / OUTCOME, folder / "model.gguf", *more):
            archive.add(path, arcname=path.name)
    return file


def test_a_package_has_all_that_the_other_machine_needs(run: TrainingRun, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    pack(run, folder, with_base=True)
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {"train.py", "README.md", "base.gguf", "run/run.json", "run/train.jsonl", "trainer/main.py"} <= there
    assert {"trainer/requirements.txt", "trainer/neutral.txt", "trainer/facts.json"} <= there
    assert not any("people" in name or "place" in name or name.endswith(".pyc") for name in there)
    with pytest.raises(OperatorError, match="not empty"):
        pack(run, folder, with_base=True)
    pack(run, tmp_path / "light", with_base=False)
    assert not (tmp_path / "light" / "base.gguf").exists()
    assert run.record["base"]["sha256"] in (tmp_path / "light" / "README.md").read_text()


def test_what_comes_back_becomes_a_model(run: TrainingRun, key: bytes, agreeing: Agreeing, tmp_path: Path) -> None:
    run.forget_data()
    file = brought(run, tmp_path / "there")
    taken = take(tmp_path, file, key, agreeing)
    assert (taken.folder, taken.state) == (run.folder, "trained")
    assert finish(tmp_path, taken, key)["model"] == run.name
    with pytest.raises(OperatorError, match="finished already"):
        take(tmp_path, file, key, agreeing)


def test_an_archive_with_anything_else_in_it_is_refused(
    run: TrainingRun, key: bytes, agreeing: Agreeing, tmp_path: Path
) -> None:
    strange = tmp_path / "people.json"
    strange.write_text("{}")
    with pytest.raises(OperatorError, match=r"people\.json"):
        take(tmp_path, brought(run, tmp_path / "there", strange), key, agreeing)
    assert run.state == "prepared"
    assert not (tmp_path / "train" / "incoming").exists()


def test_a_link_in_an_archive_is_refused(run: TrainingRun, key: bytes, agreeing: Agreeing, tmp_path: Path) -> None:
    link = tmp_path / "log.jsonl"
    link.symlink_to("/etc/passwd")
    with pytest.raises(OperatorError, match="does not belong"):
        take(tmp_path, brought(run, tmp_path / "there", link), key, agreeing)


@pytest.mark.parametrize("content", [b"", b"no archive", b"\0" * 2048])
def test_a_file_that_is_no_result_is_refused(key: bytes, agreeing: Agreeing, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "result.tar"
    file.write_bytes(content)
    with pytest.raises(OperatorError, match=r"cannot be read|not what a packed run makes"):
        take(tmp_path, file, key, agreeing)


def test_a_full_disk_is_not_taken_for_a_bad_file(
    run: TrainingRun, key: bytes, agreeing: Agreeing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = brought(run, tmp_path / "there")
    with monkeypatch.context() as full:

        def refused(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        full.setattr(shutil, "copyfileobj", refused)
        with pytest.raises(OperatorError, match="incoming cannot be written: No space left on device"):
            take(tmp_path, file, key, agreeing)
    assert run.state == "prepared"
    assert not (tmp_path / "train" / "incoming").exists()
    assert take(tmp_path, file, key, agreeing).state == "trained"


def test_a_result_whose_run_was_changed_on_the_way_is_refused(
    run: TrainingRun, key: bytes, agreeing: Agreeing, tmp_path: Path
) -> None:
    file = brought(run, tmp_path / "there")
    record = dict(run.record, beta=0.5)
    (run.folder / RUN).write_text(json.dumps(record))
    with pytest.raises(OperatorError, match="changed on the way"):
        take(tmp_path, file, key, agreeing)


def test_a_result_in_whose_run_people_have_left_is_refused(
    run: TrainingRun, key: bytes, agreeing: Agreeing, tmp_path: Path
) -> None:
    run.forget_data()
    file = brought(run, tmp_path / "there")
    with pytest.raises(OperatorError, match=r"erased their data since it was made, so it makes no model: remove it"):
        take(tmp_path, file, key, {})
    with pytest.raises(OperatorError, match="withdrew their consent since it was made"):
        take(tmp_path, file, key, dict.fromkeys(agreeing, False))
    assert not (run.folder / "model.gguf").exists()
    assert library.installed(tmp_path) == {}


SPARSE = {
    "of one hole": ({"size": f"{1 << 30}", "realsize": f"{1 << 30}", "map": f"{1 << 30},0"}, "does not belong"),
    "of letters": ({"size": "x", "map": "0,0"}, "cannot be read"),
    "mapped by letters": ({"map": "x,y"}, "cannot be read"),
}


@pytest.mark.parametrize("how", SPARSE)
def test_a_sparse_file_in_an_archive_is_refused(
    run: TrainingRun, key: bytes, agreeing: Agreeing, tmp_path: Path, how: str
) -> None:
    headers, words = SPARSE[how]
    (tmp_path / "there").mkdir()
    file = tmp_path / "there" / "result.tar"
    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as archive:
        archive.add(run.folder / RUN, RUN)
        hole = tarfile.TarInfo("model.gguf")
        hole.pax_headers = {f"GNU.sparse.{name}": value for name, value in headers.items()}
        archive.addfile(hole)
    with pytest.raises(OperatorError, match=words):
        take(tmp_path, file, key, agreeing)


@pytest.mark.parametrize("name", ["model.gguf", "adapter.gguf"])
def test_a_model_larger_than_its_base_could_be_is_not_even_unpacked(
    run: TrainingRun, key: bytes, agreeing: Agreeing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    file = large(run, tmp_path / "result.tar", name, 300 << 20)
    monkeypatch.setattr(shutil, "copyfileobj", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(OperatorError, match=f"holds {name} with 314,572,800 bytes, more than its base's weights take"):
        take(tmp_path, file, key, agreeing)


def test_a_result_for_which_there_is_no_room_is_not_unpacked(
    run: TrainingRun, key: bytes, agreeing: Agreeing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = large(run, tmp_path / "result.tar", "model.gguf", 200 << 20)
    free = shutil.disk_usage(tmp_path)._replace(free=100 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
    with pytest.raises(OperatorError, match=r"result.tar needs about 0.2 GiB on disk, and .* has 0.1 GiB left"):
        take(tmp_path, file, key, agreeing)


def large(run: TrainingRun, file: Path, name: str, size: int) -> Path:
    """A result with a model of this size, of which there is only its length."""
    with tarfile.open(file, "w") as archive:
        archive.add(run.folder / RUN, RUN)
        model = tarfile.TarInfo(name)
        model.size = size
        archive.addfile(model)
        end = archive.offset
    os.truncate(file, end + size + 1024)
    return file
