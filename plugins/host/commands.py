"""The `/plugin` command: lists, switches and, as far as the machine's owner allows, installs plugins from any chat."""

from dataclasses import dataclass

from core.actions import Verb, button_action
from core.commands.registry import Command, CommandGroup, CommandOption
from core.community_settings import kept
from core.delivery.call import CommandCall
from core.errors import UserError
from core.messages import Button
from core.rights import Role
from plugins.host.host import PluginHost
from plugins.host.install.catalogue import PluginCatalogue
from plugins.host.install.installer import PluginInstaller
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.plugin import HostedPlugin
from plugins.host.plugin_texts import LEFT_OUT, described, fields_of, fits, line_of
from plugins.host.proposals import PluginProposals, ours, plain
from plugins.host.sources.openapi_coverage_texts import coverage_of_plugin, whole_coverage_text
from plugins.host.switches import OFF, ON, key_of

ACTIONS = ("list", "search", "info", "install", "enable", "disable", "config", "update", "rollback", "remove")


@dataclass(frozen=True, slots=True)
class PluginCommand:
    """Manages plugins from a chat."""

    host: PluginHost
    installer: PluginInstaller
    catalogue: PluginCatalogue
    proposals: PluginProposals

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
                Verb.PLUGIN_YES: self.proposals.agreed,
                Verb.PLUGIN_NO: self.proposals.declined,
                Verb.PLUGIN_LEFT: self.proposals.listed,
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
                    await self.proposals.install(call, words)
                case "update":
                    await self.proposals.update(call, await ours(self.installer, call, name))
                case "rollback":
                    await ours(self.installer, call, name)
                    version = await self.installer.back(name)
                    await self._done(call, "plugin-rollback", name)
                    await call.tell(call.text("plugin-rolled-back", name=name, version=version))
                case "remove":
                    await ours(self.installer, call, name)
                    button = Button(button_action(Verb.PLUGIN_REMOVE, name), call.text("plugin-remove"), "🗑")
                    await call.tell(call.text("plugin-remove-sure", name=name), buttons=[button])
                case _:
                    await self._set(call, action, self._named(name))
        except PluginProblem as error:
            raise UserError("plugin-says", name=name or "plugin", words=plain(error, self.installer)) from None

    async def removed(self, call: CommandCall) -> None:
        """Remove a plugin, because an admin has confirmed it."""
        name = call.target
        try:
            await ours(self.installer, call, name)
            await self.installer.remove(name)
        except PluginProblem as error:
            raise UserError("plugin-says", name=name, words=plain(error, self.installer)) from None
        await self._done(call, "plugin-remove", name)
        await call.tell(call.text("plugin-removed", name=name), in_place=True)

    async def _list(self, call: CommandCall) -> None:
        chosen = await call.store.read(lambda session: kept(session, call.event.place))
        is_on = self.host.switches.is_on
        lines = [line_of(one, on=is_on(one, chosen)) for _, one in sorted(self.host.plugins.items())]
        await call.tell("\n".join([f"**{call.text('plugin-list')}**", *lines]))

    async def _search(self, call: CommandCall, words: str) -> None:
        async with self.installer.http() as http:
            found = await self.catalogue.search(words, http)
        lines = [f"- **{one.name}**: {one.description}" for one in found[:20]]
        lines = lines or [call.text("plugin-none-found")]
        await call.tell("\n".join([f"**{call.text('plugin-catalogue')}**", *lines]))

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
                await call.tell(await described(self.host, call, plugin))
            case "enable" | "disable":
                turn = ON if action == "enable" else OFF
                await self.host.switches.choose(call.event.place, f"plugin:{plugin.name}", turn)
                await self._done(call, f"plugin-{turn}", plugin.name)
                await call.tell(call.text(f"plugin-turned-{turn}", name=plugin.name))
            case "config":
                await self._configure(call, plugin)

    async def _configure(self, call: CommandCall, plugin: HostedPlugin) -> None:
        name, _, value = call.arguments.get("setting", "").partition(" ")
        if not name:
            await call.tell(await described(self.host, call, plugin))
            return
        known = fields_of(plugin).get(name)
        if known is None:
            allowed = ", ".join(fields_of(plugin)) or "-"
            raise UserError("command-bad-value", option="setting", value=name[:40], allowed=allowed)
        if value and not fits(known, value.strip()):
            allowed = ", ".join(known.choices) or known.type
            raise UserError("command-bad-value", option=name, value=value[:40], allowed=allowed)
        await self.host.switches.choose(call.event.place, key_of(plugin, name), value.strip())
        await self._done(call, "plugin-config", f"{plugin.name}:{name}")
        await call.tell(call.text("plugin-configured", name=plugin.name, setting=name, value=value.strip() or "-"))

    async def _done(self, call: CommandCall, action: str, subject: str, outcome: str = "ok") -> None:
        await self.host.note(call.event.place, call.event.user, action, subject, outcome)
