"""plugins.host.egress.tunnel: a program with a client of its own gets out to the hosts that it may reach, and nowhere
else."""

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from plugins.host.egress.guarded_http import FetchLimits
from plugins.host.egress.tunnel import EgressTunnel, tunnel
from tests.plugin_host.test_guarded_http import local


@asynccontextmanager
async def far(answer: bytes = b"") -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that keeps what it is told, and says it again or `answer`."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(b"")
        while piece := await reader.read(65536):
            heard[-1] += piece
            writer.write(answer or piece)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        server.close()


async def connect(way: EgressTunnel, head: str) -> tuple[bytes, asyncio.StreamReader, asyncio.StreamWriter]:
    """The first line of the answer to a request, and the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(way.address.rpartition(":")[2]))
    writer.write(head.encode())
    line = await reader.readline()
    return line.rstrip(), reader, writer


def asking(way: EgressTunnel, target: str, method: str = "CONNECT") -> str:
    known = base64.b64encode(way.address.removeprefix("http://").rpartition("@")[0].encode()).decode()
    return f"{method} {target} HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic {known}\r\n\r\n"


async def test_what_may_be_reached_is_reached() -> None:
    async with far() as (port, heard):
        limits = FetchLimits(("git.example",), frozenset({f"git.example:{port}"}), slowest=60)
        async with tunnel(limits, local) as way:
            line, reader, writer = await connect(way, asking(way, f"git.example:{port}"))
            assert line == b"HTTP/1.1 200 Connection established"
            await reader.readuntil(b"\r\n")
            writer.write(b"hello")
            writer.write_eof()
            assert await reader.read() == b"hello"
            writer.close()
        assert (heard, way.refused) == ([b"hello"], [])


# fmt: off
REFUSED = [
    ("127.0.0.1:443", "CONNECT", "not among the hosts"), ("localhost:443", "CONNECT", "not among the hosts"),
    ("[::1]:443", "CONNECT", "not among the hosts"), ("other.example:443", "CONNECT", "not among the hosts"),
    ("git.example:443", "CONNECT", "not on the public internet"), ("git.example:22", "CONNECT", "port 22"),
    ("git.example:80", "CONNECT", "port 80"), ("git.example.evil.example:443", "CONNECT", "not among the hosts"),
    ("me@git.example:443", "CONNECT", "only plain https"), ("git.example:443/x", "CONNECT", "no address"),
    ("git.example:99999", "CONNECT", "port 99999"), ("", "CONNECT", ""),
    ("http://git.example/", "GET", "only https"), ("https://git.example/", "POST", "only https"),
]
# fmt: on


@pytest.mark.parametrize(("target", "method", "words"), REFUSED)
async def test_nothing_else_is(target: str, method: str, words: str) -> None:
    async with tunnel(FetchLimits(("git.example",), slowest=60), local) as way:
        line, _, writer = await connect(way, asking(way, target, method))
        writer.close()
        assert line == b"HTTP/1.1 403 Forbidden"
        assert words in way.refused[0]


async def test_a_name_is_resolved_once_and_that_address_is_used() -> None:
    answers = iter([["8.8.8.8", "127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"]])

    async def alternating(host: str, port: int) -> Sequence[str]:
        return next(answers)

    async with tunnel(FetchLimits(("git.example",), slowest=60), alternating) as way:
        for _ in range(3):
            line, _, writer = await connect(way, asking(way, "git.example:443"))
            writer.close()
            assert line.startswith(b"HTTP/1.1 403")
    assert len(way.refused) == 3


@pytest.mark.parametrize("header", ["", "Proxy-Authorization: Basic eDp5", "Proxy-Authorization: Bearer x", "x: y"])
async def test_others_on_this_machine_cannot_use_it(header: str) -> None:
    async with (
        far() as (port, heard),
        tunnel(FetchLimits((), frozenset({f"a.example:{port}"}), slowest=60), local) as way,
    ):
        line, _, writer = await connect(way, f"CONNECT a.example:{port} HTTP/1.1\r\n{header}\r\n\r\n")
        writer.close()
        assert line == b"HTTP/1.1 407 Proxy Authentication Required"
        assert not heard


async def test_more_than_its_share_is_cut_off() -> None:
    async with far(bytes(100_000)) as (port, _):
        limits = FetchLimits((), frozenset({f"a.example:{port}"}), largest=50_000, slowest=60)
        async with tunnel(limits, local) as way:
            _, reader, writer = await connect(way, asking(way, f"a.example:{port}"))
            writer.write(b"give me all")
            got = 0
            try:
                while piece := await reader.read(65536):
                    got += len(piece)
            except ConnectionResetError:
                pass
            assert got < 60_000
            writer.close()
        assert "came" in way.refused[0]


async def test_it_ends_with_its_time_and_with_its_block() -> None:
    async with far() as (port, _):
        exempt = frozenset({f"a.example:{port}"})
        async with tunnel(FetchLimits((), exempt, slowest=0.3), local) as way:
            _, reader, writer = await connect(way, asking(way, f"a.example:{port}"))
            # Nobody says anything, and it ends all the same.
            await reader.read()
            writer.close()
        async with tunnel(FetchLimits((), exempt, slowest=60), local) as way:
            _, reader, writer = await connect(way, asking(way, f"a.example:{port}"))
        await reader.read()
        writer.close()
        with pytest.raises(OSError, match=r".+"):
            await connect(way, "")
