"""Tiny random models of several families as GGUF files, with the kind of tokenizer that real ones have.

Their weights are from a seed. Queries share keys, as in real models, so that a converter that mixes up the two kinds of
heads is found.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from gguf import GGUFWriter, TokenType
from numpy.typing import NDArray

from tests.tiny_model import TEMPLATE
from trainer.families import Shape
from trainer.gguf_files import write_lora

BLOCKS, HEADS, KV_HEADS, HEAD, FEED_FORWARD, CONTEXT = 2, 4, 2, 16, 96, 512
WIDTH = HEADS * HEAD
HEAD_WEIGHTS = np.linspace(-1, 1, WIDTH)
"""The head of the tiny reward models."""

MERGES = (("t", "h"), ("th", "e"), ("Ġ", "a"), ("i", "n"), ("Ġ", "the"), ("o", "u"))
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
SPLITTERS = {"llama": "smollm", "qwen2": "qwen2", "qwen3": "qwen2"}
FAMILIES = tuple(SPLITTERS)


def tiny_base(path: Path, family: str, seed: int = 3, *, ranks: bool = False) -> Path:
    """Write a tiny model of a family in F32, and return its path. One that `ranks` is a reward model."""
    tokens = [*SPECIAL, *_letters(), *("".join(pair) for pair in MERGES)]
    writer = GGUFWriter(path, family)
    writer.add_name(f"Tiny {family}")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(BLOCKS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_layer_norm_rms_eps(1e-5)
    # Not what a library would take if it did not read it.
    writer.add_rope_freq_base(50000.0)
    if family == "llama":
        writer.add_rope_dimension_count(HEAD)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(SPLITTERS[family])
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL] * len(SPECIAL) + [TokenType.NORMAL] * (len(tokens) - len(SPECIAL)))
    writer.add_token_merges([" ".join(pair) for pair in MERGES])
    # As in the bundled model's file, which transformers has misread: the token that ends an answer is not the first.
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
    if ranks:
        writer.add_array("parley.reward.head", HEAD_WEIGHTS.tolist())
    for name, weights in _weights(family, len(tokens), seed):
        writer.add_tensor(name, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def tiny_lora(path: Path, seed: int = 5) -> Path:
    """Write an adapter for a tiny model of the family llama that changes much of what it says, and return its path."""
    generator = np.random.default_rng(seed)
    pairs = {}
    for block in range(BLOCKS):
        a, b = generator.standard_normal((2, WIDTH)), generator.standard_normal((FEED_FORWARD, 2))
        pairs[f"blk.{block}.ffn_up.weight"] = (a, b)
    write_lora(path, Shape("llama", BLOCKS, HEADS, KV_HEADS, turned=True), 4, pairs, "Tiny adapter")
    return path


def _letters() -> list[str]:
    """The letters that stand for the 256 bytes in tokenizers of this kind."""
    printed = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printed]
    letters = {byte: chr(byte) for byte in printed} | {byte: chr(256 + at) for at, byte in enumerate(others)}
    return [letters[byte] for byte in range(256)]


def _weights(family: str, vocabulary: int, seed: int) -> Iterator[tuple[str, NDArray[np.float32]]]:
    generator = np.random.default_rng(seed)

    def normal(*shape: int) -> NDArray[np.float32]:
        found: NDArray[np.float32] = (generator.standard_normal(shape) * shape[-1] ** -0.5 * 1.5).astype(np.float32)
        return found

    def scale(size: int) -> NDArray[np.float32]:
        found: NDArray[np.float32] = (1 + generator.standard_normal(size) * 0.1).astype(np.float32)
        return found

    def of_words() -> NDArray[np.float32]:
        found = normal(vocabulary, WIDTH)
        # The server says nothing of a token that is half a letter, so the model shall seldom say one.
        found[[number + len(SPECIAL) for number in range(128, 256)]] *= 0.02
        return found

    yield "token_embd.weight", of_words()
    yield "output_norm.weight", scale(WIDTH)
    if family == "qwen2":
        # One family with an output of its own, the others with that of the embedding.
        yield "output.weight", of_words()
    for block in range(BLOCKS):
        at = f"blk.{block}."
        yield f"{at}attn_norm.weight", scale(WIDTH)
        yield f"{at}ffn_norm.weight", scale(WIDTH)
        for name, heads in (("q", HEADS), ("k", KV_HEADS), ("v", KV_HEADS)):
            yield f"{at}attn_{name}.weight", normal(heads * HEAD, WIDTH)
            if family == "qwen2":
                yield f"{at}attn_{name}.bias", scale(heads * HEAD) - 1
            if family == "qwen3" and name != "v":
                yield f"{at}attn_{name}_norm.weight", scale(HEAD)
        yield f"{at}attn_output.weight", normal(WIDTH, HEADS * HEAD)
        yield f"{at}ffn_gate.weight", normal(FEED_FORWARD, WIDTH)
        yield f"{at}ffn_up.weight", normal(FEED_FORWARD, WIDTH)
        yield f"{at}ffn_down.weight", normal(WIDTH, FEED_FORWARD)
