"""Errors that can occur when we ask a platform about a bot."""


class WrongToken(Exception):
    """The platform rejects a token; the text may say which one, and why."""


class PlatformUnreached(Exception):
    """The platform cannot be reached; the text says why."""
