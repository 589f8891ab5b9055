"""What a trainer leaves becomes a model only if it is what the run was made for, and if the guards held."""

import errno
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import OperatorError
from core.models.library import installed as library
from core.store.engine.database import Database
from core.store.training_people import training_key
from core.training.base import find_base
from core.training.configuration import WantedTraining
from core.training.outcome import finish
from core.training.packing import pack, take
from core.training.preparation import prepare
from core.training.runs import CARD, OUTCOME, RUN, TrainingRun, all_runs, find_run, remove_run
from tests.trainer.tiny import tiny_base
from tests.training.community import facts, lively, made, tiny

pytestmark = pytest.mark.above_the_store

Change = Callable[[dict[str, Any], Path], None]


def test_a_good_run_becomes_a_model_with_a_card_and_keeps_nobodys_words(
    run: TrainingRun, key: bytes, tmp_path: Path
) -> None:
    made(run, words=50.0)
    result = finish(tmp_path, run, key)
    assert (result["state"], result["model"], run.state) == ("done", run.name, "done")
    model = library.installed(tmp_path)[run.name]
    assert (model.source, model.licence) == (f"train:{run.name}", "apache-2.0")
    library.verify(tmp_path, run.name)
    library.use(tmp_path, run.name)
    card = (run.folder / CARD).read_text()
    for part in ("license: apache-2.0", "- en", "| words in an answer | 60 | 50 |", "| torch | 2.13.0 |", "DPO"):
        assert part in card
    assert not run.has_data
    assert "Short" not in "".join(path.read_text() for path in run.folder.glob("*.*"))
    assert finish(tmp_path, run, key)["model"] == run.name


async def test_an_adapter_is_a_model_beside_its_base(store: Database, tmp_path: Path) -> None:
    await store.write(lively)
    base = tiny(tmp_path)
    run = await prepare(store, facts(tmp_path), base, WantedTraining(least=5, lora=True), print)
    key = await store.read(training_key)
    made(run)
    result = finish(tmp_path, run, key)
    files = library.served_files(tmp_path)[run.name]
    assert (result["model"], files.file, files.sha256) == (run.name, base.keys, base.keys_sha256)
    assert files.adapter
    assert files.adapter.read_bytes() == (run.folder / "adapter.gguf").read_bytes()
    library.verify(tmp_path, run.name)
    with pytest.raises(OperatorError, match="is an adapter, and training begins with whole models"):
        find_base(tmp_path, run.name)
    tiny_base(base.keys, "llama", seed=9)
    with pytest.raises(OperatorError, match="is damaged"):
        library.verify(tmp_path, run.name)
    base.keys.unlink()
    assert run.name not in library.installed(tmp_path)


async def test_the_base_of_an_adapter_stays(store: Database, run: TrainingRun, key: bytes, tmp_path: Path) -> None:
    made(run)
    whole = finish(tmp_path, run, key)["model"]
    wanted = WantedTraining(least=5, lora=True, name="mine")
    second = await prepare(store, facts(tmp_path), find_base(tmp_path, whole), wanted, print)
    made(second)
    finish(tmp_path, second, key)
    assert library.installed(tmp_path)["mine"].base == whole
    with pytest.raises(OperatorError, match=f"{whole!r} is the base of mine; remove those first"):
        library.remove(tmp_path, whole)
    library.remove(tmp_path, "mine")
    library.remove(tmp_path, whole)


def test_a_result_that_was_changed_is_noticed(run: TrainingRun, key: bytes, tmp_path: Path) -> None:
    made(run, words=19.0)
    finish(tmp_path, run, key)
    run.check_result(key)
    path = run.folder / "result.json"
    path.write_text(path.read_text().replace("refused", "done"))
    with pytest.raises(OperatorError, match=r"result\.json was changed after the run was made"):
        run.check_result(key)


def test_a_run_that_was_killed_while_it_was_taken_is_taken_again(run: TrainingRun, key: bytes, tmp_path: Path) -> None:
    outcome = made(run)
    finish(tmp_path, run, key)
    (run.folder / "result.json").unlink()
    (library.folder(tmp_path, run.name) / library.MANIFEST).unlink()
    assert run.state == "trained"
    assert finish(tmp_path, run, key)["files"] == outcome["files"]
    assert run.name in library.installed(tmp_path)


def test_a_run_that_spoiled_the_model_makes_none_and_says_why(run: TrainingRun, key: bytes, tmp_path: Path) -> None:
    made(run, words=19.0)
    result = finish(tmp_path, run, key)
    assert (result["state"], run.state) == ("refused", "refused")
    assert "19 after" in result["why"]
    assert library.installed(tmp_path) == {}
    assert not list(run.folder.glob("*.gguf"))
    assert "made no model" in (run.folder / CARD).read_text()


def other_run(outcome: dict[str, Any], _: Path) -> None:
    outcome["run"] = "0" * 64


