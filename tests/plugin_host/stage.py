"""A stage for plugins: a core with everything that belongs to them, over any store, and people who talk to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from core.ports.model import LanguageModel
from core.ports.store import Store
from core.texts import LocalizedTexts
from core.wiring import LabelingParts, WiredCore
from parley import Manifest, declared
from plugins.host.approval.approval import CallApproval
from plugins.host.commands import PluginCommand
from plugins.host.hooks import LONGEST_SAY, PluginHooks
from plugins.host.host import LONGEST_CALL, OwnerPolicy, PluginHost
from plugins.host.install.catalogue import PluginCatalogue
from plugins.host.install.installer import PluginInstaller
from plugins.host.install.package_index import IndexOptions
from plugins.host.oauth.commands import ConnectCommand
from plugins.host.oauth.signing_in import SigningIn
from plugins.host.plugin import HostedPlugin
from plugins.host.sandbox.process_times import USUAL_TIMES, ProcessTimes
from plugins.host.schedules import PluginClock
from plugins.host.sources.builtin import BuiltinPlugin
from plugins.host.sources.installed import PluginRunning
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
    installer: PluginInstaller
    administration: PluginCommand
    asking: CallApproval
    clock: PluginClock
    signing_in: SigningIn
    fallen: list[tuple[str, str]] = field(default_factory=list)

    def dialogue(self) -> Dialogue:
        """Ana, who runs the community, in a place of her own."""
        return Dialogue(self.core, self.chat, _numbers=NUMBERS)

    async def close(self) -> None:
        await self.installer.aclose()
        await self.host.aclose()


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
) -> Stage:
    """Put a stage together. The plugins that it is given are on unless a policy says otherwise."""
    names = frozenset(plugin.name for plugin in found)
    host = PluginHost({plugin.name: plugin for plugin in found}, policy or OwnerPolicy(names), store, longest_call)
    fallen: list[tuple[str, str]] = []
    running = PluginRunning(home, fell=lambda name, why: fallen.append((name, why)), times=times)
    installer = PluginInstaller(store, host, running, options or IndexOptions())
    administration = PluginCommand(host, installer, PluginCatalogue(catalogue), allowed)
    asking = CallApproval(host, LocalizedTexts(LOCALES))
    clock = PluginClock(host)
    host.confirm, host.planned = asking.confirm, clock.expect
    signing_in = SigningIn(host, LocalizedTexts(LOCALES), "http://127.0.0.1:8080")
    connecting = ConnectCommand(host, signing_in)
    host.invite, host.removing = connecting.invite, signing_in.removing
    core = core_over(
        store,
        *(models or (echo(),)),
        more=[administration.feature(), asking.feature(), connecting.feature()],
        toolbox=host,
        hooks=PluginHooks(host, asking, longest_say),
        plugged=host.commands,
        leaving=signing_in.leaving,
        work=work,
    )
    host.chats, host.ask = core.router.chats, core.assistant.ask
    installer.taken = lambda: list(core.records.menu.own)
    chat = PaperChat()
    core.router.attach("paper", chat)
    return Stage(core, chat, host, installer, administration, asking, clock, signing_in, fallen)


def made(manifest: Mapping[str, Any], *functions: Any) -> BuiltinPlugin:
    """A plugin of functions of a test."""
    usual = {"version": "1.0.0", "description": "A plugin of a test."}
    module = ModuleType("a_plugin")
    for function in functions:
        function.__module__ = module.__name__
        setattr(module, function.__name__, function)
    return BuiltinPlugin(Manifest.model_validate({**usual, **manifest}), module.__name__, declared(module))
