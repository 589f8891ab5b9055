"""Conversations of trees as models read them."""

from collections.abc import Sequence

from core.ports.model import PromptLine
from core.store.labeling_tables import TreeMessageRow


def prompt_lines(path: Sequence[TreeMessageRow]) -> Sequence[PromptLine]:
    """The messages of a conversation as the lines of a prompt."""
    return [PromptLine("user" if turn.role == "prompter" else "assistant", turn.text) for turn in path]