def other_figures(outcome: dict[str, Any], _: Path) -> None:
    outcome["after"]["nats"] = None


def no_model(_: dict[str, Any], folder: Path) -> None:
    (folder / "model.gguf").unlink()


def other_model(_: dict[str, Any], folder: Path) -> None:
    tiny_base(folder / "model.gguf", "llama", seed=77)


def other_family(outcome: dict[str, Any], folder: Path) -> None:
    from core.training.rows import digest

    outcome["files"]["model.gguf"] = digest(tiny_base(folder / "model.gguf", "qwen3"))


def cut_model(outcome: dict[str, Any], folder: Path) -> None:
    from core.training.rows import digest

    file = folder / "model.gguf"
    file.write_bytes(file.read_bytes()[:-500])
    outcome["files"]["model.gguf"] = digest(file)


def outside(outcome: dict[str, Any], _: Path) -> None:
    outcome["files"]["../../../etc/passwd"] = "0" * 64


def nothing(outcome: dict[str, Any], _: Path) -> None:
    outcome.clear()


CHANGES: list[tuple[Change, str]] = [
    (other_run, "another run"),
    (other_figures, "are none"),
    (no_model, "does not exist"),
    (other_model, "damaged"),
    (other_family, "of the family"),
    (cut_model, "is cut"),
    (outside, "should hold model.gguf"),
    (nothing, "cannot be read"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES, ids=lambda one: getattr(one, "__name__", ""))
def test_what_is_not_what_was_asked_for_is_refused(
    run: TrainingRun, key: bytes, tmp_path: Path, change: Change, words: str
) -> None:
    outcome = dict(made(run))
    outcome["after"] = dict(outcome["after"])
    change(outcome, run.folder)
    (run.folder / OUTCOME).write_text(json.dumps(outcome))
    with pytest.raises(OperatorError, match=words):
        finish(tmp_path, run, key)
    assert library.installed(tmp_path) == {}
    assert not run.result


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


def test_what_comes_back_becomes_a_model(run: TrainingRun, key: bytes, tmp_path: Path) -> None:
    run.forget_data()
    file = brought(run, tmp_path / "there")
    taken = take(tmp_path, file, key)
    assert (taken.folder, taken.state) == (run.folder, "trained")
    assert finish(tmp_path, taken, key)["model"] == run.name
    with pytest.raises(OperatorError, match="finished already"):
        take(tmp_path, file, key)


def test_an_archive_with_anything_else_in_it_is_refused(run: TrainingRun, key: bytes, tmp_path: Path) -> None:
    strange = tmp_path / "people.json"
    strange.write_text("{}")
    with pytest.raises(OperatorError, match=r"people\.json"):
        take(tmp_path, brought(run, tmp_path / "there", strange), key)
    assert run.state == "prepared"
    assert not (tmp_path / "train" / "incoming").exists()


def test_a_link_in_an_archive_is_refused(run: TrainingRun, key: bytes, tmp_path: Path) -> None:
    link = tmp_path / "log.jsonl"
    link.symlink_to("/etc/passwd")
    with pytest.raises(OperatorError, match="does not belong"):
        take(tmp_path, brought(run, tmp_path / "there", link), key)


@pytest.mark.parametrize("content", [b"", b"no archive", b"\0" * 2048])
def test_a_file_that_is_no_result_is_refused(key: bytes, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "result.tar"
    file.write_bytes(content)
    with pytest.raises(OperatorError, match=r"cannot be read|not what a packed run makes"):
        take(tmp_path, file, key)


def test_a_full_disk_is_not_taken_for_a_bad_file(
    run: TrainingRun, key: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = brought(run, tmp_path / "there")
    with monkeypatch.context() as full:

        def refused(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        full.setattr(shutil, "copyfileobj", refused)
        with pytest.raises(OperatorError, match="incoming cannot be written: No space left on device"):
            take(tmp_path, file, key)
    assert run.state == "prepared"
    assert not (tmp_path / "train" / "incoming").exists()
    assert take(tmp_path, file, key).state == "trained"


def test_a_result_whose_run_was_changed_on_the_way_is_refused(run: TrainingRun, key: bytes, tmp_path: Path) -> None:
    file = brought(run, tmp_path / "there")
    record = dict(run.record, beta=0.5)
    (run.folder / RUN).write_text(json.dumps(record))
    with pytest.raises(OperatorError, match="changed on the way"):
        take(tmp_path, file, key)


def test_a_run_is_worked_on_once_at_a_time_and_removed_whole(run: TrainingRun, tmp_path: Path) -> None:
    with run.locked(), pytest.raises(OperatorError, match="working on"):
        remove_run(find_run(tmp_path, run.name))
    remove_run(run)
    assert all_runs(tmp_path) == []
    assert not run.folder.exists()
    with pytest.raises(OperatorError, match="parley train list"):
        find_run(tmp_path, run.name)
