"""Reads the header of a GGUF model file, and finds what is wrong with a file before native code reads it.

The format is described in the ggml project's docs/gguf.md. All functions here block: call them in a thread.
"""

import hashlib
import stat
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import ModelFileError

MAGIC = b"GGUF"
VERSIONS = (2, 3)
FIRST_READ = 4 * 2**20
"""How many bytes are read first. The headers of most models are smaller; a larger one costs a second, larger read."""

LARGEST_HEADER = 256 * 2**20
UNKNOWN, CONTROL, USER_DEFINED = 2, 3, 4
"""Kinds of tokens, as in `tokenizer.ggml.token_type`. llama.cpp recognises all three in a prompt's text."""

REWARD_HEAD = "parley.reward.head"
"""The key with the head of a reward model, which llama.cpp does not know (`trainer/reward.py` writes it)."""

TEXT, ARRAY = 8, 9
NUMBERS: Mapping[int, struct.Struct] = {
    kind: struct.Struct(f"<{code}")
    for kind, code in zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True)
}
U32, U64 = struct.Struct("<I"), struct.Struct("<Q")

BLOCKS: Mapping[int, tuple[int, int]] = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18),
}  # fmt: skip
"""Type of a tensor -> weights in a block, bytes of a block (ggml.h). A type that is missing here is not measured."""


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """The header of a model file.

    `context` is the longest context in tokens that the model was trained for, 0 if the file does not say. `markers` are
    the texts of the tokens that have a special meaning in a prompt. `size` is the least length of the file in bytes,
    `weights` the number of numbers in all tensors, `layers` that of its blocks, and `width` the numbers that a token
    has between two of them (0 if the file does not say). `cache` are the bytes that each token of a context takes, 0 if
    the file does not say. `head` has the weights of a reward model's head; it is empty for a model that writes.
    """

    architecture: str
    name: str
    context: int
    template: str
    markers: tuple[str, ...]
    tensors: int
    size: int
    weights: int = 0
    layers: int = 0
    width: int = 0
    cache: int = 0
    head: tuple[float, ...] = ()


class _HeaderCut(Exception):
    """The bytes read so far end before the header does."""


class _ValueReader:
    """Reads values one after another from `data`, the beginning of a file. `size` is the length of the whole file."""

    def __init__(self, data: bytes, size: int) -> None:
        self.data = data
        self.size = size
        self.at = 0

    def number(self, form: struct.Struct) -> int | float | bool:
        try:
            (value,) = form.unpack_from(self.data, self.at)
        except struct.error:
            raise _HeaderCut from None
        self.at += form.size
        number: int | float | bool = value
        return number

    def count(self, least: int = 1) -> int:
        """Read a count of things of at least `least` bytes each; refuse a count that the file has no room for."""
        value = int(self.number(U64))
        if value * least > self.size:
            raise ModelFileError(f"it counts {value:,} entries, for which its {self.size:,} bytes have no room")
        return value

    def text(self) -> str:
        length = self.count()
        self.at += length
        if self.at > len(self.data):
            raise _HeaderCut
        return self.data[self.at - length : self.at].decode("utf-8", "replace")

    def texts(self, count: int) -> "_TextArray":
        """Skip an array of texts without decoding them: a vocabulary has a hundred thousand, and few are needed."""
        starts = []
        at, data, unpack = self.at, self.data, U64.unpack_from
        try:
            for _ in range(count):
                starts.append(at)
                at += 8 + unpack(data, at)[0]
        except (struct.error, OverflowError):
            raise _HeaderCut from None
        if at > len(data):
            raise _HeaderCut
        self.at = at
        return _TextArray(data, starts)

    def numbers(self, kind: int, count: int) -> tuple[int | float | bool, ...]:
        form = struct.Struct(f"<{count}{NUMBERS[kind].format[1:]}")
        try:
            values = form.unpack_from(self.data, self.at)
        except struct.error:
            raise _HeaderCut from None
        self.at += form.size
        return values

    def value(self, nesting: int = 0) -> object:
        kind = int(self.number(U32))
        if kind == TEXT:
            return self.text()
        if kind == ARRAY:
            return self.array(nesting)
        if kind not in NUMBERS:
            raise ModelFileError(f"its header has a value of the unknown kind {kind}")
        return self.number(NUMBERS[kind])

    def array(self, nesting: int) -> object:
        kind = int(self.number(U32))
        count = self.count(least=NUMBERS[kind].size if kind in NUMBERS else U64.size)
        if kind == TEXT:
            return self.texts(count)
        if kind in NUMBERS:
            return self.numbers(kind, count)
        if kind != ARRAY or nesting:
            raise ModelFileError(f"its header has an array of the unknown kind {kind}")
        return [self.array(nesting + 1) for _ in range(count)]


@dataclass(frozen=True, slots=True)
class _TextArray:
    """An array of texts, decoded one at a time when asked for."""

    data: bytes
    starts: list[int]

    def __getitem__(self, index: int) -> str:
        start = self.starts[index]
        (length,) = U64.unpack_from(self.data, start)
        return self.data[start + 8 : start + 8 + length].decode("utf-8", "replace")


