"""The sign that we are typing, for everybody who waits for an answer."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cachetools import LRUCache

from core.messages import Place
from core.ports.chat import Chat

BEFORE_TYPING = 0.5
"""Seconds after which we show that we are typing, so that it is seen within one; an answer that has begun by then needs
no such sign, which is a request of its own."""

SHARED, REMEMBERED = 1.0, 1000
"""Seconds for which a sign that was shown also counts for people who come later; the most places remembered."""


def _always() -> bool:
    return True


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class TypingSigns:
    """Shows that we are typing, once for all who wait in the same place.

    `_shown` are the times at which that was last shown in shared places, `_sending` those in which it is about to be.
    """

    _shown: LRUCache[Place, float] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _sending: set[Place] = field(default_factory=set)

    @contextmanager
    def during(
        self, chat: Chat, place: Place, needed: Callable[[], bool] = _always, unseen: Callable[[], None] = _nothing
    ) -> Iterator[None]:
        """Show it during the body, as long as it is `needed`. `unseen` is called if the platform has no such sign."""
        tasks: list[asyncio.Task[None]] = []

        def begin() -> None:
            tasks.append(asyncio.create_task(self._keep(chat, place, needed, unseen)))

        # Most answers that come quickly need no task.
        later = asyncio.get_running_loop().call_later(BEFORE_TYPING, begin)
        try:
            yield
        finally:
            later.cancel()
            for task in tasks:
                task.cancel()

    async def keep(
        self, chat: Chat, place: Place, needed: Callable[[], bool], unseen: Callable[[], None] = _nothing
    ) -> None:
        """Show it again and again, as long as it is `needed`. `unseen` is called if the platform has no such sign."""
        await asyncio.sleep(BEFORE_TYPING)
        await self._keep(chat, place, needed, unseen)

    async def _keep(self, chat: Chat, place: Place, needed: Callable[[], bool], unseen: Callable[[], None]) -> None:
        clock, lasts = asyncio.get_running_loop().time, chat.capabilities.typing_lasts
        came = clock()
        while needed():
            shown = self._shown.get(place, came - lasts)
            rest = shown + lasts - clock() if shown >= came - SHARED else 0.0
            if place in self._sending:
                await asyncio.sleep(BEFORE_TYPING)
            elif rest > 0:
                await asyncio.sleep(rest)
            elif not await self._show(chat, place):
                unseen()
                return
            elif place.private:
                await asyncio.sleep(lasts)

    async def _show(self, chat: Chat, place: Place) -> bool:
        if place.private:
            # A page of one person is also told by this that there is something new to show.
            return await chat.typing(place)
        self._sending.add(place)
        try:
            seen = await chat.typing(place)
            self._shown[place] = asyncio.get_running_loop().time()
        finally:
            # Whoever began it may have their answer by now; then the next one shows it.
            self._sending.discard(place)
        return seen
