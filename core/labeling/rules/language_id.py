"""What language a text seems to be in. A hint for the person who wrote it, and never a reason to reject.

Detectors are often wrong about short texts (spec/labeling.md 2.1), so nothing is said about those.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from core.labeling.rules.text_checks import words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

WORDS, LETTERS = 5, 25
SURE = 4
"""How many times as probable as the chosen language another must be: Spanish and Catalan are close to each other."""

LONG, HARDLY = 10, 100
"""Words that it takes, and how many times as probable a language must be in which somebody does no tasks."""

CALLED = {"nb": "no"}
"""The detector's names for languages that go by another here."""

FOREIGN = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`|(?:https?://|www\.)\S+|[@#/]\w[\w.-]*", re.DOTALL)
"""What is in no language: code, addresses, names, commands."""


def available() -> bool:
    """Whether there is anything to find languages with: the extra `tasks`."""
    return find_spec("py3langid") is not None


def hint(text: str, chosen: str, among: Iterable[str], others: Iterable[str] = ()) -> str | None:
    """The language among these that a text seems to be in; None where that is the chosen one, or nobody can tell.

    `among` are the languages of its writer; one of the others must be beyond doubt. Languages are BCP 47 tags, regions
    do not matter. The first call loads the model, which takes a second and 100 MB: call it in a thread.
    """
    read = FOREIGN.sub(" ", text).strip()
    # Where words are not parted by spaces their number is enough.
    brief = words(read) < WORDS or (len(read.split()) >= WORDS and len(read) < LETTERS)
    if brief or not available():
        return None
    found = _likelier(read, chosen, among, SURE)
    return found or (_likelier(read, chosen, others, HARDLY) if words(read) >= LONG else None)


def _likelier(read: str, chosen: str, among: Iterable[str], times: float) -> str | None:
    tags = {base(tag): tag for tag in reversed([*among])}
    # Filtered here and not by `set_languages`, which would change the one identifier under another thread's feet.
    probable = {language: value for language, value in _identifier().rank(read) if language in {*tags, base(chosen)}}
    if base(chosen) not in probable:
        return None
    best = max(probable, key=lambda language: probable[language])
    return tags[best] if probable[best] > times * probable[base(chosen)] else None


def base(tag: str) -> str:
    """A language as the detector calls it: without its region."""
    language = re.split("[-_]", tag)[0].lower()
    return CALLED.get(language, language)


@cache
def _identifier() -> "LanguageIdentifier":
    """The detector with its model, which is in the package."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