def read_header(path: Path) -> GgufHeader:
    """Read the header of the model file at `path`.

    Raises ModelFileError, with a reason for the operator, if it cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ModelFileError("it is a directory" if path.is_dir() else "it is not a regular file")
        with path.open("rb") as file:
            size = file.seek(0, 2)
            room = FIRST_READ
            while True:
                file.seek(0)
                try:
                    return _header(file.read(room), size)
                except _HeaderCut:
                    if room >= size:
                        raise ModelFileError(f"it ends in the middle of its header, after {size:,} bytes") from None
                    if room >= LARGEST_HEADER:
                        raise ModelFileError("its header is absurdly large") from None
                    room *= 8
    except ModelFileError as error:
        raise ModelFileError(f"The model file {path} cannot be used: {error}.") from None
    except FileNotFoundError:
        raise ModelFileError(f"The model file {path} does not exist.") from None
    except OSError as error:
        raise ModelFileError(f"The model file {path} cannot be read: {error.strerror or error}.") from error


def check(path: Path, sha256: str = "") -> GgufHeader:
    """Make sure that a model file is whole, and return its header.

    With `sha256` (hexadecimal digits) its content is checked as well, because damaged weights load without complaint
    and give garbage as answers. That takes about 0.05 s for each 100 MB. Raises ModelFileError with the reason.
    """
    header = read_header(path)
    if not header.tensors:
        raise ModelFileError(f"The model file {path} cannot be used: it holds no weights.")
    size = path.stat().st_size
    if size < header.size:
        raise ModelFileError(
            f"The model file {path} is cut: its header promises {header.size:,} bytes, and it has {size:,}."
            " Download it again."
        )
    if sha256 and digest(path) != sha256.lower():
        raise ModelFileError(f"The model file {path} is damaged: its SHA-256 is not {sha256}. Download it again.")
    return header


def digest(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits. Raises ModelFileError if the file cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelFileError(f"The model file {path} cannot be read: {error.strerror or error}.") from error


def _header(data: bytes, size: int) -> GgufHeader:
    if not data:
        raise ModelFileError("it is empty")
    if not data.startswith(MAGIC):
        raise ModelFileError("it is not a GGUF file")
    source = _ValueReader(data, size)
    source.at = len(MAGIC)
    version = int(source.number(U32))
    if version not in VERSIONS:
        raise ModelFileError(f"it is GGUF of version {version}, which is not supported (2 and 3 are)")
    tensors = source.count(least=24)
    entries = source.count(least=13)
    values = {source.text(): source.value() for _ in range(entries)}
    ends, weights = _tensors(source, tensors)
    family = _text(values, "general.architecture")
    return GgufHeader(
        architecture=family,
        name=_text(values, "general.name"),
        context=_whole(values, f"{family}.context_length"),
        template=_text(values, "tokenizer.chat_template"),
        markers=_markers(values),
        tensors=tensors,
        size=_extent(source, ends, _whole(values, "general.alignment", 32)),
        weights=weights,
        layers=_whole(values, f"{family}.block_count"),
        width=_whole(values, f"{family}.embedding_length"),
        cache=_cache(values, family),
        head=_head(values),
    )


def _tensors(source: _ValueReader, number: int) -> tuple[int, int]:
    """Read the entries of all tensors. Returns the end of the last one's data, and the number of weights in all."""
    found = [_tensor(source) for _ in range(number)]
    return max((end for end, _ in found), default=0), sum(weights for _, weights in found)


def _extent(source: _ValueReader, end: int, alignment: int) -> int:
    """The least length of the file, in bytes, that has room for its tensors, which end there."""
    if alignment < 1:
        raise ModelFileError(f"it asks for an alignment of {alignment} bytes")
    begin = -(-source.at // alignment) * alignment
    return begin + end if end else source.at


def _tensor(source: _ValueReader) -> tuple[int, int]:
    """Read a tensor's entry.

    Returns the end of its data, counted in bytes from where the tensors begin, and the number of its weights.
    """
    source.text()
    dimensions = int(source.number(U32))
    if dimensions > 4:
        raise ModelFileError(f"a tensor of it has {dimensions} dimensions")
    weights = 1
    for _ in range(dimensions):
        weights *= int(source.number(U64))
    kind, offset = int(source.number(U32)), int(source.number(U64))
    block, length = BLOCKS.get(kind, (1, 0))
    return offset + -(-weights // block) * length, weights


def _cache(values: Mapping[str, object], family: str) -> int:
    """The bytes of keys and values that a token of context takes, as numbers of 16 bits in each layer."""
    heads = _whole(values, f"{family}.attention.head_count")
    shared = values.get(f"{family}.attention.head_count_kv", heads)
    # Some models have other numbers of heads in each layer.
    each = [one for one in shared if isinstance(one, int)] if isinstance(shared, tuple) else []
    layers = _whole(values, f"{family}.block_count")
    total = sum(each) if each else layers * (shared if isinstance(shared, int) else heads)
    wide = _whole(values, f"{family}.embedding_length") // heads if heads else 0
    key = _whole(values, f"{family}.attention.key_length", wide)
    return 2 * total * (key + _whole(values, f"{family}.attention.value_length", wide))


def _markers(values: Mapping[str, object]) -> tuple[str, ...]:
    """The control tokens, and those user-defined tokens that the chat template uses.

    Other user-defined tokens are ordinary text (`<b>`, a run of spaces) that merely has a token of its own.
    """
    texts, kinds = values.get("tokenizer.ggml.tokens"), values.get("tokenizer.ggml.token_type")
    if not isinstance(texts, _TextArray) or not isinstance(kinds, tuple) or len(kinds) > len(texts.starts):
        return ()
    template = _text(values, "tokenizer.chat_template")
    control = [texts[index] for index, kind in enumerate(kinds) if kind in (CONTROL, UNKNOWN)]
    defined = [texts[index] for index, kind in enumerate(kinds) if kind == USER_DEFINED]
    return (*control, *(text for text in defined if text.strip() and text in template))


def _head(values: Mapping[str, object]) -> tuple[float, ...]:
    found = values.get(REWARD_HEAD)
    return tuple(map(float, found)) if isinstance(found, tuple) else ()


def _text(values: Mapping[str, object], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _whole(values: Mapping[str, object], key: str, default: int = 0) -> int:
    value = values.get(key)
    return value if isinstance(value, int) else default
