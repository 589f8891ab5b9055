"""Asks a server what a prompt's template puts before an answer: with some models, the mark that opens reasoning."""

from typing import Any

from core.models.remote.connection import ServerConnection
from core.models.remote.dialects import Dialect

MESSAGES = [{"role": "user", "content": "Hello"}]
LONGEST = 100
"""How many characters of the end are of interest."""

APART = frozenset({"deepseek", "deepseek-legacy", "auto"})
"""llama.cpp's names of the ways in which it tells reasoning from the answer by itself."""


async def answer_opening(connection: ServerConnection, model: str, dialect: Dialect) -> str:
    """The end of a prompt, after which the model writes; empty if the server tells nothing that matters.

    Raises ModelUnavailable and ModelTimeout.
    """
    fields: dict[str, Any] = {"model": model, "messages": MESSAGES}
    if dialect == "llama.cpp":
        prompt = "" if await _apart(connection) else await _text(connection, "apply-template", fields)
    elif dialect == "vllm":
        tokens = (await connection.ask(f"{connection.root}/tokenize", fields)).get("tokens")
        told = {"model": model, "tokens": tokens}
        prompt = await _text(connection, "detokenize", told) if isinstance(tokens, list) else ""
    else:
        prompt = ""
    return prompt[-LONGEST:]


async def _apart(connection: ServerConnection) -> bool:
    settings = (await connection.ask(f"{connection.root}/props")).get("default_generation_settings")
    params = settings.get("params") if isinstance(settings, dict) else None
    return isinstance(params, dict) and params.get("reasoning_format") in APART


async def _text(connection: ServerConnection, path: str, fields: dict[str, Any]) -> str:
    found = (await connection.ask(f"{connection.root}/{path}", fields)).get("prompt")
    return found if isinstance(found, str) else ""
