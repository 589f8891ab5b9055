"""Raw connections before a server of ours: half requests, slow ones, and too many."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from bots.web.adapter import WebOptions, create
from bots.web.visitor_cookie import COOKIE, new_token
from cli.wiring.connection_bounds import ConnectionBounds
from cli.wiring.surface_server import SurfaceServer, listening
from tests.web.client import KEY
from tests.web.standin import Standin

LIMIT = 10.0
"""Seconds that a test waits for what must come."""

HALF = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: "
WHOLE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"
CHUNKED = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"


class Raw:
    """A client that sends bytes."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await asyncio.wait_for(self.writer.drain(), LIMIT)

    async def line(self) -> bytes:
        """The status line of the next answer, empty if the connection is closed instead."""
        try:
            return await asyncio.wait_for(self.reader.readline(), LIMIT)
        except ConnectionError:
            return b""

    async def rest(self) -> bytes:
        """Everything until the connection is closed."""
        try:
            return await asyncio.wait_for(self.reader.read(), LIMIT)
        except ConnectionError:
            return b""


class Site:
    """One of our servers, for raw clients."""

    def __init__(self, serving: SurfaceServer) -> None:
        self.serving = serving
        self.clients: list[Raw] = []

    async def visit(self, data: bytes = b"", source: str = "127.0.0.1") -> Raw:
        """Open a connection, and send something; the server has it when this returns."""
        had = len(self.serving.gate)
        raw = await self.come(source)
        await until(lambda: len(self.serving.gate) > had)
        await raw.send(data)
        return raw

    async def come(self, source: str = "127.0.0.1") -> Raw:
        """Open a connection, whether the server lets it in or not."""
        port = self.serving.listener.getsockname()[1]
        raw = Raw(*await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0)), LIMIT))
        self.clients.append(raw)
        return raw

    def later(self, seconds: float) -> None:
        """Check the connections as if that many seconds had passed."""
        self.serving.gate.sweep(asyncio.get_running_loop().time() + seconds)


async def until(true: Callable[[], bool]) -> None:
    """Let the server, which runs in another task, work until something is true."""
    began = asyncio.get_running_loop().time()
    while not true():
        await asyncio.sleep(0)
        assert asyncio.get_running_loop().time() < began + LIMIT


async def answer(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())} bytes")


