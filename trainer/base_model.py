"""Unpacks the model that a run begins with into a folder that transformers reads, and finds its GGUF keys again."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from gguf import GGUFReader
from gguf.quants import dequantize
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from trainer.families import FAMILIES, Shape, Unconvertible, from_gguf, namer, shape_of
from trainer.gguf_files import text_key

UNUSED = ("rope_freqs.weight",)
"""Tensors that are no weights but numbers of the configuration, which transformers does not read from a GGUF."""

PADDING = ("<|endoftext|>", "<pad>", "<|pad|>", "[PAD]", "<unk>", "<s>")
"""Tokens to fill short rows with, the first that there is and that does not end an answer."""


@dataclass(frozen=True, slots=True)
class BaseModel:
    """The unpacked base: its folder, its layout, and the GGUF whose keys the trained model gets."""

    folder: Path
    shape: Shape
    keys: GGUFReader


def unpack(source: Path, keys: Path, folder: Path) -> BaseModel:
    """Unpack a GGUF file, or copy a folder of transformers, into `folder`, unless an earlier run has done it.

    `keys` is the GGUF with the tokenizer and the chat template for what will be written: the source itself if it is
    one. Raises Unconvertible if the family is not one that has been compared, or the two do not belong together.
    """
    reader = GGUFReader(keys)
    family = text_key(reader, "general.architecture")
    if family not in FAMILIES:
        raise Unconvertible(f"{keys.name} is of the family {family!r}, and only {', '.join(FAMILIES)} can be trained")
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        half = folder.with_suffix(".part")
        shutil.rmtree(half, ignore_errors=True)
        model, tokenizer = _from_folder(source) if source.is_dir() else _from_gguf(source, reader)
        _end_rightly(tokenizer, reader)
        model.config.eos_token_id = tokenizer.eos_token_id
        model.config.pad_token_id = tokenizer.pad_token_id
        model.generation_config.eos_token_id = tokenizer.eos_token_id
        model.generation_config.pad_token_id = tokenizer.pad_token_id
        model.save_pretrained(half)
        tokenizer.save_pretrained(half)
        (half / "whole").touch()
        os.replace(half, folder)
    return BaseModel(folder, shape_of(AutoConfig.from_pretrained(folder)), reader)


def _from_folder(source: Path) -> tuple[Any, Any]:
    model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32, use_safetensors=True)
    return model, AutoTokenizer.from_pretrained(source)


def _from_gguf(source: Path, reader: GGUFReader) -> tuple[Any, Any]:
    config = AutoConfig.from_pretrained(source.parent, gguf_file=source.name)
    tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name)
    names = {one.name for one in reader.tensors}
    if strange := names & set(UNUSED):
        raise Unconvertible(f"{source.name} has {', '.join(strange)}, which is lost on the way: begin with its folder")
    config.tie_word_embeddings = "output.weight" not in names
    # transformers reads the size of a head for few families, and takes the usual one for the others.
    head = reader.get_field(f"{config.model_type}.attention.key_length")
    if head is not None:
        config.head_dim = int(head.contents())
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    state = dict(_state(model, reader))
    missing, unexpected = model.load_state_dict(state, strict=False)
    tied = {"lm_head.weight"} if config.tie_word_embeddings else set()
    if set(missing) - tied or unexpected or len(state) != len(names):
        raise Unconvertible(f"{source.name} lacks tensors: {', '.join(sorted(set(missing) - tied)[:5]) or len(names)}")
    model.tie_weights()
    return model, tokenizer


def _state(model: Any, reader: GGUFReader) -> Iterator[tuple[str, torch.Tensor]]:
    shape = shape_of(model.config)
    named = namer(shape)
    tensors = {one.name: one for one in reader.tensors}
    for name, target in model.state_dict().items():
        found = tensors.get(named(name))
        if found is None:
            continue
        sides = tuple(int(side) for side in reversed(found.shape))
        if sides != tuple(target.shape):
            raise Unconvertible(f"the tensor {found.name!r} has the shape {sides} instead of {tuple(target.shape)}")
        weights = dequantize(found.data, found.tensor_type).reshape(sides)
        yield name, torch.from_numpy(from_gguf(weights, shape.heads_of(found.name)).copy())


def _end_rightly(tokenizer: Any, reader: GGUFReader) -> None:
    """Give the tokenizer the end of an answer that the file names, another token to pad with, and its chat template.

    transformers may read them wrongly (docs/reference/training.md 1), and a model that pads with the end of its
    answers never learns to end.
    """
    tokens = reader.get_field("tokenizer.ggml.tokens")
    count = len(tokens.data) if tokens is not None else 0
    if count < len(tokenizer):
        raise Unconvertible(
            f"the tokenizer has {len(tokenizer)} tokens, and the GGUF {count}: they are not of one model"
        )
    end = reader.get_field("tokenizer.ggml.eos_token_id")
    if end is not None:
        tokenizer.eos_token = tokenizer.convert_ids_to_tokens(int(end.contents()))
    vocabulary = tokenizer.get_vocab()
    if tokenizer.pad_token is None or tokenizer.pad_token == tokenizer.eos_token:
        found = (one for one in PADDING if one in vocabulary and one != tokenizer.eos_token)
        tokenizer.pad_token = next(found, None) or tokenizer.bos_token
    if tokenizer.pad_token in (None, tokenizer.eos_token):
        raise Unconvertible("it has no token to pad with besides the one that ends an answer")
    tokenizer.chat_template = text_key(reader, "tokenizer.chat_template") or tokenizer.chat_template
    if not tokenizer.chat_template:
        raise Unconvertible("it has no chat template, so it is no model to talk with")


def adapted(model: Any, adapter: Path | None) -> Any:
    """A model with an adapter of peft added to its weights; without one, the model as it is."""
    if adapter is None:
        return model
    from peft import PeftModel

    return PeftModel.from_pretrained(model, adapter).merge_and_unload()
