"""RTF and HTML as plain text."""

import codecs
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from core.answering.documents.file_text import FileText, taken, tidy

RTF = re.compile(rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\(.)|([{}])|([^\\{}\r\n]+)", re.DOTALL)
SIGNS = {
    b"par": "\n",
    b"line": "\n",
    b"sect": "\n\n",
    b"page": "\n\n",
    b"row": "\n",
    b"cell": "\t",
    b"tab": "\t",
    b"emdash": "—",
    b"endash": "–",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
}
HIDDEN = frozenset(
    b"fonttbl colortbl stylesheet info pict object header headerl headerr footer footerl footerr listtable"
    b" listoverridetable rsidtbl generator themedata datastore latentstyles".split()
)
"""The groups of an RTF file that are no text."""

BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre"})
UNSHOWN = frozenset({"script", "style", "template", "noscript", "svg", "head"})


def rtf(content: bytes, most: int) -> FileText:
    """Read an RTF file."""
    reader = RtfReader()
    for match in RTF.finditer(content):
        reader.take(match)
        if reader.length > 2 * most:
            break
    # A character beyond U+FFFF comes as two halves.
    whole = "".join(reader.found).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return taken([tidy(whole.splitlines())], "", 1, most)


@dataclass(slots=True)
class RtfReader:
    """The state at one point of an RTF file: its code page, whether the group is hidden, and `fallback`.

    `fallback` is how many characters follow one that has a number, for old programs; `left` of them are still to come.
    """

    found: list[str] = field(default_factory=list)
    length: int = 0
    page: str = "cp1252"
    hidden: bool = False
    fallback: int = 1
    left: int = 0
    groups: list[tuple[bool, int]] = field(default_factory=list)

    def take(self, match: re.Match[bytes]) -> None:
        """Take the next piece of the file."""
        byte, word, number, sign, brace, text = match.groups()
        if brace:
            self._group(brace)
        elif byte:
            self._byte(byte)
        elif word:
            self._word(word, int(number) if number else None)
        elif sign:
            self._sign(sign)
        else:
            said = text.decode(self.page, "replace")
            self._say(said[self.left :])
            self.left = max(self.left - len(said), 0)

    def _group(self, brace: bytes) -> None:
        if brace == b"{":
            self.groups.append((self.hidden, self.fallback))
        else:
            self.hidden, self.fallback = self.groups.pop() if self.groups else (False, 1)

    def _byte(self, byte: bytes) -> None:
        if self.left:
            self.left -= 1
        else:
            self._say(bytes.fromhex(byte.decode()).decode(self.page, "replace"))

    def _word(self, word: bytes, number: int | None) -> None:
        if word == b"ansicpg" and number:
            self.page = _page(number)
        elif word == b"uc" and number is not None:
            self.fallback = number
        elif word == b"u" and number is not None:
            self._say(chr(number % 0x10000))
            self.left = self.fallback
        elif word in HIDDEN:
            self.hidden = True
        else:
            self._say(SIGNS.get(word, ""))

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self.hidden = True
        elif sign in (b"\\", b"{", b"}", b"~"):
            self._say(" " if sign == b"~" else sign.decode())

    def _say(self, text: str) -> None:
        if text and not self.hidden:
            self.found.append(text)
            self.length += len(text)


def _page(number: int) -> str:
    try:
        return codecs.lookup(f"cp{number}").name
    except LookupError:
        return "cp1252"


def html(text: str, most: int) -> FileText:
    """Read a page as people see it, without its scripts and styles."""
    page = _Page(most)
    page.feed(text)
    return taken([tidy(" ".join(line.split()) for line in "".join(page.found).splitlines())], "", 1, most)


class _Page(HTMLParser):
    def __init__(self, most: int) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unshown = 0
        self._most = most
        self._length = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unshown += tag in UNSHOWN
        if tag in BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unshown = max(self._unshown - (tag in UNSHOWN), 0)
        if tag in BLOCKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unshown and self._length < 2 * self._most:
            self.found.append(data)
            self._length += len(data)
