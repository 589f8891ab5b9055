"""The questions of simulated people: templates about things, in English and Spanish, each question once."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

SPANISH_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a community, shuffled by its seed. Nobody asks in a comparison what was asked in a chat."""

    seed: int

    def in_chats(self) -> Sequence[str]:
        """Questions for chats."""
        return self._all()[0::2]

    def in_comparisons(self) -> Sequence[str]:
        """Questions for comparisons."""
        return self._all()[1::2]

    def in_tasks(self) -> Sequence[str]:
        """Prompts for tasks, in English."""
        return self._shuffled([one["prompt"] for one in texts()["tasks"]], texts()["en"]["things"])

    def _all(self) -> Sequence[str]:
        english, spanish = (self._shuffled(texts()[one]["templates"], texts()[one]["things"]) for one in ("en", "es"))
        chance = Random(f"{self.seed} languages")
        mixed: list[str] = []
        while english and spanish:
            mixed.append((spanish if chance.random() < SPANISH_SHARE else english).pop())
        return mixed

    def _shuffled(self, templates: Sequence[str], things: Sequence[str]) -> list[str]:
        lines = [template.format(thing) for template in templates for thing in things]
        return Random(f"{self.seed} {lines[0]}").sample(lines, len(lines))


def reply_to(shown: str) -> str:
    """The reply that a person writes to the prompt on a card. Raises LookupError if it shows none of our prompts."""
    for one in texts()["tasks"]:
        for thing in texts()["en"]["things"]:
            if one["prompt"].format(thing) in shown:
                return str(one["reply"].format(thing))
    raise LookupError(f"there is no prompt in {shown!r}")


@cache
def texts() -> dict[str, Any]:
    """The content of questions.toml."""
    return tomllib.loads(Path(__file__).with_name("questions.toml").read_text(encoding="utf-8"))
