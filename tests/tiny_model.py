"""A tiny random language model as a GGUF file: loads in milliseconds, speaks nonsense, behaves like a real one.

It has a real vocabulary (bytes, letters, a few words, two control tokens), a real chat template and random weights from
a seed, so the file is the same byte for byte on every build. The parameters were measured in
docs/reference/inference.md 4.
"""

import hashlib
from pathlib import Path

import numpy as np
from gguf import GGUFWriter, TokenType
from numpy.typing import NDArray

TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""ChatML, without the system prompt of its own that some templates add."""

CONTEXT = 2048
WIDTH, HEADS, FEED_FORWARD = 32, 2, 64
WORDS = ("the", "and", "is", "hello", "yes", "no", "user", "assistant", "system")


def tiny_gguf(path: Path, seed: int = 7) -> str:
    """Write the model to `path` and return the SHA-256 of the file, in hexadecimal digits."""
    tokens, scores, types = _vocabulary()
    writer = GGUFWriter(path, "llama")
    writer.add_name("Tiny")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(types)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)
    for name, tensor in _weights(len(tokens), types, seed).items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _vocabulary() -> tuple[list[str], list[float], list[TokenType]]:
    special = [("<unk>", TokenType.UNKNOWN), ("<s>", TokenType.CONTROL), ("</s>", TokenType.CONTROL)]
    raw = [(f"<0x{byte:02X}>", TokenType.BYTE) for byte in range(256)]
    # A sentencepiece vocabulary writes a space as U+2581.
    letters = [(letter, TokenType.NORMAL) for letter in "\u2581abcdefghijklmnopqrstuvwxyz"]
    words = [(word, TokenType.NORMAL) for word in WORDS]
    control = [("<|im_start|>", TokenType.CONTROL), ("<|im_end|>", TokenType.CONTROL)]
    entries = [*special, *raw, *letters, *words, *control]
    scores = [-float(index) if kind == TokenType.NORMAL else 0.0 for index, (_, kind) in enumerate(entries)]
    return [text for text, _ in entries], scores, [kind for _, kind in entries]


def _weights(vocabulary: int, types: list[TokenType], seed: int) -> dict[str, NDArray[np.float32]]:
    generator = np.random.default_rng(seed)

    def normal(*shape: int) -> NDArray[np.float32]:
        return generator.standard_normal(shape).astype(np.float32)

    output = normal(vocabulary, WIDTH)
    # Ordinary words are what it says most: bytes would not be text, and a control token would end every answer early.
    output[[kind != TokenType.NORMAL for kind in types]] *= 0.05
    scale = np.float32(WIDTH**-0.5)
    square = ("attn_q", "attn_k", "attn_v", "attn_output")
    return {
        "token_embd.weight": normal(vocabulary, WIDTH),
        "output_norm.weight": np.ones(WIDTH, dtype=np.float32),
        "output.weight": output,
        "blk.0.attn_norm.weight": np.ones(WIDTH, dtype=np.float32),
        "blk.0.ffn_norm.weight": np.ones(WIDTH, dtype=np.float32),
        **{f"blk.0.{name}.weight": normal(WIDTH, WIDTH) * scale for name in square},
        "blk.0.ffn_gate.weight": normal(FEED_FORWARD, WIDTH) * scale,
        "blk.0.ffn_up.weight": normal(FEED_FORWARD, WIDTH) * scale,
        "blk.0.ffn_down.weight": normal(WIDTH, FEED_FORWARD) * scale,
    }
