# /// script
# [tool.parley]
# name = "github"
# version = "1.0.0"
# description = "Finds issues and pull requests of public repositories on GitHub."
# hosts = ["api.github.com"]
# [tool.parley.examples]
# github_issues = ["find issues about {words} in {repository}", "open issues of llama.cpp on GitHub"]
# ///
"""Searches issues on GitHub (https://docs.github.com/en/rest/search/search#search-issues-and-pull-requests)."""

from typing import Annotated

from parley import Context, Failure, PluginError, Result, Source, command, tool

SEARCH = "https://api.github.com/search/issues"
MOST = 5


@tool(shown="looked for “{words}” in {repository}")
@command(name="issues")
async def github_issues(
    ctx: Context,
    repository: Annotated[str, "owner/name"],
    words: Annotated[str, "what to look for"] = "is:open",
) -> Result:
    """Find issues and pull requests of a public repository."""
    answer = await ctx.http.get(SEARCH, params={"q": f"repo:{repository} {words}", "per_page": MOST})
    if answer.status_code == 422:
        raise PluginError(f"there is no public repository {repository}; write it as owner/name")
    if answer.status_code != 200:
        raise Failure(f"api.github.com answers with {answer.status_code}; try again in a minute")
    found = answer.json()["items"]
    if not found:
        raise PluginError(f"nothing about “{words[:60]}” in {repository}")
    lines = [f"#{one['number']} ({one['state']}) {one['title']}" for one in found]
    return Result("\n".join(lines), tuple(Source(f"#{one['number']}", one["html_url"]) for one in found))
