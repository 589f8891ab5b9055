"""The port to plugins: tools that models may call, and hooks before and after an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.messages import AnyEvent
from core.ports.model import ToolCall, ToolSpec


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """The result of a tool call: the text for the model, the line that people see, and links to its sources.

    `links` are pairs of title and address. `outside` says that the text may have been written by others.
    """

    text: str
    line: str
    links: tuple[tuple[str, str], ...] = ()
    outside: bool = False


class AssistantToolbox(Protocol):
    """The tools that the assistant may call for a person in a place."""

    async def offered(self, event: AnyEvent, text: str, room: int, *, alone: bool = False) -> Sequence[ToolSpec]:
        """The tools that this person may use there and that fit the text best, in at most `room` characters.

        With `alone`, those by which others could learn of an answer that one person alone sees are left out.
        """
        ...

    async def use(self, event: AnyEvent, call: ToolCall, *, outside: bool, alone: bool = False) -> ToolOutcome:
        """Call a tool for the person who caused the event, after checking again that they may. Errors are outcomes too.

        `outside` says that the model has read text written by others, which may have fooled it. With `alone`, nobody is
        asked before a call, since everybody could read for what: a call that needs a yes is refused.
        """
        ...


@dataclass(frozen=True, slots=True)
class QuestionBriefing:
    """What plugins make of a question: `text` replaces its words, and `material` is added for the model to answer from.

    `links` are pairs of title and address, which are cited under the answer.
    """

    text: str
    material: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ToolSuggestion:
    """A tool that may help with a question, offered to a person as a button with this action and label."""

    action: str
    label: str


class TaskListener(Protocol):
    """Hears of labeling tasks that are done."""

    async def task_done(self, event: AnyEvent, type: str, id: str) -> None:
        """Tell it that a labeling task was done. Never raises."""
        ...


class ChatHooks(Protocol):
    """The hooks of plugins: they see, and may change or refuse, what is asked and answered, and hear of ratings."""

    async def before_answer(self, event: AnyEvent, text: str) -> QuestionBriefing:
        """The briefing for a question. Raises UserError if the question must not be answered."""
        ...

    async def judges(self, event: AnyEvent) -> bool:
        """Whether a hook must see the whole of an answer there before anybody else sees it."""
        ...

    async def before_send(self, event: AnyEvent, text: str) -> str:
        """The text to send in place of an answer. Raises UserError if nothing may be sent."""
        ...

    async def rated(self, event: AnyEvent, answer_id: str, value: int, labels: Sequence[str], comment: str) -> None:
        """Tell plugins that an answer was rated: 1, -1, or 0 if the rating was taken back. Never raises."""
        ...

    async def task_done(self, event: AnyEvent, type: str, id: str) -> None:
        """Tell plugins that a labeling task was done. Never raises."""
        ...

    async def suggested(self, event: AnyEvent, answer_id: str, text: str) -> Sequence[ToolSuggestion]:
        """Tools that may help with a question, best first, to offer beneath the answer of a model without tools."""
        ...
