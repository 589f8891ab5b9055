"""Files that came with a message, from servers that send them as real ones do: in pieces, or not to their end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bots.shared.attached_files import LARGEST_FILE, download
from core.errors import UserError
from core.messages import Attachment

WHOLE = b"line\n" * 7000


@asynccontextmanager
async def serving(pieces: Sequence[bytes], *, status: int = 200, length: int | None = None) -> AsyncIterator[str]:
    """Serve a file in pieces that each leave by themselves; `length` is the size that the headers claim."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        claimed = "" if length is None else f"Content-Length: {length}\r\n"
        writer.write(f"HTTP/1.1 {status} OK\r\n{claimed}Location: /elsewhere\r\nConnection: close\r\n\r\n".encode())
        for piece in pieces:
            await writer.drain()
            writer.write(piece)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a.py"


async def fetched(address: str, size: int) -> bytes:
    async with aiohttp.ClientSession() as session:
        return await download(session, Attachment("a.py", "text/x-python", size, "1"), address)


def in_pieces(content: bytes) -> list[bytes]:
    return [content[at : at + 1000] for at in range(0, len(content), 1000)]


@pytest.mark.parametrize("length", [None, len(WHOLE)])
@pytest.mark.parametrize("size", [0, len(WHOLE)])
async def test_a_file_that_comes_in_pieces_is_read_whole(size: int, length: int | None) -> None:
    async with serving(in_pieces(WHOLE), length=length) as address:
        assert await fetched(address, size) == WHOLE


async def test_an_empty_file_is_empty() -> None:
    async with serving([], length=0) as address:
        assert await fetched(address, 0) == b""


@pytest.mark.parametrize(
    ("pieces", "size", "length"),
    [
        (in_pieces(WHOLE)[:-1], len(WHOLE), None),
        (in_pieces(WHOLE)[:-1], len(WHOLE), len(WHOLE)),
        (in_pieces(WHOLE)[:-1], 0, len(WHOLE)),
        ([*in_pieces(WHOLE), b"more"], len(WHOLE), None),
        ([], len(WHOLE), None),
        ([], len(WHOLE), 0),
        (in_pieces(b"x" * (LARGEST_FILE + 1)), 0, None),
        (in_pieces(b"x" * 1000), LARGEST_FILE + 1, None),
    ],
)
async def test_a_file_that_is_not_what_was_declared_is_named_as_unread(
    pieces: Sequence[bytes], size: int, length: int | None
) -> None:
    async with serving(pieces, length=length) as address:
        with pytest.raises(UserError) as error:
            await fetched(address, size)
    assert (error.value.key, error.value.values) == ("attachments-unread", {"names": "a.py"})


@pytest.mark.parametrize("status", [302, 403, 404, 500])
async def test_a_page_in_place_of_the_file_is_not_the_file(status: int) -> None:
    async with serving([WHOLE], status=status) as address:
        with pytest.raises(UserError):
            await fetched(address, len(WHOLE))


async def test_a_server_that_is_not_there_names_the_file_as_unread() -> None:
    async with serving([]) as address:
        pass
    with pytest.raises(UserError):
        await fetched(address, len(WHOLE))
