"""Leaves out what Discord tells us about our own messages: that they are there, and that they have been edited."""

from collections.abc import Callable
from functools import partial
from typing import Any

import discord

ECHOED = ("MESSAGE_CREATE", "MESSAGE_UPDATE")

Parser = Callable[[Any], None]


def leave_out_echoes(parsers: dict[str, Parser], us: Callable[[], discord.ClientUser | None]) -> None:
    """Keep the library from making objects of our own messages: each answer comes back twice at least."""
    for name in ECHOED:
        parsers[name] = partial(_unless_ours, us, parsers[name])


def _unless_ours(us: Callable[[], discord.ClientUser | None], parse: Parser, given: Any) -> None:
    me = us()
    # Nobody has checked yet that it is what Discord promises; who parses it does.
    author = given.get("author") if isinstance(given, dict) else None
    if me is None or not isinstance(author, dict) or author.get("id") != str(me.id):
        parse(given)
