"""The page's real words, from the English locale."""

from functools import cache
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource

ENGLISH = Path(__file__).parents[2] / "config" / "locales" / "en.ftl"


class Words:
    """`SurfaceRecords.text` over the English texts of the web chat. Raises KeyError for a key that is not there."""

    def __init__(self) -> None:
        self._bundle = bundle()

    def __call__(self, language: str, key: str, **values: str | int) -> str:
        if not self._bundle.has_message(key):
            raise KeyError(key)
        pattern = self._bundle.get_message(key).value
        assert pattern is not None, key
        text, errors = self._bundle.format_pattern(pattern, dict(values))
        assert not errors, (key, errors)
        return str(text)


@cache
def bundle() -> FluentBundle:
    made = FluentBundle(["en"], use_isolating=False)
    made.add_resource(FluentResource(ENGLISH.read_text(encoding="utf-8")))
    return made
