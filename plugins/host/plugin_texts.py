"""Texts about plugins for admins: a line in a list, all details, permissions and settings."""

import asyncio
from collections.abc import Callable, Mapping

from core.community_settings import kept
from core.delivery.call import CommandCall
from core.outside_text import cleaned_line
from parley import ConfigField
from plugins.host.host import PluginHost
from plugins.host.install.fetch import PluginCandidate
from plugins.host.plugin import ConfinedPlugin, HostedPlugin, TroubledPlugin
from plugins.host.registry import offers
from plugins.host.sandbox.crashes import ProcessCrashed
from plugins.host.sources.openapi_coverage_texts import coverage_of_plugin, coverage_text, is_shortened
from plugins.host.switches import ASK, OFF, ON, key_of, setting

LEFT_OUT = "left-out"
"""The word to add to `/plugin info NAME` to see everything that is left out of a service's description."""


def line_of(plugin: HostedPlugin, *, on: bool) -> str:
    """A plugin in one line of a list."""
    trouble = " ⚠" if isinstance(plugin, TroubledPlugin) and plugin.trouble else ""
    mark = "✓" if on else "–"
    return f"- {mark} **{plugin.name}** {plugin.manifest.version}: {plugin.manifest.description}{trouble}"


async def described(host: PluginHost, call: CommandCall, plugin: HostedPlugin) -> str:
    """All that admins are told about a plugin."""
    chosen = await call.store.read(lambda session: kept(session, call.event.place))
    manifest = plugin.manifest
    asked = [f"- {allowance(call.text, one)}" for one in sorted(manifest.permissions)]
    settings = [
        f"- {name}: {chosen.get(key_of(plugin, name)) or one.default} ({one.description or one.type})"
        for name, one in fields_of(plugin).items()
    ]
    trouble = plugin.trouble if isinstance(plugin, TroubledPlugin) else ""
    walls = ""
    if isinstance(plugin, ConfinedPlugin):
        try:
            walls = call.text("plugin-walls", walls=await asyncio.to_thread(plugin.confinement))
        except ProcessCrashed as error:
            trouble = trouble or str(error)
    lines = [
        line_of(plugin, on=host.switches.is_on(plugin, chosen)).removeprefix("- "),
        *([f"⚠ {cleaned_line(trouble, 500)}"] if trouble else []),
        f"{call.text('plugin-offers')}: {offered_by(plugin) or '-'}",
        *(
            call.text("plugin-too-large", tool=tool, characters=size, most=room)
            for tool, (size, room) in host.registry.too_large(plugin).items()
        ),
        _coverage(call, plugin),
        "\n".join([f"{call.text('plugin-may')}:", *asked] if asked else [call.text("plugin-asks-nothing")]),
        walls,
        "\n".join(settings),
    ]
    return "\n\n".join(filter(None, lines))


def _coverage(call: CommandCall, plugin: HostedPlugin) -> str:
    """The text that says how much of a service's description can be used; empty for other plugins."""
    coverage = coverage_of_plugin(plugin)
    if coverage is None:
        return ""
    more = call.text("plugin-left-command", name=plugin.name, word=LEFT_OUT) if is_shortened(coverage) else ""
    return "\n".join(filter(None, [coverage_text(call.text, coverage), more]))


def offered_by(plugin: HostedPlugin | None) -> str:
    """The names of what a plugin offers: commands as people type them, and tools that are not commands."""
    found = offers(plugin) if plugin else ()
    return ", ".join(f"/{tool.command}" if tool.command else tool.tool for tool in found)


def fields_of(plugin: HostedPlugin) -> Mapping[str, ConfigField]:
    """The settings of a plugin: its manifest's, and whether people are asked before it changes something."""
    found = dict(plugin.manifest.config)
    if any(tool.confirm for tool in offers(plugin)):
        about = "ask before it changes something"
        found.setdefault(ASK, ConfigField(choices=(ON, OFF), default=ON, description=about))
    return found


def allowance(text: Callable[..., str], permission: str) -> str:
    """A permission as a person reads it; `text` gives the texts of their language by key and values."""
    kind, _, value = permission.partition(":")
    if kind in ("power", "hook"):
        return text(f"plugin-{kind}-{value.replace('_', '-')}")
    return text(f"plugin-may-{kind}", value=value)


def where(candidate: PluginCandidate) -> str:
    """The source of a candidate, without the folders of this machine."""
    return candidate.source.rpartition("/")[2] if candidate.kind == "folder" else candidate.source


def fits(known: ConfigField, value: str) -> bool:
    """Whether a value is one that a setting may have."""
    if known.choices:
        return value in known.choices
    try:
        setting(known, value)
    except ValueError:
        return False
    return True
