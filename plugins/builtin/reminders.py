# /// script
# dependencies = ["dateparser>=1.2", "tzdata"]
# [tool.parley]
# name = "reminders"
# version = "1.0.0"
# description = "Reminds you of something, at a time in your own words: in 20 minutes, tomorrow at 9."
# powers = ["post", "schedule", "storage"]
# [tool.parley.examples]
# remind = ["remind me {when} to {what}", "remind me in 20 minutes to take the bread out", "remind me tomorrow at 9"]
# ///
"""Reminders at times in natural language.

dateparser (https://dateparser.readthedocs.io) understands the days. The time of day is parsed here, because dateparser
ignores a bare hour ("tomorrow at 9") and uses the present time instead.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from difflib import get_close_matches
from itertools import count
from threading import Lock
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from parley import Context, Due, PluginError, Result, command, scheduled, tool

MOST = 50
FARTHEST = timedelta(days=3660)
TOO_FAR = "that is too far away; at most ten years"
LONGEST = 1000
MOST_WORDS = 12
"""Most words at a text's beginning or end that are tried as a time."""

MORNING = time(9)
"""The time of day if only a day is named."""

AT = {
    "ca": "a les?|a la",
    "cs": "ve?",
    "da": r"kl\.?|klokken",
    "de": "um|gegen",
    "en": "at|by|around",
    "es": "a las?|sobre las",
    "fi": r"klo\.?",
    "fr": "à|vers",
    "id": "jam|pukul",
    "it": "alle(?: ore)?|ore",
    "nb": r"kl\.?|klokken",
    "nl": "om",
    "pl": "o",
    "pt": "às|as|à",
    "ro": "la",
    "ru": "в|к",
    "sv": r"kl\.?|klockan",
    "tr": "saat",
    "uk": "об?",
    "vi": "lúc",
}
"""Words that stand before a time of day, and before no other number."""

OCLOCK = r"uhr|uur|o'?clock"
HOURS = r"hs?|horas?|heures?|часов|часа?"
AM = r"a\.?m\.?|in the morning|de la mañana|da manhã|du matin|morgens|früh|di mattina|утра|'s ochtends"
PM = (
    r"p\.?m\.?|in the (?:afternoon|evening)|at night|de la (?:tarde|noche)|da (?:tarde|noite)|du soir|de l'après-midi"
    r"|nachmittags|abends|di sera|del pomeriggio|вечера|дня|'s (?:middags|avonds)"
)
CLOCK = (
    rf"(?P<hour>\d{{1,2}})(?:(?P<mark>[:.h])(?P<minute>\d\d))?(?:\s?(?P<oclock>{OCLOCK})|\s?(?:{HOURS})(?!\w))?"
    rf"(?:\s?(?:(?P<am>{AM})|(?P<pm>{PM})))?(?![\w:+/-])"
)
EASTERN = re.compile(
    r"(?:(?P<am>上午|早上|午前|오전)|(?P<pm>下午|晚上|午後|오후))?\s?(?P<hour>\d{1,2})\s?[点點時时시](?![間间])"
    r"(?:\s?(?P<minute>\d{1,2})\s?[分분]|(?P<half>半))?"
)
PART = re.compile(r"(?:por|en) la (?:mañana|tarde|noche)|[àa] (?:tarde|noite)|de manhã")
"""Parts of the day that add nothing once the hour is known."""

LATE = re.compile(r"tonight|evening|tarde|noche|noite|soir|abend|avond|stasera|вечером|今晚|今夜")
SAME = (
    (r"half an hour|an? half hour", "30 minutes"),
    (r"a quarter of an hour", "15 minutes"),
    (r"media hora", "30 minutos"),
    (r"meia hora", "30 minutos"),
    (r"une demi-heure", "30 minutes"),
    (r"einer halben stunde", "30 minuten"),
    (r"полчаса", "30 минут"),
    (r"pasado mañana", "en 2 días"),
    (r"depois de amanhã", "em 2 dias"),
)
"""Words that dateparser does not know, with words that it does."""

NUMBERS = (
    "two three four five six seven eight nine ten",
    "dos tres cuatro cinco seis siete ocho nueve diez",
    "deux trois quatre cinq six sept huit neuf dix",
    "zwei drei vier fünf sechs sieben acht neun zehn",
    "dois três quatro cinco seis sete oito nove dez",
    "due tre quattro cinque sei sette otto nove dieci",
)
ZONED = re.compile(r"\b(?:UTC|GMT)\b|\d(?:Z|[+-]\d\d:?\d\d)$", re.I)
"""The only time zones that are recognised: dateparser takes EAT, GET, ART and MET for zones, but people mean words."""

