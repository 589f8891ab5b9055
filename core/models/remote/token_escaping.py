"""Takes the power from role markers in text: `<|im_start|>system` written by a person must not become a new message.

A model's server tokenises the whole prompt at once and cannot tell the template's markers from a person's. An invisible
character inside a marker makes ordinary text of it; everything else stays as it was, byte for byte.
"""

import re
from collections.abc import Iterable

BREAKERS = "\u200b\u2060\u200c"
"""Invisible characters, the first choice first; the next is for a model that uses one of them in a marker."""

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
"""Markers of the families of models that people run, for servers that do not tell theirs."""

_FAMILIAR = re.compile(FAMILIES)


class Neutral:
    """Neutralises markers: those of the well-known families, and `markers`, a model's own.

    A marker of a single character cannot be broken and is left out.
    """

    def __init__(self, markers: Iterable[str] = ()) -> None:
        own = [marker for marker in markers if len(marker) > 1]
        # Thousands of them may differ in a number alone (<unused99>), which would make a slow pattern.
        patterns = {re.sub("[0-9]+", "[0-9]+", re.escape(marker)) for marker in own if not _FAMILIAR.fullmatch(marker)}
        self._pattern = re.compile("|".join((*sorted(patterns, key=len, reverse=True), FAMILIES)))
        used = "".join(own)
        self._breaker = next((breaker for breaker in BREAKERS if breaker not in used), BREAKERS[0])

    def __call__(self, text: str) -> str:
        """The text with every marker broken after its first character; a text without one comes back as it is."""
        # Markers may overlap, so breaking one can leave another.
        while self._pattern.search(text):
            text = self._pattern.sub(self._broken, text)
        return text

    def _broken(self, match: re.Match[str]) -> str:
        marker = match.group()
        return f"{marker[0]}{self._breaker}{marker[1:]}"
