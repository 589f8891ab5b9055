"""core.delivery.typing: everybody who waits sees that we type, and a place is told so once for all of them."""

import asyncio
from dataclasses import dataclass, field

import pytest

from core.delivery.typing import TypingSigns
from core.messages import Place
from tests.paper import PaperChat

ROOM, DESK = Place("paper", "server", "room"), Place("paper", "ana", "desk", private=True)


@dataclass(slots=True)
class SlowChat(PaperChat):
    """A platform that takes its time with the sign; `asked` counts the requests."""

    asked: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    going: asyncio.Event = field(default_factory=asyncio.Event)

    async def typing(self, place: Place) -> bool:
        self.asked += 1
        self.begun.set()
        await self.going.wait()
        return await PaperChat.typing(self, place)


@pytest.mark.slow
async def test_one_sign_serves_all_who_wait_in_a_channel() -> None:
    signs, chat = TypingSigns(), PaperChat()
    with signs.during(chat, ROOM), signs.during(chat, ROOM), signs.during(chat, DESK):
        await chat.until(lambda: {ROOM, DESK} <= set(chat.typed))
        with signs.during(chat, ROOM), signs.during(chat, DESK):
            # The later one in the private place has its own; by then, the other one in the channel has gone without.
            await chat.until(lambda: chat.typed.count(DESK) == 2)
    assert chat.typed.count(ROOM) == 1


@pytest.mark.slow
async def test_a_sign_that_is_no_longer_needed_before_it_was_sent_is_left_to_the_next() -> None:
    signs, chat = TypingSigns(), SlowChat()
    with signs.during(chat, ROOM), signs.during(chat, ROOM):
        await asyncio.wait_for(chat.begun.wait(), 20)
    # Both are gone before the request ended, and a third one comes.
    with signs.during(chat, ROOM):
        chat.going.set()
        await chat.until(lambda: chat.typed == [ROOM])
    assert chat.asked == 2


async def test_where_there_is_no_such_sign_that_is_told() -> None:
    told = asyncio.Event()
    with TypingSigns().during(PaperChat(types=False), ROOM, unseen=told.set):
        await asyncio.wait_for(told.wait(), 20)
