"""The surfaces that `parley run` serves: the web chat, and the configured platforms."""

import asyncio
import socket
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from bots.shared.platform import Connection
from cli.wiring.connection_bounds import ConnectionBounds
from cli.wiring.counted_requests import CountedRequests
from cli.wiring.engine import RunningEngine
from cli.wiring.platforms import PLATFORMS, platform
from cli.wiring.surface_server import SurfaceServer, address
from config.sections.surfaces import is_loopback
from config.settings import ParleySettings

if TYPE_CHECKING:
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


async def web_chat(settings: ParleySettings, engine: RunningEngine, listener: socket.socket) -> RunningSurface:
    """The web chat on a port."""
    from bots.web.adapter import WebOptions, create
    from bots.web.addresses import names
    from bots.web.quotas import quotas
    from cli.wiring.admin_link import first_line, page_address
    from cli.wiring.cookie_key import cookie_key
    from core.surface_queries import StoredPageAdmins

    chosen = settings.web
    public = chosen.public_url.rstrip("/")
    # Without a public address, only a browser on this machine can return after signing in.
    engine.signing_in.address = public or (address(listener) if is_loopback(chosen.host) else "")
    options = WebOptions(
        key=await asyncio.to_thread(cookie_key, settings.home),
        proxies=chosen.proxies if chosen.behind_proxy else None,
        quotas=quotas(chosen.newcomers),
        returned=engine.signing_in.returned,
        public=urlsplit(public).hostname or "",
        admins=StoredPageAdmins(engine.store),
        operator=chosen.run_by,
    )
    web = create(engine.handle, engine.records, hosts=names(chosen.host, chosen.hosts), options=options)
    engine.attach("web", web)
    await engine.recover("web")
    bounds = ConnectionBounds(connections=WEB_CONNECTIONS)
    # Behind a proxy, every connection comes from the proxy, so there is no limit per address.
    app = CountedRequests(web.app, "web", engine.metrics)
    server = SurfaceServer(app, listener, replace(bounds, each=0) if chosen.behind_proxy else bounds)
    line = await first_line(engine.store, page_address(settings, address(listener)), terminal=sys.stdout.isatty())
    return WebSurface(web, server, line)


@dataclass(frozen=True, slots=True)
class WebSurface:
    """The web chat as a surface. `line` says how to become its admin; empty if it has one."""

    web: "WebChat"
    server: SurfaceServer
    line: str = ""

    async def run(self) -> None:
        await self.server.stay()

    async def ready(self) -> str:
        await self.server.up.wait()
        ready = f"Parley is ready: {address(self.server.listener)}  (stop with Ctrl-C)"
        return "\n".join(filter(None, (ready, self.line)))

    def refuse(self) -> None:
        self.server.refuse()

    async def close(self) -> None:
        self.web.close()
        self.server.should_exit = True


@dataclass(frozen=True, slots=True)
class OnPlatform:
    """A bot as a surface, with a server beside it if its platform calls us. `title` is the platform's name."""

    title: str
    connection: Connection
    server: SurfaceServer | None
    _there: asyncio.Event = field(default_factory=asyncio.Event)
    _known_as: list[str] = field(default_factory=list)

    async def run(self) -> None:
        if self.server is None:
            await self.connection.run(self._began)
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.server.stay())
            await self.connection.run(self._began)
            self.server.should_exit = True

    async def ready(self) -> str:
        await self._there.wait()
        name = self._known_as[-1]
        return f"On {self.title} as {name}" if name else f"Standing by for {self.title}: another process is connected"

    def refuse(self) -> None:
        """Do nothing: the platform keeps delivering; what we accept is committed, and answered after the next start."""

    async def close(self) -> None:
        await self.connection.close()
        if self.server:
            self.server.should_exit = True

    def _began(self, name: str) -> None:
        self._known_as.append(name)
        self._there.set()


def on_platform(
    settings: ParleySettings, engine: RunningEngine, name: str, listener: socket.socket | None
) -> RunningSurface:
    """The bot on a platform; `listener` is the socket on which the platform calls it, or None if it does not."""
    connection = platform(name).connect(settings.section(name), engine)
    app = CountedRequests(connection.app, name, engine.metrics) if connection.app else None
    server = SurfaceServer(app, listener) if app and listener else None
    return OnPlatform(PLATFORMS[name].title, connection, server)


def answering_on(settings: ParleySettings, engine: RunningEngine, name: str) -> RunningSurface:
    """The outgoing side of a bot on a platform: what people do there is received by other processes."""
    return OnPlatform(PLATFORMS[name].title, platform(name).answer(settings.section(name), engine), None)
