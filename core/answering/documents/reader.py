"""Reads files in processes of their own, away from everything else, with bounds on their time, memory and number."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog

from core.answering.documents import encodings
from core.answering.documents.file_text import FileText, taken
from core.answering.documents.worker import PREFIX
from core.reading_process import program_of, start_reading

log = structlog.get_logger()

LONGEST = 30.0
"""Seconds that a file may take, waiting for the processor included."""

QUICK = 4.0
"""Seconds after which a file makes room for the next one, and is one of the slow ones."""

AT_ONCE = 2
"""Files that are read at the same time, and as many slow ones."""

PROGRAM = program_of("core.answering.documents.worker")
CODE = (b"%PDF-", b"PK\x03\x04", b"{\\rtf")


@dataclass(frozen=True, slots=True)
class DocumentReader:
    """Reads the words of files. Nobody's file waits longer than `quick` seconds for each two before it.

    A file that takes longer goes on beside the others. If there are too many of these already, it is given up.
    """

    quick: float = QUICK
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _slow: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def read(self, content: bytes, most: int) -> FileText | None:
        """The first words of a file, about `most` characters of them; None if there are none that we can read."""
        # Nearly every text is in UTF-8, and needs no process.
        if not content.startswith(CODE) and (text := encodings.certain(content)) is not None and not _page(text):
            return taken([text], "", 1, most)
        async with AsyncExitStack() as slow:
            async with self._slots:
                reading = await slow.enter_async_context(_reading(content, most))
                await asyncio.wait([reading], timeout=self.quick)
                if not reading.done() and self._slow.locked():
                    log.warning("file_not_read", reason="too many slow ones")
                    return None
                if not reading.done():
                    # There is room, so this waits for nobody.
                    await slow.enter_async_context(self._slow)
            try:
                async with asyncio.timeout(LONGEST - self.quick):
                    return await reading
            except TimeoutError:
                log.warning("file_not_read", reason="too slow")
                return None


@asynccontextmanager
async def _reading(content: bytes, most: int) -> AsyncIterator["asyncio.Task[FileText | None]"]:
    """Read a file during the block. After it, nothing is left of that."""
    task = asyncio.create_task(_read(content, most))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


def _page(text: str) -> bool:
    return text.lstrip()[:1] == "<"


async def _read(content: bytes, most: int) -> FileText | None:
    child = await start_reading(PROGRAM)
    try:
        said, _ = await child.communicate(most.to_bytes(PREFIX) + content)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    answer: Mapping[str, Any] = json.loads(said) if said else {"refused": f"the process ended with {child.returncode}"}
    if "refused" in answer:
        log.info("file_not_read", reason=answer["refused"])
        return None
    found = answer["read"]
    return FileText(tuple(found["parts"]), found["unit"], found["count"], whole=found["whole"])
