"""What a model is asked for an answer: the prompt, the sampling settings, and the tools that it may call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.answering.answer_options import AnswerOptions
from core.answering.prompt import PromptWindow, system_text
from core.answering.turns import OpenTurn
from core.messages import AnyEvent, Edit, Message
from core.models.registry import ServedModel
from core.ports.model import PromptLine, SamplingSettings, ToolSpec
from core.ports.plugins import AssistantPlugins, QuestionBriefing

LARGEST_SHARE = 3
"""An answer may take at most a third of the model's window: the conversation needs the rest."""

LARGEST_SHARE_OF_TOOLS, CHARACTERS_OF_A_TOKEN = 8, 3
"""The descriptions of the offered tools may take an eighth of the window, at about three characters to a token."""


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A request to a model.

    `links` are titles by address, which are cited at the end. `outside` says that the prompt has words of others.
    """

    served: ServedModel
    lines: Sequence[PromptLine]
    sampling: SamplingSettings
    session: str
    tools: Sequence[ToolSpec] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    outside: bool = False


@dataclass(frozen=True, slots=True)
class ModelRequests:
    """Makes requests from open turns."""

    options: AnswerOptions
    plugins: AssistantPlugins
    _prompts: PromptWindow = field(default_factory=PromptWindow)

    async def briefed(self, event: AnyEvent, text: str) -> QuestionBriefing:
        """What plugins make of a question. Raises UserError if one refuses it."""
        hooks = self.plugins.hooks
        return await hooks.before_answer(event, text) if hooks and text else QuestionBriefing(text)

    async def prepare(self, opening: OpenTurn, event: AnyEvent, briefing: QuestionBriefing | None) -> ModelRequest:
        """The request for an answer. `briefing` is None if plugins have yet to be asked.

        Raises UserError if a plugin refuses the question, PromptTooLong if it does not fit into the window.
        """
        served = self.options.models.get(opening.choices["model"])
        window = served.model.window
        preset = self.options.presets[opening.choices["preset"]]
        most = min(preset.max_new_tokens, window // LARGEST_SHARE)
        persona = self.options.personas[opening.choices["persona"]]
        question = opening.path[-1]
        asked = event.text if briefing and isinstance(event, Message | Edit) else question.text
        if briefing is None:
            # It was resumed after a crash, or asked for again: the question's words are in the tree.
            briefing = await self.briefed(event, question.text if question.role == "prompter" else "")
        told = (*opening.path[:-1], replace(question, text=briefed_line(question.text, asked, briefing)))
        tools = await self._tools(event, question.text, served)
        # The results of tools must fit too.
        reserve = most + (window // 4 if tools else 0)
        lines, _ = await self._prompts.fit(system_text(persona.text, opening.choices), told, served.model, reserve)
        changed = bool(briefing.text) and briefing.text != asked
        return ModelRequest(
            served,
            lines,
            replace(preset, max_new_tokens=most),
            opening.scene.conversation_id,
            tools,
            links={address: title for title, address in briefing.links},
            outside=opening.outside or bool(briefing.material) or changed,
        )

    async def _tools(self, event: AnyEvent, text: str, served: ServedModel) -> Sequence[ToolSpec]:
        """The tools that fit the last message; none if the model cannot call tools."""
        if self.plugins.toolbox is None or not served.model.calls_tools:
            return ()
        room = served.model.window // LARGEST_SHARE_OF_TOOLS * CHARACTERS_OF_A_TOKEN
        return await self.plugins.toolbox.offered(event, text, room)


def briefed_line(line: str, asked: str, briefing: QuestionBriefing) -> str:
    """A question's line as the model reads it: plugins may have changed the `asked` words, and added material."""
    changed = briefing.text and briefing.text != asked
    words = line.replace(asked, briefing.text) if changed and asked in line else briefing.text if changed else line
    return "\n\n".join(filter(None, (words, briefing.material)))
