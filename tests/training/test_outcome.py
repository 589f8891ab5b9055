"""What a trainer leaves becomes a model only if it is what the run was made for, and if the guards held."""

import json
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
from core.training.preparation import prepare
from core.training.runs import CARD, OUTCOME, TrainingRun, all_runs, find_run, remove_run
from tests.trainer.tiny import tiny_base
from tests.training.community import FIGURES, PERSONA, facts, lively, made, tiny

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
    for part in (
        "license: apache-2.0",
        "- en",
        "| words in an answer | 60 | 50 |",
        "| torch | 2.13.0 |",
        "DPO",
        f"> {PERSONA}",
    ):
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


def told(**parts: Any) -> Change:
    """An outcome with these parts instead."""

    def change(outcome: dict[str, Any], _: Path) -> None:
        outcome.update(parts)

    change.__name__ = f"other_{'_'.join(parts)}"
    return change


def held_out(**sides: Any) -> Change:
    return told(held_out={"rows": 9, "held_out_rows": 1, "steps": 2, **sides})


def without_digest(outcome: dict[str, Any], _: Path) -> None:
    outcome["files"]["model.gguf"] = ""


MALFORMED: list[tuple[Change, str]] = [
    (held_out(after={"eval_loss": 1.0}), "'before' is missing"),
    (held_out(before={}, after={"eval_loss": "x"}), "'held_out' is"),
    (held_out(before={}, after=["eval_loss"]), "'after' is"),
    (held_out(before={}, after={"eval_loss": 10**400}), "'held_out' is"),
    (told(held_out={"before": {}, "after": {}}), "'rows' is missing"),
    (told(before={**FIGURES, "facts": 10**400}), "are none: facts"),
    (told(after=[]), "'after' is"),
    (told(files=["model.gguf"]), "'files' is"),
    (told(files={"model.gguf": 1}), "'files' is"),
    (without_digest, "'files' is"),
    (told(versions=["torch"]), "'versions' is"),
    (told(versions={"torch": 2}), "'versions' is"),
    (told(device=None), "'device' is"),
    (told(device="\ud800"), "surrogates not allowed"),
]

CHANGES: list[tuple[Change, str]] = [
    *MALFORMED,
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


@pytest.mark.parametrize("text", ["[" * 200_000, '{"run": ' + "9" * 5000 + "}", "[]", "\ufeff{}"])
def test_an_outcome_that_cannot_be_read_is_refused(run: TrainingRun, key: bytes, tmp_path: Path, text: str) -> None:
    made(run)
    (run.folder / OUTCOME).write_text(text)
    with pytest.raises(OperatorError, match="the outcome of the run cannot be read"):
        finish(tmp_path, run, key)
    assert library.installed(tmp_path) == {}


def test_figures_of_held_out_rows_that_could_not_be_told_do_not_matter(
    run: TrainingRun, key: bytes, tmp_path: Path
) -> None:
    outcome = dict(made(run))
    held_out(before={"eval_loss": 0.7}, after={"eval_loss": float("nan")})(outcome, run.folder)
    (run.folder / OUTCOME).write_text(json.dumps(outcome))
    finish(tmp_path, run, key)
    assert "| loss | 0.7 | nan |" in (run.folder / CARD).read_text()


def test_a_run_is_worked_on_once_at_a_time_and_removed_whole(run: TrainingRun, tmp_path: Path) -> None:
    with run.locked(), pytest.raises(OperatorError, match="working on"):
        remove_run(find_run(tmp_path, run.name))
    remove_run(run)
    assert all_runs(tmp_path) == []
    assert not run.folder.exists()
    with pytest.raises(OperatorError, match="parley train list"):
        find_run(tmp_path, run.name)
