"""A run is promoted only if it is whole, as it was made, and did not spoil the model."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import OperatorError
from core.models.library import installed as library
from core.promotion.candidates import sound_candidate
from core.training.outcome import finish
from core.training.runs import TrainingRun
from tests.training.community import made

pytestmark = pytest.mark.above_the_store


def check(home: Path, run: TrainingRun, key: bytes) -> None:
    offered = ["embedded", *library.installed(home)]
    assert sound_candidate(home, run.name, "embedded", offered, key).run == run


def test_a_good_run_may_be_promoted(run: TrainingRun, key: bytes, tmp_path: Path) -> None:
    made(run)
    finish(tmp_path, run, key)
    check(tmp_path, run, key)


def test_what_was_voted_before_either_was_made_is_about_another(run: TrainingRun, key: bytes, tmp_path: Path) -> None:
    made(run)
    finish(tmp_path, run, key)
    mine = library.installed(tmp_path)[run.name]
    later = replace(mine, name="before", pulled="2030-01-01")
    library.folder(tmp_path, "before").mkdir()
    shutil.copy(library.models_offered(tmp_path)[run.name], library.folder(tmp_path, "before"))
    library.keep(tmp_path, later)
    offered = ["embedded", *library.installed(tmp_path)]
    since = {one: sound_candidate(tmp_path, run.name, one, offered, key).since for one in ("embedded", "before")}
    made_at, later_at = datetime.fromisoformat(mine.pulled), datetime(2030, 1, 1, tzinfo=UTC)
    assert since == {"embedded": made_at, "before": later_at}


def test_one_that_has_not_ended(run: TrainingRun, key: bytes, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"has not come to its end \(it is prepared\): `parley train resume"):
        check(tmp_path, run, key)


def test_one_that_its_guards_refused(run: TrainingRun, key: bytes, tmp_path: Path) -> None:
    made(run, words=19.0)
    finish(tmp_path, run, key)
    with pytest.raises(OperatorError, match="was refused, since it spoiled what the model could: words in an answer"):
        check(tmp_path, run, key)
    result = run.folder / "result.json"
    result.write_text(result.read_text().replace('"refused"', '"done"'))
    with pytest.raises(OperatorError, match=r"result\.json was changed"):
        check(tmp_path, run, key)


@pytest.mark.parametrize("name", ["run.json", "result.json", "result.seal", "run.seal"])
def test_one_that_was_tampered_with(run: TrainingRun, key: bytes, tmp_path: Path, name: str) -> None:
    made(run)
    finish(tmp_path, run, key)
    (run.folder / name).write_bytes((run.folder / name).read_bytes() + b"\n")
    with pytest.raises(OperatorError, match=r"(run|result)\.json was changed after the run was made"):
        check(tmp_path, run, key)


def test_one_whose_model_is_damaged_missing_or_another(run: TrainingRun, key: bytes, tmp_path: Path) -> None:
    made(run)
    finish(tmp_path, run, key)
    file = library.models_offered(tmp_path)[run.name]
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(OperatorError, match="is damaged"):
        check(tmp_path, run, key)
    manifest = file.with_name(library.MANIFEST)
    manifest.write_text(manifest.read_text().replace(library.digest_of(tmp_path, run.name), "0" * 64))
    with pytest.raises(OperatorError, match="is not the one that its run made"):
        check(tmp_path, run, key)
    file.unlink()
    with pytest.raises(OperatorError, match="is not installed any more: train it anew"):
        check(tmp_path, run, key)


def test_one_beside_which_the_model_before_does_not_fit(
    run: TrainingRun, key: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(run)
    finish(tmp_path, run, key)
    monkeypatch.setattr("core.promotion.candidates.MIB", 1 << 10)
    monkeypatch.setattr("core.promotion.candidates.machine_memory", lambda: 100)
    with pytest.raises(OperatorError, match=r"need about \d+ MiB of memory together.*\d+ MiB are missing"):
        check(tmp_path, run, key)
