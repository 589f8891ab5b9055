"""Opens our ports and serves applications on them."""

import asyncio
import gc
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn
from starlette.types import ASGIApp

from bots.shared.bodies import HEAD, BodyLimit
from cli.wiring.connection_bounds import BoundedConnection, ConnectionBounds, ConnectionGate
from core.errors import SettingsError

BACKLOG = 128
"""How many connections may wait to be accepted. While no file can be opened, asyncio fails this often in a row."""

YOUNG = (10_000, 10, 10)
"""The new objects, and then the passes, after which the garbage collector looks for garbage. By default it looks after
700 objects, and an answer makes a few thousand that go by themselves."""


def settle() -> None:
    """Freeze all objects loaded so far, so that the garbage collector does not scan them again and stall answers."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*YOUNG)


def address(listener: socket.socket) -> str:
    """The URL of a listening socket, in a form that can be opened on this machine."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def listening(host: str, port: int, setting: str) -> Iterator[socket.socket]:
    """Open a listening socket, before anything else starts. Raises SettingsError, which names the setting."""
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(BACKLOG)
        except OSError as error:
            raise SettingsError(
                f"{setting}: port {port} of {host} cannot be opened ({error.strerror}); stop what uses it, or choose"
                f" another with {setting} in parley.toml or with PARLEY_{setting.upper().replace('.', '__')}"
            ) from None
        listener.setblocking(False)
        yield listener


class SurfaceServer(uvicorn.Server):
    """A server of ours. The process handles signals itself, and `up` is set once the server is running.

    It reads only HTTP, within bounds: no WebSocket, and no proxy headers; an application that wants those reads them
    itself.
    """

    def __init__(self, app: ASGIApp, listener: socket.socket, bounds: ConnectionBounds | None = None) -> None:
        self.gate = ConnectionGate(bounds or ConnectionBounds())
        config = uvicorn.Config(
            BodyLimit(app),
            http=partial(BoundedConnection, self.gate),  # type: ignore[arg-type] # whatever makes a protocol will do
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            h11_max_incomplete_event_size=HEAD,
            timeout_graceful_shutdown=3,
            backlog=BACKLOG,
        )
        super().__init__(config)
        self.listener = listener
        self.up = asyncio.Event()

    async def stay(self) -> None:
        """Serve until it is told to exit, or fails. The listener stays open for the next server."""
        with self.listener.dup() as opened:
            try:
                await self.serve(sockets=[opened])
            finally:
                for server in self.servers:
                    server.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        self.up.set()

    async def on_tick(self, counter: int) -> bool:
        """Check the connections once a second; uvicorn calls this ten times a second."""
        if counter % 10 == 0:
            self.gate.sweep(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    def refuse(self) -> None:
        """Accept no new connections, for good. Existing ones stay, so that people can see the end of an answer."""
        self.listener.close()
        for server in self.servers:
            server.close()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield
