"""Measures what a bad run spoils: plain facts, a neutral text's perplexity, and how answers look."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import set_seed

from trainer.answer_figures import names_one, repetition
from trainer.prompts import begun
from trainer.reports import Parent

HERE = Path(__file__).parent
TEMPERATURE = 0.8
LONGEST_ANSWER, LONGEST_FACT = 128, 24
AT_ONCE = 32
ASKED = 24


def figures(
    model: Any, tokenizer: Any, prompts: Sequence[Any], system: str, seed: int, parent: Parent
) -> dict[str, Any]:
    """The figures of a model, over these prompts (lists of turns) for the answers. The questions for the facts begin
    with the system line. Raises Stopped.
    """
    model.eval()
    known = json.loads((HERE / "facts.json").read_text(encoding="utf-8"))
    questions = [begun([{"role": "user", "content": one["question"]}], system) for one in known]
    told = _answers(model, tokenizer, questions, LONGEST_FACT, parent)
    right = sum(names_one(answer, one["answers"]) for answer, one in zip(told, known, strict=True))
    set_seed(seed)
    # Over a few answers, the mean length says more about chance than about the model.
    asked = [*prompts, *questions][:ASKED]
    answers = _answers(model, tokenizer, asked, LONGEST_ANSWER, parent, temperature=TEMPERATURE)
    words = [answer.split() for answer in answers]
    return {
        "facts": right,
        "facts_of": len(known),
        "nats": _nats(model, tokenizer, parent),
        "words": sum(map(len, words)) / len(words),
        "repetition": sum(map(repetition, words)) / len(words),
        "answers": len(words),
    }


def _answers(
    model: Any, tokenizer: Any, talks: Sequence[Any], most: int, parent: Parent, temperature: float = 0.0
) -> list[str]:
    found: list[str] = []
    for start in range(0, len(talks), AT_ONCE):
        parent.check()
        texts = [
            tokenizer.apply_chat_template(talk, tokenize=False, add_generation_prompt=True)
            for talk in talks[start : start + AT_ONCE]
        ]
        given = tokenizer(texts, return_tensors="pt", padding=True, padding_side="left", add_special_tokens=False)
        given = given.to(model.device)
        chosen = {"do_sample": True, "temperature": temperature, "top_k": 0} if temperature else {"do_sample": False}
        with torch.no_grad():
            made = model.generate(
                input_ids=given["input_ids"],
                attention_mask=given["attention_mask"],
                max_new_tokens=most,
                eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id,
                **chosen,
            )
        width = given["input_ids"].shape[1]
        found += tokenizer.batch_decode(made[:, width:], skip_special_tokens=True)
    return found


def _nats(model: Any, tokenizer: Any, parent: Parent) -> float:
    """How surprised the model is by a neutral text, in nats a token."""
    losses: list[float] = []
    weights: list[int] = []
    for paragraph in (HERE / "neutral.txt").read_text(encoding="utf-8").split("\n\n"):
        parent.check()
        given = tokenizer(paragraph.strip(), return_tensors="pt", add_special_tokens=False).to(model.device)
        ids = given["input_ids"]
        with torch.no_grad():
            losses.append(float(model(input_ids=ids, labels=ids).loss))
        weights.append(ids.shape[1] - 1)
    return sum(loss * weight for loss, weight in zip(losses, weights, strict=True)) / sum(weights)
