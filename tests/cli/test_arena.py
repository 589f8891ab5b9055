"""`parley arena report` and `parley arena export`, as they are typed."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session, select

from cli.arena import arena
from core.dataset.export.held_out import HeldOut
from core.store import export_switches
from core.store.arena_tables import ArenaRoundRow, ArenaVoteRow
from core.store.engine.database import connect
from core.store.identities import scene
from core.store.tables import KeptRow
from core.store.training_people import KEY
from tests.dataset.people import ROOM, talker
from tests.promotion.votes import voted
from tests.settings import StandInSettings


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path) -> StandInSettings:
    standing_in = StandInSettings(tmp_path)
    standing_in.database.url = sqlite_url
    monkeypatch.setattr("cli.arena.load", lambda: standing_in)
    return standing_in


def with_store(settings: StandInSettings, unit: Callable[[Session], object]) -> None:
    async def work() -> None:
        store = connect(settings.database.url)
        await store.write(unit)
        await store.close()

    asyncio.run(work())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(arena, [str(argument) for argument in arguments])


@pytest.mark.slow
def test_the_figures_of_each_trial(settings: StandInSettings) -> None:
    with_store(settings, lambda session: voted(session, 80, 20))
    with_store(settings, lambda session: voted(session, 3, 1, candidate="other", held_out=False))
    told = run("report").output
    first, second = told.split("\n\n")
    for line in (
        "model:new against own (trial ",
        "votes          100 by 100 people: better 80, worse 20, both good 0, both bad 0",
        "verdict        better (",
        "of held-out    better (",
        "win rate       80.0% (",
        "style          +0% words, +0% list items",
        "Bradley-Terry  +",
        "position       wins 8",
        "without one    79.8% to 80.8%, whoever is left out",
        "rule           60% against 50%, false alarm 5%, missed 5%, gives up after 400",
    ):
        assert line in first, line
    assert "of held-out    open: more votes are needed (0 choices by 0 people" in second
    assert run("report", "--candidate", "model:other").output.strip() == second.strip()


def test_the_figures_for_programs(settings: StandInSettings) -> None:
    with_store(settings, lambda session: voted(session, 8, 2))
    [told] = json.loads(run("report", "--json").output)
    assert (told["candidate"], told["votes"], told["outcomes"]["won"]) == ("model:new", 10, 8)
    assert told["tested"]["verdict"] == "open"
    assert told["rule"]["worthwhile"] == 0.6


def test_without_a_trial_it_says_how_one_begins(settings: StandInSettings) -> None:
    assert run("report").output.startswith("There is no such trial. An admin begins one in a chat, with /arena on")
    with_store(settings, lambda session: voted(session, 1))
    assert run("report", "--candidate", "model:nobody").output.startswith("There is no such trial.")


@pytest.mark.parametrize("arguments", [("report",), ("export", "-")])
def test_before_the_first_start_nobody_has_compared(settings: StandInSettings, arguments: tuple[str, ...]) -> None:
    settings.database.url = f"sqlite:///{settings.home / 'none.sqlite3'}"
    result = run(*arguments)
    assert (result.exit_code, "nobody has compared anything yet; start Parley first" in result.output) == (1, True)


def compared(session: Session) -> None:
    """A question with two answers, and what two people said of them; one of them has not agreed to the terms.

    Neither they nor the question are held out of training.
    """
    asker, other = talker(session, "ana"), talker(session, "ben", agreed=False)
    question = asker.says("Which is it?")
    a, b = asker.hears(question, "The first."), asker.hears(question, "The second.")
    voted(session, 1)
    asked = session.exec(select(ArenaRoundRow)).one()
    session.delete(session.exec(select(ArenaVoteRow)).one())
    here = scene(session, ROOM, asker.user)
    asked.conversation_id, asked.community_id = here.conversation_id, here.community_id
    asked.question_id, asked.a_id, asked.b_id = question, a, b
    session.flush()
    for one in (asker, other):
        session.add(ArenaVoteRow(person_id=one.scene.person_id, round_id=asked.id, choice="b", source="form"))
    export_switches.switch(session, "paper", "", True, "")
    keys = (HeldOut(number.to_bytes(32)) for number in range(10_000))
    key = next(one for one in keys if not one.person(here.person_id) and not one.prompt("Which is it?"))
    session.add(KeptRow(name=KEY, value=key.key.hex()))


def exported(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def test_the_votes_go_into_a_file(settings: StandInSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.arena.exported", lambda: {"paper": True})
    with_store(settings, compared)
    path = tmp_path / "votes.jsonl"
    result = run("export", path)
    left_out = "votes left out:\n  1 by a person who has not agreed to the current terms\n"
    assert result.output == f"{path}: 1 row\n{left_out}"
    [row] = exported(path.read_text())
    assert (row["winner"], row["conversation_b"][1]["content"]) == ("model_b", "The second.")
    run("export", path, "--anonymizer-seed", "a secret")
    [hidden] = exported(path.read_text())
    assert hidden["judge"] != row["judge"]
    run("export", path, "--format", "trl")
    [pair] = exported(path.read_text())
    assert (pair["chosen"][0]["content"], pair["rejected"][0]["content"]) == ("The second.", "The first.")


def test_to_standard_output_only_the_rows_go(settings: StandInSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.arena.exported", lambda: {"paper": True})
    with_store(settings, compared)
    result = run("export", "-")
    assert result.stdout.count("\n") == 1
    assert exported(result.stdout)[0]["winner"] == "model_b"
    assert result.stderr.startswith("standard output: 1 row\n")


def test_a_format_that_is_none_is_refused(settings: StandInSettings) -> None:
    result = run("export", "-", "--format", "csv")
    assert (result.exit_code, "'csv' is not one of" in result.output) == (2, True)
