"""Reading the headers of model files, and of files that only look like one."""

import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import gguf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import ModelFileError
from core.models.embedded.default import DEFAULT_SHA256
from core.models.embedded.gguf import BLOCKS, check, digest, read_header
from tests.tiny_model import TEMPLATE, tiny_gguf


def test_reads_what_a_model_says_of_itself(tiny_model_file: Path) -> None:
    header = read_header(tiny_model_file)
    assert (header.architecture, header.name, header.context) == ("llama", "Tiny", 2048)
    assert header.template == TEMPLATE
    assert set(header.markers) == {"<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"}


def test_knows_how_long_the_file_must_be(tiny_model_file: Path) -> None:
    assert read_header(tiny_model_file).size == tiny_model_file.stat().st_size


def test_the_sizes_of_all_types_agree_with_ggml() -> None:
    theirs = {int(kind): size for kind, size in gguf.GGML_QUANT_SIZES.items()}
    assert {kind: size for kind, size in BLOCKS.items() if kind in theirs and size != theirs[kind]} == {}


def test_of_the_defined_tokens_only_those_of_the_template_are_markers(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "x.gguf", "llama")
    writer.add_token_list(["<b>", "  ", "<|role|>", "word"])
    writer.add_token_types([gguf.TokenType.USER_DEFINED] * 3 + [gguf.TokenType.NORMAL])
    writer.add_chat_template("<|role|>  {{ text }}")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    assert read_header(tmp_path / "x.gguf").markers == ("<|role|>",)


def test_a_whole_file_passes_with_its_digest(tiny_model_file: Path) -> None:
    assert check(tiny_model_file, digest(tiny_model_file).upper()).name == "Tiny"


def test_damaged_weights_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    sha256 = tiny_gguf(path)
    content = bytearray(path.read_bytes())
    content[-1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="is damaged"):
        check(path, sha256)


def header_only(version: int = 3, tensors: int = 0, entries: int = 0) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, entries)


def entry(kind: int, *rest: bytes) -> bytes:
    return header_only(entries=1) + struct.pack("<Q1sI", 1, b"k", kind) + b"".join(rest) + bytes(64)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"<html>not found</html>", "it is not a GGUF file"),
        (b"GGML" + bytes(100), "it is not a GGUF file"),
        (b"GGUF", "middle of its header"),
        (header_only() + bytes(100), "it holds no weights"),
        (header_only(version=1) + bytes(100), "version 1"),
        (struct.pack(">4sIQQ", b"GGUF", 3, 0, 0), "version 50331648"),
        (header_only(tensors=2**62) + bytes(100), "counts 4,611,686,018,427,387,904"),
        (header_only(entries=2**40) + bytes(100), "counts 1,099,511,627,776"),
        (entry(99), "unknown kind 99"),
        (entry(9, struct.pack("<IQ", 8, 2**50)), "counts"),
        (entry(9, struct.pack("<IQ", 4, 2**50)), "counts"),
        (entry(9, struct.pack("<IQ", 77, 1)), "unknown kind 77"),
        (entry(8, struct.pack("<Q", 2**63)), "counts"),
        (header_only(tensors=1) + struct.pack("<Q1sI", 1, b"t", 99) + bytes(64), "99 dimensions"),
    ],
)
def test_says_what_is_wrong_with_a_file(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=reason):
        check(path)


def test_says_that_a_file_is_missing_or_a_directory(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="does not exist"):
        check(tmp_path / "none.gguf")
    with pytest.raises(ModelFileError, match="is a directory"):
        check(tmp_path)


def test_does_not_wait_for_a_pipe(tmp_path: Path, make_pipe: Callable[[Path], None]) -> None:
    make_pipe(tmp_path / "pipe")
    with pytest.raises(ModelFileError, match="not a regular file"):
        check(tmp_path / "pipe")


@pytest.mark.parametrize("missing", [1, 5_000, 117_000])
def test_a_cut_download_is_noticed(tiny_model_file: Path, tmp_path: Path, missing: int) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(tiny_model_file.read_bytes()[:-missing])
    with pytest.raises(ModelFileError, match="is cut: its header promises 125,5"):
        check(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damaged_header_raises_anything_else(tiny_model_file: Path, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(tiny_model_file.read_bytes()[:9000])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.gguf"
    path.write_bytes(content[: data.draw(st.integers(4, len(content)))])
    # A damage may leave a header that can be read, of a model that cannot: llama.cpp refuses that one itself.
    with suppress(ModelFileError):
        check(path)


@pytest.mark.default_model
def test_reads_the_real_default_model(default_file: Path) -> None:
    header = check(default_file, DEFAULT_SHA256)
    assert (header.architecture, header.size) == ("llama", 98_362_432)
    assert {"<|im_start|>", "<|im_end|>", "<|endoftext|>"} <= set(header.markers)
