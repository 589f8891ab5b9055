"""`parley export`, as it is typed."""

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session

from cli.export import NAMES, PAIRS, export
from cli.plural import several
from core.dataset.export.exporter import FORMATS
from core.dataset.export.options import MODES
from core.dataset.importing.importer import import_file
from core.store.engine.database import connect
from core.store.export_switches import switch
from tests.dataset.files import Forest, oracle, read, written
from tests.dataset.people import talker
from tests.settings import StandInSettings

pytestmark = pytest.mark.above_the_store


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StandInSettings:
    standing_in = StandInSettings(tmp_path)
    monkeypatch.setattr("cli.export.load", lambda: standing_in)
    return standing_in


def run(*arguments: object) -> Result:
    return CliRunner().invoke(export, [str(argument) for argument in arguments])


def talk(session: Session) -> None:
    ana, ben = talker(session, "ana"), talker(session, "ben", agreed=False)
    answer = ana.asks("Do birds fly?", "Most do.")
    ana.rates(answer, 1)
    ben.rates(answer, -1)
    ben.asks("And penguins?", "They swim.", answer)


def lived(url: str, *open: str) -> None:
    """Let people talk on the platform "paper", with these of its sources switched on; "" means all of them."""

    async def live() -> None:
        store = connect(url)
        await store.write(talk)
        for source in open:
            await store.write(partial(switch, platform="paper", source=source, allowed=True, said=""))
        await store.close()

    asyncio.run(live())


def test_the_command_writes_the_file_and_says_what_it_left_out(
    settings: StandInSettings, database_url: str, tmp_path: Path
) -> None:
    lived(database_url, "")
    settings.database.url = database_url
    result = run(tmp_path / "trees.jsonl")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        f"{tmp_path / 'trees.jsonl'}: 1 row from 4 messages",
        "messages left out:",
        "  1 below a message that was left out",
        "  1 by a person who has not agreed to the current terms",
        "ratings left out:",
        "  1 by a person who has not agreed to the current terms",
    ]
    tree = json.loads((tmp_path / "trees.jsonl").read_text())
    assert tree["prompt"]["replies"][0]["text"] == "Most do."


def test_the_command_says_how_to_weigh_the_thumbs(settings: StandInSettings, sqlite_url: str, tmp_path: Path) -> None:
    lived(sqlite_url, "direct", "form")
    settings.database.url = sqlite_url
    result = run(tmp_path / "kto.jsonl.gz", "--format", "kto", "--anonymizer-seed", "pepper", "--meta")
    assert result.exit_code == 0, result.output
    assert "1 good, 0 bad: desirable_weight=1.0 undesirable_weight=1.0" in result.output


def test_what_is_not_switched_on_stays(settings: StandInSettings, sqlite_url: str, tmp_path: Path) -> None:
    lived(sqlite_url)
    settings.database.url = sqlite_url
    result = run(tmp_path / "trees.jsonl")
    assert "1 from a platform that is switched off" in result.output
    assert (tmp_path / "trees.jsonl").read_text() == ""


def test_the_command_offers_every_format_and_every_way_to_pair() -> None:
    assert list(NAMES) == list(FORMATS)
    assert PAIRS == MODES


@pytest.fixture
def forest(settings: StandInSettings, sqlite_url: str, tmp_path: Path) -> Path:
    """A folder, and a database with twenty imported trees."""

    async def plant() -> None:
        store = connect(sqlite_url)
        await import_file(store, written(tmp_path / "in.jsonl", Forest().trees(20)))
        await store.close()

    asyncio.run(plant())
    settings.database.url = sqlite_url
    return tmp_path


@pytest.mark.parametrize("format", NAMES)
def test_every_format_is_written_with_a_card(forest: Path, format: str) -> None:
    result = run(forest / "out.jsonl", "--format", format, "--card")
    assert result.exit_code == 0, result.output
    rows = read(forest / "out.jsonl")
    assert result.output.startswith(f"{forest / 'out.jsonl'}: {several(len(rows), 'row')} from ")
    assert f"| rows | {len(rows)} |" in (forest / "README.md").read_text().splitlines()
    if format == "oasst-trees":
        oracle(rows[0]["prompt"])


