# /// script
# dependencies = ["trafilatura>=2.0", "pypdf>=6"]
# [tool.parley]
# name = "pages"
# version = "1.0.0"
# description = "Reads a page of the web, a PDF or a text at an address."
# hosts = ["*"]
# [tool.parley.examples]
# read_page = [
#     "read {url}", "summarize the page {url}", "https", "http",
# ]
# ///
"""Web pages as text, for questions about the content of an address."""

from typing import Annotated

from parley import Context, Result, Source, command, tool
from plugins.builtin._readable import readable

LONGEST = 5000
"""Most characters of a page that fit beside a question."""

STOPS = ("\n", ". ", "! ", "? ", "。")


@tool(shown="read {url}")
@command(name="read")
async def read_page(ctx: Context, url: Annotated[str, "the page's address, as https://example.org/page"]) -> Result:
    """Read the text of a web page, a PDF or a text file at an address."""
    page = await readable(ctx, url)
    text, whole = cut(page.text.strip())
    heading = f"{page.title}\n\n" if page.title else ""
    ending = "" if whole and page.whole else "\n\n(The text goes on at its source.)"
    return Result(f"{heading}{text}{ending}", (Source(page.title or page.url, page.url),))


def cut(text: str) -> tuple[str, bool]:
    """Return the beginning of a text, up to the end of a sentence, and whether that is all of it."""
    if len(text) <= LONGEST:
        return text, True
    end = max(text.rfind(stop, 0, LONGEST) for stop in STOPS)
    return (text[: end + 1].rstrip() if end > LONGEST // 2 else text[:LONGEST] + "…"), False
