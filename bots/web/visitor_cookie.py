"""Identifies visitors by a random token in a signed cookie, and by nothing else.

The token never leaves the cookie. The rest of Parley knows only its hash, so neither the database nor an export lets
anybody impersonate a visitor. The signature proves that we made the token: a cookie planted by somebody else has none.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.errors import NotAllowed

COOKIE = "parley_visitor"
SECURE_COOKIE = f"__Host-{COOKIE}"
"""The cookie's name over https. Browsers accept this prefix only over https and only from this exact host."""

SIGNED = re.compile(r"([A-Za-z0-9_-]{43})(?:\.([0-9a-f]{64}))?")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
LIFETIME = 400 * 24 * 3600
"""Seconds for which a browser keeps the cookie: the most that browsers allow. Each visit starts them again."""

GRACE = timedelta(days=90)
"""How long we accept an unsigned cookie from people who were here before the key was made."""


@dataclass(frozen=True, slots=True)
class CookieKey:
    """The key with which we sign cookies, and when it was made."""

    secret: bytes
    made: datetime

    def signed(self, token: str) -> str:
        """The cookie's value for a token."""
        return f"{token}.{self._signature(token)}"

    def verified(self, value: str) -> str | None:
        """The token in a cookie's value; None if we did not sign it."""
        found = SIGNED.fullmatch(value)
        if found is None or not hmac.compare_digest(found[2] or "", self._signature(found[1])):
            return None
        return found[1]

    def accepts_unsigned(self, now: datetime) -> bool:
        """Whether we still accept unsigned cookies, which may date from before this key was made."""
        return now < self.made + GRACE

    def _signature(self, token: str) -> str:
        return hmac.new(self.secret, token.encode(), hashlib.sha256).hexdigest()


def new_key() -> CookieKey:
    """Make a key of 256 random bits."""
    return CookieKey(secrets.token_bytes(32), datetime.now(UTC))


def cookie_name(scheme: str) -> str:
    """The cookie's name, which depends on the scheme, since browsers accept a secure cookie only over https."""
    return SECURE_COOKIE if scheme == "https" else COOKIE


def cookie(headers: Sequence[str], name: str) -> str:
    """A cookie's value in Cookie headers; empty if it is missing.

    Raises NotAllowed if it appears twice: somebody else may have planted one, and we cannot tell which.
    """
    pairs = [part.strip().partition("=") for header in headers for part in header.split(";")]
    values = [value.strip() for found, _, value in pairs if found == name]
    if len(values) > 1:
        raise NotAllowed("web-error-cookies")
    return values[0] if values else ""


def new_token() -> str:
    """A fresh token of 256 random bits, 43 characters long."""
    return secrets.token_urlsafe(32)


def unsigned(value: str) -> str | None:
    """The token in a cookie's value, whoever made it; None if there is none."""
    found = SIGNED.fullmatch(value)
    return found[1] if found else None


def account(token: str) -> str:
    """The visitor's id on our platform: the SHA-256 of the token, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def preferred(accept_language: str) -> str:
    """The language that a browser prefers, from its Accept-Language header (RFC 9110, 12.5.4); "en" by default."""
    best, weight = "en", 0.0
    for item in accept_language.split(",")[:20]:
        tag, _, parameter = item.strip().partition(";")
        quality = weight_of(parameter)
        if LANGUAGE.fullmatch(tag.strip()) and quality > weight:
            best, weight = tag.strip(), quality
    return best


def weight_of(parameter: str) -> float:
    """The weight in a parameter such as "q=0.8": 1 if there is none, 0 if it is malformed."""
    if not parameter.strip():
        return 1.0
    name, _, value = parameter.partition("=")
    try:
        return float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
