import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import pytest

from bots.web.page_state import place_of
from bots.web.rooms import Push, RoomWatcher
from bots.web.stream import StreamPace, event, follow
from bots.web.view import PageItem, PageView
from core.errors import StoreError
from tests.web.client import LIMIT

AT_ONCE = StreamPace(between=0)


class Screen:
    """The visible items, and how often each was drawn."""

    def __init__(self) -> None:
        self.text = "0"
        self.drawn: list[bool] = []
        self.looked = asyncio.Event()
        self.error: Exception | None = None
        self.watcher = RoomWatcher("page")

    async def draw(self, fresh: bool) -> PageView:
        self.drawn.append(fresh)
        self.looked.set()
        if self.error:
            raise self.error
        return PageView("Title", "", (PageItem("t-1", "assistant", "", (self.text,), ""),))

    def show(self, text: str) -> None:
        self.text = text
        self.watcher.wake()

    def follow(self, version: str = "", pace: StreamPace = AT_ONCE) -> AsyncGenerator[str, None]:
        return follow(self.watcher, self.draw, say, act, version, pace)


def say(change: str, begun: bool, said: str) -> str:
    return change


def act(push: Push) -> str:
    return event("go", str(push))


async def following(stream: AsyncIterator[str]) -> str:
    return await asyncio.wait_for(anext(stream), LIMIT)


@pytest.fixture
def screen() -> Screen:
    return Screen()


async def test_a_page_that_has_the_view_already_hears_only_of_changes(screen: Screen) -> None:
    version = (await screen.draw(True)).version
    stream = screen.follow(version)
    screen.looked.clear()
    assert (await following(stream)).startswith("retry: ")
    waiting = asyncio.create_task(following(stream))
    await asyncio.wait_for(screen.looked.wait(), LIMIT)
    screen.show("1")
    sent = await waiting
    assert "id: 1\n" in sent
    assert '<div id="t-1-0" hx-swap-oob="innerHTML">1</div>' in sent
    assert "Title" not in sent


async def test_a_page_of_another_version_is_drawn_anew(screen: Screen) -> None:
    stream = screen.follow("another")
    await following(stream)
    assert 'id="turns" hx-swap-oob="innerHTML"' in await following(stream)


async def test_what_changes_while_a_reader_is_slow_comes_as_one_event(screen: Screen) -> None:
    stream = screen.follow()
    await following(stream)
    await following(stream)
    for number in range(500):
        screen.show(str(number))
    assert ">499</div>" in await following(stream)
    assert len(screen.drawn) == 2


async def test_only_the_first_look_and_a_fresh_one_read_the_store(screen: Screen) -> None:
    stream = screen.follow()
    await following(stream)
    await following(stream)
    screen.show("1")
    await following(stream)
    screen.watcher.wake(fresh=True)
    screen.show("2")
    await following(stream)
    assert screen.drawn == [True, False, True]


async def test_pushes_come_in_their_order_and_before_the_view(screen: Screen) -> None:
    screen.watcher.pushes.extend([place_of("a"), place_of("b")])
    stream = screen.follow()
    await following(stream)
    assert "channel='a'" in await following(stream)
    assert "channel='b'" in await following(stream)
    assert "event: view" in await following(stream)


async def test_a_stream_ends_when_its_watcher_is_closed(screen: Screen) -> None:
    async with aclosing(screen.follow()) as stream:
        await following(stream)
        await following(stream)
        waiting = asyncio.create_task(following(stream))
        screen.watcher.close()
        with pytest.raises(StopAsyncIteration):
            await waiting


async def test_a_stream_ends_when_the_store_cannot_be_read_so_that_the_browser_tries_again(screen: Screen) -> None:
    screen.error = StoreError("locked")
    stream = screen.follow()
    await following(stream)
    with pytest.raises(StopAsyncIteration):
        await following(stream)


async def test_an_idle_stream_says_something_now_and_then(screen: Screen) -> None:
    stream = screen.follow(pace=StreamPace(0, silence=0))
    await following(stream)
    await following(stream)
    assert await following(stream) == ":\n\n"


async def test_a_page_that_makes_way_is_told_to_rest(screen: Screen) -> None:
    stream = screen.follow()
    await following(stream)
    await following(stream)
    screen.watcher.close(rest=True)
    assert (await following(stream)).startswith("event: rest\n")
    with pytest.raises(StopAsyncIteration):
        await following(stream)


async def test_no_stream_lasts_for_ever(screen: Screen) -> None:
    stream = screen.follow(pace=StreamPace(0, silence=0, whole=0))
    await following(stream)
    with pytest.raises(StopAsyncIteration):
        await following(stream)


def test_what_waits_for_a_slow_reader_is_bounded(screen: Screen) -> None:
    for number in range(1000):
        screen.watcher.pushes.append(place_of(str(number)))
        screen.watcher.wake(fresh=True)
    assert len(screen.watcher.pushes) == 8


def test_a_text_cannot_break_out_of_its_event() -> None:
    sent = event("view", "a\n\nevent: go\r\ndata: x\rid: 9", 1)
    assert sent.endswith("\n\n")
    assert all(line.startswith("data: ") for line in sent.splitlines()[2:] if line)
    assert sent.count("\n\n") == 1
