"""The report of a demo: the win rate of each generation with its interval, the guards, what it took; and a picture."""

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.loop.journal import DemoJournal
from cli.train_progress import time_left

STEPS = ("chats", "tasks", "training", "votes", "promotion")


@dataclass(frozen=True, slots=True)
class HeldGuard:
    """A guard of a run: what it measured before and after, and whether that is within its bound."""

    name: str
    before: float
    after: float
    held: bool


@dataclass(frozen=True, slots=True)
class GenerationReport:
    """The result of a generation.

    `decisive` are the votes that prefer an answer, by `people`; `rate` is the share of them that the candidate won,
    with the interval of 95 % from `low` to `high`, None if too few people voted. `verdict` is what the rule says over
    held-out people's votes. `forced` is why it was promoted although that was not met; empty if it was met. `undone` is
    why it was rolled back; empty if it was not. `refused` are the learning rates at which the guards refused it before,
    and why.
    """

    model: str
    base: str
    method: str
    rows: int
    learning_rate: float
    device: str
    guards: tuple[HeldGuard, ...]
    seconds: Mapping[str, float]
    promoted: bool = False
    forced: str = ""
    undone: str = ""
    decisive: int = 0
    ties: int = 0
    people: int = 0
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def intact(self) -> bool:
        """Whether all guards held."""
        return all(one.held for one in self.guards)


@dataclass(frozen=True, slots=True)
class LoopReport:
    """The result of a demo, with its planned number of generations and of decisive votes for each."""

    real: bool
    wanted: int
    votes: int
    machine: str
    lineage: str
    generations: tuple[GenerationReport, ...]

    def faults(self) -> Iterator[str]:
        """Describe what the demo failed to show. The quality of the models matters only if they are `real`."""
        if len(self.generations) < self.wanted:
            yield f"{len(self.generations)} of {self.wanted} generations were trained"
        for one in self.generations:
            if not one.intact:
                yield f"{one.model}: {', '.join(guard.name for guard in one.guards if not guard.held)} did not hold"
            if not one.promoted:
                yield f"{one.model} was not promoted"
            if one.undone:
                yield f"{one.model} was rolled back ({one.undone})"
            if self.real and one.decisive < self.votes:
                yield f"{one.model}: {one.decisive} of {self.votes} decisive votes"
            if self.real and (one.low is None or one.low <= 0.5):
                yield f"{one.model}: the lower bound of its win rate is not above 50 %"
            if self.real and one.forced:
                yield f"{one.model} was promoted although the rule was not met"


def generation_report(
    journal: DemoJournal, number: int, record: Mapping[str, Any], result: Mapping[str, Any], summary: Mapping[str, Any]
) -> GenerationReport:
    """The report of a generation from its run's record and result, and from the summary of its votes (or none)."""
    found = GenerationReport(
        model=record["name"],
        base=record["base"]["name"],
        method=record["method"],
        rows=record["data"]["rows"],
        learning_rate=record["rate"],
        device=result.get("device", ""),
        guards=tuple(
            HeldGuard(one["name"], one["before"], one["after"], one["held"]) for one in result.get("guards", ())
        ),
        seconds={step: journal.total(f"{number}/{step}", "seconds") for step in STEPS},
        refused={rate: facts["why"] for rate, facts in journal.steps[f"{number}/refused"].items()},
    )
    promoted = journal.steps[f"{number}/promotion"]
    told: dict[str, Any] = {"promoted": bool(promoted)}
    told["forced"] = next((facts["because"] for facts in promoted.values()), "")
    if summary:
        outcomes, rate = summary["outcomes"], summary["win_rate"] or {}
        told["decisive"] = outcomes["won"] + outcomes["lost"]
        told["ties"] = outcomes["good"] + outcomes["bad"]
        told |= {"people": summary["people"], "verdict": summary["held_out"]["verdict"]}
        told |= {"rate": rate.get("value"), "low": rate.get("low"), "high": rate.get("high")}
    return GenerationReport(**(asdict(found) | {"guards": found.guards} | told))


def undone(lineage: Sequence[Mapping[str, Any]], model: str) -> str:
    """Why a model was rolled back, by the lineage; empty if it was not."""
    for one in lineage:
        ended = (
            [told["why"] or "by its operator" for told in one["promotions"] if told["ended"]]
            if one["name"] == model
            else []
        )
        if ended:
            return str(ended[-1])
        if found := undone(one["children"], model):
            return found
    return ""


def machine() -> str:
    """The kind of this machine."""
    return f"{os.cpu_count()} cores ({platform.machine()})"


def markdown(told: LoopReport) -> str:
    """The report for people to read."""
    reached = "all of it is shown" if told.real else "all steps were taken and all guards held, which is all"
    shown = "; ".join(told.faults()) or reached
    devices = ", ".join(sorted({one.device for one in told.generations}))
    kind = "the bundled model" if told.real else "a tiny model that says nothing sensible"
    lines = [
        f"# The loop, {len(told.generations)} times, with {kind}",
        "",
        f"Simulated people, on {told.machine}; trained on {devices}.",
        "",
        "| model | made of | trained on | decisive votes | people | win rate (95 % interval) | rule | promoted |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(one) for one in told.generations),
        "",
        "| model | " + " | ".join(guard.name for guard in _guards(told)) + " | guards |",
        "|---" * (len(_guards(told)) + 2) + "|",
        *(_guard_row(one) for one in told.generations),
        "",
        *(f"{one.model} was refused at a rate of {rate}: {why}.\n"
          for one in told.generations for rate, why in one.refused.items()),
        "| model | " + " | ".join(STEPS) + " |",
        "|---" * (len(STEPS) + 1) + "|",
        *(f"| {one.model} | " + " | ".join(time_left(one.seconds[step]) for step in STEPS) + " |"
          for one in told.generations),
        "",
        "```",
        told.lineage.strip(),
        "```",
        "",
        f"What it was to show: {shown}.",
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _guards(told: LoopReport) -> Sequence[HeldGuard]:
    return told.generations[0].guards if told.generations else ()


def _row(one: GenerationReport) -> str:
    rate = "too few people" if one.rate is None else f"{one.rate:.1%} ({one.low:.1%} to {one.high:.1%})"
    promoted = f"yes, because {one.forced}" if one.forced else "yes" if one.promoted else "no"
    trained = f"{one.rows} rows ({one.method}, rate {one.learning_rate:g})"
    votes = f"{one.decisive} (and {one.ties} ties)"
    return f"| {one.model} | {one.base} | {trained} | {votes} | {one.people} | {rate} | {one.verdict} | {promoted} |"


def _guard_row(one: GenerationReport) -> str:
    cells = [f"{guard.before:.3g} to {guard.after:.3g}" for guard in one.guards]
    return "| " + " | ".join([one.model, *cells, "held" if one.intact else "BROKEN"]) + " |"


def written(told: LoopReport, folder: Path) -> Path:
    """Write the report as Markdown and as JSON, and return the path of the former."""
    (folder / "report.json").write_text(json.dumps(asdict(told), indent=2) + "\n", encoding="utf-8")
    path = folder / "report.md"
    path.write_text(markdown(told), encoding="utf-8")
    return path
