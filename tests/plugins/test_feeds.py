"""plugins/builtin/feeds.py: a new entry of a feed is posted once, whatever the feed's server and ours do in the
meantime."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from types import FrameType

import httpx
import psutil
import pytest

from parley import Context, Due, Failure, PluginError
from parley.testing import Bench, Voice
from plugins.builtin import _feed_reader, _readable, feeds

URL = "https://club.example/feed.xml"
RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Club &amp; news</title><link>https://club.example/</link>
<atom:link href="https://club.example/feed.xml" rel="self" type="application/rss+xml"/>{items}</channel></rss>"""
ITEM = """<item><title>{title}</title><link>/news/{number}</link><pubDate>{when:%a, %d %b %Y %H:%M:%S} +0000</pubDate>
<guid isPermaLink="false">club-{number}</guid></item>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Releases</title>
<updated>2026-11-20T10:00:00Z</updated><id>tag:club.example,2026:feed</id>
<entry><id>tag:club.example,2026:1</id><title type="html">Version &lt;b&gt;1&lt;/b&gt;</title>
<link href="https://club.example/1"/><updated>2026-11-20T10:00:00Z</updated></entry></feed>"""
PAGE = """<!DOCTYPE html><html><head><title>Club</title>
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body><p>Welcome</p></body></html>"""


def rss(*numbers: int, title: str = "News {}") -> str:
    """A feed of entries, the newest first, as most are."""
    start = datetime(2026, 11, 1, tzinfo=UTC)
    items = (
        ITEM.format(number=number, title=escape(title.format(number)), when=start + timedelta(hours=number))
        for number in sorted(numbers, reverse=True)
    )
    return RSS.format(items="".join(items))


@dataclass(slots=True)
class Server:
    """The feed's server: its next answer, and the requests that it got."""

    body: str = ""
    status: int = 200
    etag: str = ""
    asked: list[httpx.Request] = field(default_factory=list)
    fails: Exception | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.fails:
            raise self.fails
        if self.etag and request.headers.get("if-none-match") == self.etag:
            return httpx.Response(304)
        headers = {"content-type": "application/rss+xml; charset=utf-8"} | ({"etag": self.etag} if self.etag else {})
        return httpx.Response(self.status, content=self.body.encode(), headers=headers)


@dataclass(slots=True)
class Outbox(Voice):
    """A voice that knows posts by their call and number, as the host does; it breaks after `breaks` posts."""

    known: set[tuple[str, int]] = field(default_factory=set)
    call: str = ""
    number: int = 0
    refuses: PluginError | None = None

    async def post(self, text: str, *, notify: bool = False) -> None:
        if self.refuses:
            raise self.refuses
        self.number += 1
        if (self.call, self.number) not in self.known:
            self.known.add((self.call, self.number))
            self.posted.append(text)


async def following(server: Server) -> Bench:
    bench = Bench.of(feeds, answers=server)
    await bench.call("feed", action="add", address=URL)
    return bench


async def looks(bench: Bench) -> timedelta | None:
    """Makes the look that is due. Returns after how long the next one is planned."""
    (due,) = await bench.calendar.due()
    await bench.run(due)
    planned = await bench.calendar.due()
    assert len(planned) <= 1
    return (
        min((one.when for one in planned), default=datetime.min.replace(tzinfo=UTC)) - datetime.now(UTC)
        if planned
        else None
    )


def about(found: timedelta | None, wanted: timedelta) -> bool:
    return found is not None and abs(found - wanted) < timedelta(minutes=1)


async def test_what_is_new_is_posted_once() -> None:
    server = Server(rss(1, 2))
    bench = await following(server)
    (due,) = await bench.calendar.due()
    assert (due.function, due.values) == ("look", {"address": URL})
    assert about(await looks(bench), feeds.PAUSE)
    assert bench.voice.posted == []
    server.body = rss(1, 2, 3, 4)
    assert about(await looks(bench), feeds.PAUSE)
    assert bench.voice.posted == [
        "📰 Club & news\nNews 3\nhttps://club.example/news/3\nNews 4\nhttps://club.example/news/4"
    ]
    server.body = rss(3, 4)
    await looks(bench)
    server.body = rss(1, 2, 3, 4)
    await looks(bench)
    assert len(bench.voice.posted) == 1


async def test_the_newest_are_posted_and_the_rest_is_counted() -> None:
    server = Server(rss(1))
    bench = await following(server)
    server.body = rss(*range(1, 10))
    await looks(bench)
    lines = bench.voice.posted[0].splitlines()
    assert [line for line in lines if line.startswith("News")] == [f"News {number}" for number in range(5, 10)]
    assert lines[-1] == "and 3 more"


async def test_adding_tells_what_is_there() -> None:
    bench = Bench.of(feeds, answers=Server(ATOM))
    told = await bench.call("feed", action="add", address="club.example/feed.xml")
    assert told.text == "Following Releases: what is new from now on is posted here. The latest: Version 1"
    assert (await bench.call("feed", action="list")).text == f"Releases: {URL}"
    assert next(one for one in bench.declared.tools if one.command == "feed").admin


