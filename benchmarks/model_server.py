"""A model server that answers at once, in a process of its own: its work is not counted with that of who asks it.

It is written as plainly as HTTP allows, speaks what llama.cpp's server and all others speak, and keeps connections
open. `python -m benchmarks.model_server OWNER` prints its address.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from benchmarks.figures import on_last_core

ANSWER = ("A", " short", " answer", " of", " a", " few", " words.")
BYTES_PER_TOKEN = 5
"""Of a request in JSON: roughly what English text comes to."""

WINDOW = 4096
Owner = Literal["llamacpp", "someone"]
"""Of a model of llama.cpp, which is asked to count the tokens of each prompt, or of any other server."""


def events(tokens: int) -> bytes:
    """A whole answer as server-sent events, one for each word."""
    words: list[object] = [{"choices": [{"index": 0, "delta": {"content": word}}]} for word in ANSWER]
    words.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    words.append({"choices": [], "usage": {"prompt_tokens": tokens, "completion_tokens": len(ANSWER)}})
    return b"".join(b"data: %s\n\n" % json.dumps(word).encode() for word in words) + b"data: [DONE]\n\n"


class Connection(asyncio.Protocol):
    """A connection on which one request follows another."""

    def __init__(self, owner: str) -> None:
        self._listing = {
            "data": [{"id": "bench", "owned_by": owner, "max_model_len": WINDOW, "meta": {"n_ctx": WINDOW}}]
        }
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while b"\r\n\r\n" in self._rest:
            head, _, rest = self._rest.partition(b"\r\n\r\n")
            sizes = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            size = int(sizes[0].partition(b":")[2]) if sizes else 0
            if len(rest) < size:
                return
            self._rest = rest[size:]
            self._answer(head.split(b" ", 2)[1].decode(), size // BYTES_PER_TOKEN)

    def _answer(self, path: str, tokens: int) -> None:
        if path.endswith("/chat/completions"):
            body = events(tokens)
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
            )
            return
        known = {"input_tokens": tokens} if path.endswith("/input_tokens") else self._listing
        body = json.dumps(known).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        self._transport.write(head + body)


@asynccontextmanager
async def model_server(owner: Owner = "someone") -> AsyncIterator[str]:
    """Run the server, and yield its address as settings take it."""
    command = (sys.executable, "-m", "benchmarks.model_server", owner)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


async def main(owner: str) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Connection(owner), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    on_last_core()
    asyncio.run(main(sys.argv[1]))
