"""Makes the prompt: the persona, the person's own instructions, and as much of the conversation as fits.

Prompts are byte-stable and append-only, so that the model's prefix cache keeps working. Nothing that changes from turn
to turn (a clock, a name that comes and goes) stands before the newest message. When old turns must be dropped, they are
dropped in whole blocks, so that the beginning stays the same for several turns.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from core.errors import PromptTooLong
from core.ports.model import LanguageModel, PromptLine
from core.store.conversations import PathMessage

BLOCK = 8
"""Messages that are dropped together."""

REMEMBERED = 4096


class PromptWindow:
    """Fits conversations into a model's window. It remembers where each was cut, and starts the next try from there."""

    def __init__(self) -> None:
        self._starts: OrderedDict[tuple[str, str, str], int] = OrderedDict()

    async def fit(
        self, system: str, path: Sequence[PathMessage], model: LanguageModel, reserve: int
    ) -> tuple[Sequence[PromptLine], int]:
        """The prompt for the last message of a path, and its length in the model's own tokens.

        At least `reserve` tokens of the window are left for the answer. The oldest messages are dropped, in blocks of
        whole messages. Raises PromptTooLong if the newest message alone does not fit, ModelError if the model cannot
        count.
        """
        room = model.window - reserve
        key = (path[0].id, model.name, system)
        start = self._starts.get(key, path[0].depth)
        while True:
            lines = prompt(system, [message for message in path if message.depth >= start])
            tokens = await model.count(lines)
            if tokens <= room:
                self._remember(key, start)
                return lines, tokens
            if start >= path[-1].depth:
                raise PromptTooLong("prompt-too-long", tokens=tokens, window=room)
            start = later(start, path[-1].depth)

    def _remember(self, key: tuple[str, str, str], start: int) -> None:
        self._starts[key] = start
        self._starts.move_to_end(key)
        if len(self._starts) > REMEMBERED:
            self._starts.popitem(last=False)


def later(start: int, last: int) -> int:
    """The next depth at which a prompt may begin: the next block, or near the end the next message."""
    block = (start // BLOCK + 1) * BLOCK
    return block if block <= last else start + 1


def prompt(system: str, path: Sequence[PathMessage]) -> list[PromptLine]:
    """The lines of a path. Answers without text (stopped, failed) are left out; neighbours of the same role are joined.

    The model continues an answer at the end, so that answer stays even if the roles then do not alternate.
    """
    lines = [PromptLine("system", system)] if system else []
    for message in path:
        if not message.text:
            continue
        role = "user" if message.role == "prompter" else "assistant"
        if lines and lines[-1].role == role:
            lines[-1] = PromptLine(lines[-1].role, f"{lines[-1].text}\n\n{message.text}")
        elif role == "assistant" and len(lines) == bool(system):
            # Chat templates refuse a conversation that begins with an answer. Its question was dropped, so it goes too.
            continue
        else:
            lines.append(PromptLine("user" if role == "user" else "assistant", message.text))
    return lines


def system_text(persona: str, choices: Mapping[str, str]) -> str:
    """The system line: the persona, and the person's own instructions (Open Assistant's two fields)."""
    parts = [persona]
    if about := choices.get("about"):
        parts.append(f"About the person you talk with, for use where it matters: {about}")
    if style := choices.get("style"):
        parts.append(f"How they would like to be answered: {style}")
    return "\n\n".join(part for part in parts if part)
