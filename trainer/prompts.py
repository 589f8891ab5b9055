"""The prompts of a run's rows, as the model gets them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Turn = Mapping[str, Any]
"""A turn of a conversation, with its `role` and `content`."""


def begun(prompt: Sequence[Turn], system: str) -> list[Turn]:
    """A prompt that begins with a system line, if there is one, as do those that a served model gets."""
    return [{"role": "system", "content": system}, *prompt] if system else [*prompt]


def held_out_prompts(path: Path, system: str) -> list[list[Turn]]:
    """The prompts of the rows in a file, each once, with the system line before them."""
    with path.open(encoding="utf-8") as file:
        found = {json.dumps(row["prompt"]): row["prompt"] for row in map(json.loads, file)}
    return [begun(prompt, system) for prompt in found.values()]
