"""Runs everything that is configured, in one process."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Collection

import click
import structlog

from bots.web.addresses import names
from cli.wiring import program
from cli.wiring.engine import RunningEngine
from cli.wiring.logs import logging_to
from cli.wiring.only_process import only_one
from cli.wiring.operator_endpoints import LoopLag, operator_app
from cli.wiring.platforms import load_settings, wanted
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


def run_configured(drain: float = DRAIN) -> None:
    """Serve the web chat and whatever else is configured, until it is stopped. `drain` is in seconds."""
    settings = load_settings()
    if not (settings.web.enabled or wanted(settings)):
        raise SettingsError("web.enabled is false and no platform's token is set, so there is nothing to serve")
    with only_one(settings.home) as note, logging_to(settings):
        if left := tighten(settings.home, database_files(settings.database.url)):
            log.warning("others_may_read", files=[str(path) for path in left], fix="`parley doctor` says more")
        asyncio.run(serve(settings, note, drain))


async def serve(settings: ParleySettings, note: Callable[[str], None], drain: float) -> None:
    """Open the ports, start the engine and serve until a signal comes; a second signal leaves at once.

    `note` is told the address; `drain` is in seconds. Raises OperatorError for a problem that the operator can fix.
    """
    stop = asked_to_stop()
    with program.ports(settings) as ports:
        async with program.start(settings) as engine:
            if ports.web:
                note(address(ports.web))
            surfaces = SurfaceSupervisor(program.surfaces(settings, engine, ports), engine.metrics, settings.home)
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
                tasks.create_task(lag.watch(engine.metrics.event_loop_lag_seconds.set)),
                tasks.create_task(engine.load_texts()),
                tasks.create_task(engine.forget_put_aside()),
                tasks.create_task(surfaces.record()),
            ]
            if examiner:
                tasks.create_task(examiner.stay())
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
            watching.append(tasks.create_task(watch_model(engine)))
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
