"""Plugins' hooks: before a question is answered, before an answer is sent, on a rating, and when a task is done."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from core.errors import ParleyError, UserError
from core.foreign_code import ForeignFault, guarded
from core.messages import AnyEvent
from core.outside_text import cleaned, cleaned_line
from core.ports.plugins import QuestionBriefing, ToolSuggestion
from parley import Context, PluginError, Rating, Result, TaskDone
from plugins.host.approval.suggestions import SuggestedTools
from plugins.host.host import PluginHost
from plugins.host.offers import clean_result
from plugins.host.plugin import HookedPlugin, HostedPlugin
from plugins.host.results import LONGEST_ERROR, LONGEST_RESULT, as_data, links

log = structlog.get_logger()

LONGEST_SAY = 5.0
"""Seconds that a hook may take, because somebody is waiting for an answer."""

LONGEST_TEXT = 100_000
"""The most characters of the text with which a hook replaces a question or an answer."""


@dataclass(frozen=True, slots=True)
class PluginHooks:
    """Implements the core's `ChatHooks`. A hook that fails is skipped and logged, and the answer goes on."""

    host: PluginHost
    suggestions: SuggestedTools
    longest_say: float = LONGEST_SAY

    async def before_answer(self, event: AnyEvent, text: str) -> QuestionBriefing:
        """The briefing for the model about a question. Raises UserError if a plugin refuses the question."""
        briefing = QuestionBriefing(text)
        async for plugin, context in self._speakers(event, "before_answer"):
            found = await self._say(plugin, "before_answer", briefing.text, context)
            if isinstance(found, Result):
                found = clean_result(found, LONGEST_RESULT)
                material = "\n\n".join(filter(None, (briefing.material, as_data(found.text, event.key))))
                briefing = QuestionBriefing(briefing.text, material, (*briefing.links, *links(found)))
            elif isinstance(found, str):
                briefing = QuestionBriefing(cleaned(found[:LONGEST_TEXT]), briefing.material, briefing.links)
        return briefing

    async def judges(self, event: AnyEvent) -> bool:
        """Whether a plugin that is on in the event's place wants to see answers before they are sent."""
        speakers = self.host.registry.hooked("before_send")
        if not speakers:
            return False
        chosen = await self.host.switches.chosen(event.place)
        return any(self.host.switches.is_on(plugin, chosen) for plugin in speakers)

    async def before_send(self, event: AnyEvent, text: str) -> str:
        """The text to send instead of an answer. Raises UserError if a plugin withholds it."""
        async for plugin, context in self._speakers(event, "before_send"):
            found = await self._say(plugin, "before_send", text, context)
            text = cleaned(found[:LONGEST_TEXT]) if isinstance(found, str) else text
        return text

    async def rated(self, event: AnyEvent, answer_id: str, value: int, labels: Sequence[str], comment: str) -> None:
        """Tell the plugins that listen about a rating."""
        await self._tell(event, "on_rating", Rating(answer_id, value, tuple(labels), comment))

    async def task_done(self, event: AnyEvent, type: str, id: str) -> None:
        """Tell the plugins that listen about a labeling task that was done."""
        await self._tell(event, "on_task_done", TaskDone(type, id))

    async def suggested(self, event: AnyEvent, answer_id: str, text: str) -> Sequence[ToolSuggestion]:
        """Tools that may help with a question, for a person to choose."""
        return await self.suggestions.suggested(event, answer_id, text)

    async def _tell(self, event: AnyEvent, moment: str, value: Any) -> None:
        try:
            async for plugin, context in self._speakers(event, moment):
                await self._say(plugin, moment, value, context)
        except UserError as error:
            # Nobody is waiting for a plugin's answer to this.
            log.info("hook_refused", moment=moment, error=error)
        except (ParleyError, ValueError):
            # The store may be down, or a setting may not fit a new version of the plugin. Nobody is waiting for this.
            log.exception("hooks_failed", moment=moment)

    async def _speakers(self, event: AnyEvent, moment: str) -> AsyncIterator[tuple[HostedPlugin, Context]]:
        """The plugins that are on and have a hook at a moment, with their contexts."""
        speakers = self.host.registry.hooked(moment)
        if not speakers:
            return
        chosen = await self.host.switches.chosen(event.place)
        for plugin in speakers:
            if self.host.switches.is_on(plugin, chosen):
                asker = await self.host.asker(event.place, event.user, f"{event.key}#{moment}", event)
                yield plugin, self.host.context(plugin, asker, chosen)

    async def _say(self, plugin: HostedPlugin, moment: str, value: Any, context: Context) -> Any:
        if not isinstance(plugin, HookedPlugin):
            return None
        try:
            with guarded(PluginError, TimeoutError):
                async with asyncio.timeout(self.longest_say):
                    return await plugin.hook(moment, value, context)
        except PluginError as error:
            raise UserError("plugin-says", name=plugin.name, words=cleaned_line(str(error), LONGEST_ERROR)) from None
        except TimeoutError:
            log.warning("hook_slow", plugin=plugin.name, moment=moment, seconds=self.longest_say)
        except ForeignFault:
            log.exception("hook_failed", plugin=plugin.name, moment=moment)
        return None
