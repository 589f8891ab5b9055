"""Chooses the method by what people have given, and says what is missing if it is not enough for any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import OperatorError
from core.training.configuration import TrainingMethod
from core.training.rows import RowCounts

LEAST: Mapping[TrainingMethod, int] = {"dpo": 100, "kto": 200, "sft": 100, "reward": 100}
"""The rows from which a method is used. A hundred pairs hardly show; from four hundred on, people see a difference."""

ENOUGH = 400
"""The rows that have shown a gain (docs/reference/training.md 3)."""

LEAST_HELD_OUT = 5
"""The held-out pairs without which nobody can say whether a reward model is better than chance: it has to order even
five of five rightly (`core.training.reward_guards`)."""

MOST_UNEVEN = 10
"""The ratio of good to bad answers, or of bad to good ones, up to which thumbs can be trained on."""

PAIRS_FROM = "rankings in /tasks, the choice after /retry, or a thumb up and one down for two answers"
WHERE: Mapping[TrainingMethod, tuple[str, str]] = {
    "dpo": ("pairs", PAIRS_FROM),
    "kto": ("answers with a clear verdict", "thumbs under answers, or reviews in /tasks"),
    "sft": ("best answers", "answers written and ranked in /tasks, and answers in chats with a thumb up"),
    "reward": ("pairs", PAIRS_FROM),
}
"""What a method trains on, and where that comes from."""


@dataclass(frozen=True, slots=True)
class MethodRows:
    """What is there for a method: its rows for training."""

    method: TrainingMethod
    counts: RowCounts

    def lacks(self, least: int | None) -> str:
        """What is missing until the method can be used, in words; empty if nothing is."""
        what, where = WHERE[self.method]
        wanted = LEAST[self.method] if least is None else least
        good, bad = self.counts.good, self.counts.bad
        if self.counts.rows < wanted:
            return f"{self.counts.rows} of {wanted} {what} ({wanted - self.counts.rows} are missing): from {where}"
        if self.method == "kto" and max(good, bad) > MOST_UNEVEN * min(good, bad):
            return (
                f"{good} good and {bad} bad answers, and one kind must be at least a tenth of the other: from {where}"
            )
        return "" if self.counts.rows else f"0 {what}: from {where}"


def too_few(tried: Sequence[MethodRows], least: int | None, *, new: bool = False) -> OperatorError:
    """The error that says what is missing for each method that was tried, of `new` rows alone or of all."""
    lines = [f"  {one.method}: {one.lacks(least)}" for one in tried]
    why = "people and prompts that are held out, and whatever `parley sources` and consent rule out, do not count"
    why += "; nor does what the base was trained on (--new)" if new else ""
    return OperatorError("\n".join(["there is not enough to train on yet:", *lines, f"  ({why})"]))


def unprovable(pairs: int) -> OperatorError:
    """The error that says that too few pairs are held out for a reward model to be judged by them."""
    return OperatorError(
        f"{pairs} of {LEAST_HELD_OUT} pairs that are held out ({LEAST_HELD_OUT - pairs} are missing): whether a reward"
        f" model is better than chance shows in them alone. They come from {PAIRS_FROM}, by a tenth of the people and"
        " about a tenth of the prompts"
    )
