"""How a bot that somebody writes in an afternoon asks a model: one request, whose answer is read as it is streamed."""

import json
from collections.abc import Sequence

import aiohttp

SYSTEM = {"role": "system", "content": "You are Parley, a friendly assistant. Answer briefly and clearly."}


async def asked(http: aiohttp.ClientSession, url: str, said: Sequence[tuple[str, str]]) -> str:
    """The model's whole answer to what was said, each with the role of who said it."""
    lines = [SYSTEM, *({"role": role, "content": text} for role, text in said)]
    answer = ""
    async with http.post(
        f"{url}/chat/completions", json={"model": "bench", "messages": lines, "stream": True}
    ) as response:
        async for line in response.content:
            if line.startswith(b"data: {") and (choices := json.loads(line[6:])["choices"]):
                answer += choices[0]["delta"].get("content", "")
    return answer
