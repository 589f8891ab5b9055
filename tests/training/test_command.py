"""`parley train`, as it is typed, where torch is not installed."""

import asyncio
import json
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session, select

from cli.doctor import doctor
from cli.train import train
from core.errors import OperatorError
from core.models.library import installed as library
from core.promotion.promoting import PromotableModels, WantedPromotion, promote
from core.store import people
from core.store.engine.database import Database, connect
from core.store.tables import KeptRow, PersonRow
from core.store.training_people import KEY
from core.training.environment import TrainingEnvironment
from core.training.runs import TrainingRun, all_runs, find_run
from tests.settings import StandInSettings
from tests.sweeping import mostly_swept
from tests.trainer.tiny import tiny_base
from tests.training.community import lively, made
from tests.training.test_packing import brought
from tests.training.test_reward_runs import MANY, key


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path) -> StandInSettings:
    """An installation whose community has rated enough, with an environment for training that has no torch."""
    standing_in = StandInSettings(tmp_path)
    standing_in.database.url = sqlite_url
    standing_in.train.environment = tmp_path / "environment"
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    # Without its environment it finds nothing that is installed.
    python.symlink_to(Path(sys.executable).resolve())
    monkeypatch.setattr("cli.train.load", lambda: standing_in)
    with_store(sqlite_url, lively)
    return standing_in


def with_store(url: str, unit: Any) -> None:
    async def work() -> None:
        store = connect(url)
        await store.write(unit)
        await store.close()

    asyncio.run(work())


def with_database(settings: StandInSettings, work: Callable[[Database], Awaitable[object]]) -> None:
    async def opened() -> None:
        store = connect(settings.database.url)
        try:
            await work(store)
        finally:
            await store.close()

    asyncio.run(opened())


def everybody_leaves(session: Session) -> None:
    for person_id in session.exec(select(PersonRow.id)).all():
        people.forget(session, person_id)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(train, [str(argument) for argument in arguments])


def begun(folder: Path) -> tuple[str, ...]:
    return "--base", str(tiny_base(folder / "tiny.gguf", "llama")), "--least", "5"


@pytest.mark.slow
def test_without_torch_it_says_what_is_missing_and_the_run_stays(settings: StandInSettings, tmp_path: Path) -> None:
    result = run(*begun(tmp_path))
    assert result.exit_code == 1
    assert "tiny-dpo-1: dpo of all weights of tiny, from" in result.output
    assert "is not installed" in result.output
    assert "fewer than 400 rows" in result.output
    again = run("resume", "tiny-dpo-1")
    assert (again.exit_code, "is not installed" in again.output) == (1, True)
    listed = run("list")
    assert "tiny-dpo-1" in listed.output
    assert '"method": "dpo"' in run("show", "tiny-dpo-1").output
    assert run("remove", "tiny-dpo-1", "--yes").output == "tiny-dpo-1 is removed.\n"
    assert run("list").output.startswith("There is no run yet.")


