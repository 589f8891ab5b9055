"""Who is at the other end: a random token in a cookie, with our signature, and nothing else.

The token never leaves the cookie. What the rest of Parley knows is its hash, so neither the database nor an export lets
anybody take a visitor's place. The signature says that we made the token: a cookie that somebody else planted is none.
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
"""Over https. A browser takes this name from this very host and over https only, never from a neighbour of it."""

SIGNED = re.compile(r"([A-Za-z0-9_-]{43})(?:\.([0-9a-f]{64}))?")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
LIFETIME = 400 * 24 * 3600
"""Seconds that a browser keeps the cookie: the longest that browsers allow. Each visit begins them anew."""

GRACE = timedelta(days=90)
"""How long a cookie without our signature is taken from people who were there before the key was made."""


@dataclass(frozen=True, slots=True)
class CookieKey:
    """What we sign cookies with, and when it was made."""

    secret: bytes
    made: datetime

    def signed(self, token: str) -> str:
        """The cookie's value for a token."""
        return f"{token}.{self._signature(token)}"

    def verified(self, value: str) -> str | None:
        """The token in a cookie's value; None where we have not signed it."""
        found = SIGNED.fullmatch(value)
        if found is None or not hmac.compare_digest(found[2] or "", self._signature(found[1])):
            return None
        return found[1]

    def graces(self, now: datetime) -> bool:
        """Whether a cookie may still be from before there was this key, so that it cannot have our signature."""
        return now < self.made + GRACE

    def _signature(self, token: str) -> str:
        return hmac.new(self.secret, token.encode(), hashlib.sha256).hexdigest()


def new_key() -> CookieKey:
    """A key of 256 random bits."""
    return CookieKey(secrets.token_bytes(32), datetime.now(UTC))


def cookie_name(scheme: str) -> str:
    """The cookie's name: one rule for each scheme, since browsers take a secure cookie over https only."""
    return SECURE_COOKIE if scheme == "https" else COOKIE


def cookie(headers: Sequence[str], name: str) -> str:
    """A cookie's value in Cookie headers, empty where it is not there.

    Raises NotAllowed where it is there twice: somebody else may have planted one, and nobody can tell which.
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
    """The token in a cookie's value, whoever made it; None where there is none."""
    found = SIGNED.fullmatch(value)
    return found[1] if found else None


def account(token: str) -> str:
    """The visitor's id on our platform: the SHA-256 of the token, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def preferred(accept_language: str) -> str:
    """The language that a browser likes best, from its Accept-Language header (RFC 9110, 12.5.4); "en" by default."""
    best, weight = "en", 0.0
    for item in accept_language.split(",")[:20]:
        tag, _, parameter = item.strip().partition(";")
        quality = weight_of(parameter)
        if LANGUAGE.fullmatch(tag.strip()) and quality > weight:
            best, weight = tag.strip(), quality
    return best


def weight_of(parameter: str) -> float:
    """The weight in "q=0.8"; 1 without one, 0 for nonsense."""
    if not parameter.strip():
        return 1.0
    name, _, value = parameter.partition("=")
    try:
        return float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
