"""Guess what language a text is in: a hint for its author, and never a reason to reject it.

Detectors are often wrong about short texts (docs/reference/labeling.md 2.1), so nothing is said about those.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec

from core.labeling.rules import langid_model
from core.labeling.rules.text_checks import words

WORDS, LETTERS = 5, 25
SURE = 4
"""How many times as probable as the chosen language another must be: Spanish and Catalan are close to each other."""

HARDLY = 100
"""How many times as probable a language must be that the author does no tasks in."""

CERTAIN = 0.9
"""The least probability of a language out of all that the detector knows."""

CALLED = {"nb": "no"}
OURS = {theirs: ours for ours, theirs in CALLED.items()}
"""Languages that the detector knows under another name than ours."""

FOREIGN = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`|(?:https?://|www\.)\S+|[@#/]\w[\w.-]*", re.DOTALL)
"""Parts of a text that are in no language: code, addresses, names, commands."""


def available() -> bool:
    """Return whether languages can be detected, which takes the extra `tasks`."""
    return find_spec(langid_model.PACKAGE) is not None


def hint(text: str, chosen: str, among: Iterable[str], others: Iterable[str] = ()) -> str | None:
    """Return the language that a text seems to be in, if it is not the chosen one and there is little doubt; else None.

    `among` are the languages of its writer; a language among `others` must be beyond doubt. Languages are BCP 47 tags,
    and regions do not matter. The first call loads the model, which takes a second and 100 MB: call it in a thread.
    """
    read = FOREIGN.sub(" ", text).strip()
    if _is_brief(read) or not available():
        return None
    return _likelier(read, chosen, among, SURE) or _likelier(read, chosen, others, HARDLY)


def guess(text: str) -> str | None:
    """Return the language that a text is in, out of all, if there is little doubt; else None. Loads the model too."""
    read = FOREIGN.sub(" ", text).strip()
    if _is_brief(read) or not available():
        return None
    language, share = next(iter(_model().shares(read).items()))
    return OURS.get(language, language) if share > CERTAIN else None


def _is_brief(read: str) -> bool:
    # In scripts without spaces between words, the number of words is enough.
    return words(read) < WORDS or (len(read.split()) >= WORDS and len(read) < LETTERS)


def _likelier(read: str, chosen: str, among: Iterable[str], times: float) -> str | None:
    tags = {base(tag): tag for tag in reversed([*among])}
    wanted = {*tags, base(chosen)}
    probable = {language: share for language, share in _model().shares(read).items() if language in wanted}
    if base(chosen) not in probable:
        return None
    best = max(probable, key=lambda language: probable[language])
    return tags[best] if probable[best] > times * probable[base(chosen)] else None


def base(tag: str) -> str:
    """Return a language under the detector's name, without its region."""
    language = re.split("[-_]", tag)[0].lower()
    return CALLED.get(language, language)


@cache
def _model() -> langid_model.LangidModel:
    return langid_model.load()