DIGITS = {"one": "1"} | {word: str(number) for line in NUMBERS for number, word in enumerate(line.split(), 2)}
ARTICLES = re.compile(r"^(?:el|la|los|las|le|les|am|den|dem|il|lo|o|a|na|no|w|we|på|em) ")
"""Words before a day that dateparser does not know there."""

LINK = re.compile(
    r"^(?:remind\s+me\s+|me\s+)?(?:to|that|about|que|de|para|pour|dass|zu|di|чтобы)\s+|^remind\s+me\s+", re.I
)
EDGE = " \t\n,;:–—-"
NUMBER = re.compile(r"(\d+)(?:st|nd|rd|th|[ºª.])?")
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")
SEARCHING = Lock()
"""A lock, because dateparser keeps languages and settings in places that all threads share."""


@dataclass(frozen=True, slots=True)
class FoundTime:
    """A time in a text, and what remains of the text."""

    when: datetime
    what: str


@command(name="remind")
async def remind_me(
    ctx: Context,
    text: Annotated[str, "the time and the reminder: in 20 minutes take the bread out"],
) -> Result:
    """Remind you of something, at a time in your own words."""
    zone = await _zone(ctx)
    found = await asyncio.to_thread(read, text, ctx.language, datetime.now(zone or UTC))
    if not found.what:
        raise PluginError("also write what it is about, as in: tomorrow at 9 call Ana")
    return await _promise(ctx, found, zone)


@tool(shown="set a reminder {when}: {what}", confirm=True)
async def remind(
    ctx: Context,
    when: Annotated[str, "when, in the person's own words: in 20 minutes, tomorrow at 9"],
    what: Annotated[str, "of what"],
) -> Result:
    """Remind the person of something at a time."""
    if not what.strip():
        raise PluginError("say what to be reminded of")
    zone = await _zone(ctx)
    found = await asyncio.to_thread(read, when, ctx.language, datetime.now(zone or UTC))
    if found.what:
        raise PluginError(f"“{when[:60]}” is not a time; write it as: in 20 minutes, tomorrow at 9, 2030-05-01 14:30")
    return await _promise(ctx, FoundTime(found.when, what.strip()[:LONGEST]), zone)


@command
async def reminders(
    ctx: Context,
    action: Annotated[Literal["list", "cancel"], "see yours, or cancel one"] = "list",
    number: Annotated[int, "which one to cancel, by its number in the list"] = 0,
) -> Result:
    """See your reminders that are still to come, or cancel one."""
    mine = await _mine(ctx)
    zone = await _zone(ctx)
    if action == "list":
        lines = [f"{one.values['number']}. {_shown(one.when, zone)}: {one.values['what']}" for one in mine]
        return Result("\n".join(lines) or "You have no reminders.", private=True)
    chosen = next((one for one in mine if one.values["number"] == number), None)
    if chosen is None or not await ctx.schedule.cancel(chosen.id):
        raise PluginError(f"you have no reminder {number}; /reminders lists yours")
    return Result(f"Cancelled: {chosen.values['what']}", private=True)


@command
async def timezone(
    ctx: Context, zone: Annotated[str, "a zone's name, as Europe/Lisbon; empty to see yours"] = ""
) -> Result:
    """Set the time zone of your reminders."""
    if not zone.strip():
        return Result(f"Your time zone is {await _zone(ctx) or 'not set, so UTC is used'}.", private=True)
    name = await asyncio.to_thread(zone_name, zone.strip())
    await ctx.storage.set(_zone_key(ctx), name)
    return Result(f"Your time zone is {name}. It is {_shown(datetime.now(UTC), ZoneInfo(name))} there.", private=True)


@scheduled
async def ring(ctx: Context, what: str, name: str = "", number: int = 0) -> None:
    """Post a reminder when its time has come, and have the platform tell the person whose it is.

    Calls that an earlier version planned also have a `name`, which is no longer needed.
    """
    await ctx.chat.post(f"⏰ {what}", notify=True)


