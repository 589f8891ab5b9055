"""`parley promote`, `parley rollback` and `parley models lineage`, as they are typed."""

import asyncio
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from cli.doctor import doctor
from cli.models import models
from cli.open_database import opened
from cli.promote import promote, rollback
from cli.train import find
from cli.wiring.models import registry
from cli.wiring.platforms import load_settings
from cli.wiring.program import start
from cli.wiring.promotions import promotable
from cli.wiring.unfit_models import unfit
from core.errors import ModelFileError
from core.messages import Place
from core.models.embedded.checked_files import CheckedFiles, SeenFiles
from core.models.library import installed as library
from core.models.library.installed import InstalledModel
from core.promotion.promoting import WantedPromotion
from core.promotion.promoting import promote as begin
from core.store import choices, identities, promotions
from core.store.engine.database import connect
from core.store.engine.migrate import known
from core.store.training_people import training_key
from core.training.base import find_base
from core.training.configuration import WantedTraining
from core.training.outcome import finish
from core.training.preparation import prepare
from core.training.runs import find_run
from tests.promotion.votes import voted
from tests.store.test_migrate import as_newer
from tests.tiny_model import tiny_gguf
from tests.training.community import facts, lively, made, tiny

Unit = Callable[[Any], Any]


def install(home: Path, name: str, seed: int = 1) -> None:
    place = library.folder(home, name)
    place.mkdir(parents=True)
    digest = tiny_gguf(place / f"{name}.gguf", seed)
    library.keep(home, InstalledModel(name, f"{name}.gguf", f"hf:o/r/{name}.gguf", digest))


