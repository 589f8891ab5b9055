"""The methods of training, each with its trainer of TRL: DPO and reward models for pairs, KTO for thumbs, SFT for best
answers.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, RewardConfig, RewardTrainer, SFTConfig, SFTTrainer

from trainer import reward
from trainer.prompts import begun

MATRICES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""What a LoRA changes: every matrix of a block."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "dpo": ("prompt", "chosen", "rejected"),
    "kto": ("prompt", "completion", "label"),
    "sft": ("prompt", "completion"),
    "reward": ("prompt", "chosen", "rejected"),
}

CENTRED = 0.01
"""How strongly rewards are kept around zero, as TRL recommends it: pairs say nothing about their level."""


def rows(path: Path, method: str, system: str) -> list[dict[str, Any]]:
    """The rows of a file, with the columns of the method alone, each with the system line before its prompt."""
    with path.open(encoding="utf-8") as file:
        found = [{name: row[name] for name in COLUMNS[method]} for row in map(json.loads, file)]
    return [{**row, "prompt": begun(row["prompt"], system)} for row in found]


def fitting(found: list[dict[str, Any]], tokenizer: Any, length: int) -> list[dict[str, Any]]:
    """The rows that fit whole: one whose answer is cut off would teach the model never to end."""
    return [row for row in found if _length(row, tokenizer) <= length]


def _length(row: Mapping[str, Any], tokenizer: Any) -> int:
    answers = [row[name] for name in ("chosen", "rejected", "completion") if name in row]
    talks = [[*row["prompt"], *answer] for answer in answers]
    return max(len(tokenizer.apply_chat_template(talk, tokenize=True, return_dict=False)) for talk in talks)


def multiplies_in_bf16() -> bool:
    """Whether the machine is made for products of bfloat16: they take half the time, and the weights stay float32."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    able = torch.cpu.get_capabilities()
    return bool(able.get("amx_bf16") or able.get("avx512_bf16"))


def trainer(
    config: Mapping[str, Any],
    base: Path,
    output: Path,
    tokenizer: Any,
    train: list[dict[str, Any]],
    held_out: list[dict[str, Any]],
    callback: Any,
) -> Any:
    """The trainer for a run's configuration, which has saved checkpoints in `output` if it was stopped before.

    The fields are those of `run.json` (`core.training.configuration`).
    """
    method, batch = config["method"], config["batch"]
    # On a GPU, a batch of small parts would take longer; a run of an earlier version has none.
    part = batch if torch.cuda.is_available() else config.get("part", batch)
    common: dict[str, Any] = {
        "output_dir": str(output),
        "seed": config["seed"],
        "data_seed": config["seed"],
        "learning_rate": config["rate"],
        "num_train_epochs": config["epochs"],
        "per_device_train_batch_size": part,
        "per_device_eval_batch_size": part,
        "gradient_accumulation_steps": batch // part,
        "max_length": config["length"],
        "warmup_steps": 0.1,
        "logging_steps": 1,
        # Otherwise a loss that is no number is logged as the mean of those before it.
        "logging_nan_inf_filter": False,
        # The callback saves: by time too, and when it is asked to stop.
        "save_strategy": "no",
        "save_total_limit": 2,
        "report_to": [],
        "disable_tqdm": True,
        "bf16": multiplies_in_bf16(),
        "use_cpu": not torch.cuda.is_available(),
        "dataloader_pin_memory": torch.cuda.is_available(),
        "activation_checkpointing": config.get("large", False),
    }
    own = {
        "dpo": lambda: (DPOTrainer, DPOConfig(beta=config["beta"], **common)),
        "kto": lambda: (
            KTOTrainer,
            KTOConfig(
                beta=config["beta"],
                desirable_weight=config["desirable_weight"],
                undesirable_weight=config["undesirable_weight"],
                **common,
            ),
        ),
        "sft": lambda: (SFTTrainer, SFTConfig(completion_only_loss=True, **common)),
        "reward": lambda: (RewardTrainer, RewardConfig(center_rewards_coefficient=CENTRED, **common)),
    }
    made, arguments = own[method]()
    ranks = method == "reward"
    # The reference of DPO and KTO is loaded from the folder that the model names.
    model = (
        reward.loaded(base, config["seed"])
        if ranks
        else AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    )
    lora = LoraConfig(
        r=config["rank"],
        lora_alpha=config["alpha"],
        target_modules=list(MATRICES),
        lora_dropout=0.0,
        bias="none",
        task_type="SEQ_CLS" if ranks else "CAUSAL_LM",
        # The head is new, so all of it is trained.
        modules_to_save=["score"] if ranks else None,
    )
    return made(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list(train),
        eval_dataset=Dataset.from_list(held_out) if held_out else None,
        processing_class=tokenizer,
        peft_config=lora if config["lora"] else None,
        callbacks=[callback],
    )
