# /// script
# [tool.parley]
# name = "knowledge"
# version = "1.0.0"
# description = "Answers from pages and texts that a community's admins have added, and cites them."
# hosts = ["*"]
# powers = ["storage", "history"]
# hooks = ["before_answer"]
# [tool.parley.examples]
# search_knowledge = ["what do our own pages say about {query}", "look up the opening hours in our handbook"]
# ///
"""A community's own pages and texts.

Models that call tools search them; other models are given what fits a question.
"""

import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Literal

from parley import Context, Passage, PluginError, Result, Source, command, hook, tool
from plugins.builtin._readable import readable

MOST = 200
"""Most texts that a community may have."""

LONGEST = 200_000
LONGEST_PASSAGE = 1500
RECENT = 10
"""How many messages back a person's last message is looked for."""

ENOUGH = 2
"""Significant words that a question and a passage must share for the passage to fit."""

RARE = 6
"""A single word of at least this many letters is enough if few passages have it and it is most of the question."""

FEW = 2
LETTERS = re.compile(r"[^\W_]+")
UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
COMMON = frozenset(
    LETTERS.findall("""
    about after again also answer because been before being bitte bonjour bueno buenos could danke dann dass days denn
    dies diese dieser does doing donde done eine einen einer esta este estas esto estoy fait gracias gibt good great
    haben have hello help here hola ihre kann kannst know like made make mais many maybe mehr mein merci morning most
    much muito muss need nicht nous obrigado oder para pero please pode pour puede puedes quand quando quanto que
    question quiero really said sein sich sind some sont soll something sorry such tell than thank thanks that their
    them then there these they thing things think this those tien tiene today todo tous tout uber und unter very vous
    want warum welche well wenn were what when where which while wie will wird with would wann your yours como cual
    cuando cuanto porque sobre oder comment pourquoi quel quelle quels avec dans cette come cosa della delle dove
    grazie sono questo questa perche vorrei можно почему когда какой какая какие этот есть быть если меня тебя привет
    спасибо пожалуйста сколько только
    """)
)
"""Words that say nothing about a question's topic; shorter words are skipped anyway."""


@command(admin=True)
async def knowledge(
    ctx: Context,
    action: Annotated[Literal["add", "keep", "list", "remove"], "add a page, keep your last message, list, or remove"],
    what: Annotated[str, "a page's address, a title for your last message, or the key of what to remove"] = "",
) -> Result:
    """Add, list and remove the pages and texts that answers are taken from."""
    what = what.strip()
    match action:
        case "add":
            return await _add(ctx, what)
        case "keep":
            return await _keep(ctx, what)
        case "remove":
            return await _remove(ctx, what)
    titles = await ctx.texts.titles()
    lines = [f"{key}. {titles[key]}" for key in sorted(titles, key=_number)]
    return Result("\n".join(lines) or "Nothing is kept yet; /knowledge add adds a page.", private=True)


@tool(shown="searched the community's own pages for “{query}”")
@command(name="lookup")
async def search_knowledge(ctx: Context, query: Annotated[str, "what to look for, in a few words"]) -> Result:
    """Search this community's own pages and texts."""
    found = await ctx.texts.search(query)
    if not found:
        raise PluginError(f"nothing is kept here about “{query[:60]}”")
    return _material(found)


@hook("before_answer")
async def offer(ctx: Context, question: str) -> Result | None:
    """Give the model what fits a question well; small talk gets nothing."""
    wanted = significant(question)
    if not wanted:
        return None
    found = await ctx.texts.search(" ".join(wanted.values()))
    fitting = [one for one in found if await _fits(ctx, wanted, one)]
    return _material(fitting) if fitting else None


def significant(text: str) -> dict[str, str]:
    """Return the significant words of a text, by a stem that most of their forms share."""
    words: dict[str, str] = {}
    for word in _words(text):
        plain = _plain(word)
        if not COMMON & {plain, word.casefold()} and (len(plain) > 3 or plain.isdecimal() or UNSPACED.fullmatch(plain)):
            words.setdefault(plain.rstrip("s")[:RARE], word)
    return words


def _plain(word: str) -> str:
    """Return a word without case and accents."""
    letters = (one for one in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(one))
    return unicodedata.normalize("NFC", "".join(letters))


def _words(text: str) -> Sequence[str]:
    """Return a text's words; in scripts without spaces, all pairs of letters."""
    runs = UNSPACED.findall(text)
    pairs = [run[place : place + 2] for run in runs for place in range(len(run) - 1)]
    return [*LETTERS.findall(UNSPACED.sub(" ", text)), *pairs]


async def _fits(ctx: Context, wanted: dict[str, str], passage: Passage) -> bool:
    """Whether a passage shares two significant words with the question, or the question's one rare word."""
    shared = wanted.keys() & significant(f"{passage.title} {passage.text}").keys()
    if len(shared) >= ENOUGH:
        return True
    if not shared or len(wanted) > ENOUGH:
        return False
    word = wanted[next(iter(shared))]
    return len(word) >= RARE and len(await ctx.texts.search(word, FEW + 1)) <= FEW


def _material(found: Sequence[Passage]) -> Result:
    texts = [f"{one.title}:\n{one.text[:LONGEST_PASSAGE]}" for one in found]
    sources = {one.url: Source(one.title, one.url) for one in found if one.url}
    return Result("\n\n".join(texts), tuple(sources.values()))


async def _add(ctx: Context, url: str) -> Result:
    if not url.startswith(("https://", "http://")):
        raise PluginError("write the page's address: /knowledge add https://example.org/rules")
    page = await readable(ctx, url)
    if not page.text.strip():
        raise PluginError(f"there is no text to read at {url[:200]}")
    return await _put(ctx, _name("url", page.url), page.title.strip() or page.url, page.text, page.url)


async def _keep(ctx: Context, title: str) -> Result:
    if not title:
        raise PluginError("write a title for your last message: /knowledge keep House rules")
    said = [one for one in await ctx.chat.history(RECENT) if one.role == "prompter" and one.text.strip()]
    if not said:
        raise PluginError("write the text here first, or send the file, and then /knowledge keep with its title")
    return await _put(ctx, _name("title", title.casefold()), title, said[-1].text)


async def _put(ctx: Context, name: str, title: str, text: str, url: str = "") -> Result:
    """Keep a text, in place of an earlier one for the same page or title."""
    if len(text) > LONGEST:
        raise PluginError(f"that is too long; at most {LONGEST} characters are kept of one text")
    titles = await ctx.texts.titles()
    key = str(await ctx.storage.get(name, ""))
    if key not in titles:
        if len(titles) >= MOST:
            raise PluginError(f"there are {MOST} texts already; remove one first")
        key = str(1 + max(map(_number, titles), default=0))
        await ctx.storage.set(name, key)
    await ctx.texts.put(key, title, text, url)
    return Result(f"Kept as {key}: {title} ({len(text)} characters)", private=True)


async def _remove(ctx: Context, key: str) -> Result:
    title = (await ctx.texts.titles()).get(key)
    if title is None or not await ctx.texts.remove(key):
        raise PluginError(f"there is no text {key[:40]!r}; /knowledge list shows their keys")
    for name in await ctx.storage.keys():
        if await ctx.storage.get(name) == key:
            await ctx.storage.delete(name)
    return Result(f"Removed: {title}", private=True)


def _name(kind: str, value: str) -> str:
    """Return the name under which the key of a page or a title is stored; addresses are too long to be names."""
    return f"{kind}:{sha256(value.encode()).hexdigest()[:32]}"


def _number(key: str) -> int:
    return int(key) if key.isdecimal() else 0
