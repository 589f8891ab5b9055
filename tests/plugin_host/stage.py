"""A stage for plugins: a core with everything that belongs to them, over any store, and people who talk to it."""

from asyncio import Queue
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from cli.wiring.plugins import own_commands
from core.ports.model import LanguageModel
from core.ports.store import Store
from core.surface_queries import ConnectedSurfaces
from core.texts import LocalizedTexts
from core.wiring import LabelingParts, WiredCore
from parley import Manifest, declared
from plugins.host.approval.approval import CallApproval
from plugins.host.approval.suggestions import SuggestedTools
from plugins.host.clients import PluginClients
from plugins.host.commands import PluginCommand
from plugins.host.crashed_plugins import CrashedPlugins
from plugins.host.hooks import LONGEST_SAY, PluginHooks
from plugins.host.host import LONGEST_CALL, FailedCall, PluginHost, uncounted
from plugins.host.install.catalogue import PluginCatalogue
from plugins.host.install.installer import PluginInstaller
from plugins.host.install.package_index import IndexOptions
from plugins.host.install.trial import CandidateTrial
from plugins.host.menu import plugin_commands
from plugins.host.oauth.commands import ConnectCommand
from plugins.host.oauth.invitation import SignInInvitation
from plugins.host.oauth.signing_in import SigningIn
from plugins.host.plugin import HostedPlugin
from plugins.host.policy import OwnerPolicy
from plugins.host.proposals import PluginProposals
from plugins.host.registry import PluginRegistry
from plugins.host.sandbox.process_times import USUAL_TIMES, ProcessTimes
from plugins.host.schedules import PluginScheduler
from plugins.host.sources.builtin import BuiltinPlugin
from plugins.host.sources.installed import PluginRunning
from plugins.host.timer import CallTimer
from plugins.host.tool_choice import ToolRouter, WordRouter
from plugins.host.toolbox import PluginToolbox
from tests.core.building import core_over
from tests.core.conftest import echo
from tests.core.test_texts import LOCALES
from tests.dialogue import Dialogue
from tests.paper import PaperChat

NUMBERS = count(1)
"""Stages may share a database, in which no two events have the same key."""

SHIPPED = Path(__file__).parents[2] / "config" / "plugins.json"


@dataclass(slots=True)
class Stage:
    """A core with its plugins, and the paper on which it writes."""

    core: WiredCore
    chat: PaperChat
    host: PluginHost
    toolbox: PluginToolbox
    installer: PluginInstaller
    administration: PluginCommand
    asking: CallApproval
    suggestions: SuggestedTools
    clock: PluginScheduler
    signing_in: SigningIn
    crashed: CrashedPlugins
    fallen: list[tuple[str, str]] = field(default_factory=list)

    def dialogue(self) -> Dialogue:
        """Ana, who runs the community, in a place of her own."""
        return Dialogue(self.core, self.chat, _numbers=NUMBERS)

    async def close(self) -> None:
        await self.installer.aclose()
        await self.host.clients.aclose()


Build = Callable[..., Stage]


def staged(
    store: Store,
    home: Path,
    *models: LanguageModel,
    found: Sequence[HostedPlugin] = (),
    policy: OwnerPolicy | None = None,
    catalogue: Path = SHIPPED,
    allowed: str = "catalogue",
    options: IndexOptions | None = None,
    work: LabelingParts | None = None,
    times: ProcessTimes = USUAL_TIMES,
    longest_call: float = LONGEST_CALL,
    longest_say: float = LONGEST_SAY,
    failed: FailedCall = uncounted,
    router: ToolRouter | None = None,
    clients: PluginClients | None = None,
) -> Stage:
    """Put a stage together. The plugins that it is given are on unless a policy says otherwise."""
    names = frozenset(plugin.name for plugin in found)
    surfaces, texts, policy = ConnectedSurfaces(), LocalizedTexts(LOCALES), policy or OwnerPolicy(names)
    clients = clients or PluginClients(policy, store)
    registry = PluginRegistry({plugin.name: plugin for plugin in found}, policy)
    signing_in = SigningIn(registry, clients, store, texts, "http://127.0.0.1:8080")
    invitation, timer = SignInInvitation(signing_in, surfaces.chats), CallTimer()
    host = PluginHost(
        registry,
        clients,
        store,
        surfaces.chats,
        timer.expect,
        invitation.invite,
        longest_call,
        failed,
        switched=surfaces.news.tell,
    )
    connecting = ConnectCommand(host, signing_in, invitation)
    asking = CallApproval(host, texts)
    router = router or WordRouter()
    suggestions, toolbox = SuggestedTools(host, router, asking), PluginToolbox(host, router, asking.confirm)
    fallen: list[tuple[str, str]] = []
    running = PluginRunning(home, gave_up=lambda name, why: fallen.append((name, why)), times=times)
    trial = CandidateTrial(registry, running, own_commands())
    installer = PluginInstaller(store, host, running, trial, options or IndexOptions(), signing_in.removing)
    shop = PluginCatalogue(catalogue)
    administration = PluginCommand(host, installer, shop, PluginProposals(host, installer, shop, allowed))
    core = core_over(
        store,
        *(models or (echo(),)),
        more=[part.feature() for part in (administration, asking, suggestions, connecting)],
        toolbox=toolbox,
        hooks=PluginHooks(host, suggestions, longest_say),
        plugged=partial(plugin_commands, host),
        leaving=signing_in.leaving,
        work=work,
        surfaces=surfaces,
    )
    chat = PaperChat()
    core.router.attach("paper", chat)
    crashed = CrashedPlugins(host, installer, Queue())
    clock = PluginScheduler(host, timer)
    return Stage(
        core, chat, host, toolbox, installer, administration, asking, suggestions, clock, signing_in, crashed, fallen
    )


def made(manifest: Mapping[str, Any], *functions: Any) -> BuiltinPlugin:
    """A plugin of functions of a test."""
    usual = {"version": "1.0.0", "description": "A plugin of a test."}
    module = ModuleType("a_plugin")
    for function in functions:
        function.__module__ = module.__name__
        setattr(module, function.__name__, function)
    return BuiltinPlugin(Manifest.model_validate({**usual, **manifest}), module.__name__, declared(module))
