"""The surfaces that `parley run` serves: the web chat, and the configured platforms."""

import asyncio
import socket
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from cli.wiring.connection_bounds import ConnectionBounds
from cli.wiring.engine import RunningEngine
from cli.wiring.surface_server import SurfaceServer, address
from config.settings import ParleySettings, is_loopback

if TYPE_CHECKING:
    from bots.discord.client import DiscordClient
    from bots.discord.surface import DiscordSurface
    from bots.slack.surface import SlackSurface
    from bots.telegram.surface import TelegramSurface
    from bots.web.adapter import WebChat


WEB_CONNECTIONS = 512
"""The most connections to the web chat; each open page has one. Many systems limit a process to 1024 open files."""


class RunningSurface(Protocol):
    """Something that is served for as long as the program runs."""

    async def run(self) -> None:
        """Serve until `close`. Raises OperatorError if it cannot and the operator can fix that."""
        ...

    async def ready(self) -> str:
        """Wait until people can use it. Returns the line that says so."""
        ...

    def refuse(self) -> None:
        """Accept nothing new; work in progress continues."""
        ...

    async def close(self) -> None:
        """Stop serving."""
        ...


async def web_chat(settings: ParleySettings, engine: RunningEngine, door: socket.socket) -> RunningSurface:
    """The web chat on a port."""
    from bots.web.adapter import WebOptions, create
    from bots.web.guard import names
    from bots.web.quotas import quotas
    from cli.wiring.cookie_key import cookie_key

    chosen = settings.web
    public = chosen.public_url.rstrip("/")
    # Without a public address, only a browser on this machine can return after signing in.
    engine.signing_in.address = public or (address(door) if is_loopback(chosen.host) else "")
    options = WebOptions(
        key=await asyncio.to_thread(cookie_key, settings.home),
        proxies=chosen.proxies if chosen.behind_proxy else None,
        quotas=quotas(chosen.newcomers),
        returned=engine.signing_in.returned,
        public=urlsplit(public).hostname or "",
    )
    # Behind a proxy, a connection from this machine may be anybody's.
    admin = is_loopback(chosen.host) and not chosen.behind_proxy
    hosts = names(chosen.host, chosen.hosts)
    web = create(engine.handle, engine.records, hosts=hosts, admin=admin, options=options)
    engine.attach("web", web)
    await engine.recover("web")
    bounds = ConnectionBounds(connections=WEB_CONNECTIONS)
    # Behind a proxy, every connection comes from the proxy, so there is no limit per address.
    return WebSurface(web, SurfaceServer(web.app, door, replace(bounds, each=0) if chosen.behind_proxy else bounds))


def discord_bot(settings: ParleySettings, engine: RunningEngine) -> RunningSurface:
    """The bot on Discord."""
    from bots.discord.client import DiscordOptions, create
    from bots.discord.surface import DiscordSurface

    chosen = settings.discord

    def make(message_content: bool) -> "DiscordClient":
        options = DiscordOptions(
            api_base=chosen.api_base,
            gateway_url=chosen.gateway_url,
            message_content=message_content,
            shards=chosen.shard_ids(),
            shard_count=chosen.shard_count,
            bots=frozenset(chosen.bots),
        )
        return create(engine.handle, engine.records, engine.keep("discord"), options)

    token = chosen.token.get_secret_value() if chosen.token else ""
    return OnDiscord(DiscordSurface(make, token, message_content=chosen.message_content), engine)


def telegram_bot(settings: ParleySettings, engine: RunningEngine, door: socket.socket | None) -> RunningSurface:
    """The bot on Telegram; `door` is the socket that Telegram calls, or None if we poll."""
    from bots.telegram.surface import TelegramOptions, TelegramSurface

    chosen = settings.telegram
    options = TelegramOptions(
        chosen.token.get_secret_value() if chosen.token else "",
        chosen.base_url,
        chosen.base_file_url,
        chosen.webhook_url,
        chosen.webhook_secret.get_secret_value() if chosen.webhook_secret else "",
    )
    telegram = TelegramSurface(options, engine.handle, engine.records, engine.keep("telegram"))
    engine.attach("telegram", telegram.chat)
    return HookedSurface(
        "Telegram", "telegram", telegram, engine, SurfaceServer(telegram.app(), door) if door else None
    )


def slack_bot(settings: ParleySettings, engine: RunningEngine, door: socket.socket | None) -> RunningSurface:
    """The bot on Slack; `door` is the socket for Slack or people who install the app, None if not needed."""
    from bots.slack.surface import SlackSurface
    from cli.wiring.slack_options import options

    slack = SlackSurface(options(settings.slack), engine.handle, engine.records, engine.keep("slack"))
    engine.attach("slack", slack.chat)
    return HookedSurface("Slack", "slack", slack, engine, SurfaceServer(slack.app(), door) if door else None)


@dataclass(frozen=True, slots=True)
class WebSurface:
    """The web chat as a surface."""

    web: "WebChat"
    server: SurfaceServer

    async def run(self) -> None:
        await self.server.stay()

    async def ready(self) -> str:
        await self.server.up.wait()
        return f"Parley is ready: {address(self.server.door)}  (stop with Ctrl-C)"

    def refuse(self) -> None:
        self.server.refuse()

    async def close(self) -> None:
        self.web.close()
        self.server.should_exit = True


@dataclass(frozen=True, slots=True)
class OnDiscord:
    """The bot on Discord as a surface."""

    discord: "DiscordSurface"
    engine: RunningEngine
    _there: asyncio.Event = field(default_factory=asyncio.Event)
    _name: list[str] = field(default_factory=list)

    async def run(self) -> None:
        await self.discord.run(self._begin)

    async def ready(self) -> str:
        await self._there.wait()
        return f"On Discord as {self._name[-1]}"

    def refuse(self) -> None:
        """Do nothing: Discord keeps delivering; what we accept is committed, and answered after the next start."""

    async def close(self) -> None:
        await self.discord.close()

    async def _begin(self, bot: "DiscordClient") -> None:
        self.engine.attach("discord", bot.chat)
        if not self._name:
            await self.engine.recover("discord", bot.serves)
        self._name.append(bot.user.display_name if bot.user else "")
        bot.when_ready = self._there.set


@dataclass(frozen=True, slots=True)
class HookedSurface:
    """A bot as a surface, with a server beside it if its platform calls us."""

    name: str
    platform: str
    bot: "SlackSurface | TelegramSurface"
    engine: RunningEngine
    server: SurfaceServer | None
    _there: asyncio.Event = field(default_factory=asyncio.Event)
    _known_as: list[str] = field(default_factory=list)

    async def run(self) -> None:
        if self.server is None:
            await self.bot.run(self._begin)
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.server.stay())
            tasks.create_task(self.bot.run(self._begin))

    async def ready(self) -> str:
        await self._there.wait()
        return f"On {self.name} as {self._known_as[-1]}"

    def refuse(self) -> None:
        """Do nothing: the platform keeps delivering; what we accept is committed, and answered after the next start."""

    async def close(self) -> None:
        await self.bot.close()
        if self.server:
            self.server.should_exit = True

    async def _begin(self, name: str) -> None:
        await self.engine.recover(self.platform)
        self._known_as.append(name)
        self._there.set()
