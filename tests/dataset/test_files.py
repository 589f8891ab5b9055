"""A file is there as a whole or not at all."""

import gzip
import stat
from pathlib import Path

import pytest

from core.dataset.export.files import lines
from core.errors import OperatorError


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with lines(path) as write:
        write('{"a": "ä"}\n')
        assert not path.exists()
    assert path.read_text("utf-8") == '{"a": "ä"}\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_a_failure_leaves_what_was_there_before_and_nothing_else(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("before")

    def fail() -> None:
        with lines(path) as write:
            write("half a line")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert path.read_text() == "before"


def test_the_same_text_makes_the_same_compressed_bytes(tmp_path: Path) -> None:
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        with lines(tmp_path / name) as write:
            write("{}\n" * 1000)
    first, second = ((tmp_path / name).read_bytes() for name in ("a.jsonl.gz", "b.jsonl.gz"))
    assert first == second
    # Neither the name nor the time is in the header.
    assert first[3:8] == b"\x00" * 5
    assert gzip.decompress(first) == b"{}\n" * 1000


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"must end with \.jsonl or \.jsonl\.gz"), lines(tmp_path / "out.json"):
        pass


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="cannot be written: No such file"), lines(tmp_path / "no" / "out.jsonl"):
        pass
