"""Reward models: what they say about held-out pairs, and the GGUF that serves them.

A reward model is a language model whose head gives one number for a whole conversation: how good its last answer is.
llama.cpp serves such heads for few families, so the head is a key of the GGUF, and the file itself is a plain model:
whoever serves it multiplies the head with the embedding of the last token (docs/decisions.md).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf.quants import dequantize
from transformers import AutoModelForSequenceClassification, set_seed

from trainer.base_model import BaseModel, adapted
from trainer.families import Weights, namer
from trainer.gguf_files import write_whole
from trainer.reports import Parent

HEAD_KEY = "parley.reward.head"
"""The key of the GGUF with the weights of the head: one for each number of the last token's embedding."""

HEAD = "score.weight"
SIDES = ("chosen", "rejected")
AT_ONCE = 4


def loaded(folder: Path, seed: int, adapter: Path | None = None) -> Any:
    """The reward model in a folder, whole if it has an adapter of peft. Without a head it gets a random one, by the
    seed.
    """
    set_seed(seed)
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=1, dtype=torch.float32)
    return adapted(model, adapter)


def figures(model: Any, tokenizer: Any, pairs: Sequence[Any], parent: Parent) -> dict[str, Any]:
    """What a reward model says about pairs: how many it orders rightly, and what length has to do with it. Raises
    Stopped.

    `right` is the mean over the prompts of their share of pairs in the right order; pairs of one prompt are much
    alike. `length_correlation` is between the differences of reward and of length, in words, within the pairs.
    """
    model.eval()
    shares: dict[str, list[float]] = defaultdict(list)
    longer: list[bool] = []
    right: list[bool] = []
    rewards: list[float] = []
    lengths: list[float] = []
    for start in range(0, len(pairs), AT_ONCE):
        parent.check()
        some = pairs[start : start + AT_ONCE]
        chosen, rejected = (scores(model, tokenizer, [talk(pair, side) for pair in some]) for side in SIDES)
        for pair, better, worse in zip(some, chosen, rejected, strict=True):
            more = words(pair["chosen"]) - words(pair["rejected"])
            # What it cannot tell apart, it orders rightly every other time.
            shares[str(pair["prompt"])].append(0.5 if better == worse else float(better > worse))
            right.append(better > worse)
            longer.append(more > 0)
            rewards.append(better - worse)
            lengths.append(float(more))
    uneven = [index for index, more in enumerate(lengths) if more]
    of = {side: [right[index] for index in uneven if longer[index] == side] for side in (True, False)}
    return {
        "pairs": len(pairs),
        "prompts": len(shares),
        "right": sum(sum(one) / len(one) for one in shares.values()) / max(len(shares), 1),
        "length_correlation": correlation(rewards, lengths),
        "longer_better": len(of[True]),
        "longer_right": sum(of[True]),
        "shorter_better": len(of[False]),
        "shorter_right": sum(of[False]),
    }


def talk(pair: Any, side: str) -> list[Any]:
    """The whole conversation with one of the answers of a pair."""
    return [*pair["prompt"], *pair[side]]


def words(answer: Sequence[Any]) -> int:
    """The number of words of an answer."""
    return sum(len(str(turn["content"]).split()) for turn in answer)


def correlation(rewards: Sequence[float], lengths: Sequence[float]) -> float:
    """Pearson's correlation about zero: a pair has no order of its own, so that its differences have no mean."""
    r, n = np.asarray(rewards), np.asarray(lengths)
    spread = float(np.sqrt((r**2).sum() * (n**2).sum()))
    return float((r * n).sum()) / spread if spread else 0.0


def scores(model: Any, tokenizer: Any, talks: Sequence[Any]) -> list[float]:
    """The rewards of the last answers of conversations."""
    texts = [tokenizer.apply_chat_template(one, tokenize=False) for one in talks]
    given = tokenizer(texts, return_tensors="pt", padding=True, padding_side="right", add_special_tokens=False)
    given = given.to(model.device)
    with torch.no_grad():
        made = model(input_ids=given["input_ids"], attention_mask=given["attention_mask"], use_cache=False)
    return [float(one) for one in made.logits.float().reshape(-1)]


def write(model: Any, base: BaseModel, path: Path, precision: str, name: str) -> None:
    """Write a reward model as a GGUF file: the trained body as a plain model, and the head as a key."""
    head = model.state_dict()[HEAD].float().numpy().reshape(-1)
    write_whole(path, base.keys, base.shape, _tensors(model, base), precision, name, {HEAD_KEY: head.tolist()})


def _tensors(model: Any, base: BaseModel) -> Iterator[tuple[str, Weights]]:
    named = namer(base.shape)
    for name, weights in model.state_dict().items():
        if name != HEAD:
            yield named(name), weights.float().numpy()
    # Nobody asks it for words, but llama.cpp and we expect all tensors of the base to be there.
    for one in base.keys.tensors:
        if one.name == "output.weight":
            sides = [int(side) for side in reversed(one.shape)]
            yield one.name, dequantize(one.data, one.tensor_type).reshape(sides)
