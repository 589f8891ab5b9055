"""The rules that the owner of the machine has set for plugins."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from parley.manifest import LOOPBACK
from plugins.host.plugin import HostedPlugin, NamedSource
from plugins.host.storage import StorageQuota


@dataclass(frozen=True, slots=True)
class OwnerPolicy:
    """The rules that the owner of the machine has set.

    `enabled` plugins are on until an admin says otherwise; `forbidden` ones never are. `secrets` are those of the
    settings and `stored` those of the database, by plugin and name; `known` are all that this installation has, which
    no result of a plugin may repeat. `exempt` are addresses of the owner's own network (host:port) that plugins may
    reach; with `loopback`, a plugin also reaches services on this machine that its manifest names with their ports.
    `room` is how much each plugin may store in each community.
    """

    enabled: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    exempt: frozenset[str] = frozenset()
    room: StorageQuota = StorageQuota()
    known: frozenset[str] = field(default=frozenset(), repr=False)
    loopback: bool = False
    stored: dict[str, Mapping[str, str]] = field(default_factory=dict, repr=False)

    def exempt_for(self, plugin: HostedPlugin) -> frozenset[str]:
        """The addresses that are not public and that a plugin may reach.

        An admin of any community can bring in a plugin from a chat. The owner's network and this machine's services
        are not theirs to open.
        """
        if _brought_in(plugin):
            return frozenset()
        named = frozenset(filter(LOOPBACK.match, plugin.manifest.hosts)) if self.loopback else frozenset[str]()
        return self.exempt | named

    def secrets_of(self, plugin: HostedPlugin) -> Mapping[str, str]:
        """The secrets that the owner has set for a plugin's name.

        Anybody can choose a name, so a plugin that somebody has brought in from a chat gets none.
        """
        return {} if _brought_in(plugin) else self.known_for(plugin.name)

    def add_secrets(self, stored: Mapping[str, Mapping[str, str]]) -> None:
        """Add the secrets that are in the database. Those of the settings come before them."""
        for plugin, given in stored.items():
            self.stored[plugin] = {**self.stored.get(plugin, {}), **given}

    def known_for(self, name: str) -> Mapping[str, str]:
        """The secrets that the owner has set for a plugin's name, in the settings or with `parley plugin secret`."""
        return {**self.stored.get(name, {}), **self.secrets.get(name, {})}

    def kept_from_results(self) -> frozenset[str]:
        """Every secret that no result of a plugin may repeat."""
        return self.known.union(*(given.values() for given in (*self.secrets.values(), *self.stored.values())))

    def withholds_from(self, plugin: HostedPlugin) -> bool:
        """Whether a plugin asks for a secret that only the owner of the machine can give it."""
        known = self.known_for(plugin.name)
        return any(name in known and name not in self.secrets_of(plugin) for name in plugin.manifest.secrets)


def _brought_in(plugin: HostedPlugin) -> bool:
    """Whether somebody has installed a plugin from a chat."""
    return isinstance(plugin, NamedSource) and plugin.origin == "chat"
