"""Runs in the training environment: what transformers says to prompts of tokens, as JSON on standard output.

`python -m tests.trainer.asking FOLDER [ADAPTER]`; the prompts come on standard input, as lists of token ids.
"""

import json
import sys
from typing import Any

import torch
from transformers import AutoModelForCausalLM

STEPS, TOP = 12, 10


def asked(model: Any, prompt: list[int]) -> list[dict[str, Any]]:
    """The greedy tokens after a prompt, each with the log-probabilities of the likeliest ones."""
    ids, found = list(prompt), []
    for _ in range(STEPS):
        with torch.no_grad():
            likely = torch.log_softmax(model(input_ids=torch.tensor([ids])).logits[0, -1], -1)
        values, tokens = likely.topk(TOP)
        ids.append(int(tokens[0]))
        found.append({"id": ids[-1], "top": dict(zip(tokens.tolist(), values.tolist(), strict=True))})
    return found


def main() -> None:
    """Answer the prompts on standard input."""
    model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32)
    if len(sys.argv) > 2:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, sys.argv[2])
    model.eval()
    sys.stdout.write(json.dumps([asked(model, prompt) for prompt in json.load(sys.stdin)]))


main()
