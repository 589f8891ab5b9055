"""The `/plugin` command: lists, switches and, as far as the machine's owner allows, installs plugins from any chat."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import httpx
import structlog
from sqlmodel import Session

from core.actions import Verb, button_action
from core.commands.registry import Command, CommandGroup, CommandOption
from core.community_settings import kept
from core.delivery.call import CommandCall
from core.delivery.outbox import announce
from core.errors import NotAllowed, UserError
from core.messages import Button, Place, Reply
from core.outside_text import cleaned_line
from core.rights import RightsTarget, Role, may, require_admin
from core.store import choices, identities, plugins
from core.store.plugin_tables import InstalledPluginRow
from core.store.tables import CommunityRow, now
from parley import ConfigField, ManifestError
from plugins.host.egress.guarded_http import FetchLimits, client
from plugins.host.host import ASK, OFF, ON, PluginHost, key_of, offers, setting
from plugins.host.install.catalogue import PluginCatalogue
from plugins.host.install.fetch import PluginCandidate
from plugins.host.install.installer import PluginInstaller
from plugins.host.install.plugin_source import PluginProblem, PluginSource, from_chat
from plugins.host.plugin import ConfinedPlugin, HostedPlugin, TroubledPlugin
from plugins.host.sandbox.process import ProcessCrashed
from plugins.host.sources.openapi import coverage_of, split_choice
from plugins.host.sources.openapi_coverage_texts import (
    coverage_of_plugin,
    coverage_text,
    is_shortened,
    whole_coverage_text,
)

log = structlog.get_logger()

ACTIONS = ("list", "search", "info", "install", "enable", "disable", "config", "update", "rollback", "remove")
LEFT_OUT = "left-out"
"""The word to add to `/plugin info NAME` to see everything that is left out of a service's description."""

WAITS = 3600.0
"""Seconds for which a candidate waits for a yes."""

FRESH = timedelta(days=1)
"""The greatest age of a version that is rolled back by itself when it fails: an old one fails for another reason."""


@dataclass(frozen=True, slots=True)
class WaitingCandidate:
    """A candidate that an admin was asked about; `thing` says which admin and where."""

    candidate: PluginCandidate
    thing: RightsTarget
    files: AsyncExitStack
    update: bool


