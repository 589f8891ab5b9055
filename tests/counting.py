"""A model that counts words as tokens, for tests that depend only on lengths."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from core.ports.model import AnswerPiece, PromptLine, SamplingSettings, ToolSpec


@dataclass(slots=True)
class CountingModel:
    """Says nothing; a line has as many tokens as words."""

    window: int
    name: str = "counting"
    slots: int = 1
    counted: int = 0
    """How often it was asked to count."""

    @property
    def calls_tools(self) -> bool:
        """It cannot."""
        return False

    async def count(self, lines: Sequence[PromptLine]) -> int:
        self.counted += 1
        return sum(len(line.text.split()) for line in lines)

    async def stream(
        self, lines: Sequence[PromptLine], sampling: SamplingSettings, session: str = "", tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[AnswerPiece, None]:
        yield AnswerPiece(finish="stop")
