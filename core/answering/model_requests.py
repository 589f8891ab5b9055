"""Requests to a model for an answer: the prompt, the sampling settings, and the tools that it may call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.answering.answer_options import AnswerOptions
from core.answering.plugin_steps import PluginSteps
from core.answering.prompt import fit, system_text
from core.answering.prompt_paths import from_outside
from core.answering.turns import OpenTurn
from core.messages import AnyEvent, Edit, Message
from core.models.registry import ServedModel
from core.ports.model import PromptLine, SamplingSettings, ToolSpec
from core.ports.plugins import QuestionBriefing
from core.store.hot_path import PathMessage

LARGEST_SHARE = 3
"""An answer may take at most a third of the model's window: the conversation needs the rest."""


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A request to a model. `path` are the messages that `lines` were made of, as they are stored.

    `links` are titles by address, which are cited at the end. `outside` says that the prompt has words of others.
    """

    served: ServedModel
    lines: Sequence[PromptLine]
    sampling: SamplingSettings
    session: str
    path: Sequence[PathMessage]
    tools: Sequence[ToolSpec] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    outside: bool = False


@dataclass(frozen=True, slots=True)
class ModelRequests:
    """Makes requests from open turns."""

    options: AnswerOptions
    plugins: PluginSteps

    async def prepare(
        self,
        opening: OpenTurn,
        path: Sequence[PathMessage],
        event: AnyEvent,
        briefing: QuestionBriefing | None,
        around: str = "",
    ) -> ModelRequest:
        """The request for an answer to the last message of a path. `briefing` is None if plugins have yet to be asked.

        `around` is material that stands around the question, and is kept nowhere.

        Raises UserError if a plugin refuses the question, PromptTooLong if it does not fit into the window.
        """
        served = self.options.models.get(opening.choices["model"])
        preset = self.options.presets[opening.choices["preset"]]
        persona = self.options.persona_text(opening.choices)
        question = path[-1]
        asked = event.text if briefing and isinstance(event, Message | Edit) else question.text
        if briefing is None:
            # It was resumed after a crash, or asked for again: the question's words are in the tree.
            briefing = await self.plugins.briefed(event, question.text if question.role == "prompter" else "")
        line = "\n\n".join(filter(None, (around, briefed_line(question.text, asked, briefing))))
        told = path if line == question.text else (*path[:-1], replace(question, text=line))
        tools = await self.plugins.tools(event, question.text, served, alone=opening.personal)

        def most(window: int) -> int:
            return min(preset.max_new_tokens, window // LARGEST_SHARE)

        def reserve(window: int) -> int:
            # The results of tools must fit too.
            return most(window) + (window // 4 if tools else 0)

        system = system_text(opening.choices.get("system") or persona, opening.choices)
        fitted = await fit(system, told, served.model, reserve)
        changed = bool(briefing.text) and briefing.text != asked
        return ModelRequest(
            served,
            fitted.lines,
            replace(preset, max_new_tokens=most(served.model.window)),
            opening.scene.conversation_id,
            (*fitted.path[:-1], question),
            tools,
            links={address: title for title, address in briefing.links},
            outside=from_outside(path, opening.scene.person_id) or bool(briefing.material or around) or changed,
        )


def briefed_line(line: str, asked: str, briefing: QuestionBriefing) -> str:
    """A question's line as the model reads it: plugins may have changed the `asked` words, and added material."""
    changed = briefing.text and briefing.text != asked
    words = line.replace(asked, briefing.text) if changed and asked in line else briefing.text if changed else line
    return "\n\n".join(filter(None, (words, briefing.material)))
