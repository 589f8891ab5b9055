"""Runs everything that is configured in one process, or this process's part of it."""

import asyncio
import errno
import os
import resource
import signal
import socket
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
import structlog

from bots.web.addresses import names
from cli import first_run
from cli.wiring import program
from cli.wiring.background_work import kept_going
from cli.wiring.engine import RunningEngine
from cli.wiring.logs import logging_to
from cli.wiring.only_process import one_of_several, only_one
from cli.wiring.operator_endpoints import LoopLag, operator_app
from cli.wiring.platforms import load_settings, wanted
from cli.wiring.queue_age import QueueAge
from cli.wiring.roles import RUN, ProcessRole
from cli.wiring.supervision import SurfaceSupervisor
from cli.wiring.surface_server import SurfaceServer, address, settle
from config.settings import ParleySettings
from core.errors import OperatorError, SettingsError
from core.foreign_code import first_of
from core.private_files import tighten
from core.store.engine.database import database_files

log = structlog.get_logger()

DRAIN = 10.0
"""Seconds that work in progress gets to finish when the process is asked to stop."""


NOTHING_TO_SERVE = "web.enabled is false and no platform's token is set, so there is nothing to serve"
NOTHING_TO_ANSWER = (
    "no platform's token is set, so there is nothing for a worker to answer: set it here, too, or let the page do,"
    " which `parley ingress` answers by itself"
)

MANY_FILES = 8192
"""Files and connections that one process may need: each open page holds one."""


def run_configured(drain: float = DRAIN, role: ProcessRole = RUN) -> None:
    """Serve the web chat and whatever else is configured, until it is stopped. `drain` is in seconds.

    If the role is shared, this process does its part of that; raises OperatorError if it cannot.
    """
    settings = load_settings()
    if not wanted(settings) and not (role.receives and settings.web.enabled):
        raise SettingsError(NOTHING_TO_SERVE if role.receives else NOTHING_TO_ANSWER)
    allow_many_files()
    if not role.shared:
        first_run.offer(settings)
    # Processes that share a home must not turn over each other's files: what runs them keeps what they write.
    kept = settings.model_copy(update={"log": settings.log.model_copy(update={"file": False})})
    with locked(role, settings.home) as note, logging_to(kept if role.shared else settings):
        if left := tighten(settings.home, database_files(settings.database.url)):
            log.warning("others_may_read", files=[str(path) for path in left], fix="`parley doctor` says more")
        asyncio.run(serve(settings, note, drain, role))


def locked(role: ProcessRole, home: Path) -> AbstractContextManager[Callable[[str], None]]:
    """Lock the home as this role needs it. Raises OperatorError if another process is in the way."""
    return one_of_several(home) if role.shared else only_one(home)


def allow_many_files() -> None:
    """Let this process have as many files and connections open as the system allows: by default it may be only 256."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, MANY_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


@dataclass(slots=True)
class OpenFilesNotice:
    """Handles errors that reach the event loop: that no file can be opened any more is logged once a minute, since
    asyncio reports it for each connection that it could not accept; all others are logged as usual.
    """

    _next: float = 0.0

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Handle an error with its context, as asyncio describes it."""
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE)):
            loop.default_exception_handler(context)
        elif loop.time() >= self._next:
            self._next = loop.time() + 60
            log.error("too_many_open_files", error=error, fix="raise the limit of open files, see `ulimit -n`")


async def serve(settings: ParleySettings, note: Callable[[str], None], drain: float, role: ProcessRole) -> None:
    """Open the ports, start the engine and serve until a signal comes; a second signal leaves at once.

    `note` is told the address; `drain` is in seconds. Raises OperatorError for a problem that the operator can fix.
    """
    stop = asked_to_stop()
    asyncio.get_running_loop().set_exception_handler(OpenFilesNotice())
    with program.ports(settings, role) as ports:
        async with program.start(settings, role) as engine:
            if ports.web:
                note(address(ports.web))
            made = program.surfaces(settings, engine, ports, role)
            surfaces = SurfaceSupervisor(made, engine.metrics, settings.home)
            hosts = names(settings.operator.host, settings.operator.hosts)
            await _serve(engine, surfaces, hosts, ports.operator, stop, drain)


async def _serve(
    engine: RunningEngine,
    surfaces: SurfaceSupervisor,
    hosts: Collection[str],
    window: socket.socket | None,
    stop: asyncio.Event,
    drain: float,
) -> None:
    lag = LoopLag()
    watched = operator_app(engine.health, engine.registry, lambda: lag.seconds, hosts, surfaces=surfaces.states)
    examiner = SurfaceServer(watched, window) if window else None
    try:
        async with asyncio.TaskGroup() as tasks:
            watching = [
                tasks.create_task(kept_going(work))
                for work in (
                    partial(lag.watch, engine.metrics.event_loop_lag_seconds.set),
                    engine.forget_put_aside,
                    QueueAge(engine.store, engine.metrics.queue_age_seconds).run,
                    surfaces.record,
                )
            ]
            if examiner:
                tasks.create_task(kept_going(examiner.stay))
            # The web chat comes first, if there is one: it is up at once, and platforms may be slow to connect.
            first = [surface for surface in surfaces.all if surface.name == "web"]
            for surface in first:
                tasks.create_task(surface.run())
                await surface.tried.wait()
            greet(engine, window)
            for surface in surfaces.all[len(first) :]:
                tasks.create_task(surface.run())
            # All platforms are made in their first step, which loads their libraries.
            await asyncio.sleep(0)
            settle()
            watching.append(tasks.create_task(kept_going(partial(watch_model, engine))))
            await stop.wait()
            for surface in surfaces.all:
                surface.refuse()
            log.info("stopping", within=drain)
            await engine.drain(drain)
            for surface in surfaces.all:
                await surface.close()
            for task in watching:
                task.cancel()
            if examiner:
                examiner.should_exit = True
    except ExceptionGroup as errors:
        ours = errors.subgroup(OperatorError)
        if ours is None:
            raise
        raise first_of(ours) from None


async def watch_model(engine: RunningEngine) -> None:
    """Look at the model that answers, and say so at once if nobody can be answered."""
    await engine.watch.look()
    if engine.watch.reached is False:
        name = engine.models.default
        click.echo(f"The model {name} does not answer, so nobody is answered yet; `parley doctor` says more.")
    await engine.watch.run()


def greet(engine: RunningEngine, window: socket.socket | None) -> None:
    """Print where the other services are."""
    if window:
        click.echo(f"Health and metrics: {address(window)}/healthz and /metrics")
    if engine.first_run_line:
        click.echo(engine.first_run_line)


def asked_to_stop() -> asyncio.Event:
    """Return an event that the first SIGINT or SIGTERM sets; the second one ends the process at once."""
    stop = asyncio.Event()

    def hear() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, hear)
    return stop