async def test_a_feed_that_has_not_changed_is_not_sent_again() -> None:
    server = Server(rss(1), etag='"abc"')
    bench = await following(server)
    assert "if-none-match" not in server.asked[0].headers
    assert about(await looks(bench), feeds.PAUSE)
    assert server.asked[1].headers["if-none-match"] == '"abc"'
    server.body, server.etag = rss(1, 2), '"def"'
    await looks(bench)
    await looks(bench)
    assert server.asked[-1].headers["if-none-match"] == '"def"'
    assert len(bench.voice.posted) == 1


NO_FEEDS = [
    (Server(PAGE), "is not an RSS or Atom feed; the page names https://club.example/feed.xml"),
    (Server("/etc/hostname"), "is not an RSS or Atom feed$"),
    (Server(""), "is not an RSS or Atom feed$"),
    (Server("<h1>Not found</h1>", 404), "does not exist"),
    (Server("busy", 503), "answers with 503"),
    (Server(fails=Failure("club.example is not on the public internet")), "not on the public internet"),
    (Server(status=304), "as if it had been read before"),
]


@pytest.mark.parametrize(("server", "words"), NO_FEEDS)
async def test_what_is_no_feed_is_not_added(server: Server, words: str) -> None:
    bench = Bench.of(feeds, answers=server)
    with pytest.raises(PluginError, match=words):
        await bench.call("feed", action="add", address=URL)
    assert (bench.memory.kept, bench.calendar.calls) == ({}, [])


async def test_failures_make_the_looks_rarer_and_then_end_them() -> None:
    server = Server(rss(1))
    bench = await following(server)
    server.status = 503
    pauses = [await looks(bench) for _ in range(feeds.PATIENCE - 1)]
    wanted = [min(feeds.PAUSE * 2**count, timedelta(days=1)) for count in range(1, feeds.PATIENCE)]
    assert all(map(about, pauses, wanted))
    assert bench.voice.posted == []
    assert "(9 failures in a row)" in (await bench.call("feed", action="list")).text
    assert await looks(bench) is None
    (said,) = bench.voice.posted
    assert said.startswith("📰 Club & news\nThere were 10 failures in a row")
    assert "answers with 503" in said
    assert "stopped" in (await bench.call("feed", action="list")).text
    server.status, server.body = 200, rss(1, 2)
    await bench.call("feed", action="add", address=URL)
    assert about(await looks(bench), feeds.PAUSE)


async def test_a_success_ends_the_count_of_failures() -> None:
    server = Server(rss(1))
    bench = await following(server)
    server.body = "<html><body>Down for maintenance</body></html>"
    assert about(await looks(bench), 2 * feeds.PAUSE)
    server.body = rss(1, 2)
    assert about(await looks(bench), feeds.PAUSE)
    assert len(bench.voice.posted) == 1


async def again(bench: Bench, due: Due, outbox: Outbox) -> None:
    """Makes a call with the key that it had the first time."""
    bench.keys = 100
    outbox.call, outbox.number = due.id, 0
    await bench.run(due)


@dataclass(slots=True)
class Crash(Exception):
    """An error that ends a process in the middle of a call."""


