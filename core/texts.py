"""The texts that people read, in their language: Fluent messages of config/locales."""

from collections.abc import Mapping
from functools import cache

from cachetools import LRUCache
from fluent.runtime import FluentBundle, FluentResource

FALLBACK = "en"

REMEMBERED = 4096
"""How many texts without placeholders are remembered as they are shown: a label stands under every answer."""


class LocalizedTexts:
    """Gives texts by key and language. It is made from the source of each language's file.

    If a language lacks a text, or we do not have the language at all, the text falls back to the language without its
    region ("es-MX" to "es") and then to English.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._plain: LRUCache[tuple[str, str], str] = LRUCache(REMEMBERED)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have a file, as BCP 47 tags, English first."""
        return tuple(sorted(self._sources, key=lambda language: (language != FALLBACK, language)))

    def load(self, *languages: str) -> None:
        """Load these languages now, or all. Otherwise each is loaded when it is first needed, which takes 60 ms."""
        for language in languages or self._sources:
            self._bundle(language)

    def __call__(self, language: str, key: str, /, **values: str | int) -> str:
        """The text under a key. Raises KeyError if not even English has it, which is our bug; a test catches it."""
        if values:
            return self._formatted(language, key, values)
        if (plain := self._plain.get((language, key))) is None:
            plain = self._plain[language, key] = self._formatted(language, key, values)
        return plain

    def _formatted(self, language: str, key: str, values: Mapping[str, str | int]) -> str:
        for name in (language, language.split("-")[0], FALLBACK):
            found = self._bundle(name)
            if found is None or not found.has_message(key):
                continue
            pattern = found.get_message(key).value
            if pattern is not None:
                text, _ = found.format_pattern(pattern, dict(values))
                return str(text)
        raise KeyError(key)

    def has(self, key: str) -> bool:
        """Whether English has the text."""
        found = self._bundle(FALLBACK)
        return found is not None and bool(found.has_message(key))

    def _bundle(self, language: str) -> FluentBundle | None:
        return bundle(language, self._sources[language]) if language in self._sources else None


@cache
def bundle(language: str, source: str) -> FluentBundle:
    """The texts of a language's file, which is read once."""
    # Isolation marks around placeholders would be copied along with a text, and most chats show them as boxes.
    made = FluentBundle([language], use_isolating=False)
    made.add_resource(FluentResource(source))
    return made
