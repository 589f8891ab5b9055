"""The process that reads a page, a PDF or a feed: what is too large, too deep or too slow ends it, and nothing else.

A line of JSON comes in, with the `kind` of the document ("html", "pdf" or "feed"), its `url`, its `encoding` and its
content `type`, and then its bytes. JSON goes out: the `title`, the `text`, and whether that is the `whole` document; or
why it is `refused`. For a feed, see `_feed_reader.py`.
"""

import io
import json
import logging
import resource
import sys
from collections.abc import Mapping
from time import monotonic
from typing import Any

from plugins.builtin._feed_reader import feed

MEMORY, SECONDS = 1024 * 1024 * 1024, 15
"""The most bytes of memory and seconds of processor time."""

PAGES, PATIENCE = 200, 10.0
"""Most pages of a PDF that are read, and most seconds until the last of them is begun."""

LARGEST = 2_000_000
"""Most characters of a page's source that are read; a longer source would take whole seconds."""


def main() -> None:
    """Read one document."""
    header, content = json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer.read()
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(what)[1]
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (wanted, wanted))
    # The libraries have much to say about each broken document.
    logging.disable()
    if header["kind"] == "pdf":
        found = pdf(content)
    elif header["kind"] == "feed":
        found = feed(content, header["url"], header["type"])
    else:
        found = page(content.decode(header["encoding"], "replace"), header["url"])
    sys.stdout.write(json.dumps(found))


def page(text: str, url: str) -> Mapping[str, Any]:
    """Read what a page is about, without menus and the like."""
    from trafilatura import bare_extraction, html2txt
    from trafilatura.settings import Document

    source = text[:LARGEST]
    found = bare_extraction(source, url=url, with_metadata=True, include_comments=False)
    known = found if isinstance(found, Document) else None
    title, read = (known and known.title) or "", known and known.text
    return {"title": title.strip(), "text": read or html2txt(source), "whole": len(source) == len(text)}


def pdf(content: bytes) -> Mapping[str, Any]:
    """Read the texts of a PDF's pages."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    end = monotonic() + PATIENCE
    texts: list[str] = []
    try:
        reader = PdfReader(io.BytesIO(content))
        count = len(reader.pages)
        for one in reader.pages[:PAGES]:
            if monotonic() > end:
                break
            texts.append(one.extract_text().strip())
        title = str((reader.metadata and reader.metadata.title) or "").strip()
    except (DependencyError, FileNotDecryptedError):
        return {"refused": "locked with a password"}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError):
        # For a broken file, pypdf lets exceptions through that are not its own.
        return {"refused": "broken"}
    return {"title": title, "text": "\n\n".join(filter(None, texts)), "whole": len(texts) == count}