@pytest.fixture
def home(tmp_path: Path, sqlite_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two installed models, `new` and `newer`."""
    monkeypatch.setenv("PARLEY_HOME", str(tmp_path))
    install(tmp_path, "new", 1)
    install(tmp_path, "newer", 2)
    return tmp_path


def with_store(home: Path, unit: Unit) -> Any:
    async def work() -> Any:
        store = connect(f"sqlite:///{home / 'parley.sqlite3'}")
        try:
            return await store.write(unit)
        finally:
            await store.close()

    return asyncio.run(work())


def run(command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


@pytest.mark.slow
def test_promoted_by_votes_and_rolled_back(home: Path) -> None:
    refused = run(promote, "new")
    assert (refused.exit_code, "nobody has compared 'new' with 'embedded'" in refused.output) == (1, True)
    with_store(home, lambda session: voted(session, 80, 20, baseline="embedded"))
    done = run(promote, "new")
    assert (done.exit_code, done.output.startswith("new answers everywhere from now on, in place of embedded")) == (
        0,
        True,
    ), done.output
    shown = run(models, "lineage").output
    assert "new\n    promoted 20" in shown
    assert "in place of bundled, wins 80" in shown
    listed = [line for line in run(models, "list").output.splitlines() if "in use" in line]
    assert [line.split()[:2] for line in listed] == [["*", "new"]]
    gone = run(rollback, "--because", "it rambles")
    assert gone.output == "new is rolled back; embedded answers again where nobody has chosen a model.\n"
    assert "rolled back 20" in run(models, "lineage").output
    again = run(rollback)
    assert (again.exit_code, "nothing to roll back" in again.output) == (1, True)


def test_a_rollback_by_name(home: Path) -> None:
    done = run(promote, "new", "--because", "first")
    assert "`parley rollback new` takes that back" in done.output
    assert run(promote, "newer", "--because", "second").exit_code == 0
    with_store(home, lambda session: promotions.end(session, 2, "slow", "slow", by_itself=True))
    late = run(rollback, "newer")
    assert late.exit_code == 1
    assert "'newer' does not answer any more: it was rolled back by itself on " in late.output
    assert "'new' answers now where nobody has chosen a model. Nothing was changed" in late.output
    assert "'embedded' was never promoted" in run(rollback, "bundled").output
    gone = run(rollback, "new")
    assert gone.output == "new is rolled back; embedded answers again where nobody has chosen a model.\n"


@pytest.mark.slow
def test_a_canary_that_is_widened(home: Path) -> None:
    with_store(home, lambda session: [identities.community(session, Place("paper", str(n), "")) for n in range(50)])
    none = run(promote, "new", "--share", "0.0001%", "--because", "a canary")
    assert "(0 of the 50 that there are now)" in none.output
    assert "So nobody gets its answers yet: name a --community" in none.output
    few = run(promote, "new", "--share", "40%", "--because", "it is well")
    assert re.search(r"new answers in 40 % of the communities \(\d+ of the 50 that there are now\)", few.output)
    assert "nobody gets its answers" not in few.output
    listed = [line for line in run(models, "list").output.splitlines() if "in use" in line]
    assert [line.rpartition(", ")[2] for line in listed] == ["in use", "in use by some"]
    more = run(promote, "new", "--share", "60", "--because", "it is well")
    assert "in 60 % of the communities" in more.output
    [one] = json.loads(run(models, "lineage", "--json").output)
    assert (one["name"], one["promotions"][0]["share"], one["promotions"][0]["because"]) == ("new", 0.6, "a canary")
    shown = run(models, "lineage").output
    assert "for 0.0001 % of the communities in place of bundled, because: a canary; widened 20" in shown
    assert shown.strip().endswith(" to 60 % of the communities, because: it is well")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody",), "there is no model 'nobody'"),
        (("new", "--share", "0"), "is not a percentage above 0 and up to 100"),
        (("new", "--share", "101%"), "is not a percentage above 0 and up to 100"),
        (("new", "--share", "many"), "is not a percentage above 0 and up to 100"),
        (("new", "--share", "5%", "--community", "discord:1"), "Give --share or --community"),
        (
            ("new", "--community", "discord:1", "--because", "x"),
            "no community 'discord:1' yet; write it as PLATFORM:ID",
        ),
        (("bundled",), "'embedded' answers already"),
    ],
)
def test_bad_input_is_refused_in_words(home: Path, arguments: tuple[str, ...], words: str) -> None:
    result = run(promote, *arguments)
    assert result.exit_code != 0
    assert words in " ".join(result.output.split())


def test_what_is_promoted_stays_and_comes_before_the_choice_for_the_machine(home: Path) -> None:
    assert run(promote, "new", "--because", "first").exit_code == 0
    assert run(promote, "newer", "--because", "second").exit_code == 0
    chosen = run(models, "use", "new")
    assert (chosen.exit_code, "'newer' is promoted, and answers before what is chosen here" in chosen.output) == (
        1,
        True,
    )
    for name, words in (("newer", "is promoted"), ("new", "is what `parley rollback` goes back to")):
        removed = run(models, "remove", name, "--yes")
        assert (removed.exit_code, f"'{name}' {words}" in removed.output) == (1, True), removed.output
    run(rollback)
    run(rollback)
    assert run(models, "remove", "newer", "--yes").exit_code == 0
    assert run(models, "use", "new").exit_code == 0


@pytest.mark.slow
def test_an_ancestor_that_was_removed_does_not_answer_again(home: Path) -> None:
    install(home, "newest", 3)
    for name in ("new", "newer", "newest"):
        assert run(promote, name, "--because", "a try").exit_code == 0
    assert run(models, "remove", "new", "--yes").exit_code == 0
    assert run(rollback).output == "newest is rolled back; newer answers again where nobody has chosen a model.\n"
    gone = run(rollback)
    assert gone.stdout == "newer is rolled back; embedded answers again where nobody has chosen a model.\n"
    assert "in place of new" not in gone.stderr
    assert "taken the place of new, which does not answer here any more" in gone.stderr
    listed = [line.split()[:2] for line in run(models, "list").output.splitlines() if "in use" in line]
    assert [mark for mark, _ in listed] == ["*"]
    assert run(models, "use", "newer").exit_code == 1, "the first one still stands"


def test_what_was_chosen_before_a_promotion_is_kept_for_a_rollback(home: Path) -> None:
    assert run(models, "use", "new").exit_code == 0
    assert run(promote, "newer", "--because", "a try").exit_code == 0
    refused = run(models, "remove", "new", "--yes").output
    assert "'new' is what `parley rollback` goes back to" in refused
    assert "parley models use" not in refused, "that is refused as well"


@pytest.mark.slow
@pytest.mark.parametrize("usable", [True, False])
def test_a_database_of_a_newer_version(home: Path, usable: bool) -> None:
    assert run(promote, "new", "--because", "first").exit_code == 0
    asyncio.run(as_newer(f"sqlite:///{home / 'parley.sqlite3'}", known()[-1] if usable else None))
    removed = run(models, "remove", "new", "--yes")
    assert removed.exit_code == 1
    assert ("'new' is promoted" if usable else "update Parley") in removed.output
    [(state, _)] = doctor_says(home)
    assert state == ("ok" if usable else "fail")


def doctor_says(home: Path) -> list[tuple[str, str]]:
    result = run(doctor, "--json")
    return [(one["state"], one["found"]) for one in json.loads(result.stdout) if one["what"] == "promotion"]


@pytest.mark.slow
def test_the_doctor_tells_of_a_promoted_model_that_cannot_answer(home: Path) -> None:
    assert doctor_says(home) == []
    run(promote, "new", "--because", "first")
    [(state, words)] = doctor_says(home)
    assert (state, words.partition(" since")[0]) == ("ok", "new answers everywhere")
    file = library.models_offered(home)["new"]
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    [(state, words)] = doctor_says(home)
    assert (state, "new is promoted and cannot answer here" in words, "is damaged" in words) == ("fail", True, True)
    file.unlink()
    [(state, words)] = doctor_says(home)
    assert (state, "there is no model 'new' here" in words) == ("fail", True)


async def test_a_model_that_is_installed_or_removed_while_parley_runs(home: Path) -> None:
    models = registry(load_settings())
    assert models.names == ["embedded", "new", "newer"]
    assert models.names is models.names, "nothing is read again while nothing changes"
    install(home, "newest", 3)
    assert models.names == ["embedded", "new", "newer", "newest"]
    assert models.able("newest")
    library.remove(home, "newest")
    assert not models.able("newest")
    assert models.get("newest") is models.get("embedded")
    await models.aclose()


async def test_a_start_with_a_damaged_promoted_model_leaves_the_one_before(home: Path) -> None:
    settings = load_settings()
    store = connect(settings.database.url)
    for name in ("new", "newer"):
        await begin(store, promotable(settings), WantedPromotion(name, because="a try"))
    await store.close()
    file = library.models_offered(home)["newer"]
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    async with start(settings) as engine:
        options = engine.core.assistant.options
        async with opened(settings.database.url) as store:
            kept = await store.read(lambda session: choices.choices(session, "community", "room", "person"))
        assert kept == {"promoted": "newer\nnew"}
        assert options.settle(kept)["model"] == "new"
        assert options.settle({**kept, "model": "newer"})["model"] == "newer"


async def test_a_start_reads_each_file_once_and_only_of_models_that_are_asked(home: Path) -> None:
    settings = load_settings()
    install(home, "newest", 3)
    store = connect(settings.database.url)
    for name in ("new", "newer", "newest", "newer"):
        await begin(store, promotable(settings), WantedPromotion(name, because="a try"))
    files = library.models_offered(home)
    files["new"].write_bytes(b"?")
    seen = SeenFiles()
    assert await unfit(settings, store, seen) == {}, "the oldest one would not be asked"

    # A damage that shows in nothing but the content is found only by whoever reads it.
    newest, digest = files["newest"], library.digest_of(home, "newest")
    before = newest.stat()
    newest.write_bytes(newest.read_bytes()[:-1] + b"?")
    os.utime(newest, ns=(before.st_atime_ns, before.st_mtime_ns))
    CheckedFiles([(newest, digest)], seen).check()
    with pytest.raises(ModelFileError, match="is damaged"):
        CheckedFiles([(newest, digest)]).check()
    os.utime(newest)
    with pytest.raises(ModelFileError, match="is damaged"):
        CheckedFiles([(newest, digest)], seen).check()
    assert list(await unfit(settings, store, seen)) == ["newest"]
    await store.close()


def test_training_begins_with_the_model_that_answers_everywhere(home: Path) -> None:
    run(promote, "new", "--because", "first")
    run(promote, "newer", "--share", "10%", "--because", "a canary")
    settings = load_settings()
    assert find(settings, "", "").name == "new"
    assert find(settings, "newer", "").name == "newer"


def test_before_the_first_start_nothing_has_a_lineage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_HOME", str(tmp_path / "fresh"))
    assert run(models, "lineage").output.startswith("Nothing was trained or promoted yet.")


async def generation(home: Path, base: str, name: str) -> None:
    """Make a run from a base, as a trainer would have."""
    store = connect(f"sqlite:///{home / 'parley.sqlite3'}")
    await prepare(store, facts(home), find_base(home, base), WantedTraining(least=5, name=name), lambda text: None)
    key = await store.read(training_key)
    await store.close()
    one = find_run(home, name)
    made(one, seed=len(name))
    finish(home, one, key)


@pytest.mark.slow
def test_generations_stand_under_what_they_were_trained_from(home: Path) -> None:
    with_store(home, lively)
    first = tiny(home).name
    base = str(home / f"{first}.gguf")
    for before, name in ((base, "gen-1"), ("gen-1", "gen-2"), ("gen-1", "gen-2b")):
        asyncio.run(generation(home, before, name))
    run(promote, "gen-1", "--because", "the first")
    run(promote, "gen-2", "--because", "the second")
    run(rollback, "--because", "it rambles")
    shown = run(models, "lineage").output.splitlines()
    assert shown[0] == "llama"
    assert shown[1].startswith("  gen-1  dpo, ")
    assert shown[2].strip().startswith("promoted 20")
    assert shown[3].startswith("    gen-2  dpo, ")
    assert shown[4].endswith(": it rambles")
    assert shown[5].startswith("    gen-2b  dpo, ")
    (home / "train" / "runs" / "gen-2b" / "run.json").write_text("{")
    assert "gen-2b (damaged)" in run(models, "lineage").output