def zone_name(given: str) -> str:
    """Return the correct spelling of a time zone's name. Raises a PluginError that lists similar names."""
    names = {name.casefold(): name for name in available_timezones()}
    wanted = given.casefold().replace(" ", "_")
    if wanted in names:
        return names[wanted]
    towns = {name.rpartition("/")[2]: name for name in sorted(names)}
    if wanted in towns:
        return names[towns[wanted]]
    near = [*get_close_matches(wanted, names, n=3), *(towns[one] for one in get_close_matches(wanted, towns, n=3))]
    hint = ", ".join(names[one] for one in dict.fromkeys(near)) or "Europe/Lisbon, America/Lima or UTC"
    raise PluginError(f"“{given[:40]}” is not a time zone; did you mean {hint}?")


def read(text: str, language: str, now: datetime) -> FoundTime:
    """Find the time at a text's beginning or end, in any language, the given one first; `now` has the person's zone.

    Raises PluginError if there is none, or it is in the past.
    """
    if len(text) > LONGEST:
        raise PluginError(f"that is too long; write at most {LONGEST} characters")
    with SEARCHING:
        found = next((one for tag in _languages(text, language) if (one := _in_language(text, tag, now))), None)
    if found is None:
        raise PluginError(
            "no time was understood; write it first or last: in 20 minutes, tomorrow at 9, 2030-05-01 14:30"
        )
    # Two times in the same zone would be compared by the wall clock, which goes back once a year.
    ahead = found.when.astimezone(UTC) - now.astimezone(UTC)
    if ahead <= timedelta():
        raise PluginError(f"{_shown(found.when, now.tzinfo)} is past; write a time that is still to come")
    if ahead > FARTHEST:
        raise PluginError(TOO_FAR)
    return found


def _languages(text: str, language: str) -> Iterator[str]:
    """Yield the person's language, English, and then the language that the text seems to be in."""
    yield from dict.fromkeys((language, "en"))
    from dateparser.search import search_dates

    for _, _, tag in search_dates(text, add_detected_language=True) or ():
        yield tag


def _in_language(text: str, language: str, now: datetime) -> FoundTime | None:
    """Return the longest time that a text begins or ends with."""
    words = list(WORD.finditer(text))
    most = min(len(words), MOST_WORDS)
    starts = [(0, words[end].end()) for end in range(most)]
    ends = [(words[-begin].start(), len(text)) for begin in range(1, most + 1)]
    for start, end in sorted(starts + ends, key=lambda span: span[0] - span[1]):
        if when := _time(text[start:end].strip(EDGE + ".!?"), language, now):
            rest = (text[:start] + text[end:]).strip(EDGE)
            return FoundTime(when, LINK.sub("", rest).strip(EDGE))
    return None


def _time(piece: str, language: str, now: datetime) -> datetime | None:
    """Return the time that a whole piece of text means."""
    words, clock = _clock(_plain(piece), language.partition("-")[0].lower())
    if not clock and (len(words) < 2 or (len(words) <= 3 and words.isascii() and words.isalpha())):
        # "a", "may" and "sun" are more likely words than times.
        return None
    base = now.replace(tzinfo=None)
    found = _parsed(words, clock, language, base)
    if found is None:
        return None
    when, period = found
    if when.tzinfo is not None:
        return when.astimezone(now.tzinfo) if ZONED.search(piece) else None
    if clock is None and _passes_over(words, when):
        return None
    if _is_elapsed(when, words, clock, language, base):
        return (now.astimezone(UTC) + (when - base)).astimezone(now.tzinfo)
    if clock is None and period in ("day", "week", "month", "year") and when.time() == time():
        when = datetime.combine(when.date(), MORNING)
    return _in_zone(when, now)


def _plain(piece: str) -> str:
    """Rewrite a piece in words that dateparser knows."""
    text = re.sub(r"\s+", " ", piece.casefold())
    for pattern, words in SAME:
        text = re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", words, text)
    return re.sub(r"\w+", lambda word: DIGITS.get(word[0], word[0]), text)


def _clock(text: str, language: str) -> tuple[str, time | None]:
    """Split a piece into the text without its time of day, and that time."""
    western = re.compile(rf"(?<![\w:.+/-])(?:(?P<at>{AT.get(language, AT['en'])})\s+)?{CLOCK}")
    for found in (*EASTERN.finditer(text), *western.finditer(text)):
        if found.re is western and not (found["mark"] == ":" or any(found.group("at", "oclock", "am", "pm"))):
            continue
        hour, minute = int(found["hour"]), int(found["minute"] or 0)
        if found.re is EASTERN and found["half"]:
            minute = 30
        if hour < 24 and minute < 60:
            return _without(text, found), time(_of_24(hour, found, text), minute)
    return text, None


