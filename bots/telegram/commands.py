"""The core's commands as Telegram lists them: one list for each language, and a longer one for admins.

A group in which other commands are switched off than usual has lists of its own.
"""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from math import inf
from time import monotonic

import structlog
import telegram
from cachetools import LRUCache
from telegram.error import RetryAfter, TelegramError

from bots.shared.attempts import FIRST_PAUSE, LONGEST_PAUSE
from bots.shared.background import BackgroundTasks
from bots.shared.pace import MethodPace
from bots.telegram.pace import seconds
from bots.telegram.receive import PLATFORM
from core.backoff import Backoff
from core.errors import UnreachableError
from core.messages import CommandHelp, Place, User
from core.ports.surface import SurfaceRecords, SurfaceStorage

log = structlog.get_logger()

REGISTERED = "commands"
EVERYWHERE = ""
"""Stands for all chats where a group would be named."""

UNFINISHED = "unfinished"
"""What is kept in place of a digest while lists are being written."""

PATIENCE = 10.0
"""The longest, in seconds, that questions wait for the lists when the program starts."""

DESCRIPTION = 256
MOST = 100
REMEMBERED = 5000
"""So many groups are remembered whose lists are right."""

Scope = telegram.BotCommandScope
Listed = list[tuple[Scope, str | None, list[tuple[str, str]]]]
"""The commands with their descriptions in each list, by its scope and language."""


@dataclass(slots=True)
class CommandLists:
    """Keeps the lists of commands at Telegram: those of all chats, and those of groups that differ.

    Lists that could not be written are written when we next hear from a chat that has them, after a pause of at least
    `first_pause` seconds.
    """

    bot: telegram.Bot
    records: SurfaceRecords
    keep: SurfaceStorage
    first_pause: float = FIRST_PAUSE
    _right: LRUCache[str, float] = field(default_factory=lambda: LRUCache(REMEMBERED))
    """Until when the lists of a group, or those of all chats under `EVERYWHERE`, are left as they are."""
    _pace: MethodPace[RetryAfter] = field(default_factory=lambda: MethodPace(PLATFORM, RetryAfter, seconds))
    _background: BackgroundTasks = field(default_factory=BackgroundTasks)
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _pauses: Backoff = field(init=False)

    def __post_init__(self) -> None:
        self._pauses = Backoff(self.first_pause, LONGEST_PAUSE)

    async def begin(self) -> None:
        """Register the lists of all chats. If that takes longer than `PATIENCE`, it goes on in the background."""
        self._background.start(self.register())
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._background.settled()

    async def changed(self, place: Place | None) -> None:
        """Register the commands that have changed in one group, or everywhere."""
        if place is None:
            await self.register()
        elif place.platform == PLATFORM:
            await self._bring_up(place.community)

    async def register(self) -> None:
        """Register the lists of all chats. Those of a group that differs follow when it is next heard of."""
        self._right.clear()
        await self._bring_up(EVERYWHERE)

    def heard_from(self, place: Place) -> None:
        """Bring the lists of a chat up to date, once for each time that the program runs."""
        for group in [EVERYWHERE] if place.private else [EVERYWHERE, place.community]:
            if self._right.get(group, 0.0) <= monotonic():
                self._right[group] = inf
                self._background.start(self._bring_up(group))

    def cancel(self) -> None:
        """Stop what is being registered."""
        self._background.cancel()

    async def _bring_up(self, group: str) -> None:
        """Write the lists of a group, or those of all chats, as they should be when their turn comes."""
        async with self._one:
            written = False
            try:
                written = await self._written(*await (self._of_group(group) if group else self._of_all()))
            finally:
                self._right[group] = inf if written else monotonic() + next(self._pauses)

    async def _of_all(self) -> tuple[str, Listed]:
        everyone, admins = telegram.BotCommandScopeDefault(), telegram.BotCommandScopeAllChatAdministrators()
        return REGISTERED, self._lists(everyone, admins, await self._off(EVERYWHERE))

    async def _of_group(self, group: str) -> tuple[str, Listed]:
        """The lists of a group in which other commands are off than usual; otherwise it has none of its own."""
        usual, off = await self._off(EVERYWHERE), await self._off(group)
        everyone = telegram.BotCommandScopeChat(int(group))
        admins = telegram.BotCommandScopeChatAdministrators(int(group))
        return f"{REGISTERED}:{group}", self._lists(everyone, admins, off) if off != usual else []

    async def _off(self, group: str) -> frozenset[str]:
        return await self.records.switched_off(Place(PLATFORM, group, group))

    def _lists(self, everyone: Scope, admins: Scope, off: frozenset[str]) -> Listed:
        # The first language is for everybody whose own language has no list.
        return [
            (admins if admin else everyone, None if number == 0 else language.split("-")[0], shown)
            for number, language in enumerate(self.records.languages)
            for admin in (False, True)
            for shown in [_commands(self.records, language, off, admin=admin)]
        ]

    async def _written(self, name: str, wanted: Listed) -> bool:
        """Write lists if they differ from those written last under a name. Returns False after a failure, which is
        logged.
        """
        plain = [(scope.to_dict(), code, commands) for scope, code, commands in wanted]
        digest = hashlib.sha256(json.dumps([self.bot.id, plain], sort_keys=True).encode()).hexdigest() if wanted else ""
        if await self.keep.recall(name) == digest:
            return True
        # After half of the lists, they are neither those from before nor the new ones.
        await self.keep.remember(name, UNFINISHED)
        try:
            for scope, code, commands in wanted:
                await self._pace.call(REGISTERED, partial(self.bot.set_my_commands, commands, scope, code))
            if not wanted:
                await self._take_away(int(name.removeprefix(f"{REGISTERED}:")))
        except (TelegramError, UnreachableError) as error:
            log.error("commands_not_registered", name=name, error=error)
            return False
        await self.keep.remember(name, digest)
        self._pauses.reset()
        log.info("commands_registered", name=name)
        return True

    async def _take_away(self, group: int) -> None:
        for number, language in enumerate(self.records.languages):
            code = None if number == 0 else language.split("-")[0]
            for scope in (telegram.BotCommandScopeChat(group), telegram.BotCommandScopeChatAdministrators(group)):
                await self._pace.call(REGISTERED, partial(self.bot.delete_my_commands, scope, code))


def _commands(records: SurfaceRecords, language: str, off: frozenset[str], *, admin: bool) -> list[tuple[str, str]]:
    shown: Sequence[CommandHelp] = records.commands(User("", "", language, admin=admin))
    return [(one.name, one.description[:DESCRIPTION]) for one in shown if one.name not in off][:MOST]
