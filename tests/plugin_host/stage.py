"""A stage for plugins: a core with everything that belongs to them, over any store, and people who talk to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from core.ports.model import Model
from core.ports.store import Store
from core.texts import Texts
from core.wiring import Core, Work
from parley import Manifest, declared
from plugins.host.approval.approval import Asking
from plugins.host.commands import Administration
from plugins.host.hooks import LONGEST_SAY, PluginHooks
from plugins.host.host import LONGEST_CALL, Host, Policy
from plugins.host.install.catalogue import Catalogue
from plugins.host.install.installer import Installer
from plugins.host.install.package_index import IndexOptions
from plugins.host.oauth.commands import Connecting
from plugins.host.oauth.signing_in import SigningIn
from plugins.host.plugin import Hosted
from plugins.host.sandbox.process_times import USUAL_TIMES, ProcessTimes
from plugins.host.schedules import Clock
from plugins.host.sources.builtin import Plugin
from plugins.host.sources.installed import Running
from tests.core.building import core_over
from tests.core.conftest import echo
from tests.core.test_texts import LOCALES
from tests.dialogue import Dialogue
from tests.paper import PaperChat

NUMBERS = count(1)
"""Stages may share a database, where no two events have one key."""

SHIPPED = Path(__file__).parents[2] / "config" / "plugins.json"


@dataclass(slots=True)
class Stage:
    """A core with its plugins, and the paper on which it writes."""

    core: Core
    chat: PaperChat
    host: Host
    installer: Installer
    administration: Administration
    asking: Asking
    clock: Clock
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
    *models: Model,
    found: Sequence[Hosted] = (),
    policy: Policy | None = None,
    catalogue: Path = SHIPPED,
    allowed: str = "catalogue",
    options: IndexOptions | None = None,
    work: Work | None = None,
    times: ProcessTimes = USUAL_TIMES,
    longest_call: float = LONGEST_CALL,
    longest_say: float = LONGEST_SAY,
) -> Stage:
    """Put a stage together. The plugins that it is given are on unless a policy says otherwise."""
    names = frozenset(plugin.name for plugin in found)
    host = Host({plugin.name: plugin for plugin in found}, policy or Policy(names), store, longest_call)
    fallen: list[tuple[str, str]] = []
    running = Running(home, fell=lambda name, why: fallen.append((name, why)), times=times)
    installer = Installer(store, host, running, options or IndexOptions())
    administration = Administration(host, installer, Catalogue(catalogue), allowed)
    asking = Asking(host, Texts(LOCALES))
    clock = Clock(host)
    host.confirm, host.planned = asking.confirm, clock.expect
    signing_in = SigningIn(host, Texts(LOCALES), "http://127.0.0.1:8080")
    connecting = Connecting(host, signing_in)
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
    host.chats, host.ask = core.router.chats, core.router.assistant.ask
    installer.taken = lambda: list(core.records.menu.own)
    chat = PaperChat()
    core.router.attach("paper", chat)
    return Stage(core, chat, host, installer, administration, asking, clock, signing_in, fallen)


def made(manifest: Mapping[str, Any], *functions: Any) -> Plugin:
    """A plugin of functions of a test."""
    usual = {"version": "1.0.0", "description": "A plugin of a test."}
    module = ModuleType("a_plugin")
    for function in functions:
        function.__module__ = module.__name__
        setattr(module, function.__name__, function)
    return Plugin(Manifest.model_validate({**usual, **manifest}), module.__name__, declared(module))
