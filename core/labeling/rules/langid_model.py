"""The language model inside py3langid, read and applied without numpy, which that package would bring for this alone.

It is naive Bayes over pieces of UTF-8 (Lui and Baldwin 2011). An automaton that walks over the bytes of a text finds
the pieces; for each, the model has the logarithm of its probability in every language.
"""

import lzma
import math
import shutil
import struct
import sys
import tempfile
import unicodedata
import zipfile
from array import array
from ast import literal_eval
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import IO

PACKAGE = "py3langid"
FILE = Path("data", "model.npz.xz")

CODES = {"<u2": "H", "<f2": "H", "<u4": "I", "<i4": "i", "<f4": "f"}
"""How `array` holds the types of numpy. It knows no floats of two bytes, so these are unpacked where they are used."""


class LangidModel:
    """Gives the share of each language in the probability of a text. It is made from the arrays of the model's file."""

    def __init__(self, file: IO[bytes]) -> None:
        with zipfile.ZipFile(file) as arrays:
            self._languages = _strings(arrays, "classes")
            self._priors = _numbers(arrays, "pc")
            self._likelihoods = memoryview(_numbers(arrays, "ptc")).cast("B")
            self._next_states = _numbers(arrays, "nextmove")
            self._rows = [row << 8 for row in _numbers(arrays, "nextmove_row")]
            self._piece_at = _numbers(arrays, "out_feat")
        self._row = struct.Struct(f"<{len(self._languages)}e")

    def shares(self, text: str) -> dict[str, float]:
        """Return the share of each language, the likeliest first; a text in which nothing is known says nothing."""
        read = unicodedata.normalize("NFC", text.lower() if text.isupper() else text).encode(errors="surrogatepass")
        scores = self._scores(self._pieces(read))
        # The root of the length keeps the shares of long texts from being all or nothing.
        root, best = math.sqrt(len(read) or 1), max(scores)
        weights: dict[str, float] = {}
        # A language has two entries if it is written in two scripts.
        for language, score in zip(self._languages, scores, strict=True):
            weights[language] = weights.get(language, 0) + math.exp((score - best) / root)
        total = sum(weights.values())
        ranked = sorted(weights.items(), key=lambda one: one[1], reverse=True)
        return {language: weight / total for language, weight in ranked}

    def _pieces(self, read: bytes) -> Counter[int]:
        state, found = 0, []
        for byte in read:
            state = self._next_states[self._rows[state] + byte]
            if (piece := self._piece_at[state]) >= 0:
                found.append(piece)
        return Counter(found)

    def _scores(self, pieces: Counter[int]) -> Sequence[float]:
        if not pieces:
            return [0.0] * len(self._languages)
        scores: Sequence[float] = self._priors
        for piece, times in pieces.items():
            weight = math.log1p(times)
            row = self._row.unpack_from(self._likelihoods, piece * self._row.size)
            scores = [score + weight * one for score, one in zip(scores, row, strict=True)]
        return scores


def load() -> LangidModel:
    """Read the model, which takes a second and 80 MB."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(PACKAGE)
    with tempfile.TemporaryFile() as unpacked:
        with lzma.open(Path(spec.origin).parent / FILE) as packed:
            shutil.copyfileobj(packed, unpacked, 1 << 20)
        return LangidModel(unpacked)


def _numbers(arrays: zipfile.ZipFile, name: str) -> "array[int]":
    with arrays.open(f"{name}.npy") as file:
        numbers: array[int] = array(CODES[_type(file)])
        numbers.frombytes(file.read())
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _strings(arrays: zipfile.ZipFile, name: str) -> list[str]:
    with arrays.open(f"{name}.npy") as file:
        size = 4 * int(_type(file).removeprefix("<U"))
        held = file.read()
    return [held[at : at + size].decode("utf-32-le").rstrip("\0") for at in range(0, len(held), size)]


def _type(file: IO[bytes]) -> str:
    """Read the header of an array (numpy's format 1.0), and return the type of its elements."""
    _, length = struct.unpack("<8sH", file.read(10))
    described: dict[str, str] = literal_eval(file.read(length).decode("latin-1"))
    return described["descr"]
