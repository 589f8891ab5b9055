"""Telegram's HTML: the accepted tags, and the text without them."""

import re
from html.parser import HTMLParser

TAGS = frozenset(
    [
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ins",
        "s",
        "strike",
        "del",
        "code",
        "pre",
        "a",
        "blockquote",
        "tg-spoiler",
        "span",
        "tg-emoji",
    ]
)


class CannotParse(ValueError):
    """Telegram's "can't parse entities"."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise CannotParse(f'Unsupported start tag "{tag}"')
        self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise CannotParse(f'Unexpected end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise CannotParse(f'Unsupported start tag "{tag}"')


def plain(html: str) -> str:
    """The text of Telegram's HTML. Raises CannotParse."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.open:
        raise CannotParse(f'Can\'t find end tag corresponding to start tag "{reader.open[-1]}"')
    return reader.text


def entities(html: str) -> int:
    """How many entities Telegram's HTML has: the language of a block of code is part of the block."""
    return len(re.findall(r"<[a-z]", html)) - html.count("<pre><code")
