"""The one place that wires settings and store into running plugins."""

import asyncio
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import config
from cli.wiring.background_work import BackgroundWork, going_on, name_of
from cli.wiring.plugin_names import bundled, known_plugins, unknown_plugins
from config import texts
from config.sections.plugins import McpSettings
from config.settings import ParleySettings
from core.commands.registry import AskAssistant, Command, CommandGroup
from core.errors import SettingsError
from core.ports.processes import NO_OTHERS, OtherProcesses
from core.store import plugin_secrets
from core.store import plugins as stored_plugins
from core.store.engine.database import Database
from core.surface_queries import ConnectedSurfaces
from core.texts import LocalizedTexts
from parley import ManifestError
from plugins.host.approval.approval import CallApproval
from plugins.host.approval.suggestions import SuggestedTools
from plugins.host.clients import PluginClients
from plugins.host.commands import PluginCommand
from plugins.host.crashed_plugins import CrashedPlugins
from plugins.host.hooks import PluginHooks
from plugins.host.host import EndedCall, FailedCall, PluginHost, uncounted, unheard
from plugins.host.install.advisory_sources import AdvisoryLists
from plugins.host.install.catalogue import PluginCatalogue
from plugins.host.install.fetch import Step
from plugins.host.install.installer import PluginInstaller, quiet
from plugins.host.install.package_index import IndexOptions
from plugins.host.install.trial import CandidateTrial
from plugins.host.menu import plugin_commands
from plugins.host.oauth.commands import ConnectCommand
from plugins.host.oauth.discovery import DiscoveredFlow
from plugins.host.oauth.invitation import SignInInvitation
from plugins.host.oauth.signing_in import SigningIn
from plugins.host.plugin import HostedPlugin
from plugins.host.policy import OwnerPolicy
from plugins.host.proposals import PluginProposals
from plugins.host.registry import PluginRegistry
from plugins.host.schedules import PluginScheduler
from plugins.host.sources.installed import PluginRunning
from plugins.host.sources.langchain import LangChainTools
from plugins.host.sources.mcp import McpPlugin, McpServer
from plugins.host.sources.mcp_people import PersonalMcpPlugin
from plugins.host.storage import StorageQuota
from plugins.host.timer import CallTimer
from plugins.host.tool_choice import ToolRouter, WordRouter
from plugins.host.tool_choice_embeddings import EmbeddingRouter
from plugins.host.toolbox import PluginToolbox

if TYPE_CHECKING:
    from cli.wiring.shared_work import SharedWork

ADVISORIES = Path(config.__file__).parent / "advisories.json"
CATALOGUE = Path(config.__file__).parent / "plugins.json"


@dataclass(frozen=True, slots=True)
class PluginSystem:
    """All parts of the plugin system, wired together."""

    texts: LocalizedTexts
    host: PluginHost
    toolbox: PluginToolbox
    hooks: PluginHooks
    signing_in: SigningIn
    installer: PluginInstaller
    catalogue: PluginCatalogue
    features: Sequence[CommandGroup]
    mcp_plugins: Sequence[McpPlugin]
    langchain: Sequence[LangChainTools]
    clock: PluginScheduler
    crashed: CrashedPlugins

    def commands(self, ask: AskAssistant) -> Sequence[Command]:
        """The commands of plugins; `ask` puts a question to the assistant."""
        return plugin_commands(self.host, ask)


def wired_plugins(
    settings: ParleySettings,
    store: Database,
    surfaces: ConnectedSurfaces | None = None,
    step: Step = quiet,
    failed: FailedCall = uncounted,
    called: EndedCall = unheard,
    others: OtherProcesses = NO_OTHERS,
) -> PluginSystem:
    """Put all parts together without starting anything. Each part is given those that are built before it.

    `surfaces` are those that the core attaches; a program without chats has none. `step` is called with the progress of
    an installation, `failed` after each failed call, `called` after every call. `others` learn which plugins are
    switched on or off.
    """
    surfaces = surfaces or ConnectedSurfaces()
    chosen, rules, words = settings.plugins, policy(settings), LocalizedTexts(texts.sources())

    clients = PluginClients(rules, store)
    mcp_plugins = [mcp_plugin(server, store, clients, surfaces) for server in mcp_servers(settings)]
    chains = langchain_tools(settings)
    registry = PluginRegistry(plugins_by_name([*bundled().values(), *mcp_plugins, *chains]), rules)

    signing_in = SigningIn(registry, clients, store, words, connected=partial(learn_tools, mcp_plugins))
    invitation = SignInInvitation(signing_in, surfaces.chats)
    timer = CallTimer()
    host = PluginHost(
        registry,
        clients,
        store,
        surfaces.chats,
        timer.expect,
        invitation.invite,
        failed=failed,
        called=called,
        switched=surfaces.news.hear,
        others=others,
    )
    connecting = ConnectCommand(host, signing_in, invitation)

    router = tool_router(settings)
    approval = CallApproval(host, words)
    suggestions = SuggestedTools(host, router, approval)
    toolbox = PluginToolbox(host, router, approval.confirm)

    given_up: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    running = plugin_running(settings, given_up)
    installer = PluginInstaller(
        store,
        host,
        running,
        CandidateTrial(registry, running, own_commands()),
        IndexOptions(chosen.index, chosen.cooldown_days),
        signing_in.removing,
        step,
        advisories(settings),
        surfaces.news.tell,
    )
    catalogue = PluginCatalogue(CATALOGUE, chosen.catalogue)
    proposals = PluginProposals(host, installer, catalogue, chosen.install)
    administration = PluginCommand(host, installer, catalogue, proposals)

    return PluginSystem(
        texts=words,
        host=host,
        toolbox=toolbox,
        hooks=PluginHooks(host, suggestions),
        signing_in=signing_in,
        installer=installer,
        catalogue=catalogue,
        features=[part.feature() for part in (administration, approval, suggestions, connecting)],
        mcp_plugins=mcp_plugins,
        langchain=chains,
        clock=PluginScheduler(host, timer),
        crashed=CrashedPlugins(host, installer, given_up),
    )