def test_what_is_wanted_can_be_said(forest: Path) -> None:
    result = run(
        *(forest / "out.jsonl", "--format", "oasst-messages", "--what", "trees", "--state", "all", "--lang", "de"),
        *("--from", "2023-01-01", "--until", "2023-09-01", "--include-deleted", "--include-spam", "--include-rejected"),
        *("--synthetic", "exclude", "--max-label", "toxicity=0.9", "--min-label", "quality=0.1", "--events", "--card"),
    )
    assert result.exit_code == 0, result.output
    rows = read(forest / "out.jsonl")
    assert rows
    for row in rows:
        assert not row["synthetic"]
        assert row.get("labels", {}).get("toxicity", {"value": 0})["value"] <= 0.9
        assert row.get("labels", {}).get("quality", {"value": 1})["value"] >= 0.1
        if "parent_id" not in row:
            assert row["lang"] == "de"
            assert "2023-01-01" <= row["created_date"] < "2023-09-01"
    for line in ("| --state | `all` |", "| --from | `2023-01-01` |", "| --max-label | `toxicity=0.9` |"):
        assert line in (forest / "README.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--format", "kto", "--events"], "--events: not for --format kto; it is for oasst-trees"),
        (["--format", "sft", "--only-deleted"], "--only-deleted: not for --format sft; it is for oasst-messages, hf"),
        (["--format", "hf", "--events"], "--events: not for --format hf; it is for oasst-trees, oasst-messages"),
        (["--format", "hf", "--meta"], "--meta: not for --format hf; it is for sft, preference, reward, kto"),
        (["--format", "sft", "--pairs", "all"], "--pairs: not for --format sft; it is for preference, reward"),
        (["--format", "kto", "--top-k", "1"], "--top-k: not for --format kto; it is for sft"),
        (["--format", "reward", "--prompts-only"], "--prompts-only: not for --format reward"),
        (["--format", "oasst-trees", "--synthetic", "only"], "--synthetic only: not for --format oasst-trees"),
    ],
)
def test_an_option_of_another_format_is_refused(forest: Path, arguments: list[str], told: str) -> None:
    result = run(forest / "out.jsonl", *arguments)
    assert result.exit_code == 1
    assert told in result.output


def test_a_table_is_for_the_hub(forest: Path) -> None:
    assert "Parquet is for --format hf" in run(forest / "out.parquet").output
    assert run(forest / "out.parquet", "--format", "hf").exit_code == 0


def test_a_bound_is_a_label_and_a_number(forest: Path) -> None:
    for bound in ("quality", "quality=high", "quality=2", "=0.5"):
        result = run(forest / "out.jsonl", "--min-label", bound)
        assert result.exit_code == 2
        assert "is not a label and a value from 0 to 1" in result.output


def test_trees_in_other_states_are_told(forest: Path) -> None:
    output = run(forest / "out.jsonl").output.splitlines()
    assert output[output.index("trees in other states (--state):") + 1].strip() == "2 aborted_low_grade"


def test_a_strangers_readme_stops_it_before_anything_is_written(forest: Path) -> None:
    (forest / "README.md").write_text("# My project")
    result = run(forest / "out.jsonl", "--card")
    assert result.exit_code == 1
    assert "not one of ours" in result.output
    assert not (forest / "out.jsonl").exists()


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


@pytest.mark.parametrize("format", NAMES)
def test_a_limit_is_the_most_rows(forest: Path, format: str) -> None:
    choice = ("--format", format, "--state", "all", "--include-rejected")
    run(forest / "all.jsonl", *choice)
    result = run(forest / "some.jsonl", *choice, "--limit", 2)
    rows = read(forest / "some.jsonl")
    assert rows == read(forest / "all.jsonl")[:2]
    assert result.output.startswith(f"{forest / 'some.jsonl'}: {several(len(rows), 'row')} from ")


def test_rows_go_to_standard_output_and_words_to_standard_error(forest: Path) -> None:
    run(forest / "out.jsonl", "--format", "oasst-messages")
    result = run("-", "--format", "oasst-messages")
    assert (result.exit_code, result.stdout) == (0, (forest / "out.jsonl").read_text())
    assert result.stderr.startswith("standard output: ")
    assert run("-", "--card").stderr == "Error: --card: a card is written beside a file, and standard output is none\n"
    assert not Path("-").exists()


