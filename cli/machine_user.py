"""Whoever is logged in at the machine, by name."""

import getpass


def at_the_machine() -> str:
    """The name of this session's user, as far as the machine knows it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # A container may have no name for its user.
        return "terminal"
