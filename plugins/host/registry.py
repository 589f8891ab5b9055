"""The registry of plugins: those that are there from the start, those that are installed, and what they offer."""

from collections.abc import Iterable, Mapping, Sequence
from operator import is_

import structlog

from core.foreign_code import ForeignFault, guarded
from plugins.host.offers import CleanOffer, clean_offers
from plugins.host.plugin import HostedPlugin, PluginOffer
from plugins.host.policy import OwnerPolicy

log = structlog.get_logger()


class PluginRegistry:
    """All plugins by name, and their tools. `found` are the plugins that are there from the start."""

    def __init__(self, found: Mapping[str, HostedPlugin], policy: OwnerPolicy) -> None:
        self.policy = policy
        self.first: Mapping[str, HostedPlugin] = {
            name: plugin for name, plugin in found.items() if name not in policy.forbidden
        }
        self.plugins: Mapping[str, HostedPlugin] = self.first
        """All plugins by name. Those from the start come first, so that they keep the names of their tools."""
        self._hooked: dict[str, Sequence[HostedPlugin]] = {}
        self._offered: Sequence[object] = ()
        self._tools: Mapping[str, tuple[HostedPlugin, PluginOffer]] = {}
        self._too_large: dict[tuple[str, str], tuple[int, int]] = {}

    def install(self, plugins: Iterable[HostedPlugin]) -> None:
        """Replace all installed plugins with these. They cannot replace one that was there from the start."""
        self.plugins = {
            **self.first,
            **{one.name: one for one in plugins if one.name not in {*self.policy.forbidden, *self.first}},
        }
        self._hooked.clear()
        self._too_large.clear()

    def hooked(self, moment: str) -> Sequence[HostedPlugin]:
        """The plugins that have a hook at a moment. Only manifests are read; no code of a plugin is imported."""
        if moment not in self._hooked:
            self._hooked[moment] = [one for one in self.plugins.values() if moment in one.manifest.hooks]
        return self._hooked[moment]

    def tool(self, name: str) -> tuple[HostedPlugin, PluginOffer] | None:
        """The tool that models call by this name, if there is one."""
        return self.tools().get(name)

    def tools(self) -> Mapping[str, tuple[HostedPlugin, PluginOffer]]:
        """All tools by name. If two share a name, the first one keeps it.

        They are the same as before, unless a plugin has come, has gone, or offers something else than before.
        """
        try:
            with guarded():
                offered = [thing for plugin in self.plugins.values() for thing in (plugin, plugin.tools)]
        except ForeignFault:
            return self._worked_out()
        if len(offered) != len(self._offered) or not all(map(is_, offered, self._offered)):
            self._offered, self._tools = offered, self._worked_out()
        return self._tools

    def _worked_out(self) -> Mapping[str, tuple[HostedPlugin, PluginOffer]]:
        found: dict[str, tuple[HostedPlugin, PluginOffer]] = {}
        for plugin in self.plugins.values():
            for tool in offers(plugin):
                if tool.tool:
                    found.setdefault(tool.tool, (plugin, tool))
        return found

    def too_large(self, plugin: HostedPlugin) -> Mapping[str, tuple[int, int]]:
        """The tools of a plugin that were too large to offer to a model: each one's size and budget, in characters."""
        return {tool: sizes for (name, tool), sizes in self._too_large.items() if name == plugin.name}

    def note_too_large(self, plugin: HostedPlugin, tool: str, size: int, room: int) -> None:
        """Remember that a tool was too large, and log it once."""
        if (plugin.name, tool) not in self._too_large:
            log.warning("tool_too_large", plugin=plugin.name, tool=tool, characters=size, budget=room)
        self._too_large[plugin.name, tool] = (size, room)


def offers(plugin: HostedPlugin) -> Sequence[CleanOffer]:
    """The offers of a plugin; none if it cannot even be imported, which is logged."""
    try:
        with guarded():
            return clean_offers(plugin)
    except ForeignFault:
        log.exception("plugin_unusable", plugin=plugin.name)
        return ()
