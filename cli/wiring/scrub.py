"""Keeps secrets out of the log: those that we know, and anything that looks like one."""

import re
from collections.abc import Mapping, MutableMapping, Set
from typing import Any

from cli.wiring.library_records import error_text
from core.secret_redaction import redaction

HIDDEN = "[hidden]"

SHORTEST = 4
"""A shorter value is a placeholder such as "x"; hiding it would garble every word that contains it."""

NAMES = re.compile(r"(?i)^(.*[_-])?(api[_-]?key|authorization|cookie|password|secret|token)$")
"""Names of values that are never shown, as in x-api-key, access_token and set-cookie."""

PATTERNS = (
    # Authorization: Bearer abc, "authorization": "Bearer abc", or just Bearer abc.
    (
        re.compile(r"(?i)(authorization[\"']?\s*[:=,]\s*b?[\"']?)(?!\[hidden\])(?:[a-z]+\s+)?[^\s\"',;}\])]+"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    # ?token=abc&q=words in an address: a value may be a secret, or somebody's words. A small number is neither.
    (re.compile(r"([?&][\w.%~\[\]-]+)=(?!\[hidden\])(?!\d{1,6}(?:[&\s\"'#)]|$))[^&\s\"'#)]+"), rf"\1={HIDDEN}"),
    # https://user:abc@host
    (re.compile(r"([a-z][a-z0-9+.-]*://[^/\s:@]*):[^/\s@]+@", re.IGNORECASE), rf"\1:{HIDDEN}@"),
    # https://api.telegram.org/bot123:abc/getMe
    (re.compile(r"/bot\d+:[\w-]+"), f"/bot{HIDDEN}"),
    # https://discord.com/api/v10/webhooks/123/abc and /interactions/123/abc/callback
    (re.compile(r"/(webhooks|interactions)/(\d+)/[\w.-]{8,}"), rf"/\1/\2/{HIDDEN}"),
    # https://hooks.slack.com/commands/T1/2/abc, where whoever knows the address may write
    (re.compile(r"/(commands|actions|services|workflows|app)/(T\w+)/[\w/-]+"), rf"/\1/\2/{HIDDEN}"),
)


class SecretScrubber:
    """A structlog processor that hides secrets wherever they appear: in messages, names, values and traces."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        # The longest first, since one secret may be the beginning of another.
        self._secrets = sorted((secret for secret in secrets if len(secret) >= SHORTEST), key=len, reverse=True)
        # The same in the encodings in which services repeat them.
        self._known = redaction(frozenset(self._secrets))

    def __call__(self, logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return self._named(event)

    def text(self, text: str) -> str:
        """The text with every secret hidden."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        if self._known and self._known.finds(coded := text.encode("utf-8", "surrogatepass")):
            text = self._known.redact(coded).decode("utf-8", "replace")
        for pattern, shown in PATTERNS:
            text = pattern.sub(shown, text)
        return text

    def _named(self, values: Mapping[Any, Any]) -> dict[Any, Any]:
        found = {}
        for name, value in values.items():
            told = isinstance(value, str | bytes) and NAMES.match(str(name))
            found[self.text(str(name))] = HIDDEN if told else self._clean(value)
        return found

    def _clean(self, value: Any) -> Any:
        if isinstance(value, bool | int | float | None):
            return value
        if isinstance(value, BaseException):
            return self.text(error_text(value))
        if isinstance(value, Mapping):
            return self._named(value)
        if isinstance(value, list | tuple | Set):
            return [self._clean(inner) for inner in value]
        if isinstance(value, bytes):
            return self.text(value.decode("utf-8", "replace"))
        return self.text(str(value))
