"""The commands that plugins add to the menu."""

from collections.abc import Sequence
from functools import partial

from core.commands.registry import AskAssistant, Command, CommandOption
from core.delivery.call import CommandCall
from core.messages import Place
from core.rights import Role
from plugins.host.host import PluginHost
from plugins.host.offers import CleanOffer
from plugins.host.plugin import HostedPlugin
from plugins.host.registry import offers
from plugins.host.results import cited


def plugin_commands(host: PluginHost, ask: AskAssistant) -> Sequence[Command]:
    """A command for each function that plugins offer to people. If two share a name, the first one keeps it."""
    found: dict[str, Command] = {}
    for plugin in host.plugins.values():
        for tool in offers(plugin):
            if tool.command:
                found.setdefault(tool.command, _command(host, plugin, tool, ask))
    return list(found.values())


def _command(host: PluginHost, plugin: HostedPlugin, tool: CleanOffer, ask: AskAssistant) -> Command:
    async def run(call: CommandCall) -> None:
        given = {name: value for name, value in call.arguments.items() if value}
        asker = await host.asker(call.event.place, call.event.user, call.event.key, call.event)
        result = await host.run(plugin, tool, asker, given)
        if tool.asks:
            await ask(call, result.text)
        else:
            await call.tell(cited(result))

    async def is_on(place: Place) -> bool:
        return host.switches.is_on(plugin, await host.switches.chosen(place))

    options = [
        CommandOption(one.name, one.required, partial(tuple, one.values), description=one.description)
        for one in tool.options
    ]
    needs = Role.ADMIN if tool.admin else Role.MEMBER
    return Command(
        tool.command,
        "plugins",
        run,
        tuple(options),
        needs,
        description=tool.description,
        asks=tool.asks,
        is_on=is_on,
    )
