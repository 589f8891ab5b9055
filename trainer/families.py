"""How the tensors of a model are named and laid out in a GGUF file, for the families that a test has compared.

llama.cpp wants the rows of llama's queries and keys in another order than transformers: the two halves of each head's
rotation side by side (docs/reference/training.md 2). The other families have them alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

Weights = NDArray[Any]

TURNED = ("attn_q", "attn_k")


class Unconvertible(Exception):
    """A model that cannot be taken out of, or put into, a GGUF file; the text says why."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a model's configuration says about its layout. `turned` says that queries and keys are in another order."""

    architecture: str
    blocks: int
    heads: int
    kv_heads: int
    turned: bool

    def heads_of(self, name: str) -> int:
        """The number of heads whose rows are in another order in this tensor; 0 if none are."""
        part = name.split(".")[2] if name.startswith("blk.") else ""
        if not self.turned or part not in TURNED:
            return 0
        return self.heads if part == "attn_q" else self.kv_heads


FAMILIES: Mapping[str, bool] = {"llama": True, "qwen2": False, "qwen3": False}
"""The families that `make train-test` compares, by their name in a GGUF, with whether queries and keys are turned.

transformers has the same names for them.
"""


def shape_of(config: Any) -> Shape:
    """The layout of a model of transformers. Raises Unconvertible for a family that has not been compared."""
    family = str(config.model_type)
    if family not in FAMILIES:
        known = ", ".join(FAMILIES)
        raise Unconvertible(f"its family is {family!r}; only models of these families can be trained: {known}")
    return Shape(
        family,
        int(config.num_hidden_layers),
        int(config.num_attention_heads),
        int(config.num_key_value_heads),
        FAMILIES[family],
    )


def namer(shape: Shape) -> Callable[[str], str]:
    """A function from transformers' name of a tensor to its name in a GGUF; it raises Unconvertible for others."""
    architecture = next(one for one, name in gguf.MODEL_ARCH_NAMES.items() if name == shape.architecture)
    table = gguf.get_tensor_name_map(architecture, shape.blocks)

    def named(name: str) -> str:
        found = table.get_name(name, try_suffixes=(".weight", ".bias"))
        if found is None:
            raise Unconvertible(f"the tensor {name!r} has no place in a GGUF of the family {shape.architecture}")
        return str(found)

    return named


def to_gguf(weights: Weights, heads: int) -> Weights:
    """The rows as llama.cpp wants them; with no heads they stay as they are."""
    if not heads:
        return weights
    rest = weights.shape[1:]
    halves = weights.reshape(heads, 2, weights.shape[0] // heads // 2, *rest)
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(weights.shape))


def from_gguf(weights: Weights, heads: int) -> Weights:
    """The rows as transformers wants them: the inverse of `to_gguf`."""
    if not heads:
        return weights
    rest = weights.shape[1:]
    pairs = weights.reshape(heads, weights.shape[0] // heads // 2, 2, *rest)
    return np.ascontiguousarray(pairs.swapaxes(1, 2).reshape(weights.shape))
