"""Makes role markers in text harmless: `<|im_start|>system` written by a person must not become a new message.

A model's server tokenises the whole prompt at once and cannot tell the template's markers from a person's. An invisible
character inside a marker turns it into ordinary text; everything else stays as it was, byte for byte.
"""

import re
from collections.abc import Iterable

BREAKERS = "\u200b\u2060\u200c"
"""Invisible characters, in order of preference; the later ones are for a model that uses an earlier one in a marker."""

FAMILIES = "|".join(
    (
        r"<\|[^<>|\s]{1,64}\|?>",  # <|im_start|>, <|eot_id|>, <|turn>
        r"<[\w/-]{1,64}\|>",  # <turn|>
        r"<\uff5c[^<>\s]{1,64}\uff5c>",  # fullwidth bars: <｜User｜>
        r"\[\|[^\[\]|\s]{1,64}\|\]",  # [|user|]
        r"\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|THINK|PREFIX|SUFFIX|MIDDLE)\]",
        r"<</?SYS>>",
        r"</?s>",
        r"<(?:bos|eos|pad|unk|EOT|EOS|BOS|mask|gMASK|sop)>|\[gMASK\]",
        r"<(?:start|end)_of_\w{1,32}>",
        r"<seed:\w{1,32}>",
    )
)
"""The markers of common model families, for servers that do not report theirs."""

FIRST, DIGITS = "<[", "0123456789"
"""The characters that these begin with, and those that are interchangeable in a model's own markers."""

_FAMILIAR = re.compile(FAMILIES)


class TokenEscaping:
    """Neutralises markers: those of the well-known families, and a model's own in `markers`.

    A marker of a single character cannot be broken, so it is left out.
    """

    def __init__(self, markers: Iterable[str] = ()) -> None:
        own = [marker for marker in markers if len(marker) > 1]
        # Thousands of them may differ only in a number (<unused99>), which would make the pattern slow.
        patterns = {re.sub("[0-9]+", "[0-9]+", re.escape(marker)) for marker in own if not _FAMILIAR.fullmatch(marker)}
        self._pattern = re.compile("|".join((*sorted(patterns, key=len, reverse=True), FAMILIES)))
        self._first = "".join(sorted(set(FIRST).union(*(DIGITS if one[0] in DIGITS else one[0] for one in own))))
        used = "".join(own)
        self._breaker = next((breaker for breaker in BREAKERS if breaker not in used), BREAKERS[0])

    def __call__(self, text: str) -> str:
        """The text with every marker broken after its first character; a text without one is unchanged."""
        # Most prompts contain no character that begins a marker, and checking this takes a hundredth of the time.
        if not any(sign in text for sign in self._first):
            return text
        # Markers may overlap, so breaking one can leave another.
        while self._pattern.search(text):
            text = self._pattern.sub(self._broken, text)
        return text

    def _broken(self, match: re.Match[str]) -> str:
        marker = match.group()
        return f"{marker[0]}{self._breaker}{marker[1:]}"