def _without(text: str, found: re.Match[str]) -> str:
    return re.sub(r"\s+", " ", PART.sub("", f"{text[: found.start()]} {text[found.end() :]}")).strip(EDGE)


def _of_24(hour: int, found: re.Match[str], text: str) -> int:
    """Return the hour of the day, for an hour that may be in the morning or the evening."""
    if hour > 12:
        return hour
    if found["am"] or found["pm"]:
        return hour % 12 + (12 if found["pm"] else 0)
    return hour + 12 if 4 <= hour < 12 and LATE.search(text) else hour


def _parsed(words: str, clock: time | None, language: str, base: datetime) -> tuple[datetime, str] | None:
    """Return what dateparser makes of a day and a time of day, and how exact that is."""
    for day in dict.fromkeys((words, ARTICLES.sub("", words, count=1))):
        text = f"{day} {clock:%H:%M}".strip() if clock else day
        found = _parser(language, base).get_date_data(text)
        when = found.date_obj
        if when is not None and (clock is None or (when.hour, when.minute) == (clock.hour, clock.minute)):
            return when, found.period
    return None


def _parser(language: str, base: datetime) -> Any:
    from dateparser.data.languages_info import language_locale_dict
    from dateparser.date import DateDataParser

    settings = {"PREFER_DATES_FROM": "future", "RELATIVE_BASE": base, "RETURN_TIME_AS_PERIOD": True}
    short = language.partition("-")[0].lower()
    if language in language_locale_dict.get(short, ()):
        return DateDataParser(locales=[language], settings=settings)
    return DateDataParser(languages=[short if short in language_locale_dict else "en"], settings=settings)


def _passes_over(words: str, when: datetime) -> bool:
    """Whether dateparser has ignored a number at an edge, as in "9 tomorrow"."""
    edges = (NUMBER.fullmatch(word) for word in (words.split(" ")[0], words.split(" ")[-1]))
    return any(edge and int(edge[1]) not in (when.day, when.year) for edge in edges)


def _is_elapsed(when: datetime, words: str, clock: time | None, language: str, base: datetime) -> bool:
    """Whether a time is a number of hours or minutes from now, and not a time on some day."""
    if clock or not (when - base) % timedelta(days=1):
        return False
    later = timedelta(minutes=7)
    moved = _parsed(words, clock, language, base + later)
    return moved is not None and moved[0] - when == later


def _in_zone(when: datetime, now: datetime) -> datetime:
    """Return a wall-clock time in the zone of `now`; a time that a clock change skips becomes one hour later.

    Raises PluginError if the calendar does not reach that far.
    """
    try:
        return when.replace(tzinfo=now.tzinfo).astimezone(UTC).astimezone(now.tzinfo)
    except OverflowError:
        raise PluginError(TOO_FAR) from None


async def _promise(ctx: Context, found: FoundTime, zone: ZoneInfo | None) -> Result:
    mine = await _mine(ctx)
    if len(mine) >= MOST:
        raise PluginError(f"you have {MOST} reminders already; cancel one with /reminders")
    taken = {one.values["number"] for one in mine}
    number = next(number for number in count(1) if number not in taken)
    await ctx.schedule.at(found.when, "ring", what=found.what, number=number)
    hint = "" if zone else "\n\nYour time zone is not set, so this is UTC; /timezone Europe/Lisbon sets it."
    return Result(f"⏰ {number}. {_shown(found.when, zone)}: {found.what}{hint}", private=True)


async def _mine(ctx: Context) -> Sequence[Due]:
    return [one for one in await ctx.schedule.due() if one.function == "ring" and one.user_id == ctx.user_id]


async def _zone(ctx: Context) -> ZoneInfo | None:
    name = await ctx.storage.get(_zone_key(ctx))
    return ZoneInfo(name) if name else None


def _zone_key(ctx: Context) -> str:
    return f"zone:{ctx.user_id}"


def _shown(when: datetime, zone: tzinfo | None) -> str:
    return f"{when.astimezone(zone or UTC):%Y-%m-%d %H:%M} ({zone or 'UTC'})"