def test_an_environment_that_is_not_there_is_refused(settings: StandInSettings, tmp_path: Path) -> None:
    settings.train.environment = tmp_path / "nowhere"
    result = run(*begun(tmp_path))
    assert (result.exit_code, "correct train.environment" in result.output) == (1, True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--base", "nobody"), "there is no model 'nobody'"),
        (("--method", "kto", "--least", "5000"), "5000 answers with a clear verdict"),
        (("--name", "../x"), "is not a name for a run"),
    ],
)
def test_bad_input_is_refused_in_words(
    settings: StandInSettings, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    result = run(*begun(tmp_path), *options)
    assert result.exit_code == 1
    assert words in result.output
    assert all_runs(tmp_path) == []


def test_before_the_first_start_there_is_nothing_to_train_on(settings: StandInSettings, tmp_path: Path) -> None:
    settings.database.url = f"sqlite:///{tmp_path / 'none.sqlite3'}"
    result = run(*begun(tmp_path))
    assert (result.exit_code, "start Parley first" in result.output) == (1, True)


def test_a_packed_run_comes_back_as_a_model(settings: StandInSettings, tmp_path: Path) -> None:
    package = tmp_path / "package"
    packed = run("pack", package, *begun(tmp_path))
    assert (packed.exit_code, f"{package} is ready" in packed.output) == (0, True), packed.output
    (one,) = all_runs(tmp_path)
    assert (one.state, one.has_data) == ("packed", False)
    taken = run("take", brought(one, tmp_path / "there"))
    assert (taken.exit_code, f"parley promote {one.name}" in taken.output) == (0, True), taken.output
    assert "# tiny-dpo-1" in run("show", one.name).output
    assert run("resume", one.name).output == taken.output


def test_the_first_persona_is_trained_unless_another_line_is_given(settings: StandInSettings, tmp_path: Path) -> None:
    for number, (more, system) in enumerate([((), "You are Parley."), (("--system", "Rhyme."), "Rhyme.")]):
        packed = run("pack", tmp_path / f"package-{number}", *begun(tmp_path), *more)
        assert packed.exit_code == 0, packed.output
        assert all_runs(tmp_path)[-1].record["system"] == system


def test_a_package_that_cannot_be_written_leaves_no_run(settings: StandInSettings, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    result = run("pack", tmp_path / "full", *begun(tmp_path))
    assert (result.exit_code, "is not empty" in result.output) == (1, True)
    assert all_runs(tmp_path) == []


def test_a_run_for_a_reward_model_says_how_it_is_used(settings: StandInSettings, tmp_path: Path) -> None:
    with_store(settings.database.url, lambda session: session.merge(KeptRow(name=KEY, value=key(MANY).hex())))
    begun_run = run(*begun(tmp_path), "--method", "reward")
    assert "tiny-reward-1: reward of all weights of tiny" in begun_run.output
    (one,) = all_runs(tmp_path)
    made(one)
    result = run("resume", one.name)
    assert (result.exit_code, "The setting model.reward lets it rank answers" in result.output) == (0, True)


def test_a_reward_model_that_throws_a_coin_is_refused(settings: StandInSettings, tmp_path: Path) -> None:
    with_store(settings.database.url, lambda session: session.merge(KeptRow(name=KEY, value=key(MANY).hex())))
    run(*begun(tmp_path), "--method", "reward")
    (one,) = all_runs(tmp_path)
    made(one, right=0.55)
    result = run("resume", one.name)
    assert (result.exit_code, "it is no judge of answers" in result.output) == (1, True)
    assert "0.55 after (surely more than 0.5; it is 0.34 to 0.74)" in result.output


def test_a_run_that_spoiled_the_model_fails(settings: StandInSettings, tmp_path: Path) -> None:
    run(*begun(tmp_path))
    (one,) = all_runs(tmp_path)
    made(one, facts=3)
    result = run("resume", one.name)
    assert (result.exit_code, "is refused" in result.output) == (1, True)
    assert "train again with --rate 3.75e-06" in result.output
    assert "refused" in run("list").output


@pytest.mark.slow
def test_doctor_reminds_of_a_model_that_knows_somebody_who_has_left(settings: StandInSettings, tmp_path: Path) -> None:
    run(*begun(tmp_path))
    (one,) = all_runs(tmp_path)
    made(one)
    run("resume", one.name)
    environment = {"PARLEY_HOME": str(tmp_path), "PARLEY_DATABASE__URL": settings.database.url}

    def found() -> dict[str, dict[str, str]]:
        told = CliRunner().invoke(doctor, ["--json"], env=environment)
        return {one["what"]: one for one in json.loads(told.stdout)}

    assert found()["training"]["state"] == "ok"

    with_store(settings.database.url, everybody_leaves)
    reminder = found()[f"run {one.name}"]
    assert reminder["state"] == "warn"
    assert "erased their data since" in reminder["found"]
    assert f"parley models remove {one.name}" in reminder["fix"]
    assert "of its people" in run("list").output


NOBODY = ("people.json", '{"people": []}')
DAMAGES = [(name, content) for name in ("run.json", "result.json", "people.json") for content in ("", "[]", "{")]
DAMAGES.append(NOBODY)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "content"), mostly_swept(DAMAGES, [("run.json", ""), ("result.json", "[]"), NOBODY]))
def test_a_run_that_was_damaged_is_told_and_can_be_removed(
    settings: StandInSettings, tmp_path: Path, name: str, content: str
) -> None:
    run(*begun(tmp_path))
    (one,) = all_runs(tmp_path)
    (one.folder / name).write_text(content)
    for words in (("list",), ("show", one.name), ("resume", one.name)):
        told = run(*words)
        assert told.exception is None or isinstance(told.exception, SystemExit)
        assert "damaged" in told.output or "was changed" in told.output
    assert run("remove", one.name, "--yes").exit_code == 0
    assert run("list").output.startswith("There is no run yet.")


