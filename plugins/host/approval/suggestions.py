"""Tools offered as buttons, for models that cannot call tools: a person chooses one, and fills in its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.actions import Verb, button_action, fits, form_action
from core.commands.registry import CommandGroup
from core.delivery.call import CommandCall
from core.errors import UserError
from core.messages import AnyEvent, Field, Form
from core.ports.plugins import ToolSuggestion
from core.store import conversations
from plugins.host.approval.approval import CallApproval
from plugins.host.host import PluginHost
from plugins.host.plugin import HostedPlugin, PluginOffer
from plugins.host.results import cited
from plugins.host.tool_choice import ToolRouter, arguments, sole_text

MOST_SUGGESTED = 2


@dataclass(frozen=True, slots=True)
class SuggestedTools:
    """Suggests tools that fit a question, and runs the one that a person chooses."""

    host: PluginHost
    router: ToolRouter
    approval: CallApproval

    def feature(self) -> CommandGroup:
        """The button of a suggested tool, and its form."""
        return CommandGroup(presses={Verb.TOOL: self.take}, forms={Verb.TOOL: self.fill})

    async def suggested(self, event: AnyEvent, answer_id: str, text: str) -> Sequence[ToolSuggestion]:
        """The tools that fit a question best and whose arguments a person can give."""
        found = [
            (plugin, tool)
            for plugin, tool in await self.host.usable(event.place)
            if not tool.confirm and fits(Verb.TOOL, tool.tool, answer_id)
        ]
        best = (await self.router.fitting(text, found))[:MOST_SUGGESTED]
        return [
            ToolSuggestion(button_action(Verb.TOOL, tool.tool, answer_id), tool.tool.replace("_", " "))
            for _, tool in best
        ]

    async def take(self, call: CommandCall) -> None:
        """Run a suggested tool that was chosen, with what the question says, or ask for the arguments that it needs."""
        name, answer_id = call.target, call.rest
        found = self.host.registry.tool(name)
        scene = await call.scene()
        text = await call.store.read(
            lambda session: conversations.question_of(session, scene.conversation_id, answer_id)
        )
        if found is None or text is None:
            raise UserError("button-outdated")
        plugin, tool = found
        given = arguments(text, plugin, tool)
        if given is None and not tool.options:
            given = {}
        if given is None and not call.chat.capabilities.forms and (sole := sole_text(tool)):
            given = {sole: text}
        if given is not None:
            await self._run(call, plugin, tool, given)
            return
        if not call.chat.capabilities.forms:
            usage = " ".join(f"<{one.name}>" if one.required else f"[{one.name}]" for one in tool.options)
            raise UserError("command-usage", usage=f"/{tool.command} {usage}" if tool.command else usage)
        form = form_for(tool, text, call.text("plugin-confirm-yes"))
        await call.chat.show(call.event.place, form, call.event)

    async def fill(self, call: CommandCall) -> None:
        """Run a suggested tool with the arguments that the person filled in."""
        found = self.host.registry.tool(call.target)
        if found is None:
            raise UserError("button-outdated")
        await self._run(call, *found, {name: value for name, value in call.arguments.items() if value})

    async def _run(self, call: CommandCall, plugin: HostedPlugin, tool: PluginOffer, given: Mapping[str, Any]) -> None:
        event = call.event
        asker = await self.host.asker(event.place, event.user, event.key, event)
        if await self.host.switches.asks(plugin, tool, event.place):
            await self.approval.confirm(asker, plugin, tool, given)
            return
        await call.tell(cited(await self.host.run(plugin, tool, asker, given)))


def form_for(tool: PluginOffer, text: str, submit: str) -> Form:
    """The form that asks for a tool's arguments. If it requires only one text, that is what the person said."""
    sole = sole_text(tool)
    fields = tuple(
        Field(
            one.name,
            one.description[:45],
            "choice" if one.values else "text",
            tuple((value, value) for value in one.values),
            text[:400] if one.name == sole else "",
            400,
            one.required,
        )
        for one in tool.options[:5]
    )
    return Form(form_action(Verb.TOOL, tool.tool), tool.tool.replace("_", " ")[:45], fields, submit)
