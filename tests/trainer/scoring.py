"""Runs in the training environment: the rewards that transformers gives to conversations, as JSON on standard output.

`python -m tests.trainer.scoring FOLDER [ADAPTER]`; the conversations come on standard input.
"""

import json
import sys
from pathlib import Path

from transformers import AutoTokenizer

from trainer import reward


def main() -> None:
    """Score the conversations on standard input."""
    folder, *adapter = map(Path, sys.argv[1:3])
    model = reward.loaded(folder, 1, *adapter)
    model.eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    sys.stdout.write(json.dumps(reward.scores(model, tokenizer, json.load(sys.stdin))))


main()