def test_only_what_was_deleted_or_is_spam(forest: Path) -> None:
    run(
        forest / "all.jsonl",
        "--format",
        "hf",
        "--state",
        "all",
        "--include-deleted",
        "--include-spam",
        "--include-rejected",
    )
    every = read(forest / "all.jsonl")
    deleted = [row["message_id"] for row in every if row["deleted"]]
    spam = [row["message_id"] for row in every if dict(zip(*_labels(row), strict=True)).get("spam", 0) > 0.5]
    for option, expected, told in (
        ("--only-deleted", deleted, "that are not deleted"),
        ("--only-spam", spam, "that are not labeled as spam"),
    ):
        result = run(forest / "only.jsonl", "--format", "hf", option)
        assert [row["message_id"] for row in read(forest / "only.jsonl")] == expected != []
        assert f"{len(every) - len(expected)} {told}" in result.output


def _labels(row: dict[str, Any]) -> tuple[list[str], list[float]]:
    given = row["labels"] or {"name": [], "value": []}
    return given["name"], given["value"]


@pytest.mark.slow
def test_what_one_person_wrote_by_their_id_or_the_one_in_an_export(forest: Path) -> None:
    choice = (
        "--format",
        "oasst-messages",
        "--state",
        "all",
        "--include-deleted",
        "--include-rejected",
        "--include-spam",
    )
    run(forest / "all.jsonl", *choice)
    run(forest / "hidden.jsonl", *choice, "--anonymizer-seed", "pepper")
    row = next(row for row in read(forest / "all.jsonl") if row.get("parent_id") and row.get("user_id"))
    place = read(forest / "all.jsonl").index(row)
    hidden = read(forest / "hidden.jsonl")[place]["user_id"]
    assert run(forest / "one.jsonl", *choice, "--user", row["user_id"]).exit_code == 0
    assert read(forest / "one.jsonl") == [row]
    run(forest / "one.jsonl", *choice, "--user", hidden, "--anonymizer-seed", "pepper")
    assert [one["user_id"] for one in read(forest / "one.jsonl")] == [hidden]
    run(forest / "tree.jsonl", *choice[2:], "--user", row["user_id"])
    (tree,) = read(forest / "tree.jsonl")
    assert tree["message_tree_id"] == row["message_tree_id"]
    result = run(forest / "none.jsonl", "--user", hidden)
    assert result.exit_code == 1
    assert "known only with the same --anonymizer-seed" in result.output
    assert not (forest / "none.jsonl").exists()


def test_a_person_is_known_by_their_account(settings: StandInSettings, sqlite_url: str, tmp_path: Path) -> None:
    lived(sqlite_url, "")
    settings.database.url = sqlite_url
    result = run(tmp_path / "ana.jsonl", "--format", "oasst-messages", "--user", "paper:ana")
    assert result.exit_code == 0, result.output
    assert [row["text"] for row in read(tmp_path / "ana.jsonl")] == ["Do birds fly?", "Most do."]
    assert run(tmp_path / "x.jsonl", "--user", "paper:eve").output == "Error: nobody is known as 'eve' on 'paper'\n"


def test_two_sides_of_a_split_and_one_card(forest: Path) -> None:
    """The folder of the forest has a file of its own, which the card names too."""
    sides = {}
    for side in ("train", "validation"):
        result = run(
            *(forest / f"{side}.jsonl", "--format", "oasst-messages", "--state", "all", "--include-rejected"),
            *("--split", side, "--validation-share", 0.4, "--split-key", "secret", "--card"),
        )
        assert "on the other side of the split" in result.output
        sides[side] = read(forest / f"{side}.jsonl")
    for field in ("message_tree_id", "user_id"):
        train, validation = ({row.get(field) for row in sides[side]} - {None} for side in ("train", "validation"))
        assert train
        assert validation
        assert not train & validation
    card = (forest / "README.md").read_text()
    assert "secret" not in card
    for line in (
        "# train.jsonl",
        "# validation.jsonl",
        "- `in.jsonl`",
        "| --split | `validation` |",
        "  - split: validation",
    ):
        assert line in card.splitlines()
