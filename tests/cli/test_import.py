"""`parley import`, as it is typed."""

import asyncio
import gzip
import json
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

pytestmark = pytest.mark.slow


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
    """The database is created if there is none yet."""
    one = written(tmp_path / "one.jsonl", [message("a", tree_state="ready_for_export", colour="red"), "{"])
    other = written(tmp_path / "other.jsonl", [message("b", "a", "assistant")])
    result = run(one, other)
    assert result.exit_code == 0, result.output
    first, second, both = result.stdout.splitlines()
    assert first == (
        f"{one}: 2 lines = 1 imported + 0 known + 0 changed + 1 refused; 1 new tree, 1 new message, 0 already there"
    )
    assert second.startswith(f"{other}: 1 line = 1 imported + 0 known + 0 changed + 0 refused; 0 new trees")
    assert both.startswith("together: 3 lines = 2 imported + 0 known + 0 changed + 1 refused; 1 new tree, 2 new")
    assert result.stderr.splitlines() == [
        "  line 2: not JSON: Expecting property name enclosed in double quotes at character 2",
        "  colour is not a field of the format, and was left out of 1 line",
    ]
    assert [row.state for row in trees(settings.database.url)] == ["ready_for_export"]
    assert "0 imported + 1 known" in run(one, "--as", "backlog").stdout


def test_many_bad_lines_are_told_in_short(settings: StandInSettings, tmp_path: Path) -> None:
    path = written(tmp_path / "in.jsonl", [message("a"), *["{"] * 30])
    told = run(path).stderr.splitlines()
    assert told[-1] == "  and 10 more lines that were not imported (--all-reasons lists them)"
    assert len(told) == 21
    assert len(run(path, "--all-reasons").stderr.splitlines()) == 30


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


def test_a_bad_file_does_not_stop_the_others(settings: StandInSettings, tmp_path: Path) -> None:
    shop = written(tmp_path / "shop.jsonl", [{"price": 5}])
    (cut := tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress((json.dumps(message("a")) + "\n").encode())[:-8])
    result = run(shop, cut, tmp_path / "no.jsonl", written(tmp_path / "good.jsonl", [message("b")]))
    assert result.exit_code == 1
    shops, why, cut_off, missing = result.stderr.splitlines()
    assert shops.startswith("  line 1: neither a tree ")
    assert why == "Error: nothing of it can be imported; the reason of each line is above"
    assert cut_off.startswith("Error: cut.jsonl.gz cannot be read further than line 1: Compressed file ended")
    assert missing == "Error: no.jsonl cannot be read at all: No such file or directory"
    assert {row.id for row in trees(settings.database.url)} == {"a", "b"}


def test_a_dry_run_stores_nothing_and_makes_no_database(settings: StandInSettings, tmp_path: Path) -> None:
    path = written(tmp_path / "in.jsonl", [message("a"), message("b", "a", "assistant"), "{"])
    result = run(path, "--dry-run")
    assert "3 lines = 2 imported + 0 known + 0 changed + 1 refused; 1 new tree, 2 new messages" in result.stdout
    assert result.stdout.endswith("Nothing was stored (--dry-run).\n")
    assert not list(tmp_path.glob("*.sqlite3"))
    run(path)
    written(path, [message("a", text="others"), message("c", "b")])
    result = run(path, "--dry-run")
    assert "1 imported + 0 known + 1 changed" in result.stdout
    assert "line 1: message 'a' is there already with another text, and stays as it is there" in result.stderr
    assert "2 lines = 1 imported + 0 known + 1 changed" in run(path).stdout


def test_what_files_do_not_say_can_be_said(settings: StandInSettings, tmp_path: Path) -> None:
    """The language, the origin, and how much of it is wanted."""
    rows = [{"instruction": f"Say {word}.", "input": "", "output": word} for word in ("one", "two", "three")]
    (path := tmp_path / "alpaca.json").write_text(json.dumps(rows, indent=2))
    assert 'item 1: there is no lang, and it cannot be told from "Say one.": ' in run(path, "--limit", 1).stderr
    result = run(path, "--limit", 2, "--lang", "en", "--origin", "a paper")
    assert result.exit_code == 0
    assert "3 items = 2 imported + 0 known + 0 changed + 0 refused + 1 beyond --limit" in result.stdout
    assert [(row.lang, row.origin, row.state) for row in trees(settings.database.url)] == [
        ("en", "a paper", "backlog_ranking")
    ] * 2


@pytest.mark.parametrize(("tag", "right"), [("en", True), ("zh-Hant-TW", True), ("english", False), ("e n", False)])
def test_the_language_given_is_a_tag(settings: StandInSettings, tmp_path: Path, tag: str, right: bool) -> None:
    path = written(tmp_path / "one.jsonl", [message("a", lang=None)])
    result = run(path, "--lang", tag)
    assert result.exit_code == (0 if right else 2)
    if not right:
        assert "is not a language tag such as en, de or pt-BR" in result.stderr
