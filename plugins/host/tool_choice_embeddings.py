"""The router by meaning: an embeddings server says which tool's sentences are nearest to what was said.

Measured in docs/reference/inference.md 2.3: it is right more often than shared words when people paraphrase, and no
better at telling that no tool fits. Any server with the OpenAI-compatible `/embeddings` will do (llama-server, Ollama,
vLLM).
"""

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx
import structlog
from cachetools import LRUCache

from core.foreign_code import ForeignFault, guarded
from core.outside_json import read_json
from plugins.host.tool_choice import Pair, WordRouter, arguments, sentences

log = structlog.get_logger()

LARGEST = 64 * 1024 * 1024
"""The most bytes of a response: a vector of 4,000 numbers takes 80 kB, and each sentence of each tool has one."""

OFFERED = 0.45
"""The least score for a button without a keyword: small talk scored up to 0.38 (docs/reference/inference.md 2.3)."""

PATIENCE = 3.0
REMEMBERED = 10_000

Vector = tuple[float, ...]


@dataclass(slots=True)
class EmbeddingRouter:
    """Compares by embeddings. `url` is the server's address before `/embeddings`.

    If it fails, or takes longer than `patience` seconds, words are compared.
    """

    url: str
    model: str = "default"
    key: str = field(default="", repr=False)
    transport: httpx.AsyncBaseTransport | None = None
    patience: float = PATIENCE
    words: WordRouter = field(default_factory=WordRouter)
    _known: LRUCache[str, Vector] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _failing: bool = False

    async def scores(self, text: str, pairs: Sequence[Pair]) -> Sequence[float]:
        """For each tool, the nearness of its best sentence, from -1 to 1."""
        about = [sentences(*pair) for pair in pairs]
        try:
            with guarded():
                async with asyncio.timeout(self.patience):
                    known = await self._vectors([text, *(sentence for one in about for sentence in one)])
                said = known[text]
                nearest = [max(nearness(said, known[sentence]) for sentence in one) for one in about]
        except ForeignFault as fault:
            if not self._failing:
                log.warning("embeddings_unreachable", url=self.url, error=fault.cause)
            self._failing = True
            return await self.words.scores(text, pairs)
        self._failing = False
        return [1.0 if arguments(text, *pair) else score for pair, score in zip(pairs, nearest, strict=True)]

    async def fitting(self, text: str, pairs: Sequence[Pair]) -> Sequence[Pair]:
        """The tools that are near enough, or that the text asks for by their keywords, the best first."""
        scores, named = await self.scores(text, pairs), await self.words.fitting(text, pairs)
        if self._failing:
            return named
        ranked = sorted(zip(scores, pairs, strict=True), key=lambda one: (-one[0], one[1][1].tool))
        return [pair for score, pair in ranked if score >= OFFERED or pair in named]

    async def _vectors(self, texts: Sequence[str]) -> Mapping[str, Vector]:
        """The vectors of texts. Those of tools' sentences are requested once and kept."""
        vectors = {text: self._known[text] for text in texts if text in self._known}
        missing = [text for text in dict.fromkeys(texts) if text not in vectors]
        if missing:
            vectors |= await self._ask(missing)
        # What people say is not kept.
        self._known.update({text: vector for text, vector in vectors.items() if text != texts[0]})
        return vectors

    async def _ask(self, texts: Sequence[str]) -> Mapping[str, Vector]:
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        async with httpx.AsyncClient(transport=self.transport, timeout=self.patience, trust_env=False) as http:
            body = {"model": self.model, "input": list(texts)}
            content = bytearray()
            address = f"{self.url.rstrip('/')}/embeddings"
            async with http.stream("POST", address, json=body, headers=headers) as answer:
                answer.raise_for_status()
                async for chunk in answer.aiter_bytes():
                    content += chunk
                    if len(content) > LARGEST:
                        raise ValueError(f"an answer of more than {LARGEST} bytes")
        rows = sorted(read_json(bytes(content), LARGEST)["data"], key=lambda row: row["index"])
        return {text: unit(row["embedding"]) for text, row in zip(texts, rows, strict=True)}


def unit(vector: Sequence[float]) -> Vector:
    """A vector of length 1 in the same direction. Raises ValueError if its length is 0."""
    length = math.sqrt(sum(value * value for value in vector))
    if not length:
        raise ValueError("an embedding has no direction")
    return tuple(value / length for value in vector)


def nearness(first: Vector, second: Vector) -> float:
    """The cosine of two vectors of length 1."""
    return sum(one * other for one, other in zip(first, second, strict=True))
