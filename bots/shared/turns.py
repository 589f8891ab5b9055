"""Work that only one of all processes does at a time, such as asking a platform for what has happened."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

Work = Callable[[], Awaitable[None]]

InTurn = Callable[[str, Work], Coroutine[Any, Any, None]]
"""Does the work of a name as soon as no other process does, until it ends by itself (`SharedDuties.alone`)."""


async def at_once(name: str, work: Work) -> None:
    """Do the work: there is no other process."""
    await work()


async def done_in_turn(alone: InTurn, name: str, work: Work, leaving: asyncio.Event) -> None:
    """Do work when it is our turn. Once it is time to leave, wait for its end, but no longer for our turn."""
    ours = asyncio.Event()

    async def begun() -> None:
        ours.set()
        try:
            await work()
        finally:
            ours.clear()

    turn, left = asyncio.ensure_future(alone(name, begun)), asyncio.ensure_future(leaving.wait())
    try:
        await asyncio.wait((turn, left), return_when=asyncio.FIRST_COMPLETED)
        if turn.done() or ours.is_set():
            await turn
    finally:
        for task in (turn, left):
            task.cancel()
        await asyncio.gather(turn, left, return_exceptions=True)
