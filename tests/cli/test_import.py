"""`parley import`, as it is typed."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import select

from cli.import_ import import_
from core.store.engine.database import connect
from core.store.labeling_tables import TreeRow
from core.store.tables import CommunityRow
from tests.dataset.files import message, written
from tests.settings import StandInSettings


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StandInSettings:
    standing_in = StandInSettings(tmp_path)
    monkeypatch.setattr("cli.import_.load", lambda: standing_in)
    return standing_in


def run(*arguments: object) -> Result:
    return CliRunner().invoke(import_, [str(argument) for argument in arguments])


def trees(url: str) -> list[TreeRow]:
    async def read() -> list[TreeRow]:
        store = connect(url)
        rows = await store.read(lambda session: list(session.exec(select(TreeRow))))
        await store.close()
        return rows

    return asyncio.run(read())


def test_files_come_in_and_bad_lines_are_told(settings: StandInSettings, tmp_path: Path) -> None:
    """The database is made where there is none yet."""
    one = written(tmp_path / "one.jsonl", [message("a", tree_state="ready_for_export", colour="red"), "{"])
    other = written(tmp_path / "other.jsonl", [message("b", "a", "assistant")])
    result = run(one, other)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        f"{one}: 1 trees, 1 messages; 0 already there",
        f"{other}: 0 trees, 1 messages; 0 already there",
    ]
    assert result.stderr.splitlines() == [
        "  line 2: not JSON: Expecting property name enclosed in double quotes at character 3",
        "  colour is no field of the format, and was left out of 1 lines",
    ]
    assert [row.state for row in trees(settings.database.url)] == ["ready_for_export"]
    assert "0 messages; 1 already there" in run(one, "--as", "backlog").stdout


def test_many_bad_lines_are_told_in_short(settings: StandInSettings, tmp_path: Path) -> None:
    path = written(tmp_path / "in.jsonl", [message("a"), *["{"] * 30])
    assert run(path).stderr.splitlines()[-1] == "  and 10 more lines that were not taken"


def test_a_pool_is_a_community_that_there_is(settings: StandInSettings, sqlite_url: str, tmp_path: Path) -> None:
    async def found() -> str:
        store = connect(sqlite_url)
        community = CommunityRow(platform="discord", platform_id="77")
        await store.write(lambda session: session.add(community))
        await store.close()
        return community.id

    community_id = asyncio.run(found())
    settings.database.url = sqlite_url
    path = written(tmp_path / "in.jsonl", [message("a")])
    result = run(path, "--pool", "discord:78", "--as", "backlog")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: there is no community 'discord:78'; there are: discord:77\n",
    )
    assert run(path, "--pool", "discord:77").exit_code == 0
    assert [(row.pool, row.state) for row in trees(sqlite_url)] == [(community_id, "backlog_ranking")]


def test_what_is_not_ours_is_one_line(settings: StandInSettings, tmp_path: Path) -> None:
    result = run(written(tmp_path / "shop.jsonl", [{"price": 5}]))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: shop.jsonl has nothing of Open Assistant's that can be read; line 1: ")
    assert len(result.stderr.splitlines()) == 1
