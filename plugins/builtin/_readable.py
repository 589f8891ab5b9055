"""The readable text at an address, without menus and the like, for the plugins that read pages and feeds."""

import asyncio
import json
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from parley import Context, Failure, PluginError

HTML = ("text/html", "application/xhtml+xml")
PLAIN = ("application/json", "application/xml", "application/yaml", "application/x-yaml")
PDF = "application/pdf"
UNNAMED = ("", "application/octet-stream", "binary/octet-stream")
"""Content types that servers send when they do not know the type; the first bytes of the body then tell it."""

READER = "import sys; sys.path.insert(0, sys.argv[1]); from plugins.builtin._page_reader import main; main()"
ROOT = str(Path(__file__).parents[2])

AT_ONCE = asyncio.Semaphore(2)
"""Documents that are read at the same time; the others wait for their turn."""

SLOWEST = 20.0
"""Most seconds for reading a document, waiting included."""

CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.ASCII | re.IGNORECASE)

ODD = {"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf_7"}
"""Encodings that Python knows but no page is written in; some are slow to read."""

REFUSED = {
    401: "needs a password",
    402: "asks for payment",
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
        page = await asyncio.wait_for(_read(answer), SLOWEST)
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
        raise PluginError(f"{url[:200]!r} is not an address; write it as https://example.org/page") from None
    except httpx.TooManyRedirects:
        raise Failure(f"{url[:200]} leads from one address to the next, endlessly") from None
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
        raise PluginError(f"{url[:200]!r} is not an address; write it as https://example.org/page")
    return made


async def _read(answer: httpx.Response) -> ReadablePage:
    url, kind = str(answer.url), _kind(answer)
    if kind in HTML or kind == PDF:
        return await _by_process(answer, "html" if kind in HTML else "pdf")
    if kind.startswith("text/") or kind in PLAIN:
        answer.encoding = _encoding(answer)
        return ReadablePage("", await asyncio.to_thread(lambda: answer.text), url)
    raise PluginError(f"{url[:200]} is {kind or 'something unknown'}; only pages, PDFs and texts are read")


async def _by_process(answer: httpx.Response, kind: str) -> ReadablePage:
    url = str(answer.url)
    found = await read_apart(kind, answer, AT_ONCE)
    if "refused" in found:
        raise PluginError(f"{url[:200]} is a PDF that is {found['refused']}")
    return ReadablePage(found["title"], found["text"], url, found["whole"])


async def read_apart(kind: str, answer: httpx.Response, turns: asyncio.Semaphore) -> Mapping[str, Any]:
    """Read a document in a process of its own, since a thread cannot be stopped; see `_page_reader.py` for the kinds.

    It waits for one of the turns. Raises PluginError if the process is ended by its limits.
    """
    url, named = str(answer.url), answer.headers.get("content-type", "")
    header = json.dumps({"kind": kind, "url": url, "encoding": _encoding(answer), "type": named})
    async with turns:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-c", READER, ROOT), env={}, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
        )
        try:
            said, _ = await child.communicate(f"{header}\n".encode() + answer.content)
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if not said:
        raise PluginError(f"{url[:200]} is too large or too involved to read")
    found: Mapping[str, Any] = json.loads(said)
    return found


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
