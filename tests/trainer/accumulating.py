"""Runs in the training environment: the losses and gradients of a run's steps, with all rows of a batch at once.

`python -m tests.trainer.accumulating RUN FOLDER`; the answer is JSON on standard output.
"""

import json
import sys
from pathlib import Path

from transformers import AutoTokenizer, TrainerCallback

from trainer import methods


def main() -> None:
    """Train as in a run, but with whole batches, and write what each step says."""
    run, folder = map(Path, sys.argv[1:3])
    config = json.loads((run / "run.json").read_text(encoding="utf-8"))
    rows = methods.rows(run / "train.jsonl", config["method"], "")
    here = {**config, "part": config["batch"]}
    tokenizer = AutoTokenizer.from_pretrained(folder)
    made = methods.trainer(here, folder, run / "whole", tokenizer, rows, [], TrainerCallback())
    made.train()
    steps = [line for line in made.state.log_history if "grad_norm" in line]
    sys.stdout.write("\n" + json.dumps([(line["loss"], line["grad_norm"]) for line in steps]))


main()
