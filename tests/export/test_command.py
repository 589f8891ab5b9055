"""`parley export`, as it is typed."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session

import bots.cli.export
from bots.cli.export import NAMES, export
from core.export.export import FORMATS
from core.store.database import connect
from tests.export.people import talker
from tests.settings import StandInSettings


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StandInSettings:
    standing_in = StandInSettings(tmp_path)
    monkeypatch.setattr(bots.cli.export, "load", lambda: standing_in)
    return standing_in


def run(*arguments: object) -> Result:
    return CliRunner().invoke(export, [str(argument) for argument in arguments])


def talk(session: Session) -> None:
    ana, ben = talker(session, "ana"), talker(session, "ben", agreed=False)
    answer = ana.asks("Do birds fly?", "Most do.")
    ana.rates(answer, 1)
    ben.rates(answer, -1)
    ben.asks("And penguins?", "They swim.", answer)


def lived(url: str) -> None:
    async def live() -> None:
        store = connect(url)
        await store.write(talk)
        await store.close()

    asyncio.run(live())


def test_the_command_writes_the_file_and_says_what_it_left_out(
    settings: StandInSettings, database_url: str, tmp_path: Path
) -> None:
    lived(database_url)
    settings.database.url = database_url
    settings.export.platforms["paper"] = True
    result = run(tmp_path / "trees.jsonl")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        f"{tmp_path / 'trees.jsonl'}: 1 rows from 4 messages",
        "messages left out:",
        "  1 below a message that was left out",
        "  1 by a person who has not agreed to the current terms",
        "ratings left out:",
        "  1 by a person who has not agreed to the current terms",
    ]
    tree = json.loads((tmp_path / "trees.jsonl").read_text())
    assert tree["prompt"]["replies"][0]["text"] == "Most do."


def test_the_command_says_how_to_weigh_the_thumbs(settings: StandInSettings, sqlite_url: str, tmp_path: Path) -> None:
    lived(sqlite_url)
    settings.database.url = sqlite_url
    settings.export.pairs["paper.direct"] = settings.export.pairs["paper.form"] = True
    result = run(tmp_path / "kto.jsonl.gz", "--format", "kto", "--anonymizer-seed", "pepper", "--meta")
    assert result.exit_code == 0, result.output
    assert "1 good, 0 bad: desirable_weight=1.0 undesirable_weight=1.0" in result.output


def test_what_is_not_switched_on_stays(settings: StandInSettings, sqlite_url: str, tmp_path: Path) -> None:
    lived(sqlite_url)
    settings.database.url = sqlite_url
    result = run(tmp_path / "trees.jsonl")
    assert "1 from a platform that is switched off" in result.output
    assert (tmp_path / "trees.jsonl").read_text() == ""


def test_the_command_offers_every_format() -> None:
    assert set(NAMES) == set(FORMATS)


def test_a_wrong_name_is_one_line_and_no_trace(settings: StandInSettings, sqlite_url: str, tmp_path: Path) -> None:
    settings.database.url = sqlite_url
    result = run(tmp_path / "trees.json")
    assert result.exit_code == 1
    assert result.output == "Error: trees.json: the name must end with .jsonl or .jsonl.gz\n"


def test_without_a_database_there_is_nothing_to_export(settings: StandInSettings, tmp_path: Path) -> None:
    result = run(tmp_path / "trees.jsonl")
    assert result.exit_code == 1
    assert "nothing to export yet" in result.output
    assert list(tmp_path.iterdir()) == []
