"""The card of a data set says what its reader must know."""

import hashlib
from pathlib import Path

import pytest
import yaml

from core.dataset.export import dataset_card as card
from core.dataset.export.counts import ExportCounts, ReviewAgreement
from core.dataset.export.dataset_card import CardFacts
from core.errors import OperatorError
from tests.dataset.nodes import from_file, labeled, review

ABOUT = CardFacts("oasst-trees", "apache-2.0", "2", "0.1.0", {"--lang": "en, no", "ids": "hidden"})


def counted() -> ExportCounts:
    counts = ExportCounts(rows=2, messages=9)
    counts.left_out.update({"no-consent": 3, "below": 1})
    counts.ratings_left_out["no-consent"] = 2
    counts.passed_over["growing"] = 4
    for node in (labeled("a", lang="no"), labeled("ab", 1), from_file("b", origin="a|paper")):
        counts.note(node)
    return counts


def test_the_head_is_what_the_hub_reads(tmp_path: Path) -> None:
    path = tmp_path / "trees.jsonl"
    path.write_text("{}\n")
    made = card.write(path, ABOUT, counted()).read_text()
    _, head, body = made.split("---\n", 2)
    assert yaml.safe_load(head) == {
        "license": "apache-2.0",
        "language": ["en", "no"],
        "task_categories": ["text-generation"],
        "configs": [{"config_name": "oasst-trees", "data_files": [{"split": "train", "path": "trees.jsonl"}]}],
    }
    for line in (
        f"| sha256 | `{hashlib.sha256(b'{}' + chr(10).encode()).hexdigest()}` |",
        "| consent version | 2 |",
        "| Parley | 0.1.0 |",
        "| --lang | `en, no` |",
        "| en | 2 |",
        "| prompter | 2 |",
        "| ready_for_export | 3 |",
        "| messages | by a person who has not agreed to the current terms | 3 |",
        "| reviews, rankings and ratings | by a person who has not agreed to the current terms | 2 |",
        "| trees | in the state growing | 4 |",
        "| a\\|paper | 1 |",
    ):
        assert line in body.splitlines()


def test_a_card_of_ours_is_written_anew_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "trees.jsonl"
    path.write_text("")
    card.write(path, ABOUT, ExportCounts())
    card.write(path, ABOUT, ExportCounts())
    (tmp_path / "README.md").write_text("# My project")
    with pytest.raises(OperatorError, match="not one of ours"):
        card.write(path, ABOUT, ExportCounts())
    assert (tmp_path / "README.md").read_text() == "# My project"


def test_agreement_is_shown_by_language_and_label_where_there_is_enough(tmp_path: Path) -> None:
    reviewed = ReviewAgreement()
    nodes = [
        labeled("a", lang=lang, reviews=(review("ana", spam=value, quality=0.5), review("ben", spam=value)))
        for lang, number in (("en", 30), ("de", 29))
        for value in [0.0, 1.0] * (number // 2) + [0.0] * (number % 2)
    ]
    assert list(reviewed.watch(iter(nodes))) == nodes
    told = [(lang, name, found.alpha, found.raw, found.items) for lang, name, found in reviewed.agreements()]
    # Everybody denied that it is in the wrong language, by tapping something else.
    assert told == [("en", "lang_mismatch", None, 1.0, 30), ("en", "spam", 1.0, 1.0, 30)]
    counts = ExportCounts(reviewed=reviewed)
    lines = list(card.text("x.jsonl", "", ABOUT, counts))
    assert "| en | spam | 1.000 | 1.000 | 0.500 | 30 |" in lines
    assert any("No label has thirty" in line for line in card.text("x.jsonl", "", ABOUT, ExportCounts()))
