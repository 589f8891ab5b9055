"""The gain from showing the best of several answers, chosen by a reward model that was trained on a simulated taste.

`python -m benchmarks.best_of FOLDER ENVIRONMENT [PROMPTS [HELD-OUT]]`; ENVIRONMENT is that of `parley train`. The taste
is hidden from everything that is measured: it likes answers that are short, end with a sentence, repeat nothing and
waste no words on politeness. It judges pairs with noise for the training, and without noise in the end. What was done
already in FOLDER is not done again.
"""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import combinations, product
from pathlib import Path
from random import Random
from statistics import fmean, quantiles
from time import perf_counter
from typing import Any

from core.models.embedded.default import default_model_file
from core.models.embedded.model import EmbeddedModel
from core.models.embedded.reward import RewardModel
from core.models.embedded.supervisor import EmbeddedSettings
from core.models.timeouts import ModelTimeouts
from core.ports.model import PromptLine, SamplingSettings
from core.training.base import find_base
from core.training.configuration import WantedTraining, configured
from core.training.environment import TRAINER
from core.training.process import PROGRAM
from core.training.reward_guards import interval

ANSWERS, JUDGED, LONGEST = 5, 4, 64
"""Answers to each prompt, how many of them people judge, and the most tokens of each."""

NOISE = 0.6
SAMPLES = 2000
ASKS = ("How do I {}?", "Why should I {}?", "What do I need to {}?", "Is it hard to {}?", "When should I {}?")
THINGS = (
    "bake bread", "learn to swim", "plant a tree", "write a letter", "repair a bicycle", "save money", "sleep better",
    "learn Spanish", "cook rice", "keep bees", "paint a wall", "train a dog", "read more books", "grow tomatoes",
    "find a job", "build a shelf", "clean a window", "run a race", "play chess", "make soap",
)  # fmt: skip
POLITE = re.compile(r"\b(certainly|of course|great question|happy to help|i'm sorry|glad you asked)\b", re.IGNORECASE)

SLOW = ModelTimeouts(first_token=600, next_token=120, whole=1800, question=600)
Answers = Mapping[str, Sequence[str]]


def taste(answer: str) -> float:
    """How much the hidden taste likes an answer."""
    words = answer.split()
    runs = [tuple(words[at : at + 3]) for at in range(len(words) - 2)]
    repeated = 1 - len(set(runs)) / max(len(runs), 1)
    ends = answer.rstrip().endswith((".", "!", "?"))
    return 1.5 * ends - abs(len(words) - 18) / 20 - 4 * repeated - 0.8 * len(POLITE.findall(answer))


async def sampled(prompts: Sequence[str]) -> Answers:
    """The bundled model's answers."""
    model = EmbeddedModel(EmbeddedSettings(file=default_model_file(), slots=1), patience=SLOW)
    found: dict[str, list[str]] = {}
    try:
        for prompt, seed in product(prompts, range(ANSWERS)):
            sampling = SamplingSettings(temperature=0.8, max_new_tokens=LONGEST, seed=seed + 1)
            said = [piece.text async for piece in model.stream([PromptLine("user", prompt)], sampling)]
            found.setdefault(prompt, []).append("".join(said).strip())
    finally:
        await model.aclose()
    return found


def pairs(answers: Answers, prompts: Sequence[str], chance: Random) -> list[dict[str, Any]]:
    """The pairs of a community that has this taste, with noise."""
    found = []
    for prompt in prompts:
        liked = [(taste(answer) + chance.gauss(0, NOISE), answer) for answer in answers[prompt][:JUDGED]]
        for one, other in combinations(sorted(liked, reverse=True), 2):
            turns = [[{"role": "assistant", "content": answer}] for _, answer in (one, other)]
            question = [{"role": "user", "content": prompt}]
            found.append({"prompt": question, "chosen": turns[0], "rejected": turns[1]})
    return found


