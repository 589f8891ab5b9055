"""The sign that we are typing, for everybody who waits for an answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from cachetools import TTLCache

from core.messages import Place
from core.ports.chat import Chat

BEFORE_TYPING = 0.1
"""Seconds after which we show that we are typing; an answer that is ready by then needs no such sign."""

SHARED, REMEMBERED = 1.0, 1000
"""Seconds for which one sign serves all who wait in a shared place; so many of those are remembered."""


def _now() -> float:
    return asyncio.get_running_loop().time()


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class TypingSigns:
    """Shows that we are typing, once for all who wait in the same place."""

    _shown: TTLCache[Place, bool] = field(default_factory=lambda: TTLCache(REMEMBERED, SHARED, timer=_now))

    @asynccontextmanager
    async def during(self, chat: Chat, place: Place, needed: Callable[[], bool] = _always) -> AsyncIterator[None]:
        """Show it during the body, as long as it is `needed`."""
        typing = asyncio.create_task(self.keep(chat, place, needed))
        try:
            yield
        finally:
            typing.cancel()

    async def keep(self, chat: Chat, place: Place, needed: Callable[[], bool]) -> None:
        """Show it again and again, as long as it is `needed`."""
        await asyncio.sleep(BEFORE_TYPING)
        while needed():
            if place not in self._shown:
                # A page of one person is also told by this that there is something new to show.
                if not place.private:
                    self._shown[place] = True
                await chat.typing(place)
            await asyncio.sleep(chat.capabilities.typing_lasts)
