# /// script
# dependencies = ["regex>=2025"]
# [tool.parley]
# name = "moderation"
# version = "1.0.0"
# description = "Refuses, masks or reports words and patterns that a community does not want, in questions and answers."
# powers = ["log", "storage"]
# hooks = ["before_answer", "before_send"]
# [tool.parley.config.words]
# description = "whole words, separated by commas; * stands for any letters: spoiler*, *coin"
# [tool.parley.config.patterns]
# description = "regular expressions, separated by line ends or ||"
# [tool.parley.config.action]
# choices = ["refuse", "mask", "log"]
# default = "refuse"
# description = "refuse the message, put stars in place of the words, or only tell the log"
# ///
"""Rules for what is asked and answered. Every hit is reported in the community's log channel.

A rule is a function from a text to the places of its hits, and `rules` lists those of a community: word lists and
patterns. To add a new kind of rule here, add a function to that list. Another plugin adds its own rules with the same
two hooks, before_answer and before_send: all plugins that are on are called.
"""

import asyncio
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Any, Literal

from parley import Context, PluginError, Result, command, hook

MOST = 200
"""Most words, and most patterns, that an admin can add in the chat."""

LONGEST_PATTERN = 500
PATIENCE = 0.05
"""Most seconds that a pattern may search a text."""

ENOUGH = 1.0
"""Most seconds that all rules together may take, so that slow patterns do not keep everybody waiting."""

QUOTE = 200
UNSPACED = r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]"
"""Scripts without spaces, in which a word has no edges to look for."""

REFUSED = "Some words in this are not welcome here. Please say it differently."
WITHHELD = "The answer had words in it that are not welcome here, so it is withheld. Try to ask differently."


@dataclass(frozen=True, slots=True)
class RuleHit:
    """What a rule found, from `start` to `end` in the text."""

    rule: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ModeratedText:
    """What all rules found in a text, in text order, and the rules that could not be tried, with the reasons."""

    hits: Sequence[RuleHit]
    broken: Mapping[str, str]


class BrokenRule(Exception):
    """A rule cannot be tried; the text says why."""


Rule = Callable[[str], Iterable[tuple[int, int]]]
"""Finds where hits begin and end in a text. Raises BrokenRule."""


@hook("before_answer")
async def question(ctx: Context, text: str) -> str | None:
    """Check what somebody asks."""
    return await _acted(ctx, text, "a question of", REFUSED)


@hook("before_send")
async def answer(ctx: Context, text: str) -> str | None:
    """Check an answer before it is sent."""
    return await _acted(ctx, text, "an answer to", WITHHELD)


@command(admin=True)
async def moderation(
    ctx: Context,
    action: Annotated[Literal["list", "add", "remove", "test"], "what to do with the rules"],
    what: Annotated[str, "words separated by commas, a /pattern/, or a sentence to test"] = "",
) -> Result:
    """See, add, remove or test the words and patterns that are not wanted here."""
    if action == "list":
        return Result(await _listed(ctx), private=True)
    if not what.strip():
        raise PluginError(f"write what to {action}: words separated by commas, or a /pattern/")
    if action == "test":
        return Result(_told(await _judged(ctx, what), what), private=True)
    return Result(await (_add if action == "add" else _remove)(ctx, what.strip()), private=True)


def rules(words: Sequence[str], patterns: Sequence[str]) -> Sequence[tuple[str, Rule]]:
    """Return the rules of a community, with their names."""
    return [
        *((f"word “{word}”", _word_rule(word)) for word in words),
        *((f"pattern /{pattern}/", _pattern_rule(pattern)) for pattern in patterns),
    ]


def judge(text: str, tried: Sequence[tuple[str, Rule]], enough: float = ENOUGH) -> ModeratedText:
    """Try all rules on a text. After `enough` seconds, the remaining ones are left out."""
    hits: list[RuleHit] = []
    broken: dict[str, str] = {}
    until = monotonic() + enough
    for name, rule in tried:
        if monotonic() > until:
            broken[name] = "the rules before it took too long"
            continue
        try:
            hits += (RuleHit(name, start, end) for start, end in rule(text))
        except BrokenRule as error:
            broken[name] = str(error)
    return ModeratedText(sorted(hits, key=lambda hit: (hit.start, hit.end)), broken)


def masked(text: str, hits: Sequence[RuleHit]) -> str:
    """Replace what was found in a text with stars."""
    letters = list(text)
    for hit in hits:
        letters[hit.start : hit.end] = "*" * (hit.end - hit.start)
    return "".join(letters)


