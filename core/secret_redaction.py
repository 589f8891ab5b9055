"""Finds secrets in a host's response, in the forms in which hosts echo a request. Pure.

A hostile host can still send a secret in an encoding of its own. This module finds an honest echo: the text
itself, percent-encoded (once or twice, in either case), escaped for JSON, JavaScript or HTML, in UTF-16, in hex, or in
base64 at any offset, as inside a Basic authorization. Each repetition in a pattern is bounded, so that no page can
make the search slow.
"""

import base64
import re
from collections.abc import Collection
from functools import lru_cache
from html.entities import codepoint2name
from itertools import groupby

SHORTEST = 4
"""The fewest characters of a secret: anything shorter occurs on every page and protects nothing."""

SHORTEST_CODED = 8
"""The fewest base64 characters that count as a secret."""

MARK = b"***"
LETTERS = {"\n": "n", "\r": "r", "\t": "t"}
"""Characters that JSON writes as a letter after a backslash."""

ESCAPED = frozenset("\"'/")
SLASHES = rb"\\\\{0,3}"
"""One backslash, or as many as a text has after it was escaped more than once."""

USER = re.compile(r"[^:/\s]+:(?P<password>\S{8,})")


class SecretRedaction:
    """A set of secrets with the patterns that find them."""

    def __init__(self, secrets: Collection[str]) -> None:
        wanted = {secret.strip() for secret in secrets}
        wanted |= {found["password"] for one in wanted if (found := USER.fullmatch(one))}
        known = sorted((one for one in wanted if len(one) >= SHORTEST), key=len, reverse=True)
        self._patterns = [re.compile(pattern) for secret in known for pattern in _patterns(secret)]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def finds(self, content: bytes) -> bool:
        """Whether the content holds a secret."""
        return any(pattern.search(content) for pattern in self._patterns)

    def redact(self, content: bytes) -> bytes:
        """The content with each secret replaced by a mark."""
        for pattern in self._patterns:
            content = pattern.sub(MARK, content)
        return content


@lru_cache(maxsize=256)
def redaction(secrets: frozenset[str]) -> SecretRedaction:
    """The SecretRedaction for these secrets, compiled once."""
    return SecretRedaction(secrets)


def _patterns(secret: str) -> list[bytes]:
    """Patterns that find a secret. Each begins with one of few bytes, so that a search is fast."""
    content = secret.encode("utf-8", "surrogatepass")
    wide = [re.escape(secret.encode(way, "surrogatepass")) for way in ("utf-16-le", "utf-16-be")]
    coded = [_text(core) for core in _base64(content) if len(core) >= SHORTEST_CODED]
    return [_text(secret), *wide, b"".join(_either_case(f"{byte:02x}") for byte in content), *coded]


def _base64(content: bytes) -> list[str]:
    """The part of a secret's base64 that does not depend on its neighbours, for each offset at which it can begin."""
    found = []
    for offset in range(3):
        coded = base64.b64encode(bytes(offset) + content).decode().rstrip("=")
        first = -(-offset * 8 // 6)
        last = (offset + len(content)) * 8 // 6
        found.append(coded[first:last])
    return found


def _text(text: str) -> bytes:
    return b"".join(_run(sign, len(list(run))) for sign, run in groupby(text))


def _run(sign: str, times: int) -> bytes:
    """A pattern for the same character, this many times in a row."""
    forms = dict.fromkeys(_forms(sign))
    if sign == "\\":
        # Backslashes may be doubled, and it is impossible to tell which ones belong together.
        return rb"(?:\\{%d,%d}|(?:" % (times, 4 * times) + b"|".join(forms) + rb"){%d})" % times
    return (b"(?:" + b"|".join(forms) + b")") * times


def _forms(sign: str) -> list[bytes]:
    """The ways to write a character, as patterns."""
    number = ord(sign)
    content = sign.encode("utf-8", "surrogatepass")
    units = sign.encode("utf-16-be", "surrogatepass").hex()
    forms = [
        *([] if sign == "\\" else [re.escape(content)]),
        b"".join(b"%(?:25){0,2}" + _either_case(f"{byte:02x}") for byte in content),
        b"".join(SLASHES + b"u" + _either_case(units[at : at + 4]) for at in range(0, len(units), 4)),
        rb"&#0{0,4}%d;" % number,
        rb"&#[xX]0{0,4}" + _either_case(f"{number:x}") + b";",
    ]
    if number < 256:
        forms.append(SLASHES + b"x" + _either_case(f"{number:02x}"))
    if number in codepoint2name or sign == "'":
        forms.append(b"&" + codepoint2name.get(number, "apos").encode() + b";")
    if sign in LETTERS or sign in ESCAPED:
        forms.append(SLASHES + re.escape(LETTERS.get(sign, sign).encode()))
    if sign == " ":
        forms.append(rb"\+")
    if sign == "+":
        # A host that reads a query as a form turns it into a space.
        forms += [b"\\ ", b"%20"]
    # Base64 has two alphabets.
    forms += [re.escape(other) for one, other in ((b"+", b"-"), (b"/", b"_")) if content == one]
    return forms


def _either_case(digits: str) -> bytes:
    pairs = (f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in digits)
    return "".join(pairs).encode()
