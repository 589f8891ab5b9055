"""Writes the card of a trained model: what it was made of, how, and what the guards say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.dataset.export.dataset_card import table
from core.training.guards import Guard
from core.training.people import Departures
from core.training.reward_guards import told

METHOD_NAMES = {
    "dpo": "DPO, from pairs of a better and a worse answer",
    "kto": "KTO, from answers that people called good or bad",
    "sft": "supervised fine-tuning, from the best answers",
    "reward": "TRL's RewardTrainer, from pairs of a better and a worse answer",
}
DEPARTED = "<!-- departed -->"
SHOWN = ("rate", "epochs", "batch", "beta", "length", "seed", "precision", "rank", "alpha")
HELD_OUT = {
    "eval_loss": "loss",
    "eval_rewards/accuracies": "share in the right order",
    "eval_rewards/margins": "margin",
    "eval_accuracy": "share in the right order",
    "eval_margin": "margin",
}


def card(record: Mapping[str, Any], result: Mapping[str, Any], guards: Sequence[Guard]) -> str:
    """The card of a run, as a README.md with the fields that the Hugging Face hub reads."""
    return "\n".join(
        [*_front(record), *_story(record, result), *_data(record), *_guards(guards), *_how(record, result)]
    )


def with_departures(text: str, departures: Departures) -> str:
    """A card with a note about those whose data was in the run and who have left since, in place of an earlier one."""
    plain = re.sub(f"\n{DEPARTED}.*?{DEPARTED}\n", "", text, flags=re.DOTALL)
    if not departures:
        return plain
    note = (
        f"**Of the people whose data this model was trained on, {departures} afterwards.** Train anew, from a base"
        " without it, and let the new model answer."
    )
    return f"{plain}\n{DEPARTED}\n{note}\n{DEPARTED}\n"


def _front(record: Mapping[str, Any]) -> Iterator[str]:
    yield from ("---", f"license: {record['licence']}", f"base_model: {record['base']['name']}")
    languages = [tag for tag in record["data"]["languages"] if re.fullmatch(r"[a-z]{2,3}", tag)]
    yield from (["language:", *(f"- {tag}" for tag in languages)] if languages else [])
    yield from ("tags:", f"- {record['method']}", "- parley", "---", "")


def _story(record: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[str]:
    base, ranks = record["base"], record["method"] == "reward"
    adapted = "a merged LoRA and a head for" if ranks else "a LoRA adapter for"
    what = adapted if record["lora"] else "all weights of"
    yield from (f"# {record['name']}", "")
    yield f"Trained by Parley {record['parley']} on what a community rated, ranked and wrote: {what} `{base['name']}`,"
    yield f"by {METHOD_NAMES[record['method']]}."
    yield ""
    if result["state"] == "refused":
        yield from (f"**This run was refused and made no model:** {result['why']}.", "")
    elif ranks:
        yield from ("It writes no answers: it ranks those of other models.", "")
    else:
        yield from ("Whether people find its answers better than the base's, only they can say.", "")


def _data(record: Mapping[str, Any]) -> Iterator[str]:
    data = record["data"]
    yield from ("## Data", "")
    new = ", of which the base has seen none" if record.get("new") else ""
    rows = [("rows for training", f"{data['rows']:,}{new}"), ("rows held out", f"{data['held_out_rows']:,}")]
    rows += [("people in it", f"{data['people']:,}"), ("terms", record["terms"]), ("made", record["made"])]
    rows += [("SHA-256 of the export", f"`{data['export']}`")]
    yield from table(("what", "value"), rows)
    for name in ("languages", "sources"):
        yield ""
        yield from table((name.removesuffix("s"), "rows"), data[name].items())
    yield ""
    yield "Everybody in it had agreed to the terms when it was made. A tenth of the people and of the prompts are never"
    yield from ("trained on, in no run. Whoever leaves afterwards is no longer in the next run.", "")


def _guards(guards: Sequence[Guard]) -> Iterator[str]:
    yield from ("## Guards", "")
    rows = [
        (one.name, f"{one.before:.4g}", f"{one.after:.4g}", one.bound, "yes" if one.held else "**no**")
        for one in guards
    ]
    yield from table(("measured", "before", "after", "allowed", "held"), rows)
    yield ""


def _how(record: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[str]:
    held = result["held_out"]
    was, now = held["before"], held["after"]
    if figures := [name for name in HELD_OUT if name in was and name in now]:
        yield from ("## Held-out rows", "")
        rows = [(HELD_OUT[one], f"{was[one]:.4g}", f"{now[one]:.4g}") for one in figures]
        if record["method"] == "reward":
            before, after = dict(told(result["before"])), dict(told(result["after"]))
            rows += [(name, before.get(name, ""), right) for name, right in after.items()]
        yield from table(("figure", "before", "after"), rows)
        yield ""
    yield from ("## How", "")
    if system := record.get("system"):
        yield "Each conversation began with this system line:"
        yield from ("", *(f"> {line}" for line in system.splitlines()), "")
    settings = [(name, str(record[name])) for name in SHOWN if record["lora"] or name not in ("rank", "alpha")]
    settings += [("steps", str(held["steps"])), ("machine", result["device"])]
    settings += [("base's SHA-256", f"`{record['base']['sha256']}`")]
    settings += [(f"{name}'s SHA-256", f"`{digest}`") for name, digest in result["files"].items()]
    settings += [(name, version) for name, version in result["versions"].items()]
    yield from table(("what", "value"), settings)
    yield from ("", "![curves](curves.png)", "")
