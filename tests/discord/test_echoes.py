"""bots.discord.echoes: what Discord tells us of our own messages is left unread."""

from types import SimpleNamespace
from typing import Any, cast

import discord

from bots.discord.echoes import ECHOED, leave_out_echoes

US = cast(discord.ClientUser, SimpleNamespace(id=7))
OTHERS: tuple[Any, ...] = ({"author": {"id": "8"}}, {"author": {"id": 7}}, {"author": "7"}, {}, None)
"""A message from somebody else, and things that are not messages at all, which is for the parser to find out."""


def test_only_what_we_have_written_ourselves_is_left_out() -> None:
    parsed: list[Any] = []
    parsers = dict.fromkeys((*ECHOED, "MESSAGE_DELETE"), parsed.append)
    leave_out_echoes(parsers, lambda: US)
    for name in ECHOED:
        parsers[name]({"author": {"id": "7"}})
    assert parsed == []
    for given in OTHERS:
        parsers["MESSAGE_CREATE"](given)
    parsers["MESSAGE_DELETE"]({"author": {"id": "7"}})
    assert parsed == [*OTHERS, {"author": {"id": "7"}}]


def test_before_we_know_who_we_are_everything_is_read() -> None:
    parsed: list[Any] = []
    parsers = dict.fromkeys(ECHOED, parsed.append)
    leave_out_echoes(parsers, lambda: None)
    parsers["MESSAGE_CREATE"]({"author": {"id": "7"}})
    assert parsed
