"""Starts the parts of a running program, from the bottom up: the table of contents of `cli.wiring`.

`cli.wiring.run` runs it, `parley chat` runs what is below the surfaces.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from cli.wiring.engine import RunningEngine
from cli.wiring.labeling import tasks_kept
from cli.wiring.model_figures import ModelFigures
from cli.wiring.model_watch import ModelWatch
from cli.wiring.models import FIRST_RUN, is_bundled, models_offered, registry, reward, true_names
from cli.wiring.platforms import wanted
from cli.wiring.plugins import PluginSystem, check_plugins_on, kept_running, running_plugins, wired_plugins
from cli.wiring.promotions import promotions_watched, refuse_unfit
from cli.wiring.roles import NEEDS_POSTGRESQL, RUN, ProcessRole
from cli.wiring.rules import rules, work
from cli.wiring.secret_key import secret_keyring, tell_unreadable
from cli.wiring.store_probe import StoreProbe
from cli.wiring.supervision import Make
from cli.wiring.surface_server import listening
from cli.wiring.surfaces import RunningSurface, answering_on, on_platform, web_chat
from cli.wiring.telemetry import tracing
from config.settings import ParleySettings
from core.answering.plugin_steps import PluginSteps
from core.errors import OperatorError
from core.messages import CommandHelp, User
from core.metrics import Metrics
from core.models.embedded.checked_files import SeenFiles
from core.models.embedded.default import EMBEDDED
from core.models.registry import ModelRegistry, own_queue
from core.ports.processes import NO_OTHERS
from core.store import inbox, model_names, put_aside
from core.store.engine.database import Database, connect
from core.store.engine.migrate import migrate
from core.store.stored_secrets import encrypt_stored
from core.store.tables import now
from core.surface_queries import ConnectedSurfaces
from core.wiring import CoreGround, CorePlugins, build

if TYPE_CHECKING:
    from cli.wiring.shared_work import SharedWork


@dataclass(frozen=True, slots=True)
class OpenPorts:
    """The sockets on which we are called: by browsers, by the operator (None if not wanted), and by platforms."""

    web: socket.socket | None
    operator: socket.socket | None
    platforms: Mapping[str, socket.socket]


@contextmanager
def ports(settings: ParleySettings, role: ProcessRole = RUN) -> Iterator[OpenPorts]:
    """Open the ports. Raises OperatorError if one is taken."""
    web, operator = settings.web, settings.operator
    called = wanted(settings) if role.receives else {}
    addresses = {name: platform.address(settings.section(name)) for name, platform in called.items()}
    with ExitStack() as stack:

        def opened(host: str, port: int, name: str) -> socket.socket:
            return stack.enter_context(listening(host, port, name))

        yield OpenPorts(
            web=opened(web.host, web.port, "web.port") if web.enabled and role.receives else None,
            operator=opened(operator.host, operator.port, "operator.port") if operator.enabled else None,
            platforms={name: opened(*address, f"{name}.port") for name, address in addresses.items() if address},
        )


@asynccontextmanager
async def database(settings: ParleySettings) -> AsyncIterator[Database]:
    """The database: migrated, without the events that were finished long ago, its secrets under the newest key."""
    await migrate(settings.database.url)
    store = connect(settings.database.url, await asyncio.to_thread(secret_keyring, settings))
    try:
        await store.write(inbox.sweep)
        await store.write(put_aside.sweep)
        tell_unreadable(settings, await store.write(encrypt_stored))
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def sharing(settings: ParleySettings, store: Database, role: ProcessRole) -> "AsyncIterator[SharedWork | None]":
    """The work queue and the leases that this process shares with others; None if it does all work itself.

    Raises OperatorError if it cannot share, or if other processes must not run beside it.
    """
    if store.url.get_backend_name() != "postgresql":
        if role.shared:
            raise OperatorError(NEEDS_POSTGRESQL.format(role=role.name))
        # On SQLite, the lock on PARLEY_HOME keeps other processes away.
        yield None
        return
    # It needs PostgreSQL's driver, which is an extra.
    from cli.wiring.shared_work import shared_work

    async with shared_work(settings, store, role) as shared:
        yield shared


@asynccontextmanager
async def start(settings: ParleySettings, role: ProcessRole = RUN) -> AsyncIterator[RunningEngine]:
    """Everything below the surfaces, from the bottom up. Models start when they are first used.

    Raises OperatorError for a problem that the operator can fix.
    """
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(database(settings))
        shared = await stack.enter_async_context(sharing(settings, opened, role))
        store = shared.store if shared else opened
        seen = SeenFiles()
        models = registry(settings, shared.turns.queue if shared else own_queue, seen)
        await store.write(partial(model_names.note, names=true_names(settings), at=now()))
        stack.push_async_callback(models.aclose)
        if scorer := reward(settings):
            stack.push_async_callback(scorer.aclose)
        connected = ConnectedSurfaces()
        metrics = Metrics(CollectorRegistry())
        metrics.registry.register(ModelFigures(models))
        others = shared.others if shared else NO_OTHERS
        failed, called = metrics.boundary_failed, metrics.plugin_called
        plugged_in = await stack.enter_async_context(
            running_plugins(settings, store, connected, failed=failed, called=called, others=others)
        )
        await check_plugins_on(settings, store)
        traces = await stack.enter_async_context(tracing(settings))
        queue = shared.queue if shared else None
        ground = CoreGround(store, models, plugged_in.texts, metrics, connected, traces, queue, others, scorer=scorer)
        bundled = is_bundled(settings, models)
        core = build(ground, rules(settings, small_model=bundled), offered_by(plugged_in), work(settings))
        if role.answers:
            await refuse_unfit(settings, ground, seen)
            await stack.enter_async_context(tasks_kept(settings, ground, core, shared))
            await stack.enter_async_context(promotions_watched(settings, ground, core, shared))
        await stack.enter_async_context(kept_running(plugged_in, shared, clock=role.answers))
        if shared:
            await stack.enter_async_context(shared.sharing(connected.news))
            await stack.enter_async_context(shared.working())
        first_run_line = FIRST_RUN if bundled else ""
        watch = ModelWatch(models, models.default in settings.model.servers)
        signing_in = plugged_in.signing_in
        yield RunningEngine(
            core, models, store, metrics.registry, first_run_line, signing_in, metrics, watch, StoreProbe(store), shared
        )


def surfaces(
    settings: ParleySettings, engine: RunningEngine, ports: OpenPorts, role: ProcessRole
) -> Mapping[str, Make]:
    """How to make each surface that is configured, by its name, the web chat first."""

    async def platform(name: str) -> RunningSurface:
        if not role.receives:
            return answering_on(settings, engine, name)
        return on_platform(settings, engine, name, ports.platforms.get(name))

    web = {"web": partial(web_chat, settings, engine, ports.web)} if ports.web else {}
    return {**web, **{name: partial(platform, name) for name in wanted(settings)}}


def offered_by(plugged_in: PluginSystem) -> CorePlugins:
    """The tools, commands and hooks that the plugin system adds to the core."""
    return CorePlugins(
        PluginSteps(plugged_in.toolbox, plugged_in.hooks),
        plugged_in.features,
        plugged_in.commands,
        plugged_in.signing_in.leaving,
    )


async def commands(settings: ParleySettings) -> Sequence[CommandHelp]:
    """List all commands as an admin sees them, in the installation's language. Opens neither database nor model."""
    store = connect(settings.database.url)
    try:
        models = ModelRegistry(models_offered(settings), EMBEDDED)
        plugged_in = wired_plugins(settings, store)
        ground = CoreGround(store, models, plugged_in.texts, Metrics(CollectorRegistry()))
        core = build(ground, rules(settings, small_model=False), offered_by(plugged_in), work(settings))
        return core.records.commands(User("", "", settings.language, admin=True))
    finally:
        await store.close()
