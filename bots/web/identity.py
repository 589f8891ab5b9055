"""Who is at the other end: a random token in a cookie, and nothing else.

The token never leaves the cookie. What the rest of Parley knows is its hash, so neither the database nor an export lets
anybody take a visitor's place.
"""

import hashlib
import re
import secrets

COOKIE = "parley_visitor"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
LIFETIME = 400 * 24 * 3600
"""Seconds that a browser keeps the cookie: the longest that browsers allow. Each visit begins them anew."""


def new_token() -> str:
    """A fresh token of 256 random bits, 43 characters long."""
    return secrets.token_urlsafe(32)


def known_token(cookie: str | None) -> str | None:
    """The token in a cookie's value; None where it is not one of ours."""
    return cookie if cookie and TOKEN.fullmatch(cookie) else None


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
