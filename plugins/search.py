# /// script
# [tool.parley]
# name = "search"
# version = "1.0.0"
# description = "Searches the web by a SearXNG server of yours."
# hosts = []
# secrets = ["url"]
# [tool.parley.examples]
# web_search = ["search the web for llama.cpp news", "what happened in Lisbon today"]
# ///
"""Web search by SearXNG (https://docs.searxng.org/dev/search_api.html), whose address the operator sets."""

from typing import Annotated

from parley import Context, Failure, PluginError, Result, Source, command, tool

MOST = 5


@tool(shown="searched the web for “{query}”")
@command(name="search")
async def web_search(ctx: Context, query: Annotated[str, "what to search for"]) -> Result:
    """Search the web and give the best results with their links."""
    server = ctx.secrets.get("url", "").rstrip("/")
    if not server:
        raise PluginError("no search server is set; its operator sets plugins.secrets.search.url")
    answer = await ctx.http.get(
        f"{server}/search", params={"q": query, "format": "json", "language": ctx.language, "safesearch": 1}
    )
    if answer.status_code == 403:
        raise Failure("the search server does not give JSON; add json to search.formats in its settings")
    if answer.status_code != 200:
        raise Failure(f"the search server answers with {answer.status_code}; try again later")
    found = answer.json().get("results", [])[:MOST]
    if not found:
        raise PluginError(f"nothing was found for “{query[:60]}”")
    lines = [f"{number}. {one['title']}: {one.get('content', '')}" for number, one in enumerate(found, 1)]
    return Result("\n".join(lines), tuple(Source(one["title"], one["url"]) for one in found))
