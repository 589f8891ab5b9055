"""`parley run`: everything that is configured, in one process."""

import asyncio
import fcntl
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
import structlog
import uvicorn
from starlette.types import ASGIApp

from bots.cli import engine as engines
from bots.cli.engine import Engine
from bots.cli.logs import logging_to
from bots.cli.operator import Lag, operator_app
from bots.web.adapter import create
from config import settings as configuration
from config.settings import Settings, is_loopback
from core.errors import OperatorError, SettingsError

log = structlog.get_logger()

DRAIN = 10.0
"""Seconds in which what is under way may finish when the process is asked to stop."""


@click.command()
def run() -> None:
    """Serve the web chat and whatever else is configured, until it is stopped."""
    settings = configuration.load()
    if not settings.web.enabled:
        raise SettingsError("web.enabled is false, and nothing else is configured that Parley could serve")
    with only_one(settings.home) as note, logging_to(settings):
        asyncio.run(serve(settings, note))


@contextmanager
def only_one(home: Path) -> Iterator[Callable[[str], None]]:
    """Hold the home for this process, and give a function that notes the address at which it serves.

    Raises OperatorError where another process holds the home: both would answer.
    """
    with (home / "run.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise OperatorError(f"Parley already runs on {home} (process {holder}); stop that one first") from None

        def note(text: str) -> None:
            file.truncate(0)
            file.write(text)
            file.flush()

        note(str(os.getpid()))
        yield lambda url: note(f"{os.getpid()}, {url}")


async def serve(settings: Settings, note: Callable[[str], None]) -> None:
    """Open the ports, start the engine and serve until a signal comes; a second signal leaves at once.

    `note` is told the address. Raises OperatorError where something is wrong that the operator can mend.
    """
    stop = asked_to_stop()
    with ExitStack() as stack:
        door = stack.enter_context(listening(settings.web.host, settings.web.port, "web.port"))
        window = None
        if settings.operator.enabled:
            window = stack.enter_context(listening(settings.operator.host, settings.operator.port, "operator.port"))
        async with engines.start(settings) as engine:
            note(address(door))
            await _serve(settings, engine, door, window, stop)


async def _serve(
    settings: Settings, engine: Engine, door: socket.socket, window: socket.socket | None, stop: asyncio.Event
) -> None:
    names = {"127.0.0.1", "localhost", "[::1]", settings.web.host, *settings.web.hosts}
    web = create(engine.handle, engine.records, hosts=names, admin=is_loopback(settings.web.host))
    engine.attach("web", web)
    await engine.recover("web")
    lag = Lag()
    site = Serving(web.app, door)
    servers = [site]
    if window:
        servers.append(Serving(operator_app(engine.health, engine.registry, lambda: lag.seconds), window))
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(lag.watch(engine.core.router.metrics.event_loop_lag_seconds.set))
        for server in servers:
            tasks.create_task(server.serve(sockets=[server.door]))
        for server in servers:
            await server.up.wait()
        greet(engine, door, window)
        await stop.wait()
        site.refuse()
        log.info("stopping", within=DRAIN)
        await engine.drain(DRAIN)
        web.close()
        watching.cancel()
        for server in servers:
            server.should_exit = True


def greet(engine: Engine, door: socket.socket, window: socket.socket | None) -> None:
    """Say on standard output where everything is."""
    click.echo(f"Parley is ready: {address(door)}  (stop with Ctrl-C)")
    if window:
        click.echo(f"Health and metrics: {address(window)}/healthz and /metrics")
    if engine.first_run_line:
        click.echo(engine.first_run_line)


def address(door: socket.socket) -> str:
    """The URL of a listening socket, as one can open it on this machine."""
    host, port = door.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def asked_to_stop() -> asyncio.Event:
    """An event that is set by the first SIGINT or SIGTERM; the second one ends the process at once."""
    stop = asyncio.Event()

    def hear() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, hear)
    return stop


@contextmanager
def listening(host: str, port: int, setting: str) -> Iterator[socket.socket]:
    """A listening socket, taken before anything else starts. Raises SettingsError that names the setting."""
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
            door.listen(128)
        except OSError as error:
            raise SettingsError(
                f"{setting}: port {port} of {host} cannot be opened ({error.strerror}); stop what uses it, or choose"
                f" another with {setting} in parley.toml or with PARLEY_{setting.upper().replace('.', '__')}"
            ) from None
        door.setblocking(False)
        yield door


class Serving(uvicorn.Server):
    """A server of ours: the process listens to signals itself, and hears when the server is up."""

    def __init__(self, app: ASGIApp, door: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                app, lifespan="off", log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=3
            )
        )
        self.door = door
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        self.up.set()

    def refuse(self) -> None:
        """Let nobody new in. Who is in stays, and may see the end of an answer."""
        for server in self.servers:
            server.close()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield
