"""Trains the generations of a demo, and one that the guards refuse more gently."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.loop.installation import CommandFailed, Installation
from benchmarks.loop.journal import DemoJournal
from benchmarks.loop.pace import write
from core.training.runs import find_run

GENTLER = 2
"""How often a generation that the guards refused is trained once more."""


@dataclass(frozen=True, slots=True)
class TrainingRecipe:
    """How a demo trains: `base` is the model that it begins with, for `parley train`, which gets `options`.

    `rates` are the learning rates of the generations; later ones have the last of them.
    """

    base: str
    options: Sequence[str]
    rates: Sequence[str]


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
                if not self._may_be_gentler(generation):
                    raise
                write(f"    {error}")
                await self._forget_refused(generation)

    def _has_run(self, name: str) -> bool:
        return (self.installation.home / "train" / "runs" / name).exists()

    def _wanted(self, generation: int) -> Sequence[str]:
        """What a generation is trained with, for `parley train`."""
        recipe, refused = self.recipe, len(self.journal.steps[f"{generation}/refused"])
        base = model_name(generation - 1) if generation > 1 else recipe.base
        rate = float(recipe.rates[min(generation, len(recipe.rates)) - 1]) / 2**refused
        seed = self.seed * 100 + generation
        chosen = {"base": base, "name": model_name(generation), "seed": f"{seed}", "rate": f"{rate:g}"}
        return ["--new", *(word for name, value in chosen.items() for word in (f"--{name}", value)), *recipe.options]

    def _may_be_gentler(self, generation: int) -> bool:
        """Whether the guards refused a generation's run, and not too often yet."""
        name = model_name(generation)
        if not self._has_run(name):
            return False
        run = find_run(self.installation.home, name)
        # Killed before it was removed, the demo finds a run that it has noted already.
        before = self.journal.steps[f"{generation}/refused"].keys() - {str(run.record["rate"])}
        return run.state == "refused" and len(before) < GENTLER

    async def _forget_refused(self, generation: int) -> None:
        """Keep why a run was refused, for the report, and make room for another one of its name."""
        run = find_run(self.installation.home, model_name(generation))
        self.journal.note(f"{generation}/refused", run.record["rate"], why=run.result["why"])
        await self.installation.command("train", "remove", run.name, "--yes")


def model_name(generation: int) -> str:
    """The name of a generation's run and model."""
    return f"loop-{generation}"
