"""Turns what was trained into what llama.cpp serves: the whole model, or the adapter beside its base."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from trainer import reward
from trainer.base_model import BaseModel, adapted
from trainer.families import Unconvertible, Weights, namer
from trainer.gguf_files import write_lora, write_whole

ADAPTED = "base_model.model."
"""What peft puts before the name of each tensor."""


def written(config: Mapping[str, Any], trained: Path, base: BaseModel, run: Path) -> list[str]:
    """Write the files that a run makes of what was trained, and return their names."""
    model = run / "model.gguf"
    if config["method"] == "reward":
        folder, adapter = (base.folder, trained) if config["lora"] else (trained, None)
        reward.write(reward.loaded(folder, config["seed"], adapter), base, model, config["precision"], config["name"])
        return [model.name]
    if not config["lora"]:
        whole(trained, base, model, config["precision"], config["name"])
        return [model.name]
    lora(trained, base, run / "adapter.gguf", config["name"])
    if not config["merge"]:
        return ["adapter.gguf"]
    merged(trained, base, run / "work" / "merged")
    whole(run / "work" / "merged", base, model, config["precision"], config["name"])
    return ["adapter.gguf", model.name]


def whole(trained: Path, base: BaseModel, path: Path, precision: str, name: str) -> None:
    """Write the trained model as a GGUF file with the base's keys."""
    model = AutoModelForCausalLM.from_pretrained(trained, dtype=torch.float32)
    write_whole(path, base.keys, base.shape, _tensors(model, base), precision, name)


def merged(adapter: Path, base: BaseModel, folder: Path) -> None:
    """Add an adapter to its base, and save the whole model in `folder`."""
    model = AutoModelForCausalLM.from_pretrained(base.folder, dtype=torch.float32)
    adapted(model, adapter).save_pretrained(folder)


def lora(adapter: Path, base: BaseModel, path: Path, name: str) -> None:
    """Write a LoRA of peft as an adapter for llama.cpp. Raises Unconvertible for what that cannot serve."""
    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    strange = [key for key in ("use_dora", "modules_to_save", "lora_bias", "alpha_pattern") if config.get(key)]
    if strange or config.get("peft_type") != "LORA" or config.get("bias", "none") != "none":
        raise Unconvertible(f"the adapter uses {', '.join(strange) or 'more than a plain LoRA'}")
    # llama.cpp divides by the rank, and rsLoRA by its root.
    factor = float(config["r"]) ** 0.5 if config.get("use_rslora") else 1.0
    named = namer(base.shape)
    sides: dict[str, dict[str, Weights]] = {}
    for key, weights in load_file(adapter / "adapter_model.safetensors").items():
        module, _, side = key.removeprefix(ADAPTED).removesuffix(".weight").rpartition(".lora_")
        if side not in ("A", "B"):
            raise Unconvertible(f"the adapter holds {key!r}, which is no part of a LoRA")
        sides.setdefault(named(f"{module}.weight"), {})[side] = weights.float().numpy()
    pairs = {tensor: (both["A"], both["B"] * factor) for tensor, both in sides.items()}
    shapes = {one.name: tuple(int(side) for side in reversed(one.shape)) for one in base.keys.tensors}
    for tensor, (a, b) in pairs.items():
        if shapes.get(tensor) != (b.shape[0], a.shape[1]):
            raise Unconvertible(f"the adapter of {tensor!r} does not fit its base")
    write_lora(path, base.shape, float(config["lora_alpha"]), pairs, name)


def _tensors(model: Any, base: BaseModel) -> Iterator[tuple[str, Weights]]:
    """The tensors by their names in the GGUF. With tied embeddings, the output is the embedding and has none."""
    named = namer(base.shape)
    tied = bool(model.config.tie_word_embeddings)
    for name, weights in model.state_dict().items():
        if not (tied and name == "lm_head.weight"):
            yield named(name), weights.float().numpy()