def folded(text: str) -> tuple[str, list[int]]:
    """Return a text without case, accents and invisible letters, and the original position of each remaining letter."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for part in unicodedata.normalize("NFKD", letter).casefold():
            if not unicodedata.combining(part) and unicodedata.category(part) != "Cf":
                letters.append(part)
                places.append(place)
    return "".join(letters), places


def _word_rule(word: str) -> Rule:
    import regex

    plain = folded(word)[0]
    body = r"\s+".join(r"\w*".join(map(regex.escape, part.split("*"))) for part in plain.split())
    edged = not regex.search(UNSPACED, plain)
    pattern = regex.compile(rf"(?<!\w){body}(?!\w)" if edged else body)

    def rule(text: str) -> Iterable[tuple[int, int]]:
        letters, places = folded(text)
        places.append(len(text))
        for start, end in _spans(pattern, letters):
            # Accents and invisible letters after the last letter belong to the hit.
            yield places[start], max(places[end - 1] + 1, places[end])

    return rule


def _pattern_rule(pattern: str) -> Rule:
    return lambda text: _spans(_compiled(pattern), text)


def _compiled(pattern: str) -> Any:
    import regex

    if len(pattern) > LONGEST_PATTERN:
        raise BrokenRule(f"it is longer than {LONGEST_PATTERN} characters")
    try:
        return regex.compile(pattern, regex.IGNORECASE)
    except regex.error as error:
        raise BrokenRule(f"it is not a regular expression: {error}") from None


def _spans(pattern: Any, text: str) -> list[tuple[int, int]]:
    """Return where a pattern is found, without empty matches. Raises BrokenRule if that takes too long."""
    try:
        found = [one.span() for one in pattern.finditer(text, timeout=PATIENCE, concurrent=True)]
    except TimeoutError:
        raise BrokenRule(f"it took longer than {PATIENCE} s") from None
    return [(start, end) for start, end in found if end > start]


async def _acted(ctx: Context, text: str, kind: str, refusal: str) -> str | None:
    """Apply the community's action to a text. Raises PluginError if the text is refused."""
    judged = await _judged(ctx, text)
    await _report(ctx, judged.broken)
    if not judged.hits:
        return None
    action = str(ctx.config["action"])
    done = {"refuse": "refused", "mask": "masked"}.get(action, "noticed")
    names = ", ".join(dict.fromkeys(hit.rule for hit in judged.hits))
    await ctx.chat.log(f"moderation: {done} {kind} {ctx.user_name} ({names}): “{_quote(text, judged.hits[0])}”")
    if action == "refuse":
        raise PluginError(refusal)
    return masked(text, judged.hits) if action == "mask" else None


async def _judged(ctx: Context, text: str) -> ModeratedText:
    words, patterns = await _kept(ctx)
    words, patterns = [*_words(str(ctx.config["words"])), *words], [*_patterns(str(ctx.config["patterns"])), *patterns]
    return await asyncio.to_thread(lambda: judge(text, rules(words, patterns)))


async def _report(ctx: Context, broken: Mapping[str, str]) -> None:
    """Report rules that cannot be tried to the log, each of them once."""
    told = await ctx.storage.get("told", [])
    fresh = [name for name in broken if name not in told]
    for name in fresh:
        await ctx.chat.log(f"moderation: {name} is not used: {broken[name]}")
    if fresh:
        await ctx.storage.set("told", [*told, *fresh][-MOST:])


async def _kept(ctx: Context) -> tuple[list[str], list[str]]:
    return list(await ctx.storage.get("words", [])), list(await ctx.storage.get("patterns", []))


async def _add(ctx: Context, what: str) -> str:
    key, given = _given(what)
    for pattern in given if key == "patterns" else ():
        try:
            _compiled(pattern)
        except BrokenRule as error:
            raise PluginError(f"/{pattern[:60]}/ is not added: {error}") from None
    known = await ctx.storage.get(key, [])
    together = list(dict.fromkeys([*known, *given]))
    if len(together) > MOST:
        raise PluginError(f"there are at most {MOST} {key}; remove some first")
    await ctx.storage.set(key, together)
    return f"Added: {', '.join(given)}"


async def _remove(ctx: Context, what: str) -> str:
    key, given = _given(what)
    known = await ctx.storage.get(key, [])
    if strange := [one for one in given if one not in known]:
        raise PluginError(f"{strange[0][:60]} was not added here; /moderation list shows what was")
    await ctx.storage.set(key, [one for one in known if one not in given])
    return f"Removed: {', '.join(given)}"


async def _listed(ctx: Context) -> str:
    words, patterns = await _kept(ctx)
    shown = [
        ("words, by /plugin config", _words(str(ctx.config["words"]))),
        ("words, added here", words),
        ("patterns, by /plugin config", [f"/{one}/" for one in _patterns(str(ctx.config["patterns"]))]),
        ("patterns, added here", [f"/{one}/" for one in patterns]),
    ]
    return "\n".join(
        [f"action: {ctx.config['action']}", *(f"{name}: {', '.join(some)}" for name, some in shown if some)]
    )


def _given(what: str) -> tuple[str, list[str]]:
    """Return the key under which something is stored, and the items."""
    if len(what) > 2 and what[0] == what[-1] == "/":
        return "patterns", [what[1:-1]]
    words = _words(what)
    if not words:
        raise PluginError("a word has at least one letter beside *")
    return "words", words


def _words(text: str) -> list[str]:
    # A word that consists only of stars would match every word.
    return [word.strip() for word in text.split(",") if folded(word)[0].replace("*", "").strip()]


def _patterns(text: str) -> list[str]:
    return [one.strip() for line in text.splitlines() for one in line.split(" || ") if one.strip()]


def _quote(text: str, hit: RuleHit) -> str:
    """Return a hit with the text around it."""
    start = max(0, min(hit.start - QUOTE // 4, len(text) - QUOTE))
    return text[start : start + QUOTE]


def _told(judged: ModeratedText, text: str) -> str:
    lines = [f"{hit.rule}: “{text[hit.start : hit.end][:QUOTE]}”" for hit in judged.hits]
    lines += [f"{name} is not used: {why}" for name, why in judged.broken.items()]
    return "\n".join(lines) or "No rule matches."
