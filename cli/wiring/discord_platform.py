"""Discord as a platform: its settings, its connection and its check."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Literal

from bots.shared.platform import Began, CheckResult, Connection, Host, Platform, SharedDuties
from config.sections.surfaces import DiscordSettings

if TYPE_CHECKING:
    from bots.discord.client import DiscordClient
    from bots.discord.surface import DiscordSurface


Part = Literal["both", "receiving", "answering"]


def made(chosen: DiscordSettings, host: Host, part: Part, shards: Sequence[int]) -> "DiscordSurface":
    """The bot, with these shards; with all if there are none."""
    from bots.discord.client import DiscordOptions, create
    from bots.discord.surface import DiscordSurface

    def make(message_content: bool) -> "DiscordClient":
        options = DiscordOptions(
            api_base=chosen.api_base,
            gateway_url=chosen.gateway_url,
            message_content=message_content,
            shards=tuple(shards),
            shard_count=chosen.shard_count,
            bots=frozenset(chosen.bots),
            part=part,
            turn=host.shared.turn if host.shared else None,
            check=host.shared.check if host.shared else None,
        )
        return create(host.handle, host.records, host.keep("discord"), options)

    token = chosen.token.get_secret_value() if chosen.token else ""
    return DiscordSurface(make, token, message_content=chosen.message_content)


def answer(chosen: DiscordSettings, host: Host) -> Connection:
    """The bot's outgoing side. It is not started yet."""
    running = OnDiscord(made(chosen, host, "answering", ()), host)
    return Connection(running.only_answer, running.discord.close)


def connect(chosen: DiscordSettings, host: Host) -> Connection:
    """Connect the bot. It is not started yet."""
    if host.shared:
        sharing = SharingShards(chosen, host, host.shared)
        return Connection(sharing.run, sharing.close)
    running = OnDiscord(made(chosen, host, "both", chosen.shard_ids()), host)
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


@dataclass(slots=True)
class SharingShards:
    """The receiving side of a bot whose shards are divided among several processes.

    Those of the settings are one part, which only one process has at a time. If they name no shards, all are divided;
    if they do not say how many there are, all are one part, and Discord decides how many.
    """

    chosen: DiscordSettings
    host: Host
    shared: SharedDuties
    _leaving: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, began: Began) -> None:
        """Serve our share of the shards until we are closed. Raises OperatorError if the token is wrong."""
        # Whoever stands by has it loaded: to load it takes some of the time in which nobody hears anything.
        import bots.discord.client  # noqa: F401
        from bots.discord.shards import ranges

        given, count = self.chosen.shard_ids(), self.chosen.shard_count
        every = [given] if given or not count else ranges(count)
        parts = {f"{ids[0]}-{ids[-1]}" if ids else "all": ids for ids in every}
        pool = f"discord shards {self.chosen.shards or 'all'} of {count or 'all'}"
        serving = partial(self._serve, began, parts)
        dividing = asyncio.create_task(self.shared.divided(pool, list(parts), serving, partial(began, "")))
        leaving = asyncio.create_task(self._leaving.wait())
        try:
            await asyncio.wait((dividing, leaving), return_when=asyncio.FIRST_COMPLETED)
            if dividing.done():
                await dividing
        finally:
            for task in (dividing, leaving):
                task.cancel()
            await asyncio.gather(dividing, leaving, return_exceptions=True)

    async def close(self) -> None:
        """Disconnect, so that other processes take our shards over."""
        self._leaving.set()

    async def _serve(self, began: Began, parts: Mapping[str, Sequence[int]], part: str) -> None:
        """Serve one part until cancelled."""
        running = OnDiscord(made(self.chosen, self.host, "receiving", parts[part]), self.host)
        serving = asyncio.create_task(running.run(began))
        try:
            await asyncio.shield(serving)
        finally:
            # It leaves Discord in good order: a session that is only dropped goes on for a while.
            await running.discord.close()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


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
