"""The steps of an answer in which plugins take part: before, during and after it. Without plugins, nothing happens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.answering.written_answer import WrittenAnswer
from core.messages import AnyEvent
from core.models.registry import ServedModel
from core.ports.model import ToolSpec
from core.ports.plugins import AssistantToolbox, ChatHooks, QuestionBriefing, ToolSuggestion
from core.store.hot_path import PathMessage

LARGEST_SHARE_OF_TOOLS, CHARACTERS_OF_A_TOKEN = 8, 3
"""The descriptions of the offered tools may take an eighth of the window, at about three characters to a token."""


@dataclass(frozen=True, slots=True)
class PluginSteps:
    """The steps in which plugins take part; a step is None if no plugin does."""

    toolbox: AssistantToolbox | None = None
    hooks: ChatHooks | None = None

    async def briefed(self, event: AnyEvent, text: str) -> QuestionBriefing:
        """A question as plugins have changed it, with what they add. Raises UserError if one refuses it."""
        return await self.hooks.before_answer(event, text) if self.hooks and text else QuestionBriefing(text)

    async def tools(
        self, event: AnyEvent, text: str, served: ServedModel, *, alone: bool = False
    ) -> Sequence[ToolSpec]:
        """The tools that fit the last message; none if the model cannot call tools. `alone` says who sees it."""
        if self.toolbox is None or not served.model.calls_tools:
            return ()
        room = served.model.window // LARGEST_SHARE_OF_TOOLS * CHARACTERS_OF_A_TOKEN
        return await self.toolbox.offered(event, text, room, alone=alone)

    async def suggested(
        self, event: AnyEvent, question: PathMessage, answer: WrittenAnswer, served: ServedModel
    ) -> Sequence[ToolSuggestion]:
        """Tools to offer beneath the answer of a model that cannot call them itself."""
        if self.hooks is None or served.model.calls_tools or question.role != "prompter":
            return ()
        return await self.hooks.suggested(event, answer.id, question.text)

    async def judge(self, event: AnyEvent) -> bool:
        """Whether plugins must see the whole of an answer before anybody else does."""
        return self.hooks is not None and await self.hooks.judges(event)

    async def judged(self, answer: WrittenAnswer, event: AnyEvent) -> WrittenAnswer:
        """A whole answer that nobody has seen yet, after plugins have checked it. Raises UserError if one withholds it.

        If a plugin changes it, the text is no longer the model's own: later turns treat it as text from outside.
        """
        if self.hooks is None or not answer.text:
            return answer
        text = await self.hooks.before_send(event, answer.text)
        return replace(answer, text=text, outside=answer.outside or text != answer.text)
