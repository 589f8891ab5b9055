"""The port to reward models: numbers that say how good answers are."""

from collections.abc import Sequence
from typing import Protocol

from core.ports.model import PromptLine


class AnswerScorer(Protocol):
    """Says how good people would find answers."""

    async def scores(self, lines: Sequence[PromptLine], answers: Sequence[str]) -> Sequence[float]:
        """The reward of each answer to a conversation: of two, people prefer the one with the larger reward, with the
        probability 1 / (1 + exp(-difference)) (R. A. Bradley and M. E. Terry, "Rank Analysis of Incomplete Block
        Designs", Biometrika 39, 1952).

        Raises ModelError if they cannot be told.
        """
        ...