def trained(run: Path, environment: Path, rows: Sequence[Mapping[str, Any]], held: Sequence[Mapping[str, Any]]) -> Path:
    """Train a reward model on these rows, unless that was done before."""
    if not (run / "run.json").exists():
        run.mkdir(parents=True, exist_ok=True)
        for name, some in (("train", rows), ("held-out", held)):
            (run / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in some))
        wanted = WantedTraining(batch=4, length=256)
        made = configured(wanted, "bench-reward-1", "reward", find_base(run), (1.0, 1.0))
        (run / "run.json").write_text(json.dumps({name: getattr(made, name) for name in made.__slots__}))
    if not (run / "outcome.json").exists():
        base = str(default_model_file())
        line = [str(environment / "bin" / "python"), "-P", "-c", PROGRAM, str(TRAINER.parent), str(run), base, base]
        subprocess.run(line, check=True)
    return run / "model.gguf"


async def rewards(file: Path, answers: Answers, prompts: Sequence[str]) -> Mapping[str, Sequence[float]]:
    """The rewards that the served reward model gives to answers."""
    scorer = RewardModel(EmbeddedSettings(file=file, context=1024), patience=SLOW)
    try:
        return {prompt: await scorer.scores([PromptLine("user", prompt)], answers[prompt]) for prompt in prompts}
    finally:
        await scorer.aclose()


def won(liked: Sequence[float], by: Sequence[float], number: int) -> float:
    """How often the best of `number` answers by a measure beats an answer that was not among them, by the taste."""
    shares = []
    for drawn in combinations(range(len(liked)), number):
        best = liked[max(drawn, key=lambda one: by[one])]
        others = [liked[one] for one in range(len(liked)) if one not in drawn]
        shares += [0.5 if best == one else float(best > one) for one in others]
    return fmean(shares)


def told(name: str, shares: Sequence[float], chance: Random) -> str:
    """A mean over the prompts, with an interval of 95 % by bootstrap over them."""
    means = [fmean(chance.choices(shares, k=len(shares))) for _ in range(SAMPLES)]
    low, *_, high = quantiles(means, n=40)
    return f"{name:<46} {fmean(shares):.3f}  ({low:.3f} to {high:.3f})\n"


def main(folder: Path, environment: Path, number: int, held_out: int) -> None:
    """Sample, train, serve, and say what came of it."""
    chance, say = Random(1), sys.stdout.write
    prompts = [ask.format(thing) for ask, thing in product(ASKS, THINGS)]
    chance.shuffle(prompts)
    prompts, held = prompts[:number], prompts[number : number + held_out]
    kept = folder / "answers.json"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(asyncio.run(sampled([*prompts, *held]))))
    answers: Answers = json.loads(kept.read_text())
    rows, held_pairs = pairs(answers, prompts, chance), pairs(answers, held, chance)
    file = trained(folder / "run", environment, rows, held_pairs)
    after = json.loads((folder / "run" / "outcome.json").read_text())["after"]
    low, high = interval(after["right"], after["prompts"])
    say(f"{len(rows)} pairs from {number} prompts; {len(held_pairs)} held out, from {held_out}\n")
    say(f"held-out pairs in order: {after['right']:.3f} ({low:.3f} to {high:.3f})")
    say(f"; correlation with length {after['length_correlation']:.2f}\n")
    began = perf_counter()
    found = asyncio.run(rewards(file, answers, held))
    say(f"{(perf_counter() - began) / len(held) / ANSWERS:.2f} s for each reward\n")
    liked = {prompt: [taste(answer) for answer in answers[prompt]] for prompt in held}
    short = {prompt: [-len(answer) for answer in answers[prompt]] for prompt in held}
    measures = (("the reward", found, (1, 2, 3, 4)), ("being short", short, (4,)), ("the taste itself", liked, (4,)))
    for name, by, numbers in measures:
        for drawn in numbers:
            say(told(f"the best of {drawn} by {name} wins", [won(liked[p], by[p], drawn) for p in held], chance))


if __name__ == "__main__":
    count, outside = (*map(int, sys.argv[3:5]), *(24, 16)[len(sys.argv) - 3 :])
    main(Path(sys.argv[1]), Path(sys.argv[2]), count, outside)
