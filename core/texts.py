"""The texts that people read, in their language: Fluent messages of config/locales.

A text is parsed when it is first needed: all texts of a language take 60 ms and 2 MiB as they are parsed, and a
program says few of them.
"""

import re
from collections.abc import Mapping
from functools import cache

from fluent.runtime import FluentBundle
from fluent.syntax import FluentParser

FALLBACK = "en"

ENTRY = re.compile(r"^(-?[a-zA-Z][\w-]*) *=", re.MULTILINE | re.ASCII)
"""The beginning of a message or a term. What goes on in further lines is indented."""

REFERENCE = re.compile(r"\{\s*(-?[a-zA-Z][\w-]*)", re.ASCII)
"""What may be another message or a term that a text contains."""


class LocalizedTexts:
    """Gives texts by key and language. It is made from the source of each language's file.

    If a language lacks a text, or we do not have the language at all, the text falls back to the language without its
    region ("es-MX" to "es") and then to English.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have a file, as BCP 47 tags, English first."""
        return tuple(sorted(self._sources, key=lambda language: (language != FALLBACK, language)))

    def __call__(self, language: str, key: str, /, **values: str | int) -> str:
        """The text under a key. Raises KeyError if not even English has it, which is our bug; a test catches it."""
        for name in (language, language.split("-")[0], FALLBACK):
            if name not in self._sources or not (found := language_texts(name, self._sources[name])).has(key):
                continue
            text = found.text(key, values)
            if text is not None:
                return text
        raise KeyError(key)

    def has(self, key: str) -> bool:
        """Whether English has the text."""
        return language_texts(FALLBACK, self._sources[FALLBACK]).has(key)


class LanguageTexts:
    """The texts of one language, of which those are parsed that somebody has asked for."""

    def __init__(self, language: str, source: str) -> None:
        found = [*ENTRY.finditer(source)]
        ends = [one.start() for one in found[1:]] + [len(source)]
        # Of two with one name the first counts, as in a file that is parsed at once.
        self._entries = {one[1]: source[one.start() : end] for one, end in reversed([*zip(found, ends, strict=True)])}
        self._parsed: set[str] = set()
        # Texts without placeholders as they are shown: a label stands under every answer.
        self._plain: dict[str, str] = {}
        # Isolation marks around placeholders would be copied along with a text, and most chats show them as boxes.
        self._bundle = FluentBundle([language], use_isolating=False)

    def has(self, key: str) -> bool:
        """Whether there is a text under a key."""
        return key in self._entries

    def text(self, key: str, values: Mapping[str, str | int]) -> str | None:
        """The text under a key that is there; None if it cannot be read."""
        if not values and (plain := self._plain.get(key)) is not None:
            return plain
        self._parse(key)
        pattern = self._bundle.get_message(key).value if self._bundle.has_message(key) else None
        if pattern is None:
            return None
        text = str(self._bundle.format_pattern(pattern, dict(values))[0])
        if not values:
            self._plain[key] = text
        return text

    def _parse(self, key: str) -> None:
        """Parse an entry, and all that it refers to."""
        ahead, found = [key], set[str]()
        while ahead:
            name = ahead.pop()
            if name in self._parsed or name in found or name not in self._entries:
                continue
            # Two threads may both parse it, of which the second adds nothing.
            self._bundle.add_resource(FluentParser(with_spans=False).parse(self._entries[name]))
            found.add(name)
            ahead += REFERENCE.findall(self._entries[name])
        self._parsed |= found


@cache
def language_texts(language: str, source: str) -> LanguageTexts:
    """The texts of a language's file, which are divided once."""
    return LanguageTexts(language, source)
