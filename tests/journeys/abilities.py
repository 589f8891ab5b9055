"""The surfaces of the table, and what each of them cannot do."""

from collections.abc import Mapping
from itertools import count

import pytest

from tests.journeys.stages.guest import Guest
from tests.sweeping import mostly_swept

LACKS = {
    "web": {"personal", "reactions", "history", "threads"},
    "terminal": {"personal", "reactions", "history", "threads"},
    "discord": set(),
    "telegram": {"personal", "forms", "history"},
    "slack": {"history", "threads"},
}
"""The capabilities that a journey may want and that each surface says it lacks."""

ALONE = ("web", "terminal")
"""Surfaces on which a conversation belongs to one person; on the others, people speak in a channel here."""

_PAGE = "A conversation on the page belongs to one person, so there are no messages of others to forward or to reply to"
_TERMINAL = "The terminal has only one user"
_NOBODY = {"web": _PAGE, "terminal": _TERMINAL}

CANNOT: Mapping[str, Mapping[str, str]] = {
    "crowd": {"terminal": _TERMINAL},
    "files": {"web": "The page accepts no files"},
    "forwards": _NOBODY,
    "replies": _NOBODY,
    "added mentions": _NOBODY,
    "edits": {"terminal": "printed text never changes"},
    "deletions": {
        "web": "A question on the page can be changed, but cannot be deleted by itself",
        "terminal": "printed text never changes",
        "telegram": "Telegram does not tell bots about deleted messages",
    },
    "roles": {
        "web": "A conversation on the page belongs to one person",
        "terminal": _TERMINAL,
        "telegram": "Telegram has no roles",
    },
    "selected parts": _NOBODY
    | {
        "discord": "On Discord, people reply to a whole message",
        "slack": "Slack has neither polls of its own nor replies to a part of a message",
    },
    "polls": _NOBODY | {"slack": "Slack has neither polls of its own nor replies to a part of a message"},
    "last messages": _NOBODY
    | {
        "telegram": "Telegram does not let bots read what was said before",
        "slack": "Parley reads the thread into which it is called, but not what was said before in the channel",
    },
    "arrivals": {"web": "The page is not added to communities", "terminal": _TERMINAL},
    "home": {
        "discord": "Discord apps have no home page",
        "terminal": "it suggests no questions",
    },
}
"""What a surface has no means for: each ability, with the surfaces that lack it and what their document says of it."""

TURNS = count()
"""Each journey begins with another surface."""


def able(ability: str) -> pytest.MarkDecorator:
    """Make a journey on all surfaces with an ability; `make test` makes it on two of them."""
    turn, names = next(TURNS), [name for name in LACKS if name not in CANNOT[ability]]
    now = [names[(turn + step) % len(names)] for step in (0, 1)]
    return pytest.mark.parametrize("stage", mostly_swept(names, now), indirect=True)


def needs(guest: Guest, *what: str) -> None:
    """Skip if the surface says that it cannot do something."""
    missing = [one for one in what if not getattr(guest.capabilities, one)]
    if missing:
        pytest.skip(f"the surface has no {', '.join(missing)}")