TAMPERINGS: dict[str, Callable[[Path], object]] = {
    "missing": lambda file: file.unlink(),
    "empty": lambda file: file.write_bytes(b""),
    "no text": lambda file: file.write_bytes(b"\xff\xfe\x00"),
    "nothing in it": lambda file: file.write_text("{}"),
    "another thing": lambda file: file.write_text("[]"),
    "a folder": lambda file: file.rename(file.with_suffix(".was")).with_suffix(file.suffix).mkdir(),
    "no values": lambda file: file.write_text(json.dumps(dict.fromkeys(json.loads(file.read_text())))),
}


@pytest.mark.slow
@pytest.mark.parametrize("how", mostly_swept(TAMPERINGS, ["missing", "nothing in it", "a folder"]))
def test_a_run_that_was_tampered_with_is_refused_in_words(settings: StandInSettings, tmp_path: Path, how: str) -> None:
    run(*begun(tmp_path), "--name", "done")
    [one] = all_runs(tmp_path)
    made(one)
    assert "done is trained" in run("resume", "done").output
    run(*begun(tmp_path), "--name", "open")
    package = tmp_path / "package"
    run("pack", package, *begun(tmp_path), "--name", "away")
    runs = one.folder.parent
    shutil.copytree(runs, tmp_path / "whole")
    result = brought(find_run(tmp_path, "away"), tmp_path / "there")
    promotable = PromotableModels(tmp_path, ("bundled", "done"), "bundled")
    for name in ("done", "open"):
        for file in ("run.json", "people.json", "trained.json", "place.json", "README.md", "train.jsonl"):
            if not (runs / name / file).exists() or (how == "no values" and not file.endswith(".json")):
                continue
            TAMPERINGS[how](runs / name / file)
            anew = ("--base", name, "--new", "--name", "anew")
            for command in (("list",), ("show", name), ("show", "away"), ("resume", name), ("take", result), anew):
                said = run(*command)
                assert isinstance(said.exception, SystemExit | None), (command, file)
            if name == "open":
                with pytest.raises(OperatorError):
                    with_database(settings, lambda store: promote(store, promotable, WantedPromotion("open")))
            assert isinstance(run("remove", name, "--yes").exception, SystemExit | None)
            shutil.rmtree(runs)
            shutil.copytree(tmp_path / "whole", runs)


@pytest.mark.parametrize("command", ["take", "resume"])
def test_no_model_is_made_of_a_run_that_people_have_left(
    settings: StandInSettings, tmp_path: Path, command: str
) -> None:
    run("pack", tmp_path / "package", *begun(tmp_path), "--name", "away")
    away = find_run(tmp_path, "away")
    result = brought(away, tmp_path / "there")
    if command == "resume":
        made(away)

    def somebody_leaves(session: Session) -> None:
        people.forget(session, session.exec(select(PersonRow.id)).all()[0])

    with_store(settings.database.url, somebody_leaves)
    said = run(command, {"take": result, "resume": "away"}[command])
    assert (said.exit_code, "1 erased their data since it was made, so it makes no model" in said.output) == (1, True)
    assert not away.result
    assert library.installed(tmp_path) == {}


@pytest.mark.slow
def test_no_model_is_made_if_people_leave_while_it_trains(
    settings: StandInSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*begun(tmp_path), "--name", "slow")

    async def ready(*_: object) -> None:
        """Everything is installed."""

    async def trained(_: Path, one: TrainingRun, heard: object) -> None:
        made(one)
        await asyncio.to_thread(with_store, settings.database.url, everybody_leaves)

    monkeypatch.setattr(TrainingEnvironment, "prepare", ready)
    monkeypatch.setattr("core.training.process.run_trainer", trained)
    said = run("resume", "slow")
    assert (said.exit_code, "erased their data since it was made" in said.output) == (1, True), said.output
    assert library.installed(tmp_path) == {}


def test_what_was_packed_does_not_go_on_here(settings: StandInSettings, tmp_path: Path) -> None:
    run("pack", tmp_path / "package", *begun(tmp_path), "--name", "away")
    said = run("resume", "away")
    assert (said.exit_code, "was packed for another machine" in said.output) == (1, True)
    assert "`parley train take`" in said.output


def test_a_refused_run_stays_refused_however_often_it_is_resumed(settings: StandInSettings, tmp_path: Path) -> None:
    run(*begun(tmp_path), "--name", "worse")
    made(find_run(tmp_path, "worse"), words=19.0)
    for _ in range(2):
        said = run("resume", "worse")
        assert (said.exit_code, "worse is refused" in said.output) == (1, True)