@asynccontextmanager
async def running_plugins(
    settings: ParleySettings,
    store: Database,
    surfaces: ConnectedSurfaces | None = None,
    step: Step = quiet,
    failed: FailedCall = uncounted,
    called: EndedCall = unheard,
    others: OtherProcesses = NO_OTHERS,
) -> AsyncIterator[PluginSystem]:
    """Put all parts together and start the installed plugins, for the time of the block.

    Raises SettingsError for LangChain tools that cannot be loaded.
    """
    everything = wired_plugins(settings, store, surfaces, step, failed, called, others)
    everything.host.policy.add_secrets(await store.read(plugin_secrets.given))
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
        await everything.host.clients.aclose()


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


@asynccontextmanager
async def kept_running(
    everything: PluginSystem, shared: "SharedWork | None" = None, *, clock: bool = True
) -> AsyncIterator[None]:
    """Keep servers connected, the `clock` running and installed plugins up to date, all in the background.

    If processes share the work, the clock runs in one of them.
    """
    work: list[BackgroundWork] = [plugin.run for plugin in everything.mcp_plugins]
    if clock:
        ticking = everything.clock.run
        work.append(partial(shared.alone, name_of(ticking), ticking) if shared else ticking)
    async with going_on(*work, everything.installer.watch, everything.crashed.run):
        yield


def mcp_plugin(server: McpServer, store: Database, clients: PluginClients, surfaces: ConnectedSurfaces) -> McpPlugin:
    """The plugin that an MCP server is: one connection for everybody, or a session per call if each person signs in."""
    if server.oauth and server.oauth.grant == "person":
        return PersonalMcpPlugin(server, store, clients.tokens, surfaces.news.tell)
    return McpPlugin(server, clients.tokens, surfaces.news.tell)


async def learn_tools(mcp_plugins: Sequence[McpPlugin], plugin: str, person_id: str) -> None:
    """Read a server's tools once somebody has connected an account, since it may show them only to signed-in people."""
    for one in mcp_plugins:
        if one.name == plugin and isinstance(one, PersonalMcpPlugin):
            await one.learn(person_id)


def langchain_tools(settings: ParleySettings) -> Sequence[LangChainTools]:
    """LangChain's tools that the settings name; they are imported later."""
    return [
        LangChainTools(name, one.tools, one.confirm, one.description)
        for name, one in settings.plugins.langchain.items()
    ]


def plugins_by_name(plugins: Sequence[HostedPlugin]) -> Mapping[str, HostedPlugin]:
    """The plugins that are there from the start, by name. Raises SettingsError if two have the same name."""
    known: dict[str, HostedPlugin] = {}
    for one in plugins:
        if one.name in known:
            raise SettingsError(
                f"plugins: there is a plugin {one.name} already; give the one in the settings another name"
            )
        known[one.name] = one
    return known


def tool_router(settings: ParleySettings) -> ToolRouter:
    """How tools are chosen: by meaning if the settings name a server for that, else by words."""
    chosen = settings.plugins.embeddings
    if not chosen:
        return WordRouter()
    return EmbeddingRouter(chosen.url, chosen.model, chosen.api_key.get_secret_value() if chosen.api_key else "")


def plugin_running(settings: ParleySettings, given_up: "asyncio.Queue[tuple[str, str]]") -> PluginRunning:
    """How installed plugins are run. Those that are given up go into `given_up`, with the reason."""
    chosen = settings.plugins
    return PluginRunning(
        settings.home,
        chosen.memory_mib,
        chosen.processor_seconds,
        frozenset(chosen.unsandboxed),
        chosen.confinement,
        gave_up=lambda name, why: given_up.put_nowait((name, why)),
    )


def own_commands() -> Collection[str]:
    """The names of Parley's own commands, which no plugin may take."""
    return frozenset(re.findall(r"(?m)^name-(\w+) =", texts.sources()["en"]))


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
        chosen.loopback,
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
