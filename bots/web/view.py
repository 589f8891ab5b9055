"""Views of a page, and the changes that turn one view into another. Pure."""

import hashlib
import html
import re
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

Kind = Literal["prompter", "assistant", "notice", "command"]

Side = Literal["", "left", "right"]
"""Where a message stands beside another one, if the page is wide enough."""

HEARD = 600
"""Characters of a finished answer that screen readers announce by themselves; the page has the rest."""


@dataclass(frozen=True, slots=True)
class PageItem:
    """One message on the page, as HTML. While a message grows, its last blocks and its foot change."""

    id: str
    kind: Kind
    head: str
    blocks: tuple[str, ...]
    foot: str
    underway: bool = False
    side: Side = ""


@dataclass(frozen=True, slots=True)
class PageView:
    """A page's changing parts: its title, the list of conversations, the messages, and the lists of what answers."""

    title: str
    conversations: str
    items: tuple[PageItem, ...]
    pickers: str = ""

    @property
    def version(self) -> str:
        """A hash that is equal for two views that look the same."""
        digest = hashlib.blake2b(digest_size=12)
        for part in (self.title, self.conversations, self.pickers, *(element(item) for item in self.items)):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
        return digest.hexdigest()


def slug(id: str) -> str:
    """An id made safe for use as an element's id and in a selector."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", id)


def element(item: PageItem) -> str:
    """A message's HTML. htmx ignores what models and people wrote (`hx-disable`)."""
    blocks = "".join(block(item, at) for at in range(len(item.blocks)))
    kind = f"{item.kind} {item.side}".rstrip()
    return (
        f'<article id="{item.id}" class="turn {kind}" aria-labelledby="{item.id}-by">'
        f'<div class="head" id="{item.id}-head">{item.head}</div>'
        f'<div class="body" id="{item.id}-body" hx-disable>{blocks}</div>'
        f'<div class="foot" id="{item.id}-foot">{item.foot}</div></article>'
    )


def block(item: PageItem, at: int, swap: str = "") -> str:
    return f'<div class="block" id="{item.id}-{at}" dir="auto"{swap}>{item.blocks[at]}</div>'


def changes(old: PageView | None, new: PageView) -> str:
    """The htmx out-of-band swaps that turn a page showing `old` into one showing `new`; empty if nothing changes."""
    if old is None:
        everything = "".join(map(element, new.items))
        around = _inner("conversations", new.conversations) + _inner("pickers", new.pickers)
        return _title(new) + around + _inner("turns", everything)
    kept = len(list(takewhile(lambda pair: pair[0].id == pair[1].id, zip(old.items, new.items, strict=False))))
    parts = [_item_changes(*pair) for pair in zip(old.items[:kept], new.items[:kept], strict=True)]
    parts += [f'<div id="{item.id}" hx-swap-oob="delete"></div>' for item in old.items[kept:]]
    if kept < len(new.items):
        parts.append(_append("turns", "".join(map(element, new.items[kept:]))))
    if old.title != new.title:
        parts.append(_title(new))
    if old.conversations != new.conversations:
        parts.append(_inner("conversations", new.conversations))
    if old.pickers != new.pickers:
        parts.append(_inner("pickers", new.pickers))
    return "".join(parts)


def _item_changes(old: PageItem, new: PageItem) -> str:
    if old is new or old == new:
        return ""
    parts = []
    if old.head != new.head:
        parts.append(_inner(f"{new.id}-head", new.head))
    common = min(len(old.blocks), len(new.blocks))
    parts += [_inner(f"{new.id}-{at}", new.blocks[at]) for at in range(common) if old.blocks[at] != new.blocks[at]]
    parts += [f'<div id="{new.id}-{at}" hx-swap-oob="delete"></div>' for at in range(common, len(old.blocks))]
    if common < len(new.blocks):
        parts.append(_append(f"{new.id}-body", "".join(block(new, at) for at in range(common, len(new.blocks)))))
    if old.foot != new.foot:
        parts.append(_inner(f"{new.id}-foot", new.foot))
    return "".join(parts)


def _inner(id: str, content: str) -> str:
    return f'<div id="{id}" hx-swap-oob="innerHTML">{content}</div>'


def _append(id: str, content: str) -> str:
    return f'<div hx-swap-oob="beforeend:#{id}">{content}</div>'


def _title(view: PageView) -> str:
    title = html.escape(view.title)
    return f"<title>{title}</title>" + _inner("title", title)


def news(old: PageView | None, new: PageView) -> tuple[bool, str]:
    """What a screen reader should announce: whether an answer has begun, and what has been said.

    A growing answer is not read out piece by piece; its text is announced once it is done.
    """
    if old is None:
        return False, ""
    before = {item.id: item for item in old.items}
    begun = any(item.underway for item in new.items) and not any(item.underway for item in old.items)
    said = [
        heard(item)
        for item in new.items
        if item.kind in ("assistant", "notice")
        and not item.underway
        and (before[item.id].underway if item.id in before else item.kind == "notice")
    ]
    return begun, " ".join(filter(None, said))


def heard(item: PageItem) -> str:
    """A message's text without markup, cut to a length that is comfortable to listen to."""
    said = [one for one in item.blocks if not one.startswith('<details class="reasoning">')]
    bare = re.sub(r"<figcaption>.*?</figcaption>", " ", " ".join(said), flags=re.DOTALL)
    text = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", bare)).split())
    return text if len(text) <= HEARD else f"{text[:HEARD]}…"
