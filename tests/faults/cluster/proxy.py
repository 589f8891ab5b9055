"""A way to PostgreSQL that can be cut: nothing gets through any more, and neither side is told."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
"""The name of PostgreSQL's socket in its folder (its manual, unix_socket_directories)."""


@dataclass(slots=True)
class Partition:
    """A proxy between its `folder` and the server's. While `open` is not set, it forwards nothing."""

    folder: Path
    server: Path
    open: asyncio.Event = field(default_factory=asyncio.Event)
    _ways: "set[asyncio.Task[None]]" = field(default_factory=set)

    def cut(self) -> None:
        self.open.clear()

    def heal(self) -> None:
        self.open.set()

    async def meet(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Connect one client."""
        task = asyncio.current_task()
        assert task
        self._ways.add(task)
        try:
            with suppress(OSError, asyncio.CancelledError):
                await self.open.wait()
                inside, outside = await asyncio.open_unix_connection(str(self.server / SOCKET))
                try:
                    await asyncio.gather(self._forward(reader, outside), self._forward(inside, writer))
                finally:
                    outside.close()
        finally:
            self._ways.discard(task)
            writer.close()

    async def _forward(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(OSError):
            while read := await reader.read(65536):
                await self.open.wait()
                writer.write(read)
                await writer.drain()
        writer.close()

    async def end(self) -> None:
        ways = list(self._ways)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


@asynccontextmanager
async def partition(folder: Path, server: Path) -> AsyncIterator[Partition]:
    """A proxy that is open at first, for as long as the block runs."""
    made = Partition(folder, server)
    made.heal()
    listening = await asyncio.start_unix_server(made.meet, str(folder / SOCKET))
    try:
        yield made
    finally:
        listening.close()
        await made.end()
