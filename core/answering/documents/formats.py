"""Tells a file's format by its content, and reads it. All of this runs in the process of `worker.py`."""

import io
import re
from collections.abc import Iterator

from core.answering.documents import encodings
from core.answering.documents.file_text import FileText, NotReadable, taken, tidy
from core.answering.documents.office import office
from core.answering.documents.rich_text import html, rtf

MOST_PAGES = 300
"""The most pages of a PDF that are read; most of its pages would not fit into a question anyway."""

PAGE = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL
)
"""It never tries a comment's end a second time: thirty comments would have a billion ways to be read."""

SHORT = 4000
"""Characters up to which a page is shown as it was written: a person asks about its code then."""


def read(content: bytes, most: int) -> FileText:
    """Read about `most` characters of a file. Raises NotReadable if it has no words, or whatever a library raises."""
    if content.startswith(b"%PDF-"):
        return _pdf(content, most)
    if content.startswith(b"PK\x03\x04"):
        return office(content, most)
    if content.startswith(b"{\\rtf"):
        return rtf(content, most)
    text = encodings.certain(content)
    if text is None:
        text = encodings.guessed(content)
    if text is None:
        raise NotReadable("no text")
    if len(text) > SHORT and PAGE.match(text[:SHORT]):
        return html(text, most)
    return taken([text], "", 1, most)


def _pdf(content: bytes, most: int) -> FileText:
    # It takes a good part of a second to load.
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise NotReadable("a locked PDF")
    count = len(reader.pages)

    def pages() -> Iterator[str]:
        for number in range(min(count, MOST_PAGES)):
            yield tidy(reader.pages[number].extract_text().splitlines())

    found = taken(pages(), "page", count, most)
    if not any(part.strip() for part in found.parts):
        raise NotReadable("a PDF without text")
    return found
