"""Counts the tokens of a prompt: exactly if the server has a tokeniser to ask, otherwise by a high estimate.

A prompt is counted as a whole, not as the sum of its messages: a template may trim them, add text of its own, or join
two so that the tokens at their border change. One question takes about a millisecond, and its answer is cached.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from cachetools import LRUCache

from core.models.remote.connection import ServerConnection
from core.models.remote.dialects import Dialect, prompt_fields
from core.models.token_estimate import TokenEstimate
from core.ports.model import PromptLine

REMEMBERED = 1024

Way = Callable[[ServerConnection, Mapping[str, Any]], Awaitable[object]]


class TokenCounter:
    """Counts tokens for one model behind one connection."""

    def __init__(self, connection: ServerConnection, model: str) -> None:
        self._connection = connection
        self._model = model
        self._estimate = TokenEstimate()
        self._known: LRUCache[bytes, int] = LRUCache(REMEMBERED)
        self._unknown_ways: set[Way] = set()

    async def count(self, lines: Sequence[PromptLine], dialect: Dialect) -> int:
        """Count the tokens of a prompt, including its chat template. Raises ModelUnavailable and ModelTimeout."""
        if self._unknown_ways.issuperset(WAYS[dialect]):
            return self._estimate(lines)
        key = _digest(lines)
        if key in self._known:
            return self._known[key]
        tokens = await self._asked(lines, dialect)
        if tokens is None:
            return self._estimate(lines)
        self._known[key] = tokens
        return tokens

    def learn(self, lines: Sequence[PromptLine], tokens: int) -> None:
        """Learn from the server's count for a prompt, to improve later estimates."""
        self._estimate.learn(lines, tokens)

    def estimate(self, lines: Sequence[PromptLine]) -> int:
        return self._estimate(lines)

    async def _asked(self, lines: Sequence[PromptLine], dialect: Dialect) -> int | None:
        """The server's own count, asked in the first way that it supports; None if it supports none."""
        fields = {"model": self._model, **prompt_fields(lines, dialect)}
        for way in WAYS[dialect]:
            if way in self._unknown_ways:
                continue
            tokens = await way(self._connection, fields)
            if isinstance(tokens, int):
                return tokens
            self._unknown_ways.add(way)
        return None


async def _at_once(connection: ServerConnection, fields: Mapping[str, Any]) -> object:
    return (await connection.ask(f"{connection.url}/chat/completions/input_tokens", fields)).get("input_tokens")


async def _in_two_steps(connection: ServerConnection, fields: Mapping[str, Any]) -> object:
    """Count with a llama.cpp from before 2026: apply the template, then tokenise."""
    prompt = (await connection.ask(f"{connection.root}/apply-template", fields)).get("prompt")
    fields = {"content": prompt, "add_special": True, "parse_special": True}
    tokens = (await connection.ask(f"{connection.root}/tokenize", fields)).get("tokens")
    return len(tokens) if isinstance(tokens, list) else None


async def _with_vllm(connection: ServerConnection, fields: Mapping[str, Any]) -> object:
    return (await connection.ask(f"{connection.root}/tokenize", fields)).get("count")


WAYS: Mapping[Dialect, Sequence[Way]] = {"llama.cpp": (_at_once, _in_two_steps), "vllm": (_with_vllm,), "openai": ()}


def _digest(lines: Sequence[PromptLine]) -> bytes:
    digest = blake2b(digest_size=16)
    for line in lines:
        text = line.text.encode()
        digest.update(b"%s %d " % (line.role.encode(), len(text)))
        digest.update(text)
    return digest.digest()
