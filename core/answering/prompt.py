"""Makes the prompt: the persona, the person's own instructions, and as much of the conversation as fits.

Prompts are byte-stable and append-only, so that the model's prefix cache keeps working. Nothing that changes from turn
to turn (a clock, a name that comes and goes) stands before the newest message. When old turns must be dropped, they are
dropped in whole blocks, so that the beginning stays the same for several turns.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.errors import PromptTooLong
from core.ports.model import LanguageModel, PromptLine
from core.store.hot_path import PathMessage

BLOCK = 8
"""Messages that are dropped together."""


@dataclass(frozen=True, slots=True)
class FittedPrompt:
    """A prompt that fits: its lines, its length in the model's own tokens, and the messages that are in it."""

    lines: Sequence[PromptLine]
    tokens: int
    path: Sequence[PathMessage]


async def fit(
    system: str, path: Sequence[PathMessage], model: LanguageModel, reserve: Callable[[int], int]
) -> FittedPrompt:
    """The prompt for the last message of a path.

    `reserve` says how many tokens of a window are left for the answer, at least. As few of the oldest messages as
    possible are dropped, in blocks of whole messages. Raises PromptTooLong if the newest message alone does not fit,
    ModelError if the model cannot count.
    """

    async def beginning_at(start: int) -> FittedPrompt:
        lines = prompt(system, path[start:])
        return FittedPrompt(lines, await model.count(lines), path[start:])

    def room() -> int:
        # A model that has not started yet knows its window once it has counted.
        return model.window - reserve(model.window)

    starts = beginnings(path)
    # Nearly always the first or the second one fits. After a restart, many may be too early: the steps grow.
    early, step = -1, 1
    while (found := await beginning_at(starts[min(early + step, len(starts) - 1)])).tokens > room():
        early = min(early + step, len(starts) - 1)
        if early == len(starts) - 1:
            raise PromptTooLong("prompt-too-long", tokens=found.tokens, window=room())
        step *= 2
    late = min(early + step, len(starts) - 1)
    while late - early > 1:
        middle = (early + late) // 2
        tried = await beginning_at(starts[middle])
        if tried.tokens > room():
            early = middle
        else:
            late, found = middle, tried
    return found


def beginnings(path: Sequence[PathMessage]) -> list[int]:
    """Where in a path a prompt may begin: at its first message, at each block, and near the end at each message."""
    first, last = path[0].depth, path[-1].depth
    blocks = range((first // BLOCK + 1) * BLOCK, last + 1, BLOCK)
    single = range((blocks[-1] if blocks else first) + 1, last + 1)
    return [depth - first for depth in (first, *blocks, *single)]


def prompt(system: str, path: Sequence[PathMessage]) -> list[PromptLine]:
    """The lines of a path. Answers without text (stopped, failed) are left out; neighbours of the same role are joined.

    The model continues an answer at the end, so that answer stays even if the roles then do not alternate.
    """
    lines = [PromptLine("system", system)] if system else []
    before = ""
    for message in path:
        line = message.line
        if not line.text:
            continue
        if line.role == before:
            lines[-1] = PromptLine(line.role, f"{lines[-1].text}\n\n{line.text}")
        elif before or line.role == "user":
            # Chat templates refuse a conversation that begins with an answer. Its question was dropped, so it goes too.
            lines.append(line)
            before = line.role
    return lines


def system_text(persona: str, choices: Mapping[str, str]) -> str:
    """The system line: the persona, and the person's own instructions (Open Assistant's two fields)."""
    parts = [persona]
    if about := choices.get("about"):
        parts.append(f"About the person you talk with, for use where it matters: {about}")
    if style := choices.get("style"):
        parts.append(f"How they would like to be answered: {style}")
    return "\n\n".join(part for part in parts if part)
