"""Reads an RSS or Atom feed. Only the process of `_page_reader.py` does, since a hostile feed can take minutes."""

import hashlib
import html
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

MOST_ENTRIES = 1000
"""Most entries of a feed that are looked at."""

LONGEST_TITLE, LONGEST_LINK = 200, 1000
LONGEST_SOURCE = 4000
"""Most characters of a title that are looked at, its tags included."""

TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
FEED_TYPES = ("application/rss+xml", "application/atom+xml")


def feed(content: bytes, url: str, kind: str) -> Mapping[str, Any]:
    """Read a feed's `title` and its `entries` (id, title and link), newest first; `kind` is its content type.

    Anything else is `refused`, with the address of the feed that a page names as its own, or nothing.
    """
    import feedparser

    # If it were given bytes, feedparser would take a short body for a file name, and open that file.
    parsed = feedparser.parse(io.BytesIO(content), response_headers={"content-type": kind, "content-location": url})
    if not parsed.get("version"):
        return {"refused": _named(parsed)}
    return {"title": plain(parsed.feed.get("title", "")), "entries": _entries(parsed)}


def plain(text: str) -> str:
    """Put a title into one line, without tags."""
    words = " ".join(html.unescape(TAG.sub("", text[:LONGEST_SOURCE])).split())
    return words if len(words) <= LONGEST_TITLE else words[: LONGEST_TITLE - 1] + "…"


def _named(parsed: Any) -> str:
    """Return the address of the feed that a page names as its own."""
    links = parsed.get("feed", {}).get("links", ())
    return str(next((link.get("href", "") for link in links if link.get("type") in FEED_TYPES), ""))[:LONGEST_LINK]


def _entries(parsed: Any) -> Sequence[tuple[str, str, str]]:
    found = list(parsed.entries)
    times = [one.get("published_parsed") or one.get("updated_parsed") for one in found]
    if all(times):
        order = sorted(range(len(found)), key=lambda number: times[number], reverse=True)
        found = [found[number] for number in order]
    made = {entry[0]: entry for entry in map(_entry, found[:MOST_ENTRIES])}
    return list(made.values())


def _entry(one: Any) -> tuple[str, str, str]:
    link = str(one.get("link", ""))
    shown = link if link.startswith(("https://", "http://")) and len(link) <= LONGEST_LINK else ""
    title = plain(one.get("title", "")) or plain(one.get("summary", ""))
    # What is kept of an entry is short: ids may be whole addresses.
    name = str(one.get("id") or link or title)
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16], title or "(no title)", shown