@dataclass(frozen=True, slots=True)
class PluginCommand:
    """Manages plugins from a chat; `allowed` says what may be installed: "catalogue", "anything" or "nothing"."""

    host: PluginHost
    installer: PluginInstaller
    catalogue: PluginCatalogue
    allowed: str = "catalogue"
    _waiting: dict[str, WaitingCandidate] = field(default_factory=dict)

    def feature(self) -> CommandGroup:
        """The `/plugin` command and the buttons under its questions."""
        options = (
            CommandOption("action", required=True, values=lambda: ACTIONS),
            CommandOption("name", values=lambda: list(self.host.plugins), live=True, free=True),
            CommandOption("setting"),
        )
        return CommandGroup(
            commands=(Command("plugin", "plugins", self.manage, options, needs=Role.ADMIN),),
            presses={
                Verb.PLUGIN_YES: self.agreed,
                Verb.PLUGIN_NO: self.declined,
                Verb.PLUGIN_LEFT: self.listed,
                Verb.PLUGIN_REMOVE: self.removed,
            },
        )

    async def manage(self, call: CommandCall) -> None:
        """Carry out `/plugin` with its action. Raises UserError."""
        action, name = call.arguments["action"], call.arguments.get("name", "")
        words = f"{name} {call.arguments.get('setting', '')}".strip()
        try:
            match action:
                case "list":
                    await self._list(call)
                case "search":
                    await self._search(call, words)
                case "install":
                    await self._install(call, words)
                case "update":
                    await self._update(call, await self._ours(call, name))
                case "rollback":
                    await self._ours(call, name)
                    version = await self.installer.back(name)
                    await self._done(call, "plugin-rollback", name)
                    await call.tell(call.text("plugin-rolled-back", name=name, version=version))
                case "remove":
                    await self._ours(call, name)
                    button = Button(button_action(Verb.PLUGIN_REMOVE, name), call.text("plugin-remove"), "🗑")
                    await call.tell(call.text("plugin-remove-sure", name=name), buttons=[button])
                case _:
                    await self._set(call, action, self._named(name))
        except PluginProblem as error:
            raise UserError("plugin-says", name=name or "plugin", words=self._plain(error)) from None

    async def agreed(self, call: CommandCall) -> None:
        """Install a candidate, because an admin has agreed to what it asks for."""
        waiting = await self._taken(call)
        async with waiting.files:
            await call.tell(call.text("plugin-installing", name=waiting.candidate.name), in_place=True)
            await self._switch(call, waiting.candidate, update=waiting.update)

    async def declined(self, call: CommandCall) -> None:
        """Discard a candidate that an admin does not want."""
        waiting = await self._taken(call)
        await waiting.files.aclose()
        await call.tell(call.text("plugin-declined"), in_place=True)

    async def listed(self, call: CommandCall) -> None:
        """Show an admin everything that is left out of a candidate, before they decide."""
        if coverage := coverage_of((await self._asked(call)).candidate.document):
            await call.tell(whole_coverage_text(call.text, coverage))

    async def removed(self, call: CommandCall) -> None:
        """Remove a plugin, because an admin has confirmed it."""
        name = call.target
        try:
            await self._ours(call, name)
            await self.installer.remove(name)
        except PluginProblem as error:
            raise UserError("plugin-says", name=name, words=self._plain(error)) from None
        await self._done(call, "plugin-remove", name)
        await call.tell(call.text("plugin-removed", name=name), in_place=True)

    async def fell(self, name: str, why: str) -> None:
        """Handle a plugin that was given up: roll a recent update back, and tell its community's admins."""
        try:
            row = await self.installer.row(name)
            version = ""
            if row.previous and row.changed_at > now() - FRESH:
                version = await self.installer.back(name)
            key = f"plugin-fell:{name}:{row.digest[:12]}:{row.changed_at:%Y%m%d%H%M%S}"
            place = await self.host.store.read(lambda session: log_channel(session, row))
            if place and (chat := self.host.chats.get(place.platform)):
                words = f"**{name}** {row.version}: {cleaned_line(why, 500)}"
                words += f" → {version}" if version else ""
                await announce(self.host.store, chat, place, Reply(f"⚠ {words}"), key)
        except Exception:
            log.exception("plugin_fall_not_told", plugin=name)

    def http(self) -> httpx.AsyncClient:
        """A guarded HTTP client to reach the catalogue."""
        return client(FetchLimits(("*",), self.host.policy.exempt))

    async def _list(self, call: CommandCall) -> None:
        chosen = await call.store.read(lambda session: kept(session, call.event.place))
        lines = [self._line(plugin, chosen) for _, plugin in sorted(self.host.plugins.items())]
        await call.tell("\n".join([f"**{call.text('plugin-list')}**", *lines]))

    async def _search(self, call: CommandCall, words: str) -> None:
        async with self.http() as http:
            found = await self.catalogue.search(words, http)
        lines = [f"- **{one.name}**: {one.description}" for one in found[:20]]
        lines = lines or [call.text("plugin-none-found")]
        await call.tell("\n".join([f"**{call.text('plugin-catalogue')}**", *lines]))

    async def _install(self, call: CommandCall, wanted: str) -> None:
        self._check_allowed()
        try:
            name, choice = split_choice(wanted)
        except ManifestError as error:
            raise PluginProblem(str(error)) from None
        async with self.http() as http:
            entry = await self.catalogue.find(name, http)
        source = entry.source.choosing(choice) if entry else self._outside(wanted)
        rows = await call.store.read(plugins.installed)
        if any(row.name == name for row in rows):
            raise UserError("plugin-there-already", name=name)
        await self._propose(call, source, digest=entry.digest if entry else "", update=False)

    async def _update(self, call: CommandCall, row: InstalledPluginRow) -> None:
        """Fetch an installed plugin again, by the rules for installing: what was allowed then may not be now."""
        self._check_allowed()
        async with self.http() as http:
            entry = await self.catalogue.origin(row.name, row.source, http)
        source = entry.source if entry else self._outside(row.source)
        await self._propose(call, source, digest=entry.digest if entry else "", before=row, update=True)

    def _check_allowed(self) -> None:
        if self.allowed == "nothing":
            raise NotAllowed("plugin-install-off")

    def _outside(self, wanted: str) -> PluginSource:
        """The source that an admin names and the catalogue does not have. Raises UserError, PluginProblem."""
        if self.allowed != "anything":
            raise UserError("plugin-not-in-catalogue", name=wanted.rpartition("/")[2][:80])
        return from_chat(wanted)

    async def _propose(
        self,
        call: CommandCall,
        source: PluginSource,
        *,
        digest: str = "",
        before: InstalledPluginRow | None = None,
        update: bool,
    ) -> None:
        """Fetch a candidate and show what it asks for; an update that asks for nothing more is installed at once."""
        files = AsyncExitStack()
        try:
            candidate = await files.enter_async_context(self.installer.fetched(source, digest))
            if before and candidate.digest == before.digest:
                await call.tell(call.text("plugin-up-to-date", name=before.name, version=before.version))
                await files.aclose()
                return
            if before and candidate.name != before.name:
                raise PluginProblem(f"{before.source} is another plugin now: {candidate.name}")
            await self._check_name(call, candidate, update=update)
            more = await self.installer.asks_for(candidate)
            if update and not more:
                await self._switch(call, candidate, update=True)
                await files.aclose()
                return
        except BaseException:
            await files.aclose()
            raise
        scene = await call.scene()
        owner = scene.person_id if call.event.place.private else None
        thing = RightsTarget(scene.community_id, scene.conversation_id, owner, scene.person_id)
        await self._ask(call, WaitingCandidate(candidate, thing, files, update), more)

    async def _check_name(self, call: CommandCall, candidate: PluginCandidate, *, update: bool) -> None:
        """Check the name that a candidate claims. Raises UserError if another's plugin has it, or had it first."""
        if update:
            await self._ours(call, candidate.name)
        elif any(row.name == candidate.name for row in await call.store.read(plugins.installed)):
            raise UserError("plugin-there-already", name=candidate.name)

    async def _ask(self, call: CommandCall, waiting: WaitingCandidate, more: Sequence[str]) -> None:
        number = uuid4().hex
        self._waiting[number] = waiting
        asyncio.get_running_loop().call_later(WAITS, self._expire, number)
        manifest = waiting.candidate.manifest
        asks = [call.text("plugin-asks-more" if waiting.update else "plugin-asks"), ""]
        asks += [f"- {allowance(call.text, one)}" for one in more]
        coverage = coverage_of(waiting.candidate.document)
        lines = [
            f"**{manifest.name}** {manifest.version}: {manifest.description}",
            *([coverage_text(call.text, coverage)] if coverage else []),
            "\n".join(asks) if more else call.text("plugin-asks-nothing"),
            call.text("plugin-from", source=where(waiting.candidate), digest=waiting.candidate.digest[:12]),
        ]
        buttons = [
            Button(button_action(Verb.PLUGIN_YES, number), call.text("plugin-install"), "✅"),
            Button(button_action(Verb.PLUGIN_NO, number), call.text("plugin-confirm-no"), "✖"),
        ]
        if coverage and is_shortened(coverage):
            buttons.append(Button(button_action(Verb.PLUGIN_LEFT, number), call.text("plugin-left-all"), "📋"))
        await call.tell("\n\n".join(lines), buttons=buttons)

    async def _switch(self, call: CommandCall, candidate: PluginCandidate, *, update: bool) -> None:
        place = call.event.place
        community_id = await call.store.write(lambda session: identities.community(session, place))
        # Others may have installed something of this name since it was proposed.
        await self._check_name(call, candidate, update=update)
        try:
            row = await self.installer.install(candidate, community_id, update=update)
        except PluginProblem as error:
            await self._done(call, "plugin-install", candidate.name, "failed")
            raise UserError("plugin-says", name=candidate.name, words=self._plain(error)) from None
        if not update:
            await self.host.choose(place, f"plugin:{row.name}", ON)
        await self._done(call, "plugin-update" if update else "plugin-install", f"{row.name} {row.version}")
        names = offered_by(self.host.plugins.get(row.name))
        key = "plugin-updated" if update else "plugin-installed"
        await call.tell(call.text(key, name=row.name, version=row.version, offers=names), about="installed")

    def _plain(self, error: PluginProblem) -> str:
        """The message of an error, without paths of this machine."""
        return str(error).replace(str(self.installer.running.home), "…")[:1500]

    async def _asked(self, call: CommandCall) -> WaitingCandidate:
        """The candidate that a button belongs to. Raises UserError if it is gone, or if this person may not answer."""
        require_admin(call.event.user, "plugin")
        scene = await call.scene()
        waiting = self._waiting.get(call.target)
        if waiting is None or not may(scene, waiting.thing):
            raise UserError("button-outdated")
        return waiting

    async def _taken(self, call: CommandCall) -> WaitingCandidate:
        waiting = await self._asked(call)
        del self._waiting[call.target]
        return waiting

    def _expire(self, number: str) -> None:
        if waiting := self._waiting.pop(number, None):
            task = asyncio.get_running_loop().create_task(waiting.files.aclose())
            task.add_done_callback(lambda _: None)

    async def _ours(self, call: CommandCall, name: str) -> InstalledPluginRow:
        """The plugin installed under a name. Raises NotAllowed if another community, or the owner, installed it."""
        require_admin(call.event.user, "plugin")
        row = await self.installer.row(name)
        here = await call.store.read(lambda session: identities.known_community(session, call.event.place))
        # What the owner of the machine installed belongs to no community, and a new community is not known yet.
        if row.community_id is None or row.community_id != here:
            raise NotAllowed("plugin-not-yours", name=name)
        return row

    def _named(self, name: str) -> HostedPlugin:
        plugin = self.host.plugins.get(name)
        if plugin is None:
            raise UserError(
                "command-bad-value", option="name", value=name[:40], allowed=", ".join(sorted(self.host.plugins))
            )
        return plugin

    async def _set(self, call: CommandCall, action: str, plugin: HostedPlugin) -> None:
        match action:
            case "info" if call.arguments.get("setting", "") == LEFT_OUT:
                coverage = coverage_of_plugin(plugin)
                words = whole_coverage_text(call.text, coverage) if coverage else call.text("plugin-left-nothing")
                await call.tell(words)
            case "info":
                await self._tell_about(call, plugin)
            case "enable" | "disable":
                turn = ON if action == "enable" else OFF
                await self.host.choose(call.event.place, f"plugin:{plugin.name}", turn)
                await self._done(call, f"plugin-{turn}", plugin.name)
                await call.tell(call.text(f"plugin-turned-{turn}", name=plugin.name))
            case "config":
                await self._configure(call, plugin)

    async def _configure(self, call: CommandCall, plugin: HostedPlugin) -> None:
        name, _, value = call.arguments.get("setting", "").partition(" ")
        if not name:
            await self._tell_about(call, plugin)
            return
        known = fields_of(plugin).get(name)
        if known is None:
            allowed = ", ".join(fields_of(plugin)) or "-"
            raise UserError("command-bad-value", option="setting", value=name[:40], allowed=allowed)
        if value and not fits(known, value.strip()):
            allowed = ", ".join(known.choices) or known.type
            raise UserError("command-bad-value", option=name, value=value[:40], allowed=allowed)
        await self.host.choose(call.event.place, key_of(plugin, name), value.strip())
        await self._done(call, "plugin-config", f"{plugin.name}:{name}")
        await call.tell(call.text("plugin-configured", name=plugin.name, setting=name, value=value.strip() or "-"))

    async def _tell_about(self, call: CommandCall, plugin: HostedPlugin) -> None:
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
            self._line(plugin, chosen).removeprefix("- "),
            *([f"⚠ {cleaned_line(trouble, 500)}"] if trouble else []),
            f"{call.text('plugin-offers')}: {offered_by(plugin) or '-'}",
            *(
                call.text("plugin-too-large", tool=tool, characters=size, most=room)
                for tool, (size, room) in self.host.too_large(plugin).items()
            ),
            self._coverage(call, plugin),
            "\n".join([f"{call.text('plugin-may')}:", *asked] if asked else [call.text("plugin-asks-nothing")]),
            walls,
            "\n".join(settings),
        ]
        await call.tell("\n\n".join(filter(None, lines)))

    def _coverage(self, call: CommandCall, plugin: HostedPlugin) -> str:
        """The text that says how much of a service's description can be used; empty for other plugins."""
        coverage = coverage_of_plugin(plugin)
        if coverage is None:
            return ""
        more = call.text("plugin-left-command", name=plugin.name, word=LEFT_OUT) if is_shortened(coverage) else ""
        return "\n".join(filter(None, [coverage_text(call.text, coverage), more]))

    def _line(self, plugin: HostedPlugin, chosen: Mapping[str, str]) -> str:
        mark = "✓" if self.host.is_on(plugin, chosen) else "–"
        trouble = " ⚠" if isinstance(plugin, TroubledPlugin) and plugin.trouble else ""
        return f"- {mark} **{plugin.name}** {plugin.manifest.version}: {plugin.manifest.description}{trouble}"

    async def _done(self, call: CommandCall, action: str, subject: str, outcome: str = "ok") -> None:
        await self.host.note(call.event.place, call.event.user, action, subject, outcome)


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


def log_channel(session: Session, row: InstalledPluginRow) -> Place | None:
    """The log channel of the community whose admins have installed a plugin, if it has one."""
    community = session.get(CommunityRow, row.community_id) if row.community_id else None
    if community is None:
        return None
    channel = choices.choices(session, community.id, community.id, community.id).get("log_channel", "")
    return Place(community.platform, community.platform_id, channel) if channel else None
