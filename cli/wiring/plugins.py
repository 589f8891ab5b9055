"""The one place that wires settings and store into running plugins."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

import config
import plugins.builtin
from config import texts
from config.sections.plugins import McpSettings
from config.settings import ParleySettings
from core.errors import SettingsError
from core.store import plugins as stored_plugins
from core.store.engine.database import Database
from core.texts import LocalizedTexts
from parley import ManifestError
from plugins.host.approval.approval import CallApproval
from plugins.host.commands import PluginCommand
from plugins.host.hooks import PluginHooks
from plugins.host.host import OwnerPolicy, PluginHost
from plugins.host.install.advisory_sources import AdvisoryLists
from plugins.host.install.catalogue import PluginCatalogue
from plugins.host.install.installer import PluginInstaller
from plugins.host.install.package_index import IndexOptions
from plugins.host.oauth.commands import ConnectCommand
from plugins.host.oauth.discovery import DiscoveredFlow
from plugins.host.oauth.signing_in import SigningIn
from plugins.host.plugin import HostedPlugin
from plugins.host.schedules import PluginClock
from plugins.host.sources.builtin import built_in
from plugins.host.sources.installed import PluginRunning
from plugins.host.sources.langchain import LangChainTools
from plugins.host.sources.mcp import McpPlugin, McpServer
from plugins.host.sources.mcp_people import PersonalDoor
from plugins.host.storage import StorageQuota
from plugins.host.tool_choice_embeddings import EmbeddingRouter

# `parley plugin` does without the core, which takes long to import.
if TYPE_CHECKING:
    from core.wiring import WiredCore

log = structlog.get_logger()

PLUGINS = Path(plugins.builtin.__file__).parent
ADVISORIES = Path(config.__file__).parent / "advisories.json"
CATALOGUE = Path(config.__file__).parent / "plugins.json"


@dataclass(frozen=True, slots=True)
class PluginSystem:
    """All parts of the plugin system, wired together."""

    host: PluginHost
    installer: PluginInstaller
    administration: PluginCommand
    asking: CallApproval
    hooks: PluginHooks
    clock: PluginClock
    doors: Sequence[McpPlugin]
    langchain: Sequence[LangChainTools]
    texts: LocalizedTexts
    signing_in: SigningIn
    connecting: ConnectCommand

    def meet(self, core: "WiredCore") -> None:
        """Connect plugins with the platforms and the assistant."""
        self.host.chats = core.router.chats
        self.host.ask = core.assistant.ask
        self.installer.taken = lambda: list(core.records.menu.own)


def made(settings: ParleySettings, store: Database) -> PluginSystem:
    """Put all parts together without starting anything."""
    doors = [door(server, store) for server in mcp_servers(settings)]
    chains = [
        LangChainTools(name, one.tools, one.confirm, one.description)
        for name, one in settings.plugins.langchain.items()
    ]
    found: dict[str, HostedPlugin] = {**built_in(PLUGINS, "plugins.builtin")}
    more: Sequence[HostedPlugin] = (*doors, *chains)
    for one in more:
        if one.name in found:
            raise SettingsError(
                f"plugins: there is a plugin {one.name} already; give the one in the settings another name"
            )
        found[one.name] = one
    chosen = settings.plugins
    host = PluginHost(found, policy(settings), store)
    fallen: set[asyncio.Task[None]] = set()

    def fell(name: str, why: str) -> None:
        task = asyncio.create_task(administration.fell(name, why))
        fallen.add(task)
        task.add_done_callback(fallen.discard)

    running = PluginRunning(
        settings.home,
        chosen.memory_mib,
        chosen.processor_seconds,
        frozenset(chosen.unsandboxed),
        chosen.confinement,
        fell=fell,
    )
    installer = PluginInstaller(store, host, running, IndexOptions(chosen.index, chosen.cooldown_days))
    installer.advisories = advisories(settings)
    administration = PluginCommand(host, installer, PluginCatalogue(CATALOGUE, chosen.catalogue), chosen.install)
    words = LocalizedTexts(texts.sources())
    asking = CallApproval(host, words)
    clock = PluginClock(host)
    host.confirm, host.planned = asking.confirm, clock.expect
    if chosen.embeddings:
        key = chosen.embeddings.api_key.get_secret_value() if chosen.embeddings.api_key else ""
        host.router = EmbeddingRouter(chosen.embeddings.url, chosen.embeddings.model, key)
    signing_in = SigningIn(host, words, connected=partial(learned, doors))
    connecting = ConnectCommand(host, signing_in)
    host.invite, host.removing = connecting.invite, signing_in.removing
    for one in doors:
        one.tokens = host.tokens(one) if one.oauth else None
    hooks = PluginHooks(host, asking)
    return PluginSystem(
        host, installer, administration, asking, hooks, clock, doors, chains, words, signing_in, connecting
    )


def door(server: McpServer, store: Database) -> McpPlugin:
    """The door to an MCP server: one connection for everybody, or a session per call if each person signs in."""
    return PersonalDoor(server, store) if server.oauth and server.oauth.grant == "person" else McpPlugin(server)


async def learned(doors: Sequence[McpPlugin], plugin: str, person_id: str) -> None:
    """Read a server's tools once somebody has connected an account, since it may show them only to signed-in people."""
    for one in doors:
        if one.name == plugin and isinstance(one, PersonalDoor):
            await one.learn(person_id)


