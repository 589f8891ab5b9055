"""Telegram as a platform: its settings, its connection and its check."""

from typing import TYPE_CHECKING

from bots.shared.platform import Began, CheckResult, Connection, Host, Platform, in_turn
from config.sections.surfaces import TelegramSettings

if TYPE_CHECKING:
    from bots.telegram.surface import TelegramSurface


def made(chosen: TelegramSettings, host: Host) -> "TelegramSurface":
    """The bot, with its chat attached to the core."""
    from bots.telegram.options import TelegramOptions
    from bots.telegram.surface import TelegramSurface

    options = TelegramOptions(
        chosen.token.get_secret_value() if chosen.token else "",
        chosen.base_url,
        chosen.base_file_url,
        chosen.webhook_url,
        chosen.webhook_secret.get_secret_value() if chosen.webhook_secret else "",
        check=host.shared.check if host.shared else None,
    )
    telegram = TelegramSurface(options, host.handle, host.records, host.keep("telegram"), alone=in_turn(host))
    host.attach("telegram", telegram.chat)
    return telegram


def answer(chosen: TelegramSettings, host: Host) -> Connection:
    """The bot's outgoing side. It is not started yet."""
    telegram = made(chosen, host)
    return Connection(telegram.only_answer, telegram.close)


def connect(chosen: TelegramSettings, host: Host) -> Connection:
    """Connect the bot. It is not started yet."""
    telegram = made(chosen, host)

    async def run(began: Began) -> None:
        async def begin(name: str) -> None:
            await host.recover("telegram")
            began(name)

        await telegram.run(begin)

    return Connection(run, telegram.close, telegram.app() if chosen.webhook_url else None)


async def examine(chosen: TelegramSettings) -> list[CheckResult]:
    """Check whether Telegram knows the bot, and what it may read."""
    from bots.shared.setup import PlatformUnreached, WrongToken
    from bots.telegram.options import TelegramOptions
    from bots.telegram.setup import FATHER, examine

    token = chosen.token.get_secret_value() if chosen.token else ""
    try:
        found = await examine(TelegramOptions(token, chosen.base_url, chosen.base_file_url))
    except WrongToken:
        fix = f"write /token to {FATHER}, then parley telegram setup"
        return [CheckResult("telegram", "fail", "Telegram does not know the token", fix)]
    except PlatformUnreached as error:
        return [CheckResult("telegram", "warn", str(error), "check the connection; Parley goes on trying")]
    reads = "reads all of a group" if found.reads else "reads mentions, replies and commands in groups"
    return [CheckResult("telegram", "ok", f"@{found.username}, {reads}")]


PLATFORM = Platform(
    section=TelegramSettings,
    wanted=lambda chosen: bool(chosen.token),
    connect=connect,
    answer=answer,
    examine=examine,
    address=lambda chosen: (chosen.host, chosen.port) if chosen.webhook_url else None,
    needs=("telegram", "python-telegram-bot"),
)
