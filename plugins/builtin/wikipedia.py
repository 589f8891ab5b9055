# /// script
# [tool.parley]
# name = "wikipedia"
# version = "1.0.0"
# description = "Looks something up in Wikipedia, in the reader's language."
# hosts = ["*.wikipedia.org"]
# [tool.parley.config.language]
# description = "the Wikipedia to look in, as en; empty for the reader's own"
# [tool.parley.examples]
# wikipedia = [
#     "look up {subject} in Wikipedia", "look up {subject}", "cherche {subject} sur Wikipédia",
#     "busca {subject} en Wikipedia", "cerca {subject} a la Viquipèdia", "what does Wikipedia say about {subject}",
#     "wikipedia", "look up", "schlag nach", "schlage nach", "schlag {subject} nach", "wikipédia", "维基百科",
#     "viquipèdia",
#     "wikipediak", "wikipedian",
# ]
# ///
"""Wikipedia's own API (https://www.mediawiki.org/wiki/API:Main_page)."""

import re
from typing import Annotated

from parley import Context, Failure, PluginError, Result, Source, command, tool

LONGEST = 1500
LANGUAGE = re.compile(r"[a-z]{2,12}(-[a-z]+)?")


@tool(shown="looked up “{subject}” in Wikipedia")
@command(name="wikipedia")
async def wikipedia(ctx: Context, subject: Annotated[str, "what to look up"]) -> Result:
    """Look something up in Wikipedia."""
    wanted = str(ctx.config.get("language") or ctx.language.split("-")[0]).lower()
    language = wanted if LANGUAGE.fullmatch(wanted) else "en"
    answer = await ctx.http.get(
        f"https://{language}.wikipedia.org/w/api.php",
        params={
            "action": "query",
            "format": "json",
            "formatversion": 2,
            "generator": "search",
            "gsrsearch": subject,
            "gsrlimit": 1,
            "prop": "extracts|info",
            "exintro": 1,
            "explaintext": 1,
            "inprop": "url",
            "redirects": 1,
        },
    )
    if answer.status_code != 200:
        raise Failure(f"Wikipedia answers with {answer.status_code}; try again later")
    told = answer.json()
    pages = told.get("query", {}).get("pages", [])
    if not pages:
        raise PluginError(f"Wikipedia has nothing about “{subject[:60]}”")
    page = pages[0]
    return Result(cut(page.get("extract") or page["title"]), (Source(f"{page['title']} – Wikipedia", page["fullurl"]),))


def cut(text: str) -> str:
    """Return the beginning of a text, up to the end of a sentence."""
    if len(text) <= LONGEST:
        return text
    end = max(text.rfind(mark, 0, LONGEST) for mark in (". ", "。", "\n"))
    return text[: end + 1] if end > LONGEST // 2 else text[:LONGEST] + "…"
