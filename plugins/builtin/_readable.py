"""The readable text at an address, without menus and the like, for the plugins that read pages."""

import asyncio
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

import httpx

from parley import Context, Failure, PluginError

HTML = ("text/html", "application/xhtml+xml")
PLAIN = ("application/json", "application/xml", "application/yaml", "application/x-yaml")
PDF = "application/pdf"
UNNAMED = ("", "application/octet-stream", "binary/octet-stream")
"""Content types that servers send when they do not know the type; the first bytes of the body then tell it."""

PAGES = 200
"""Most pages of a PDF that are read."""

LARGEST = 2_000_000
"""Most characters of a page's source that are read; a longer source would take whole seconds."""

SLOWEST = 20.0
"""Most seconds for reading a body. A thread cannot be stopped, so the PDF reader looks at the clock itself."""

CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.ASCII | re.IGNORECASE)

ODD = {"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf_7"}
"""Encodings that Python knows but no page is written in; some are slow to read."""

REFUSED = {
    401: "wants a password to be read",
    402: "wants to be paid for being read",
    403: "may not be read by programs",
    404: "does not exist",
    410: "does not exist any more",
    451: "may not be shown for legal reasons",
}
"""Answers for which a person can only choose another page."""


@dataclass(frozen=True, slots=True)
class ReadablePage:
    """A page's title, which may be empty, its text, and its address after redirects.

    `whole` is false where the text ends before the document does.
    """

    title: str
    text: str
    url: str
    whole: bool = True


async def readable(ctx: Context, url: str) -> ReadablePage:
    """Fetch a page, a PDF or a plain text.

    Raises PluginError if there is nothing to read, and Failure if the other side does not answer properly.
    """
    answer = await fetched(ctx, url)
    try:
        page = await asyncio.wait_for(asyncio.to_thread(_read, answer), SLOWEST)
    except TimeoutError:
        raise PluginError(f"{url[:200]} takes too long to read") from None
    if not page.text.strip():
        raise PluginError(f"there is no text to read at {url[:200]}; it may be pictures, or need a browser")
    return page


async def fetched(ctx: Context, url: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """Fetch the content at an address, or the answer that it has not changed, if the headers ask for that.

    Raises PluginError or Failure for any other answer.
    """
    try:
        answer = await ctx.http.get(addressed(url), headers=headers)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise PluginError(f"{url[:200]!r} is no address; write it as https://example.org/page") from None
    except httpx.TooManyRedirects:
        raise Failure(f"{url[:200]} leads from one address to the next without end") from None
    except httpx.HTTPError as error:
        raise Failure(f"{url[:200]} cannot be fetched ({type(error).__name__}); try again later") from None
    if answer.status_code in REFUSED:
        raise PluginError(f"{url[:200]} {REFUSED[answer.status_code]} ({answer.status_code})")
    if answer.status_code not in (200, 304):
        raise Failure(f"{answer.url.host} answers with {answer.status_code}; try again later")
    return answer


def addressed(url: str) -> str:
    """Turn an address as people write it into one that can be fetched. Raises PluginError for anything else."""
    url = url.strip().strip("<>")
    made = url if "://" in url else f"https://{url}"
    if not re.fullmatch(r"https?://[^\s/]+\S*", made, re.IGNORECASE):
        raise PluginError(f"{url[:200]!r} is no address; write it as https://example.org/page")
    return made


def _read(answer: httpx.Response) -> ReadablePage:
    answer.encoding = _encoding(answer)
    kind = _kind(answer)
    if kind in HTML:
        return _html(answer)
    if kind == PDF:
        return _pdf(answer)
    if kind.startswith("text/") or kind in PLAIN:
        return ReadablePage("", answer.text, str(answer.url))
    raise PluginError(f"{str(answer.url)[:200]} is {kind or 'something unknown'}; only pages, PDFs and texts are read")


def _kind(answer: httpx.Response) -> str:
    """Return the content type that the server states, else a guess from the content."""
    said = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said not in UNNAMED:
        return str(said)
    start = answer.content[:500].lstrip()
    if start.startswith(b"%PDF-"):
        return PDF
    return HTML[0] if start[:100].lower().startswith((b"<!doctype html", b"<html")) else said


def _encoding(answer: httpx.Response) -> str:
    """Return the encoding of a body: from its header, else from the text itself, else a guess."""
    content = answer.content
    named = CHARSET.search(content[:2048])
    for name in (answer.charset_encoding, named and named[1].decode("ascii")):
        if name and _is_known(name):
            return name
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _is_known(encoding: str) -> bool:
    if encoding.lower().replace("-", "_") in ODD:
        return False
    try:
        b"a".decode(encoding, "replace")
    except (LookupError, ValueError):
        return False
    return True


def _html(answer: httpx.Response) -> ReadablePage:
    # trafilatura takes a good part of a second to load.
    from trafilatura import bare_extraction, html2txt
    from trafilatura.settings import Document

    url, source = str(answer.url), answer.text[:LARGEST]
    whole = len(source) == len(answer.text)
    found = bare_extraction(source, url=url, with_metadata=True, include_comments=False)
    if not isinstance(found, Document):
        return ReadablePage("", html2txt(source), url, whole)
    return ReadablePage((found.title or "").strip(), found.text or html2txt(source), url, whole)


def _pdf(answer: httpx.Response) -> ReadablePage:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    url, end = str(answer.url), monotonic() + SLOWEST / 2
    texts: list[str] = []
    try:
        reader = PdfReader(io.BytesIO(answer.content))
        count = len(reader.pages)
        for page in reader.pages[:PAGES]:
            if monotonic() > end:
                break
            texts.append(page.extract_text().strip())
        title = str((reader.metadata and reader.metadata.title) or "").strip()
    except (DependencyError, FileNotDecryptedError):
        raise PluginError(f"{url[:200]} is a PDF that is locked with a password") from None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError):
        # For a broken file, pypdf lets exceptions through that are not its own.
        raise PluginError(f"{url[:200]} is a PDF that is broken") from None
    return ReadablePage(title, "\n\n".join(filter(None, texts)), url, whole=len(texts) == count)
