"""The toolbox: plugins' tools as the assistant's models see and call them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import UserError
from core.messages import AnyEvent, Place
from core.outside_json import read_json
from core.outside_text import cleaned_line
from core.ports.model import ToolCall, ToolSpec
from core.ports.plugins import ToolOutcome
from core.store import plugins
from plugins.host.call_origin import CallOrigin
from plugins.host.egress.destinations import brings_words, destinations
from plugins.host.host import PluginHost
from plugins.host.offers import fitted
from plugins.host.plugin import HostedPlugin, PluginOffer
from plugins.host.results import LONGEST_SHOWN, as_data, links, shown
from plugins.host.tool_choice import ToolRouter

Confirm = Callable[[CallOrigin, HostedPlugin, PluginOffer, Mapping[str, Any], Sequence[str]], Awaitable[None]]
"""Asks a person before a tool runs, or before it sends words to these hosts; see `plugins.host.approval.approval`."""


WRITING = frozenset({"post", "log", "schedule"})
"""The powers by which others may read what a plugin was called for, now or later."""

NOT_ALONE = "This cannot be done in an answer that one person alone sees. They can ask for it in the conversation."
"""What the model is told of a call of which others would learn."""


@dataclass(frozen=True, slots=True)
class PluginToolbox:
    """Implements the core's `AssistantToolbox`. `router` chooses the tools that fit a text."""

    host: PluginHost
    router: ToolRouter
    confirm: Confirm

    async def offered(self, event: AnyEvent, text: str, room: int, *, alone: bool = False) -> Sequence[ToolSpec]:
        """The enabled tools that fit somebody's words best and together take at most `room` characters.

        Beside an answer that one person `alone` sees, none of them asks for a yes, or writes where others read.
        """
        usable = await self.host.usable(event.place)
        found = [pair for pair in usable if not alone or await self._is_discreet(*pair, event.place)]
        scores = await self.router.scores(text, found)
        ranked = sorted(zip(scores, found, strict=True), key=lambda one: (-one[0], one[1][1].tool))
        chosen: list[ToolSpec] = []
        left = room
        for _, (plugin, tool) in ranked:
            spec, size = fitted(plugin, tool, room)
            if size > room:
                self.host.registry.note_too_large(plugin, spec.name, size, room)
            elif size <= left:
                left -= size
                chosen.append(spec)
        # Sorted by name, the same tools leave the beginning of the prompt unchanged.
        return sorted(chosen, key=lambda spec: spec.name)

    async def use(self, event: AnyEvent, call: ToolCall, *, outside: bool, alone: bool = False) -> ToolOutcome:
        """Call a tool that a model asks for, with the rights of the person who caused the event.

        The person is asked before a tool changes something, and the model is told that. Once the model has read words
        from `outside`, which may have fooled it, the person is also asked before it sends their words anywhere.
        """
        found = self.host.registry.tool(call.name)
        if found is None:
            name = cleaned_line(call.name, LONGEST_SHOWN)
            return ToolOutcome(f"There is no tool {name!r}.", f"{name} ✗")
        plugin, tool = found
        if alone and not await self._is_discreet(plugin, tool, event.place):
            return ToolOutcome(NOT_ALONE, f"{tool.tool} ✗")
        try:
            given = read_json(call.arguments or "{}")
        except ValueError:
            return ToolOutcome("The arguments were no JSON. Call it again with a JSON object.", f"{tool.tool} ✗")
        if not isinstance(given, dict):
            return ToolOutcome("The arguments were no JSON object. Call it again with one.", f"{tool.tool} ✗")
        line, theirs = shown(tool, given), brings_words(plugin)
        asker = await self.host.asker(event.place, event.user, f"{event.key}#{call.id}", event)
        try:
            changes = await self.host.switches.asks(plugin, tool, event.place)
            hosts = await self._unasked(asker, plugin, tool, given) if outside and not changes else ()
            if alone and (changes or hosts):
                return ToolOutcome(NOT_ALONE, f"{line} ✗")
            if changes or hosts:
                await self.host.authorize(plugin, tool, asker)
                await self.confirm(asker, plugin, tool, given, hosts)
                return ToolOutcome(f"{event.user.name} is asked first, and decides whether this is done.", f"{line} ?")
            result = await self.host.run(plugin, tool, asker, given)
        except UserError as error:
            words = error.values.get("words")
            said = as_data(str(words), event.key) if words else error.key
            return ToolOutcome(f"It did not work: {said}", f"{line} ✗", outside=theirs)
        return ToolOutcome(as_data(result.text, event.key), line, links(result), outside=theirs)

    async def _is_discreet(self, plugin: HostedPlugin, tool: PluginOffer, place: Place) -> bool:
        """Whether nobody but its person learns of a call."""
        posts = not WRITING.isdisjoint(plugin.manifest.powers)
        return not posts and not await self.host.switches.asks(plugin, tool, place)

    async def _unasked(
        self, asker: CallOrigin, plugin: HostedPlugin, tool: PluginOffer, given: Mapping[str, Any]
    ) -> tuple[str, ...]:
        """The hosts to which a call carries words and which its person has not allowed permanently."""
        hosts = destinations(plugin, tool, given)
        if not hosts:
            return ()
        rows = await self.host.store.read(lambda session: plugins.allowed_hosts(session, asker.person_id, plugin.name))
        allowed = {row.host for row in rows}
        return tuple(host for host in hosts if host not in allowed)
