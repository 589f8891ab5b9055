"""A model that counts words as tokens, for what depends on lengths alone."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from core.ports.model import AnswerPiece, PromptLine, SamplingSettings, ToolSpec


@dataclass(slots=True)
class CountingModel:
    """Says nothing; a line has as many tokens as words."""

    window: int
    name: str = "counting"
    slots: int = 1

    @property
    def calls_tools(self) -> bool:
        """It cannot."""
        return False

    async def count(self, lines: Sequence[PromptLine]) -> int:
        return sum(len(line.text.split()) for line in lines)

    async def stream(
        self, lines: Sequence[PromptLine], sampling: SamplingSettings, session: str = "", tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[AnswerPiece, None]:
        yield AnswerPiece(finish="stop")