@asynccontextmanager
async def plugged(settings: ParleySettings, store: Database) -> AsyncIterator[PluginSystem]:
    """Put all parts together and start the installed plugins, for the time of the block.

    Raises SettingsError for tools that do not exist.
    """
    everything = made(settings, store)
    try:
        for chain in everything.langchain:
            await chain.load()
    except ManifestError as error:
        raise SettingsError(f"plugins.langchain: {error}") from None
    await everything.installer.load()
    await everything.installer.sweep()
    try:
        yield everything
    finally:
        await everything.installer.aclose()
        await everything.host.aclose()


async def check_plugins_on(settings: ParleySettings, store: Database) -> None:
    """Check that each plugin of plugins.on is there: built in, in the settings, or installed.

    The commands that install plugins do without this check: a plugin may be switched on before it is there. Raises
    SettingsError.
    """
    installed = [row.name for row in await store.read(stored_plugins.installed)]
    if strange := unknown_plugins(settings, installed):
        raise SettingsError(
            f"{settings.origin('plugins.on')}: plugins.on: there is no plugin {strange[0]!r}; choose from"
            f" {', '.join(known_plugins(settings, installed))}, or install it with `parley plugin install`"
        )


def known_plugins(settings: ParleySettings, installed: Sequence[str]) -> list[str]:
    """The names of all plugins: built in, in the settings, and those that are installed."""
    ours = built_in(PLUGINS, "plugins.builtin")
    return sorted({*ours, *settings.plugins.mcp, *settings.plugins.langchain, *installed})


def unknown_plugins(settings: ParleySettings, installed: Sequence[str]) -> list[str]:
    """The names in plugins.on that no plugin has."""
    known = known_plugins(settings, installed)
    return [name for name in settings.plugins.on if name not in known]


@asynccontextmanager
async def kept_running(everything: PluginSystem, changed: Callable[[], None]) -> AsyncIterator[None]:
    """Keep servers connected, the clock running and installed plugins up to date, all in the background.

    `changed` is called when plugins have added or removed commands.
    """
    for door in everything.doors:
        door.changed = changed
    everything.installer.changed = changed
    work = [door.run() for door in everything.doors]
    tasks = [asyncio.create_task(one) for one in (*work, everything.clock.run(), everything.installer.watch())]
    for task in tasks:
        task.add_done_callback(ended)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def ended(task: "asyncio.Task[None]") -> None:
    """Log the error if a background task failed. Being cancelled, or giving up on a server, is no fault."""
    if not task.cancelled() and (error := task.exception()):
        log.error("plugin_work_ended", error=error)


def policy(settings: ParleySettings) -> OwnerPolicy:
    """The policy for plugins from the settings."""
    chosen = settings.plugins
    return OwnerPolicy(
        frozenset(chosen.on),
        frozenset(chosen.never),
        secrets(settings),
        frozenset(chosen.addresses),
        StorageQuota(chosen.storage_mib << 20),
        frozenset(settings.secrets()),
    )


def advisories(settings: ParleySettings) -> AdvisoryLists:
    """Advisories for libraries: the bundled list, the operator's own, and the source that the operator names."""
    chosen = settings.plugins
    return AdvisoryLists(
        ADVISORIES, settings.home / ADVISORIES.name, chosen.advisories, frozenset(chosen.advisories_accepted)
    )


def secrets(settings: ParleySettings) -> Mapping[str, Mapping[str, str]]:
    """The secrets for plugins, by plugin name."""
    found: dict[str, dict[str, str]] = {}
    for name, one in settings.plugins.secrets.items():
        # An environment variable cannot contain `-`, so PARLEY_PLUGINS__SECRETS__MY_PLUGIN__KEY also serves my-plugin.
        for spelt in {name, name.replace("_", "-")}:
            found.setdefault(spelt, {}).update({key: value.get_secret_value() for key, value in one.items()})
    return found


def mcp_servers(settings: ParleySettings) -> Sequence[McpServer]:
    """The MCP servers that the settings name."""
    known = secrets(settings)
    return [
        McpServer(name, one.command, one.url, known.get(name, {}), one.description, one.confirm, oauth_of(one))
        for name, one in settings.plugins.mcp.items()
    ]


def oauth_of(server: McpSettings) -> DiscoveredFlow | None:
    """How to get OAuth tokens for an MCP server; None if it needs none."""
    return DiscoveredFlow(server.url, server.oauth, server.issuer, server.scopes) if server.oauth else None
