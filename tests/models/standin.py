"""A model server in a few lines, which can be as slow, broken or wrong as a test wants."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from core.ports.model import AnswerPiece, LanguageModel, PromptLine, SamplingSettings

ASK = [PromptLine("user", "hello")]
FEW = SamplingSettings(max_new_tokens=8)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that the server got; `sent` is its body as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    sent: bytes = b""


@dataclass(slots=True)
class Out:
    """The way back to the client."""

    writer: asyncio.StreamWriter

    async def raw(self, content: bytes) -> None:
        self.writer.write(content)
        await self.writer.drain()

    async def head(self, status: int = 200, kind: str = "text/event-stream") -> None:
        await self.raw(f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())

    async def json(self, content: object, status: int = 200) -> None:
        await self.head(status, "application/json")
        await self.raw(json.dumps(content).encode())

    async def event(self, content: object) -> None:
        await self.raw(b"data: " + json.dumps(content, ensure_ascii=False).encode() + b"\n\n")

    async def words(self, *words: str) -> None:
        for word in words:
            await self.event({"choices": [{"delta": {"content": word}}]})

    async def end(self, reason: str = "stop", **fields: object) -> None:
        await self.event({"choices": [{"delta": {}, "finish_reason": reason}]} | fields)
        await self.raw(b"data: [DONE]\n\n")

    async def forever(self) -> None:
        """Say nothing more, until the client has gone."""
        await asyncio.Event().wait()


Answer = Callable[[Asked, Out], Awaitable[None]]


@dataclass(slots=True)
class StandIn:
    """A running server: what it was asked, and how many requests it is still answering.

    `clients` closes those that were made for it, when it ends.
    """

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    open: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    clients: AsyncExitStack = field(default_factory=AsyncExitStack)


@asynccontextmanager
async def stand_in(answer: Answer, owner: str = "someone", window: int = 0) -> AsyncIterator[StandIn]:
    """Serve on loopback: the list of models by itself, everything else by `answer`.

    `owner` shows the dialect. A client that goes away ends its answer, as it does in a real server.
    """
    server_side = StandIn()
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(asyncio.ensure_future(serve(reader, writer)))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if asked := await _request(reader):
                server_side.asked.append(asked)
                server_side.open += 1
                server_side.idle.clear()
                await _first(_answered(asked, Out(writer)), reader.read())
                server_side.open -= 1
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        if not server_side.open:
            server_side.idle.set()

    async def _answered(asked: Asked, out: Out) -> None:
        with suppress(ConnectionError):
            if asked.path == "/v1/models":
                entry = {"id": "default", "owned_by": owner} | ({"max_model_len": window} if window else {})
                await out.json({"data": [entry]})
            else:
                await answer(asked, out)

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        server_side.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        try:
            yield server_side
        finally:
            for connection in connections:
                connection.cancel()
            await asyncio.gather(*connections, return_exceptions=True)
            await server_side.clients.aclose()


async def _first(*works: Coroutine[Any, Any, object]) -> None:
    """Wait for the first of several works to end, and end the others."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _request(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *rest = head.strip().split("\r\n")
        method, path, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return Asked(method, path, headers, json.loads(body) if body else {}, body)


async def pieces(
    model: LanguageModel, lines: list[PromptLine] = ASK, sampling: SamplingSettings = FEW
) -> list[AnswerPiece]:
    """A whole answer."""
    return [piece async for piece in model.stream(lines, sampling, "conversation")]


async def said(model: LanguageModel, lines: list[PromptLine] = ASK, sampling: SamplingSettings = FEW) -> str:
    """The text of a whole answer."""
    return "".join(piece.text for piece in await pieces(model, lines, sampling))
