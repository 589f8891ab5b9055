"""The card of a folder knows all files of the folder."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.dataset.export import folder_card as card
from core.dataset.export.counts import ExportCounts
from core.dataset.export.dataset_card import CardFacts
from core.errors import OperatorError
from tests.dataset.nodes import labeled


def facts(format: str = "sft", **values: Any) -> CardFacts:
    return CardFacts(
        **{**{"format": format, "license": "apache-2.0", "terms": "2", "version": "1", "chosen": {}}, **values}
    )


def made(path: Path, about: CardFacts, *langs: str, text: str = "{}\n") -> str:
    """Write a file and its card, and return the card."""
    counts = ExportCounts(rows=1)
    for lang in langs:
        counts.note(labeled("a", lang=lang))
    path.write_text(text)
    return card.write(path, about, counts).read_text()


def head(text: str) -> Any:
    return yaml.safe_load(text.split("---\n")[1])


def test_the_head_is_what_the_hub_reads(tmp_path: Path) -> None:
    assert head(made(tmp_path / "trees.jsonl", facts("oasst-trees"), "no", "en")) == {
        "license": "apache-2.0",
        "language": ["en", "no"],
        "task_categories": ["text-generation"],
        "configs": [{"config_name": "oasst-trees", "data_files": [{"split": "train", "path": "trees.jsonl"}]}],
    }


def test_every_file_keeps_its_section_and_is_in_the_head(tmp_path: Path) -> None:
    made(tmp_path / "a.jsonl", facts(), "en")
    made(tmp_path / "b.jsonl", facts(split="validation"), "de")
    made(tmp_path / "pairs.jsonl.gz", facts("preference", license="cc0-1.0"), "en")
    text = made(tmp_path / "a.jsonl", facts(chosen={"--lang": "en"}), "en", text="[]\n")
    assert head(text) == {
        "license": ["apache-2.0", "cc0-1.0"],
        "language": ["de", "en"],
        "task_categories": ["reinforcement-learning", "text-generation"],
        "configs": [
            {
                "config_name": "sft",
                "data_files": [
                    {"split": "train", "path": "a.jsonl"},
                    {"split": "validation", "path": "b.jsonl"},
                ],
            },
            {"config_name": "preference", "data_files": [{"split": "train", "path": "pairs.jsonl.gz"}]},
        ],
    }
    lines = text.splitlines()
    assert [line for line in lines if line.startswith("# ")] == ["# a.jsonl", "# b.jsonl", "# pairs.jsonl.gz"]
    for content in ("[]\n", "{}\n"):
        assert f"| sha256 | `{hashlib.sha256(content.encode()).hexdigest()}` |" in lines
    assert "Other files" not in text


def test_two_files_of_one_kind_have_names_of_their_own(tmp_path: Path) -> None:
    made(tmp_path / "all.jsonl", facts())
    text = made(tmp_path / "german.jsonl", facts())
    assert [config["config_name"] for config in head(text)["configs"]] == ["sft-all", "sft-german"]


def test_a_file_that_is_gone_or_has_changed_is_described_no_longer(tmp_path: Path) -> None:
    for name in ("gone.jsonl", "changed.jsonl"):
        made(tmp_path / name, facts())
    (tmp_path / "gone.jsonl").unlink()
    (tmp_path / "changed.jsonl").write_text("[]")
    (tmp_path / "raw.parquet").write_text("")
    text = made(tmp_path / "new.jsonl", facts())
    assert [line for line in text.splitlines() if line.startswith(("# ", "- `"))] == [
        "# new.jsonl",
        "# Other files in this folder",
        "- `changed.jsonl`",
        "- `raw.parquet`",
    ]


@pytest.mark.parametrize("name", ["-->.jsonl", "a\\u003e b.jsonl", "ü.jsonl"])
def test_odd_names_come_back(tmp_path: Path, name: str) -> None:
    made(tmp_path / name, facts())
    text = made(tmp_path / "z.jsonl", facts())
    assert {one.name for one in card.sections(text)} == {name, "z.jsonl"}


def test_facts_that_somebody_edited_are_made_anew(tmp_path: Path) -> None:
    text = made(tmp_path / "a.jsonl", facts())
    (tmp_path / "README.md").write_text(text.replace('"split"', '"sqlit"'))
    assert [line for line in made(tmp_path / "b.jsonl", facts()).splitlines() if line.startswith("# ")] == [
        "# b.jsonl",
        "# Other files in this folder",
    ]


def test_a_card_of_others_stays(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# My project")
    with pytest.raises(OperatorError, match="not one of ours"):
        made(tmp_path / "a.jsonl", facts())
    assert (tmp_path / "README.md").read_text() == "# My project"
