"""Writes rows in pairs until it is killed or the disk is full, and says which ones were acknowledged."""

import asyncio
import resource
import sys
from collections.abc import Callable
from uuid import uuid4

from sqlmodel import Session

from core.errors import StoreError
from core.store.engine.database import Database, connect
from tests.store.rows import adding

AT_ONCE = 20


def pair(name: str, size: int) -> Callable[[Session], None]:
    """A unit that adds two rows, neither of which makes sense alone."""

    def unit(session: Session) -> None:
        adding(f"{name}-a-{'x' * size}")(session)
        adding(f"{name}-b-{'x' * size}")(session)

    return unit


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


async def write_for_ever(store: Database) -> None:
    """Until somebody kills us."""

    async def one_after_another() -> None:
        while True:
            name = uuid4().hex
            await store.write(pair(name, 0))
            say("kept", name)

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


async def fill_the_disk(store: Database, room: int) -> None:
    """With files that may have `room` bytes at most; then with more room again."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
    refused = 0
    while not refused:
        written = [uuid4().hex for _ in range(AT_ONCE)]
        results = await asyncio.gather(*(store.write(pair(name, 1000)) for name in written), return_exceptions=True)
        for name, result in zip(written, results, strict=True):
            if result is None:
                say("kept", name)
            elif isinstance(result, StoreError):
                refused += 1
                say("refused", name, str(result))
            else:
                raise SystemExit(f"{result!r}")
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    await store.write(pair("healed", 1000))
    say("kept", "healed")


async def main() -> None:
    store = connect(sys.argv[1])
    if len(sys.argv) > 2:
        await fill_the_disk(store, int(sys.argv[2]))
    else:
        await write_for_ever(store)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main())
