"""What can be wrong when a platform is asked about a bot."""


class WrongToken(Exception):
    """The platform does not take a token; the text may say which one, and what it complains of."""


class Unreached(Exception):
    """The platform cannot be asked; the text says why."""
