"""Discord as a platform: its settings, its connection and its check."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bots.shared.platform import Began, CheckResult, Connection, Host, Platform
from config.sections.surfaces import DiscordSettings

if TYPE_CHECKING:
    from bots.discord.client import DiscordClient
    from bots.discord.surface import DiscordSurface


def made(chosen: DiscordSettings, host: Host) -> "DiscordSurface":
    """The bot."""
    from bots.discord.client import DiscordOptions, create
    from bots.discord.surface import DiscordSurface

    def make(message_content: bool) -> "DiscordClient":
        options = DiscordOptions(
            api_base=chosen.api_base,
            gateway_url=chosen.gateway_url,
            message_content=message_content,
            shards=chosen.shard_ids(),
            shard_count=chosen.shard_count,
            bots=frozenset(chosen.bots),
        )
        return create(host.handle, host.records, host.keep("discord"), options)

    token = chosen.token.get_secret_value() if chosen.token else ""
    return DiscordSurface(make, token, message_content=chosen.message_content)


def answer(chosen: DiscordSettings, host: Host) -> Connection:
    """The bot's outgoing side. It is not started yet."""
    running = OnDiscord(made(chosen, host), host)
    return Connection(running.only_answer, running.discord.close)


def connect(chosen: DiscordSettings, host: Host) -> Connection:
    """Connect the bot. It is not started yet."""
    running = OnDiscord(made(chosen, host), host)
    return Connection(running.run, running.discord.close)


@dataclass(slots=True)
class OnDiscord:
    """The running bot. Discord has it log in anew now and then."""

    discord: "DiscordSurface"
    host: Host

    async def run(self, began: Began) -> None:
        """Serve until the bot is closed."""
        await self.discord.run(partial(self._begin, began))

    async def only_answer(self, began: Began) -> None:
        """Send and change messages until the bot is closed."""

        async def begin(bot: "DiscordClient") -> None:
            self.host.attach("discord", bot.chat)
            began(bot.user.display_name if bot.user else "")

        await self.discord.only_answer(begin)

    async def _begin(self, began: Began, bot: "DiscordClient") -> None:
        self.host.attach("discord", bot.chat)
        await self.host.recover("discord", bot.serves)
        bot.when_ready = partial(began, bot.user.display_name if bot.user else "")


async def examine(chosen: DiscordSettings) -> list[CheckResult]:
    """Check whether Discord knows the bot, what it may read, and what it lacks on its servers."""
    from bots.discord.setup import PORTAL, examine
    from bots.shared.setup import PlatformUnreached, WrongToken

    try:
        found = await examine(chosen.token.get_secret_value() if chosen.token else "", chosen.api_base)
    except WrongToken:
        fix = f"reset it on the page Bot of {PORTAL}, then parley discord setup"
        return [CheckResult("discord", "fail", "Discord does not know the token", fix)]
    except PlatformUnreached as error:
        return [CheckResult("discord", "warn", str(error), "check the connection; Parley goes on trying")]
    findings = [CheckResult("discord", "ok", f"{found.name}, on {len(found.servers)} servers")]
    if not found.servers:
        findings = [CheckResult("discord", "warn", f"{found.name} is on no server yet", f"open {found.invite}")]
    findings.append(content(found.content, wanted=chosen.message_content, portal=f"{PORTAL}/{found.id}/bot"))
    findings += [
        CheckResult(f"discord {server.name}", "warn", f"lacks {', '.join(server.lacks)}", f"open {found.invite}")
        for server in found.servers
        if server.lacks
    ]
    return findings


def content(granted: bool, *, wanted: bool, portal: str) -> CheckResult:
    """The finding about the message-content intent, and what does not work without it."""
    name = "discord intent"
    if granted and wanted:
        return CheckResult(name, "ok", "message content is read")
    missing = "messages that do not mention Parley are not read: no channels where it answers without being called"
    fix = "set discord.message_content = true" if granted else f"switch on Message Content Intent at {portal}"
    return CheckResult(name, "warn" if wanted else "ok", missing, fix if wanted else "")


PLATFORM = Platform(
    section=DiscordSettings,
    wanted=lambda chosen: bool(chosen.token),
    connect=connect,
    answer=answer,
    examine=examine,
    needs=("discord", "discord.py"),
)