@pytest.mark.parametrize("when", ["before it was posted", "after it was posted", "before it was planned", "at the end"])
async def test_a_look_that_is_made_again_after_a_crash_posts_once(when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    server, outbox = Server(rss(1)), Outbox()
    bench = await following(server)
    bench.voice = outbox
    (due,) = await bench.calendar.due()
    server.body = rss(1, 2)
    crashing(monkeypatch, when)
    if when != "at the end":
        with pytest.raises(Crash):
            await again(bench, due, outbox)
    else:
        await again(bench, due, outbox)
    monkeypatch.undo()
    server.body = rss(1, 2, 3)
    await again(bench, due, outbox)
    (next_look,) = await bench.calendar.due()
    outbox.call, outbox.number = next_look.id, 0
    await bench.run(next_look)
    assert [text.count("News 2") + 10 * text.count("News 3") for text in outbox.posted] == [1, 10]


def crashing(monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """Lets the plugin break at a moment of its look."""

    async def breaks(*given: object) -> None:
        raise Crash

    said = feeds._said

    async def says_and_breaks(ctx: Context, known: feeds.FollowedFeed) -> feeds.FollowedFeed:
        await said(ctx, known)
        raise Crash

    moments = {
        "before it was posted": ("_said", breaks),
        "after it was posted": ("_said", says_and_breaks),
        "before it was planned": ("_planned", breaks),
    }
    if when in moments:
        monkeypatch.setattr(feeds, *moments[when])


async def test_what_could_not_be_posted_is_posted_later() -> None:
    server, outbox = Server(rss(1)), Outbox(refuses=Failure("discord cannot be reached"))
    bench = await following(server)
    bench.voice = outbox
    server.body = rss(1, 2)
    assert about(await looks(bench), 2 * feeds.PAUSE)
    server.body = rss(1, 2, 3)
    assert about(await looks(bench), 4 * feeds.PAUSE)
    outbox.refuses = None
    outbox.call = "later"
    assert about(await looks(bench), feeds.PAUSE)
    (said,) = outbox.posted
    assert [line for line in said.splitlines() if line.startswith("News")] == ["News 2", "News 3"]


async def test_where_nothing_may_be_posted_the_admins_are_told_once() -> None:
    server, outbox = Server(rss(1)), Outbox(refuses=PluginError("it may not be said there"))
    bench = await following(server)
    bench.voice = outbox
    server.body = rss(1, 2)
    for _ in range(feeds.PATIENCE - 1):
        assert await looks(bench)
    assert await looks(bench) is None
    assert outbox.logged == [f"{URL} is no longer followed: it may not be said there"]


async def test_a_feed_is_removed_with_its_look() -> None:
    server = Server(rss(1))
    bench = await following(server)
    (due,) = await bench.calendar.due()
    told = await bench.call("feed", action="remove", address=URL)
    assert told.text == "Club & news is no longer followed."
    assert (bench.memory.kept, bench.calendar.calls) == ({}, [])
    await bench.run(due)
    assert bench.calendar.calls == []
    assert (await bench.call("feed", action="list")).text.startswith("No feed is followed yet")


async def test_what_cannot_be_done_is_said() -> None:
    bench = await following(Server(rss(1)))
    with pytest.raises(PluginError, match="follows that feed already"):
        await bench.call("feed", action="add", address=URL)
    with pytest.raises(PluginError, match="does not follow that feed"):
        await bench.call("feed", action="remove", address="https://other.example/feed")
    with pytest.raises(PluginError, match="write the feed's address"):
        await bench.call("feed", action="add")
    (followed,) = (value for name, value in bench.memory.kept.items() if name.startswith("feed:"))
    for number in range(feeds.MOST - 1):
        await bench.memory.set(f"feed:{number}", followed)
    with pytest.raises(PluginError, match="remove one first"):
        await bench.call("feed", action="add", address="https://other.example/feed")


async def test_entries_are_shown_in_one_line_and_with_links_to_pages_alone() -> None:
    server = Server(rss(1))
    bench = await following(server)
    server.body = rss(1, 2, title="<b>Big</b>\n &amp; " + "x" * 300).replace("/news/2", "javascript:alert(1)")
    await looks(bench)
    heading, line = bench.voice.posted[0].splitlines()
    assert heading == "📰 Club & news"
    assert line.startswith("Big & xxx")
    assert len(line) == _feed_reader.LONGEST_TITLE


@pytest.mark.slow
async def test_a_large_feed_is_kept_within_the_storages_limit() -> None:
    server = Server(rss(*range(2000)))
    bench = await following(server)
    server.body = rss(*range(4000))
    await looks(bench)
    (kept,) = bench.memory.kept.values()
    assert len(kept["seen"]) <= feeds.MOST_SEEN
    assert len(str(kept)) < 60_000


HOSTILE = {
    "elements without end": "<rss version='2.0'><channel><item>" + "<a>" * 1_600_000,
    "lines without end": "<?xml version='1.0'?>" + "\n" * 500_000 + "<rss version='2.0'><channel/></rss>",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
async def test_a_feed_that_would_take_minutes_is_given_up(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = await following(Server(rss(1)))
    monkeypatch.setattr(feeds, "SLOWEST", 3.0)
    bench.answers = Server(HOSTILE[name])
    with pytest.raises(PluginError, match="takes too long to read|too large or too involved"):
        await bench.call("feed", action="add", address="https://hostile.example/feed")
    # Nothing is left behind that goes on reading it.
    assert not [file for file in running() if "feedparser" in file]
    assert not [one for one in psutil.Process().children() if _readable.READER in one.cmdline()]


def running() -> Iterator[str]:
    """The files whose code runs in any thread."""
    for top in sys._current_frames().values():
        frame: FrameType | None = top
        while frame:
            yield frame.f_code.co_filename
            frame = frame.f_back


@pytest.mark.slow
async def test_the_end_of_the_reading_process_is_a_failed_look() -> None:
    server = Server(rss(1))
    bench = await following(server)
    server.body = HOSTILE["elements without end"]
    assert about(await looks(bench), 2 * feeds.PAUSE)
    server.body = rss(1, 2)
    assert about(await looks(bench), feeds.PAUSE)
    assert len(bench.voice.posted) == 1


async def test_the_same_content_is_not_read_again() -> None:
    server = Server(rss(1))
    bench = await following(server)
    (kept,) = bench.memory.kept.values()
    # What is remembered would be new if the feed were read.
    await bench.memory.set(next(iter(bench.memory.kept)), {**kept, "seen": []})
    await looks(bench)
    assert bench.voice.posted == []
    server.body = rss(1, 2)
    await looks(bench)
    assert len(bench.voice.posted) == 1
