# /// script
# dependencies = ["feedparser>=6.0.12"]
# [tool.parley]
# name = "feeds"
# version = "1.0.0"
# description = "Posts what is new in RSS and Atom feeds to the channel where an admin has added them."
# hosts = ["*"]
# powers = ["post", "log", "schedule", "storage"]
# ///
"""Feeds that communities follow. Each look plans the next one, so news keep arriving where the feed was added."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from parley import Context, Due, PluginError, Result, command, scheduled
from plugins.builtin._feed_reader import LONGEST_LINK
from plugins.builtin._readable import addressed, fetched, read_apart

MOST = 30
"""Most feeds that a community may follow."""

PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(days=1)
PATIENCE = 10
"""Failed looks in a row after which a feed is no longer looked at."""

MOST_NEW = 5
MOST_SEEN = 2000
"""Most entries of a feed that are remembered; a value in the storage has its limits."""

LONGEST_ADDRESS = 1000
SLOWEST = 30.0
AT_ONCE = asyncio.Semaphore(2)
"""Feeds that are read at the same time. They have turns of their own: nobody who reads a page waits for them."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """Something new in a feed; `id` is the same whenever the feed is read."""

    id: str
    title: str
    link: str


@dataclass(frozen=True, slots=True)
class FollowedFeed:
    """A feed that a community follows, as it is stored.

    `digest` is that of its content. `unsaid` are lines still to be posted, `more` is the number of entries besides
    them, and `key` is the call that wrote this.
    """

    address: str
    title: str
    seen: tuple[str, ...] = ()
    etag: str = ""
    modified: str = ""
    digest: str = ""
    failures: int = 0
    unsaid: tuple[str, ...] = ()
    more: int = 0
    key: str = ""


@command(admin=True)
async def feed(
    ctx: Context,
    action: Annotated[Literal["add", "list", "remove"], "add a feed to this channel, list them, or remove one"],
    address: Annotated[str, "the feed's address, as https://example.org/feed.xml"] = "",
) -> Result:
    """Follow RSS and Atom feeds: what is new in them is posted here."""
    if action == "list":
        return await _list(ctx)
    if not address.strip():
        raise PluginError(f"write the feed's address: /feed {action} https://example.org/feed.xml")
    address = addressed(address)
    return await (_add(ctx, address) if action == "add" else _remove(ctx, address))


@scheduled
async def look(ctx: Context, address: str) -> None:
    """Post what is new in a feed, and plan the next look.

    What was seen and what is to be posted about it are stored in one write, before posting. A call that is repeated
    after a crash then posts the same text again, which the host recognises by its key, and nothing else.
    """
    known = await _kept(ctx, address)
    if known is None:
        return
    if known.key != ctx.key:
        known = replace(await _looked(ctx, known), key=ctx.key)
        await _keep(ctx, known)
    if known.unsaid:
        known = await _said(ctx, known)
    if await _kept(ctx, address) is None:
        # It was removed in the meantime.
        return
    await _keep(ctx, known)
    now = datetime.now(UTC)
    # A call that is repeated after a crash may already have planned the next look.
    if known.failures < PATIENCE and not any(due.when > now for due in await _planned(ctx, address)):
        await ctx.schedule.at(now + pause(known.failures), "look", address=address)


def pause(failures: int) -> timedelta:
    """Return how long to wait for the next look; longer after each failure."""
    return min(PAUSE * (1 << failures), LONGEST_PAUSE)


async def _looked(ctx: Context, known: FollowedFeed) -> FollowedFeed:
    """Look at a feed. Returns the feed with what is new in it, or with one more failure."""
    asked = {"if-none-match": known.etag, "if-modified-since": known.modified}
    try:
        found = await _read(ctx, known.address, {name: value for name, value in asked.items() if value}, known.digest)
    except PluginError as error:
        return _failed(known, str(error))
    if found is None:
        return known if known.unsaid else replace(known, failures=0)
    fresh, entries = found
    old = set(known.seen)
    new = [entry for entry in entries if entry.id not in old]
    lines = (*known.unsaid, *(f"{entry.title}\n{entry.link}".strip() for entry in reversed(new)))
    return replace(
        fresh,
        seen=_remembered(fresh.seen, known.seen),
        # If something could not be posted, the failures are reset only by the look that posts it.
        failures=known.failures if known.unsaid else 0,
        unsaid=lines[-MOST_NEW:],
        more=known.more + len(lines[:-MOST_NEW]),
    )


def _failed(known: FollowedFeed, why: str) -> FollowedFeed:
    failures = known.failures + 1
    if failures < PATIENCE:
        return replace(known, failures=failures)
    words = f"There were {PATIENCE} failures in a row, and it is no longer followed ({why}). /feed add starts it again."
    return replace(known, failures=failures, unsaid=(words,), more=0)


async def _said(ctx: Context, known: FollowedFeed) -> FollowedFeed:
    """Post a feed's news and return the feed; news that could not be posted is kept for the next look."""
    more = (f"and {known.more} more",) if known.more else ()
    try:
        await ctx.chat.post("\n".join((f"📰 {known.title}", *known.unsaid, *more)))
    except PluginError as error:
        failures = known.failures + 1
        if failures >= PATIENCE:
            await ctx.chat.log(f"{known.address} is no longer followed: {error}")
        return replace(known, failures=failures)
    stopped = known.failures >= PATIENCE
    return replace(known, unsaid=(), more=0, failures=known.failures if stopped else 0)


