"""core.shared_reads: what many ask for at once is read once."""

import asyncio

import pytest

from core.shared_reads import SharedReads


class Library:
    """Counts what is read, and holds the readers back until they may go on."""

    def __init__(self) -> None:
        self.read_so_far: list[str] = []
        self.open = asyncio.Event()
        self.time = 0.0
        self.shared = SharedReads[str, str](self._read, seconds=5, most=2, clock=lambda: self.time)

    async def _read(self, key: str) -> str:
        self.read_so_far.append(key)
        await self.open.wait()
        if key == "missing":
            raise LookupError(key)
        return f"{key} {len(self.read_so_far)}"


async def test_all_who_ask_at_once_get_what_is_read_once() -> None:
    library = Library()
    asking = [asyncio.create_task(library.shared.get("a")) for _ in range(3)]
    await asyncio.sleep(0)
    # Whoever came first may leave.
    asking[0].cancel()
    library.open.set()
    assert await asyncio.gather(*asking[1:]) == ["a 1", "a 1"]
    assert await library.shared.get("a") == "a 1"


async def test_it_is_read_anew_after_its_time_and_once_it_is_forgotten() -> None:
    library = Library()
    library.open.set()
    library.time = 4.9
    assert await library.shared.get("a") == "a 1"
    library.time = 9.8
    assert await library.shared.get("a") == "a 1"
    library.time = 9.9
    assert await library.shared.get("a") == "a 2"
    library.shared.forget("a")
    assert await library.shared.get("a") == "a 3"
    library.shared.forget_all()
    assert await library.shared.get("a") == "a 4"


async def test_what_changes_while_it_is_read_is_read_again() -> None:
    library = Library()
    early = asyncio.create_task(library.shared.get("a"))
    await asyncio.sleep(0)
    library.shared.forget("a")
    late = asyncio.create_task(library.shared.get("a"))
    await asyncio.sleep(0)
    library.open.set()
    await asyncio.gather(early, late)
    assert library.read_so_far == ["a", "a"]
    assert await library.shared.get("a") == await late


async def test_an_error_reaches_all_who_wait_and_is_not_remembered() -> None:
    library = Library()
    asking = [asyncio.create_task(library.shared.get("missing")) for _ in range(2)]
    await asyncio.sleep(0)
    library.open.set()
    assert [type(one) for one in await asyncio.gather(*asking, return_exceptions=True)] == [LookupError] * 2
    with pytest.raises(LookupError):
        await library.shared.get("missing")
    assert library.read_so_far == ["missing", "missing"]


async def test_only_so_many_are_remembered() -> None:
    library = Library()
    library.open.set()
    for key in ("a", "b", "c", "b", "c", "a"):
        await library.shared.get(key)
    assert library.read_so_far == ["a", "b", "c", "a"]
