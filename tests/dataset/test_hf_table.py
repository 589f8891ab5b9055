"""The table form of the hub, in lines and as Parquet."""

from pathlib import Path
from typing import Any

import pytest

from cli.wiring.platforms import exported
from core.dataset.export import files
from core.dataset.export.annotations import PseudonymIds
from core.dataset.export.consent import ExportSwitches
from core.dataset.export.counts import ExportCounts
from core.dataset.export.exporter import export
from core.dataset.export.options import ExportOptions
from core.dataset.export.pieces import ExportPieces
from core.dataset.formats import hf_table as hf
from core.dataset.importing.importer import import_file
from core.errors import OperatorError
from core.store.engine.database import connect
from tests.dataset.files import Forest, read, written
from tests.dataset.nodes import from_file, node, vote
from tests.dataset.people import OPEN

COLUMNS = (
    *("message_id", "parent_id", "user_id", "created_date", "text", "role", "lang", "review_count", "review_result"),
    *("deleted", "rank", "synthetic", "model_name", "detoxify", "message_tree_id", "tree_state", "emojis", "labels"),
)
"""The columns of OpenAssistant/oasst1, in their order."""


def test_every_row_has_every_column() -> None:
    bare = hf.row(from_file("a", author=""), PseudonymIds())
    assert tuple(bare) == COLUMNS
    assert [name for name, value in bare.items() if value is None] == [
        *("parent_id", "user_id", "rank", "model_name", "detoxify", "emojis", "labels")
    ]
    full = hf.row(node("ab", 1, votes=(vote("ana", 1, "helpfulness"),)), PseudonymIds())
    assert full["emojis"] == {"name": ["+1"], "count": [1]}
    assert full["labels"] == {"name": ["helpfulness"], "value": [1.0], "count": [1]}


async def test_a_table_holds_what_the_lines_hold(sqlite_url: str, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    store = connect(sqlite_url)
    await import_file(store, written(tmp_path / "in.jsonl", Forest().trees(20)))
    options = ExportOptions(terms="2", states=None, switches=ExportSwitches(exported()))
    await export(store, "hf", tmp_path / "out.jsonl", options)
    counts = await export(store, "hf", tmp_path / "out.parquet", options, pieces=ExportPieces(rows=10))
    await export(store, "hf", tmp_path / "again.parquet", options, pieces=ExportPieces(rows=10))
    await store.close()
    table: Any = parquet.ParquetFile(tmp_path / "out.parquet")
    assert table.schema_arrow.names == list(COLUMNS)
    assert table.read().to_pylist() == read(tmp_path / "out.jsonl")
    groups = [table.metadata.row_group(number).num_rows for number in range(table.num_row_groups)]
    assert sum(groups) == counts.rows
    assert set(groups[:-1]) == {10}
    assert (tmp_path / "out.parquet").read_bytes() == (tmp_path / "again.parquet").read_bytes()


async def test_a_table_of_nothing_has_its_columns(sqlite_url: str, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    store = connect(sqlite_url)
    await export(store, "hf", tmp_path / "out.parquet", OPEN)
    await store.close()
    assert parquet.read_schema(tmp_path / "out.parquet").names == list(COLUMNS)


def test_without_pyarrow_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "find_spec", lambda name: None)
    with pytest.raises(OperatorError, match="extra `parquet`"):
        files.table(tmp_path / "out.parquet", hf.schema, iter(()), at_once=10)
    assert list(tmp_path.iterdir()) == []


def test_rows_are_counted() -> None:
    counts = ExportCounts()
    assert len(list(hf.rows(iter([from_file("a"), from_file("ab", 1)]), OPEN, counts))) == 2
    assert counts.rows == 2
    assert counts.written == {("en", "prompter", "ready_for_export"): 1, ("en", "assistant", "ready_for_export"): 1}
