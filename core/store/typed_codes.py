"""Codes that people read off one screen and type on another."""

import secrets

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""The characters of a code: none of them is easily confused with another. Each is worth five bits."""


def typed_code(length: int) -> str:
    """A new unpredictable code of `length` characters."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))
