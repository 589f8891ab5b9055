"""The core's commands as Telegram lists them: one list for each language, and a longer one for admins.

A group in which other commands are switched off than usual has lists of its own.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
import telegram
from cachetools import LRUCache
from telegram.error import TelegramError

from bots.shared.background import BackgroundTasks
from bots.telegram.receive import PLATFORM
from core.messages import CommandHelp, Place, User
from core.ports.surface import SurfaceRecords, SurfaceStorage

log = structlog.get_logger()

REGISTERED = "commands"
DESCRIPTION = 256
MOST = 100
REMEMBERED = 5000
"""So many groups are remembered whose lists are right."""

Scope = telegram.BotCommandScope
Listed = list[tuple[Scope, str | None, list[tuple[str, str]]]]
"""The commands with their descriptions in each list, by its scope and language."""


@dataclass(slots=True)
class CommandLists:
    """Keeps the lists of commands at Telegram: those of all chats, and those of groups that differ."""

    bot: telegram.Bot
    records: SurfaceRecords
    keep: SurfaceStorage
    _right: LRUCache[str, bool] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _background: BackgroundTasks = field(default_factory=BackgroundTasks)

    async def changed(self, place: Place | None) -> None:
        """Register the commands that have changed in one group, or everywhere."""
        if place is None:
            await self.register()
        elif place.platform == PLATFORM:
            await self._register_in(place.community)

    async def register(self) -> None:
        """Register the lists of all chats. Those of a group that differs follow when it is next heard of."""
        self._right.clear()
        everyone, admins = telegram.BotCommandScopeDefault(), telegram.BotCommandScopeAllChatAdministrators()
        wanted = self._lists(everyone, admins, await self._off(""))
        if await self._written(REGISTERED, wanted):
            log.info("commands_registered")

    def heard_from(self, place: Place) -> None:
        """Bring the lists of a group up to date, once for each time that the program runs."""
        group = place.community
        if place.private or group in self._right:
            return
        self._right[group] = True
        self._background.start(self._register_in(group))

    def cancel(self) -> None:
        """Stop what is being registered."""
        self._background.cancel()

    async def _register_in(self, group: str) -> None:
        """Give a group lists of its own if other commands are off there than usual; otherwise take them away."""
        usual, off = await self._off(""), await self._off(group)
        everyone = telegram.BotCommandScopeChat(int(group))
        admins = telegram.BotCommandScopeChatAdministrators(int(group))
        await self._written(f"{REGISTERED}:{group}", self._lists(everyone, admins, off) if off != usual else [])

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
        """Write lists if they differ from those written last under a name. A failure is logged."""
        plain = [(scope.to_dict(), code, commands) for scope, code, commands in wanted]
        digest = hashlib.sha256(json.dumps([self.bot.id, plain], sort_keys=True).encode()).hexdigest() if wanted else ""
        before = await self.keep.recall(name)
        if before == digest:
            return False
        try:
            for scope, code, commands in wanted:
                await self.bot.set_my_commands(commands, scope, code)
            if not wanted:
                await self._take_away(int(name.removeprefix(f"{REGISTERED}:")))
        except TelegramError as error:
            log.error("commands_not_registered", name=name, error=error)
            return False
        await self.keep.remember(name, digest)
        return True

    async def _take_away(self, group: int) -> None:
        for number, language in enumerate(self.records.languages):
            for scope in (telegram.BotCommandScopeChat(group), telegram.BotCommandScopeChatAdministrators(group)):
                await self.bot.delete_my_commands(scope, None if number == 0 else language.split("-")[0])


def _commands(records: SurfaceRecords, language: str, off: frozenset[str], *, admin: bool) -> list[tuple[str, str]]:
    shown: Sequence[CommandHelp] = records.commands(User("", "", language, admin=admin))
    return [(one.name, one.description[:DESCRIPTION]) for one in shown if one.name not in off][:MOST]