async def _read(
    ctx: Context, address: str, headers: Mapping[str, str], digest: str = ""
) -> tuple[FollowedFeed, Sequence[FeedEntry]] | None:
    """Read a feed as it is now and its entries, newest first. Raises PluginError.

    None if it has not changed: its server says so, or its content has still the same digest.
    """
    try:
        async with asyncio.timeout(SLOWEST):
            answer = await fetched(ctx, address, headers)
            found_digest = hashlib.sha256(answer.content).hexdigest()
            if answer.status_code == 304 or found_digest == digest:
                return None
            found = await read_apart("feed", answer, AT_ONCE)
    except TimeoutError:
        raise PluginError(f"{address[:200]} takes too long to read") from None
    if "refused" in found:
        hint = f"; the page names {found['refused']} as its feed" if found["refused"] else ""
        raise PluginError(f"{address[:200]} is not an RSS or Atom feed{hint}")
    entries = [FeedEntry(*entry) for entry in found["entries"]]
    now = FollowedFeed(
        address,
        found["title"] or address,
        tuple(entry.id for entry in entries),
        answer.headers.get("etag", "")[:LONGEST_LINK],
        answer.headers.get("last-modified", "")[:LONGEST_LINK],
        found_digest,
    )
    return now, entries


def _remembered(new: Sequence[str], old: Sequence[str]) -> tuple[str, ...]:
    """Return the current entries, and then as many of the earlier ones as there is room for."""
    return tuple(dict.fromkeys((*new, *old)))[:MOST_SEEN]


async def _add(ctx: Context, address: str) -> Result:
    if len(address) > LONGEST_ADDRESS:
        raise PluginError("that address is too long")
    if await _planned(ctx, address):
        raise PluginError("this community follows that feed already; remove it first to have it in another channel")
    if len(await ctx.storage.keys("feed:")) >= MOST and await _kept(ctx, address) is None:
        raise PluginError(f"this community follows {MOST} feeds already; remove one first")
    found = await _read(ctx, address, {})
    if found is None:
        raise PluginError(f"{address[:200]} answers as if it had been read before; try again later")
    now, entries = found
    await _keep(ctx, now)
    await ctx.schedule.at(datetime.now(UTC) + PAUSE, "look", address=address)
    latest = f" The latest: {entries[0].title}" if entries else ""
    return Result(f"Following {now.title}: what is new from now on is posted here.{latest}")


async def _list(ctx: Context) -> Result:
    kept = [_feed(await ctx.storage.get(key)) for key in await ctx.storage.keys("feed:")]
    lines = [f"{one.title}: {one.address}{await _state(ctx, one)}" for one in kept if one]
    return Result("\n".join(lines) or "No feed is followed yet; /feed add adds one.", private=True)


async def _state(ctx: Context, one: FollowedFeed) -> str:
    if not await _planned(ctx, one.address):
        return " (stopped; /feed add starts it again)"
    return f" ({one.failures} failures in a row)" if one.failures else ""


async def _remove(ctx: Context, address: str) -> Result:
    known = await _kept(ctx, address)
    if known is None:
        raise PluginError("this community does not follow that feed; /feed list shows those that it does")
    for due in await _planned(ctx, address):
        await ctx.schedule.cancel(due.id)
    await ctx.storage.delete(_key(address))
    return Result(f"{known.title} is no longer followed.")


async def _planned(ctx: Context, address: str) -> list[Due]:
    """Return the planned looks at a feed."""
    return [due for due in await ctx.schedule.due() if due.values.get("address") == address]


async def _kept(ctx: Context, address: str) -> FollowedFeed | None:
    return _feed(await ctx.storage.get(_key(address)))


def _feed(value: Any) -> FollowedFeed | None:
    return FollowedFeed(**{**value, "seen": tuple(value["seen"]), "unsaid": tuple(value["unsaid"])}) if value else None


async def _keep(ctx: Context, known: FollowedFeed) -> None:
    await ctx.storage.set(_key(known.address), asdict(known))


def _key(address: str) -> str:
    """Return the storage key of a feed; addresses are too long to be keys."""
    return f"feed:{hashlib.sha256(address.encode()).hexdigest()[:32]}"