async def endless(request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536
            await asyncio.sleep(0)

    return StreamingResponse(pieces())


APP = Starlette(routes=[Route("/", answer, methods=["GET", "POST"]), Route("/endless", endless)])


@asynccontextmanager
async def served(bounds: ConnectionBounds | None = None, app: ASGIApp = APP) -> AsyncIterator[Site]:
    with listening("127.0.0.1", 0, "web.port") as listener:
        serving = SurfaceServer(app, listener, bounds)
        task = asyncio.create_task(serving.stay())
        await asyncio.wait_for(serving.up.wait(), LIMIT)
        site = Site(serving)
        yield site
        for client in site.clients:
            client.writer.transport.abort()
        serving.should_exit = True
        await asyncio.wait_for(task, LIMIT)


async def test_half_requests_keep_nobody_from_being_served() -> None:
    async with served(ConnectionBounds(connections=20)) as site:
        for data in [b"", HALF, POST, CHUNKED] * 15:
            await (await site.come()).send(data)
        visitor = await site.come()
        await visitor.send(WHOLE)
        assert await visitor.line() == b"HTTP/1.1 200 OK\r\n"
        assert len(site.serving.gate) == len(site.serving.server_state.connections) == 20


@pytest.mark.parametrize("data", [b"", HALF, POST, CHUNKED])
async def test_a_request_that_does_not_go_on_is_given_up(data: bytes) -> None:
    bounds = ConnectionBounds()
    async with served(bounds) as site:
        raw = await site.visit(data)
        site.later(bounds.head - 1)
        assert len(site.serving.gate) == 1
        site.later(bounds.body + 1)
        assert b"408" in await raw.rest()
        assert not len(site.serving.gate)
        await until(lambda: not site.serving.server_state.tasks)


async def test_a_head_that_comes_byte_by_byte_is_given_up_all_the_same() -> None:
    bounds = ConnectionBounds()
    async with served(bounds) as site:
        raw = await site.visit(HALF)
        for _ in range(20):
            await raw.send(b"x")
        site.later(bounds.head + 1)
        assert b"408" in await raw.rest()


async def test_a_body_has_more_time_than_a_head() -> None:
    bounds = ConnectionBounds()
    async with served(bounds) as site:
        raw = await site.visit(POST)
        await until(lambda: bool(site.serving.server_state.tasks))
        site.later(bounds.body - 1)
        await raw.send(b"x" * 96)
        assert await raw.line() == b"HTTP/1.1 200 OK\r\n"


async def test_a_connection_that_is_used_again_and_again_is_not_given_up() -> None:
    bounds = ConnectionBounds()
    async with served(bounds) as site:
        raw = await site.visit()
        for _ in range(5):
            await raw.send(WHOLE)
            assert await raw.line() == b"HTTP/1.1 200 OK\r\n"
            await asyncio.wait_for(raw.reader.readuntil(b"0 bytes"), LIMIT)
            site.later(bounds.head / 2)
        assert len(site.serving.gate) == 1


async def test_a_reader_that_does_not_read_is_dropped_and_takes_little_memory() -> None:
    bounds = ConnectionBounds()
    async with served(bounds) as site:
        raw = await site.visit(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
        raw.writer.transport.pause_reading()  # type: ignore[attr-defined] # the transport of a socket reads too
        (connection,) = site.serving.server_state.connections
        await until(lambda: connection.flow.write_paused)  # type: ignore[union-attr] # it speaks HTTP/1.1
        assert connection.transport.get_write_buffer_size() < 1_000_000
        site.later(0)
        site.later(bounds.reading - 1)
        assert len(site.serving.gate) == 1
        site.later(bounds.reading + 1)
        await until(lambda: not len(site.serving.gate))
        await until(lambda: not site.serving.server_state.tasks)


async def test_where_all_are_being_answered_the_next_one_is_refused() -> None:
    async with served(ConnectionBounds(connections=2)) as site:
        for _ in range(2):
            await site.visit(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await until(lambda: len(site.serving.server_state.tasks) == 2)
        assert (await (await site.come()).rest()).startswith(b"HTTP/1.1 503 ")


async def test_one_address_drives_out_its_own_connections_alone() -> None:
    async with served(ConnectionBounds(connections=10, each=2, counted=str)) as site:
        neighbour = await site.visit(HALF, "127.0.0.2")
        for _ in range(2):
            await site.visit(HALF)
        visitor = await site.come()
        await visitor.send(WHOLE)
        assert await visitor.line() == b"HTTP/1.1 200 OK\r\n"
        assert await site.clients[1].rest() == b""
        assert len(site.serving.gate) == 3
        await neighbour.send(b"x\r\n\r\n")
        assert await neighbour.line() == b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("size", [20_000, 200_000])
async def test_a_head_that_is_too_large_is_refused(size: int) -> None:
    async with served() as site:
        raw = await site.visit(WHOLE[:-2] + b"A: " + b"x" * size + b"\r\n\r\n")
        assert (await raw.line())[9:12] in (b"400", b"431")


async def test_an_upgrade_does_not_lead_out_of_the_bounds() -> None:
    async with served() as site:
        upgrade = (
            b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"
        )
        raw = await site.visit(WHOLE[:-2] + upgrade + b"\r\n")
        assert await raw.line() == b"HTTP/1.1 200 OK\r\n"
        assert len(site.serving.gate) == 1


async def test_half_a_message_to_the_web_chat_is_no_message_and_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    core, bounds = Standin(), ConnectionBounds()
    core.chat = web = create(core.handle, core, hosts={"localhost"}, options=WebOptions(KEY))
    head = (
        f"POST /c/{'a' * 32}/messages HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
        f"Cookie: {COOKIE}={KEY.signed(new_token())}\r\nContent-Length: 1000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    async with served(bounds, web.app) as site:
        for seconds in (0.0, bounds.body + 1):
            raw = await site.visit(f"{head}once={'a' * 32}&text=Hello".encode())
            await until(lambda: bool(site.serving.server_state.tasks))
            if seconds:
                site.later(seconds)
                assert b"408" in await raw.rest()
            else:
                raw.writer.transport.abort()
            await until(lambda: not site.serving.server_state.tasks)
    assert core.events == []
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
