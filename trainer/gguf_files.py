"""Writes trained weights as a GGUF file: whole, or as a LoRA beside its base. It needs no torch."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import gguf
import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter

from trainer.families import Shape, Unconvertible, Weights, to_gguf

FILE_TYPES: Mapping[str, tuple[int, GGMLQuantizationType]] = {
    "q8_0": (7, GGMLQuantizationType.Q8_0),
    "f16": (1, GGMLQuantizationType.F16),
    "f32": (0, GGMLQuantizationType.F32),
}
"""The precision of a file, by name: its number in `general.file_type`, and the type of its tensors."""

KEPT_OUT = ("GGUF.", "general.architecture", "general.file_type", "general.quantization_version", "quantize.")
"""What is not copied from the base: what the writer writes itself, and how the base was quantised."""

BLOCK = 32
"""The weights in a block of Q8_0. A tensor whose rows are no multiple of it is kept in F16, as llama.cpp does."""


def write_whole(
    path: Path,
    base: GGUFReader,
    shape: Shape,
    tensors: Iterable[tuple[str, Weights]],
    precision: str,
    name: str,
    more: Mapping[str, Sequence[float]] = MappingProxyType({}),
) -> None:
    """Write a model with all keys of `base` (its tokenizer and chat template too) and these tensors, by GGUF name.

    `more` are keys of our own, with lists of numbers that are kept in F32.

    Raises Unconvertible unless the tensors are those of the base, in name and shape.
    """
    number, kind = FILE_TYPES[precision]
    with _writing(path, shape.architecture) as writer:
        _copy_keys(writer, base, name)
        for key, numbers in more.items():
            writer.add_array(key, [float(one) for one in numbers])
        writer.add_file_type(number)
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
        wanted = {one.name: tuple(int(side) for side in reversed(one.shape)) for one in base.tensors}
        for tensor, weights in tensors:
            if wanted.pop(tensor, None) != weights.shape:
                raise Unconvertible(f"the base has no tensor {tensor!r} of the shape {weights.shape}")
            _add(writer, tensor, to_gguf(weights, shape.heads_of(tensor)), kind)
        if wanted:
            raise Unconvertible(f"these tensors of the base are missing: {', '.join(sorted(wanted)[:5])}")


def write_lora(path: Path, shape: Shape, alpha: float, pairs: Mapping[str, tuple[Weights, Weights]], name: str) -> None:
    """Write a LoRA adapter: for each tensor of the base, A (rank, in) and B (out, rank).

    llama.cpp adds B A, scaled by alpha over the rank. Only the rows of B are those of the base's tensor, so only they
    are put in its order.
    """
    with _writing(path, shape.architecture) as writer:
        writer.add_type("adapter")
        writer.add_name(name)
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", alpha)
        for tensor, (a, b) in sorted(pairs.items()):
            if a.ndim != 2 or b.ndim != 2 or a.shape[0] != b.shape[1]:
                raise Unconvertible(f"the adapter of {tensor!r} has the shapes {a.shape} and {b.shape}")
            writer.add_tensor(f"{tensor}.lora_a", np.ascontiguousarray(a, dtype=np.float32))
            writer.add_tensor(f"{tensor}.lora_b", to_gguf(b.astype(np.float32), shape.heads_of(tensor)))


def text_key(base: GGUFReader, key: str) -> str:
    """A key of a GGUF that holds a text; empty if there is none."""
    field = base.get_field(key)
    return str(field.contents()) if field is not None else ""


def _copy_keys(writer: GGUFWriter, base: GGUFReader, name: str) -> None:
    for field in base.fields.values():
        if field.name.startswith(KEPT_OUT) or field.name == "general.name":
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)
    writer.add_name(name)


def _add(writer: GGUFWriter, name: str, weights: Weights, kind: GGMLQuantizationType) -> None:
    # Norms and biases are small and count for much, so llama.cpp keeps whatever has one dimension in F32.
    if weights.ndim == 1:
        kind = GGMLQuantizationType.F32
    elif kind == GGMLQuantizationType.Q8_0 and weights.shape[-1] % BLOCK:
        kind = GGMLQuantizationType.F16
    packed: Any = gguf.quants.quantize(weights.astype(np.float32), kind)
    writer.add_tensor(name, packed, raw_dtype=kind)


@contextmanager
def _writing(path: Path, architecture: str) -> Iterator[GGUFWriter]:
    """A writer whose file is there once the block has ended well. Meanwhile its tensors are on disk, not in memory."""
    writer = GGUFWriter(path.with_suffix(".part"), architecture, use_temp_file=True)
    try:
        yield writer
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
    finally:
        if writer.temp_file:
            writer.temp_file.close()
    os.replace(path.with_suffix(".part"), path)
