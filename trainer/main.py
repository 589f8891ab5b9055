"""Trains a run: `python -m trainer.main RUN SOURCE KEYS`. Each stage leaves a file, so a run goes on where it stopped.

RUN is the folder with `run.json` and the data, SOURCE the model that it begins with, KEYS the GGUF whose tokenizer and
template the trained model gets (see `trainer.base_model`).
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from random import Random
from typing import Any

from trainer.reports import Parent, Stopped, Tell, in_words, own_output

GOES_ON = 75
"""The exit code of a run that was stopped and can go on (EX_TEMPFAIL)."""

REFUSED = 65
"""The exit code of a run that cannot be done as it is (EX_DATAERR)."""

MEASURED = 200
"""The most held-out rows that are measured before and after, chosen at random. To measure one takes half as long as to
train on it, each time."""

PACKAGES = ("torch", "transformers", "trl", "peft", "datasets", "accelerate", "gguf", "tokenizers", "numpy")


def versions() -> dict[str, str]:
    """The versions on which the outcome depends."""
    return {"python": ".".join(map(str, sys.version_info[:3])), **{name: metadata.version(name) for name in PACKAGES}}


def write(path: Path, content: Any) -> None:
    """Write JSON so that there is either all of it or nothing."""
    half = path.with_suffix(".part")
    half.write_text(json.dumps(content, indent=2), encoding="utf-8")
    os.replace(half, path)


def train(run: Path, source: Path, keys: Path, parent: Parent) -> None:
    """Do what is left of a run. Raises Stopped, and Unconvertible or Diverged if it cannot be done."""
    import torch
    from transformers import AutoTokenizer, set_seed

    from trainer import base_model, results
    from trainer.curves import draw

    config = json.loads((run / "run.json").read_text(encoding="utf-8"))
    work = run / "work"
    work.mkdir(exist_ok=True)
    set_seed(config["seed"])
    # Where a kernel has no deterministic twin, a run that differs in the last digits is better than none.
    torch.use_deterministic_algorithms(True, warn_only=True)
    # This finds programs that read memory before they write it, and took a sixth of the time of a step on a processor.
    torch.utils.deterministic.fill_uninitialized_memory = False
    parent.tell(stage="unpacking the base")
    base = base_model.unpack(source, keys, work / "base")
    tokenizer = AutoTokenizer.from_pretrained(base.folder)
    measured = _measuring(config, run, tokenizer, parent)
    _once(run / "before.json", lambda: measured(base.folder, None), parent, "measuring the base")
    trained = work / "trained"
    if not trained.exists():
        parent.tell(stage="training")
        held = _trained(config, run, base, tokenizer, trained, parent)
        write(run / "held-out.json", held)
    folder, adapter = (base.folder, trained) if config["lora"] else (trained, None)
    _once(run / "after.json", lambda: measured(folder, adapter), parent, "measuring the result")
    parent.tell(stage="writing the GGUF")
    outputs = results.written(config, trained, base, run)
    draw(run / "log.jsonl", run / "curves.png")
    write(
        run / "outcome.json",
        {
            "run": _digest(run / "run.json"),
            "versions": versions(),
            "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
            "before": json.loads((run / "before.json").read_text(encoding="utf-8")),
            "after": json.loads((run / "after.json").read_text(encoding="utf-8")),
            "held_out": json.loads((run / "held-out.json").read_text(encoding="utf-8")),
            "files": {name: _digest(run / name) for name in outputs},
        },
    )
    parent.tell(stage="done")


def _measuring(config: dict[str, Any], run: Path, tokenizer: Any, parent: Parent) -> Callable[..., dict[str, Any]]:
    """A function that measures the model in a folder, with an adapter or None, by what counts for the method."""
    import torch
    from transformers import AutoModelForCausalLM

    from trainer import figures, methods, reward
    from trainer.base_model import adapted
    from trainer.prompts import held_out_prompts

    def placed(model: Any) -> Any:
        return model.cuda() if torch.cuda.is_available() else model

    def ranking(folder: Path, adapter: Path | None) -> dict[str, Any]:
        pairs = methods.fitting(methods.rows(run / "held-out.jsonl", "reward", ""), tokenizer, config["length"])
        return reward.figures(placed(reward.loaded(folder, config["seed"], adapter)), tokenizer, pairs, parent)

    def talking(folder: Path, adapter: Path | None) -> dict[str, Any]:
        model = adapted(AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32), adapter)
        prompts = held_out_prompts(run / "held-out.jsonl", _system(config))
        return figures.figures(placed(model), tokenizer, prompts, _system(config), config["seed"], parent)

    return ranking if config["method"] == "reward" else talking


def _trained(config: dict[str, Any], run: Path, base: Any, tokenizer: Any, trained: Path, parent: Parent) -> Any:
    """Train, and save the result in the folder `trained`. Returns what the held-out rows say before and after."""
    from trainer import checkpoints, methods

    rows, held = (
        methods.fitting(methods.rows(run / name, config["method"], _system(config)), tokenizer, config["length"])
        for name in ("train.jsonl", "held-out.jsonl")
    )
    held = Random(config["seed"]).sample(held, min(len(held), MEASURED))
    if not rows:
        raise ValueError(f"no row fits into {config['length']} tokens; --length allows more")
    output = trained.with_name("checkpoints")
    last = checkpoints.newest(output) if output.exists() else None
    keeper = checkpoints.RunKeeper(parent, run / "log.jsonl")
    made = methods.trainer(config, base.folder, output, tokenizer, rows, held, keeper)
    before = run / "work" / "held-out-before.json"
    if held and not before.exists():
        write(before, made.evaluate())
    made.train(resume_from_checkpoint=str(last) if last else None)
    if made.state.global_step < made.state.max_steps:
        raise Stopped
    # The loss of the last step is that of the weights before it.
    if not all(bool(weights.isfinite().all()) for weights in made.model.parameters()):
        raise checkpoints.Diverged
    after = made.evaluate() if held else {}
    half = trained.with_suffix(".part")
    shutil.rmtree(half, ignore_errors=True)
    made.save_model(str(half))
    os.replace(half, trained)
    return {
        "rows": len(rows),
        "held_out_rows": len(held),
        "steps": made.state.global_step,
        "before": json.loads(before.read_text(encoding="utf-8")) if held else {},
        "after": after,
    }


def _once(path: Path, make: Callable[[], Any], parent: Parent, stage: str) -> None:
    parent.check()
    if not path.exists():
        parent.tell(stage=stage)
        write(path, make())


def _system(config: dict[str, Any]) -> str:
    # A run of an earlier version has none.
    return str(config.get("system", ""))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    """Train the run that the arguments name. Standard output says how it goes."""
    watched = "--watched" in sys.argv
    run, source, keys = (Path(one) for one in sys.argv[1:4])
    tell = own_output() if watched else in_words()
    sys.exit(attempt(run, source, keys, tell, watched=watched))


def attempt(run: Path, source: Path, keys: Path, tell: Tell, *, watched: bool) -> int:
    """Train, and say why if that cannot be done. Returns the exit code."""
    # Nothing of a run comes from the network, and nothing of it goes there.
    os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    os.environ["HF_HOME"] = str(run / "work" / "cache")
    parent = Parent(tell)
    parent.heed(watched)
    try:
        import torch

        from trainer.checkpoints import Diverged
        from trainer.families import Unconvertible
    except ImportError as error:
        tell(refused=f"{error.name or error} is not installed in {sys.prefix}: it needs trainer/requirements.txt")
        return REFUSED
    try:
        train(run, source, keys, parent)
    except Stopped:
        tell(stopped="stopped; it can go on from here")
        return GOES_ON
    except Diverged:
        tell(refused="the training ran away, and its loss is no number any more: try a lower --rate")
        return REFUSED
    except (Unconvertible, ValueError) as error:
        tell(refused=str(error))
        return REFUSED
    except (MemoryError, torch.OutOfMemoryError):
        tell(refused="there is not enough memory: try --lora, or a lower --batch or --length")
        return REFUSED
    return 0


if __name__ == "__main__":
    main()
