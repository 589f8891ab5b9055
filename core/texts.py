"""The words that people read, in their language: Fluent messages of config/locales."""

from collections.abc import Mapping

from fluent.runtime import FluentBundle, FluentResource

FALLBACK = "en"


class Texts:
    """Takes the source of each language's file and gives texts by key.

    A language that lacks a text, and a language that we do not have, fall back to the language without its region
    ("es-MX" to "es") and then to English.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._bundles = {language: bundle(language, source) for language, source in sources.items()}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have a file, as BCP 47 tags, English first."""
        return tuple(sorted(self._bundles, key=lambda language: (language != FALLBACK, language)))

    def __call__(self, language: str, key: str, **values: str | int) -> str:
        """The text under a key. Raises KeyError where not even English has it: a fault of ours, caught by a test."""
        for name in (language, language.split("-")[0], FALLBACK):
            found = self._bundles.get(name)
            if found is None or not found.has_message(key):
                continue
            pattern = found.get_message(key).value
            if pattern is not None:
                text, _ = found.format_pattern(pattern, dict(values))
                return str(text)
        raise KeyError(key)

    def has(self, key: str) -> bool:
        """Whether English has the text."""
        return bool(self._bundles[FALLBACK].has_message(key))


def bundle(language: str, source: str) -> FluentBundle:
    # Isolation marks around placeholders would stay in what people copy, and most chats show them as boxes.
    made = FluentBundle([language], use_isolating=False)
    made.add_resource(FluentResource(source))
    return made
