"""Trains the generations of a demo, and one that the guards refuse more gently."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.loop.installation import CommandFailed, Installation
from benchmarks.loop.journal import DemoJournal
from benchmarks.loop.pace import write
from core.training.runs import TrainingRun, find_run

GENTLER = 2
"""How often a generation that the guards refused is trained once more."""


@dataclass(frozen=True, slots=True)
class TrainingRecipe:
    """How a demo trains: `base` is the model that it begins with, for `parley train`, which gets `options`.

    `rates` are the learning rates of the generations; later ones have the last of them.
    """

    base: str
    options: Sequence[str]
    rates: Sequence[float]


@dataclass(frozen=True, slots=True)
class DemoTraining:
    """The training of a demo's generations."""

    installation: Installation
    journal: DemoJournal
    recipe: TrainingRecipe
    seed: int

    async def trained(self, generation: int) -> str:
        """Train a generation, or go on with its run, and return what was said of it. Raises CommandFailed.

        Like an operator, it goes at half the rate after each time that the guards refuse a run.
        """
        name = model_name(generation)
        while True:
            words = ["resume", name] if self._has_run(name) else self._wanted(generation)
            try:
                return await self.installation.command("train", *words, heard=lambda line: write(f"    {line}"))
            except CommandFailed as error:
                run = self._refused_run(generation)
                if run is None:
                    raise
                write(f"    {error}")
                self.journal.note(f"{generation}/refused", run.record["rate"], why=run.result["why"])
                await self.installation.command("train", "remove", run.name, "--yes")

    def _has_run(self, name: str) -> bool:
        return (self.installation.home / "train" / "runs" / name).exists()

    def _wanted(self, generation: int) -> Sequence[str]:
        """The options of `parley train` for a generation."""
        name, base = model_name(generation), model_name(generation - 1) if generation > 1 else self.recipe.base
        rates, seed = self.recipe.rates, self.seed * 100 + generation
        rate = rates[min(generation, len(rates)) - 1] / 2 ** len(self.journal.steps[f"{generation}/refused"])
        words = ["--base", base, "--new", "--name", name, "--seed", f"{seed}", "--rate", f"{rate:g}"]
        return [*words, *self.recipe.options]

    def _refused_run(self, generation: int) -> TrainingRun | None:
        """A generation's run, if the guards refused it, and did not do so too often yet."""
        name = model_name(generation)
        if not self._has_run(name):
            return None
        run = find_run(self.installation.home, name)
        # Killed before it was removed, the demo finds a run that it has noted already.
        before = self.journal.steps[f"{generation}/refused"].keys() - {str(run.record["rate"])}
        return run if run.state == "refused" and len(before) < GENTLER else None


def model_name(generation: int) -> str:
    """The name of a generation's run and model."""
    return f"loop-{generation}"
