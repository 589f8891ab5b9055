"""Communities' settings for plugins: which plugins are on, and how each is configured."""

from collections.abc import Callable, Mapping

from core.community_settings import CommunityKey, CommunitySettingsStore, kept
from core.messages import Place
from core.ports.processes import NO_OTHERS, OtherProcesses
from core.ports.store import Store
from core.shared_reads import SharedReads
from parley import ConfigField
from plugins.host.plugin import HostedPlugin, PluginOffer
from plugins.host.policy import OwnerPolicy

FRESH, REMEMBERED = 5.0, 4096
"""Seconds for which a community's settings are cached (a program that does not tell of it may change them), and how
many are cached."""

ON, OFF = "on", "off"
PLUGIN = "plugin:"
"""What the names of all settings of plugins begin with."""

ASK = "ask"
"""The setting of every plugin that says whether a person is asked before a tool changes something."""


Switched = Callable[[Place], None]


def untold(place: Place) -> None:
    """Tell nobody."""


class PluginSwitches:
    """The settings of communities, as far as plugins need them. They are at most a few seconds old.

    `changed` is told of a place in whose community something was set, also by `others`.
    """

    def __init__(
        self, policy: OwnerPolicy, store: Store, changed: Switched = untold, others: OtherProcesses = NO_OTHERS
    ) -> None:
        self._policy = policy
        self._store = store
        self._changed = changed
        self._chosen = SharedReads(self._read, FRESH, REMEMBERED)
        self._others = others
        others.hear("settings", self._set)

    async def chosen(self, place: Place) -> Mapping[str, str]:
        """All settings of the place's community."""
        return await self._chosen.get((place.platform, place.community))

    async def choose(self, place: Place, name: str, value: str) -> None:
        """Change a setting of the place's community; an empty value removes it."""
        await CommunitySettingsStore(self._store, self._others).change(place, name, value)
        self._set(place.platform, place.community, PLUGIN)

    def _set(self, platform: str = "", community: str = "", name: str = "") -> None:
        """Note that something was set in a community; perhaps in all of them if none is named."""
        if not platform:
            self._chosen.forget_all()
            return
        self._chosen.forget((platform, community))
        if name.startswith(PLUGIN):
            self._changed(Place(platform, community, ""))

    async def _read(self, key: CommunityKey) -> Mapping[str, str]:
        return await self._store.read(lambda session: kept(session, Place(*key, "")))

    def is_on(self, plugin: HostedPlugin, chosen: Mapping[str, str]) -> bool:
        """Whether a plugin is on in a community with these settings."""
        usual = ON if plugin.name in self._policy.enabled else OFF
        return chosen.get(f"{PLUGIN}{plugin.name}", usual) == ON

    async def asks(self, plugin: HostedPlugin, tool: PluginOffer, place: Place) -> bool:
        """Whether a person is asked before a tool runs: if it changes something and no admin has said otherwise."""
        return tool.confirm and (await self.chosen(place)).get(key_of(plugin, ASK)) != OFF


def key_of(plugin: HostedPlugin, name: str) -> str:
    """The name under which a plugin's setting is stored for a community."""
    return f"{PLUGIN}{plugin.name}:{name}"


def setting(known: ConfigField, given: str | None) -> str | int | float | bool:
    """A setting converted to its type; the default if nothing is set. Raises ValueError if it cannot be converted."""
    if not given:
        return known.default
    match known.type:
        case "int":
            return int(given)
        case "float":
            return float(given)
        case "bool":
            if given.lower() not in ("true", "false", "on", "off"):
                raise ValueError(given)
            return given.lower() in ("true", "on")
    return given
