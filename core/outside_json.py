"""JSON from outside: its size and its depth are looked at before it is parsed.

Python's parser calls itself for each level, and what is nested too deeply ends in a RecursionError, which no caller
expects; what is parsed takes up to thirty times the memory of its text.
"""

import json
import re
from math import isinf
from typing import Any

MOST_BYTES = 8 * 1024 * 1024
DEEPEST = 100

TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[{]|[\]}]', re.DOTALL)
"""A text, to its end or to that of all, or a bracket. It never goes back, so it takes one pass whatever it is given."""


def read_json(given: str | bytes, most_bytes: int = MOST_BYTES, deepest: int = DEEPEST) -> Any:
    """What a JSON text says. Raises ValueError alone, in words: it is too large, nested too deeply, or no JSON."""
    size = len(given) if isinstance(given, bytes) else len(given.encode("utf-8", "surrogatepass"))
    if size > most_bytes:
        raise ValueError(f"the JSON has {size} bytes, and {most_bytes} at most are read")
    try:
        text = given.decode("utf-8-sig") if isinstance(given, bytes) else given
    except UnicodeDecodeError:
        raise ValueError("the JSON is not UTF-8") from None
    if too_deep(text, deepest):
        raise ValueError(f"the JSON is nested more than {deepest} deep")
    try:
        return json.loads(text, parse_constant=_refused, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        # The caller stands so deep itself that even this little is too much.
        raise ValueError("the JSON is nested too deeply") from None


def too_deep(text: str, deepest: int) -> bool:
    """Whether brackets are nested deeper than so many, without counting those in texts."""
    if text.count("[") + text.count("{") <= deepest:
        return False
    depth = 0
    for token in TOKEN.finditer(text):
        sign = token[0]
        if sign in "[{":
            depth += 1
            if depth > deepest:
                return True
        elif sign in "]}":
            depth -= 1
    return False


def _refused(constant: str) -> None:
    """JSON knows no NaN and no infinity, although Python does."""
    raise ValueError(f"not JSON: it has the value {constant}")


def _finite(text: str) -> float:
    """A number that Python takes for infinite (1e400) is one that nobody can hand on as JSON."""
    number = float(text)
    if isinf(number):
        raise ValueError("not JSON: it has a number that is too large")
    return number
