# /// script
# dependencies = ["ddgs>=9"]
# [tool.parley]
# name = "search"
# version = "1.1.0"
# description = "Searches the web, by public search pages or by a SearXNG server of yours."
# hosts = ["html.duckduckgo.com", "search.brave.com", "www.mojeek.com", "www.startpage.com", "search.yahoo.com"]
# secrets = ["url"]
# [tool.parley.config.region]
# description = "where results are to come from, as de-de or us-en; empty for the reader's own language"
# [tool.parley.config.safesearch]
# choices = ["on", "moderate", "off"]
# default = "moderate"
# description = "how much of what is for adults alone is left out"
# [tool.parley.examples]
# web_search = [
#     "search the web for {query}", "search for {query}", "search the web", "search for", "google", "online",
#     "latest news", "the news", "im internet", "such nach", "suche nach", "den nachrichten", "sur internet",
#     "dernières nouvelles", "en internet", "últimas noticias", "搜索", "新闻", "a internet", "últimes notícies",
#     "interneten", "albisteak",
# ]
# ///
"""Web search by a SearXNG server if the operator has set its address, else by public search pages.

SearXNG: https://docs.searxng.org/dev/search_api.html. The search pages need no key and are read by ddgs
(https://github.com/deedy5/ddgs), which has an HTTP client of its own; the manifest's hosts say whom it talks to.
"""

import asyncio
import re
from typing import Annotated, Any

from parley import Context, Failure, PluginError, Result, Source, command, tool

MOST = 5
SLOWEST = 25.0
"""Most seconds for a search by ddgs, which may try one page after the other."""

BACKENDS = "duckduckgo, brave, mojeek, startpage, yahoo"
"""The pages that ddgs reads. Its own choice, "auto", would ask two encyclopedias first, each time."""

NOTHING = "No results found."
"""ddgs's message if no page has given a result, even if each answered with an error status."""

REGION = re.compile(r"[a-z]{2}-[a-z]{2,3}")
COUNTRIES = {
    "ar": "xa", "ca": "es", "cs": "cz", "da": "dk", "el": "gr", "en": "us", "et": "ee", "he": "il", "ja": "jp",
    "ko": "kr", "nb": "no", "sl": "si", "sv": "se", "uk": "ua", "vi": "vn", "zh": "cn",
}  # fmt: skip
"""The country to search in for a language tag without a country, if it differs from the language's code."""

STRICTNESS = {"on": 2, "moderate": 1, "off": 0}
"""SearXNG's numbers for these levels."""


@tool(shown="searched the web for “{query}”")
@command(name="search")
async def web_search(ctx: Context, query: Annotated[str, "what to search for"]) -> Result:
    """Search the web and give the best results with their links."""
    query = query.strip()
    if not query:
        raise PluginError("write what to search for")
    server = ctx.secrets.get("url", "").rstrip("/")
    found = await (_by_searxng(ctx, server, query) if server else _by_ddgs(ctx, query))
    lines = [f"{number}. {source.title}: {text}" for number, (source, text) in enumerate(found, 1)]
    return Result("\n".join(lines), tuple(source for source, _ in found))


Found = list[tuple[Source, str]]
"""Results, each with the words that it was found by."""


async def _by_searxng(ctx: Context, server: str, query: str) -> Found:
    strict = STRICTNESS.get(str(ctx.config.get("safesearch")), 1)
    answer = await ctx.http.get(
        f"{server}/search",
        params={"q": query, "format": "json", "language": language(ctx), "safesearch": strict},
    )
    if answer.status_code == 403:
        raise Failure("the search server does not give JSON; add json to search.formats in its settings")
    if answer.status_code != 200:
        raise Failure(f"the search server answers with {answer.status_code}; try again later")
    try:
        found = answer.json().get("results", [])[:MOST]
    except ValueError:
        raise Failure("the search server's answer is not JSON; plugins.secrets.search.url is not its address") from None
    if not found:
        raise PluginError(f"nothing was found for “{query[:60]}”")
    return [(Source(one["title"], one["url"]), one.get("content") or "") for one in found]


async def _by_ddgs(ctx: Context, query: str) -> Found:
    # ddgs loads a browser's worth of code.
    from ddgs.exceptions import DDGSException, RatelimitException, TimeoutException

    safesearch = str(ctx.config.get("safesearch") or "moderate")
    try:
        async with asyncio.timeout(SLOWEST):
            found = await asyncio.to_thread(_asked, query, region(ctx), safesearch)
    except (TimeoutError, TimeoutException):
        raise Failure("the search pages take too long to answer; try again later") from None
    except RatelimitException:
        raise Failure("the search pages accept no more questions for now; try again in some minutes") from None
    except DDGSException as error:
        if NOTHING in str(error):
            raise PluginError(_nothing(query)) from None
        raise Failure("the search pages cannot be reached; try again later") from None
    results = [(Source(one["title"] or one["href"], one["href"]), one["body"]) for one in found if _is_link(one)]
    if not results:
        raise PluginError(_nothing(query))
    return results[:MOST]


def _asked(query: str, where: str, safesearch: str) -> list[dict[str, Any]]:
    """Ask the search pages. This call blocks."""
    from ddgs import DDGS

    # A page without results may return one that has no address, so we ask for more than we show.
    return DDGS().text(query, region=where, safesearch=safesearch, max_results=2 * MOST, backend=BACKENDS)


def _nothing(query: str) -> str:
    return f"nothing was found for “{query[:60]}”; search pages that are asked too often answer like this too"


def _is_link(result: dict[str, Any]) -> bool:
    return str(result.get("href", "")).startswith(("https://", "http://"))


def region(ctx: Context) -> str:
    """Return where to search, as ddgs writes it: the country, then the language."""
    wanted = str(ctx.config.get("region") or "").strip().lower()
    if REGION.fullmatch(wanted):
        return wanted
    spoken, _, rest = ctx.language.lower().partition("-")
    country = rest if re.fullmatch("[a-z]{2}", rest) else COUNTRIES.get(spoken, spoken)
    made = f"{country}-{spoken}"
    return made if REGION.fullmatch(made) else "us-en"


def language(ctx: Context) -> str:
    """Return the language to search in, as SearXNG writes it: the language, then the country if there is one."""
    wanted = str(ctx.config.get("region") or "").strip().lower()
    if not REGION.fullmatch(wanted):
        return ctx.language
    country, spoken = wanted.split("-")
    return f"{spoken}-{country.upper()}"
