"""The core's commands as Telegram lists them: one list for each language, and a longer one for admins."""

import hashlib
import json
from collections.abc import Sequence

import structlog
import telegram
from telegram.error import TelegramError

from core.messages import CommandHelp, User
from core.ports.surface import SurfaceRecords, SurfaceStorage

log = structlog.get_logger()

REGISTERED = "commands"
DESCRIPTION = 256
MOST = 100


async def sync(bot: telegram.Bot, records: SurfaceRecords, keep: SurfaceStorage) -> None:
    """Register the commands if they differ from those registered last. A failure is logged."""
    wanted = {language: _listed(records, language) for language in records.languages}
    digest = hashlib.sha256(json.dumps([bot.id, wanted], sort_keys=True).encode()).hexdigest()
    if await keep.recall(REGISTERED) == digest:
        return
    try:
        for language in records.languages:
            # The first language is for everybody whose own language has no list.
            code = None if language == records.languages[0] else language.split("-")[0]
            for admin in (False, True):
                scope = telegram.BotCommandScopeAllChatAdministrators() if admin else telegram.BotCommandScopeDefault()
                await bot.set_my_commands(_commands(records, language, admin=admin), scope, code)
    except TelegramError as error:
        log.error("commands_not_registered", error=error)
        return
    await keep.remember(REGISTERED, digest)


def _listed(records: SurfaceRecords, language: str) -> Sequence[tuple[str, str]]:
    return [(command.name, command.description) for command in _all(records, language, admin=True)]


def _commands(records: SurfaceRecords, language: str, *, admin: bool) -> list[telegram.BotCommand]:
    found = _all(records, language, admin=admin)[:MOST]
    return [telegram.BotCommand(command.name, command.description[:DESCRIPTION]) for command in found]


def _all(records: SurfaceRecords, language: str, *, admin: bool) -> Sequence[CommandHelp]:
    return records.commands(User("", "", language, admin=admin))
