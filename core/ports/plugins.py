"""What the assistant knows of plugins: tools to call, and a say before and after an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.messages import AnyEvent
from core.ports.model import ToolCall, ToolSpec


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a tool's call: the text for the model, the line that people see, and the links that it leads to.

    `links` are pairs of title and address. `outside` says that the text may be somebody else's words.
    """

    text: str
    line: str
    links: tuple[tuple[str, str], ...] = ()
    outside: bool = False


class Toolbox(Protocol):
    """What the assistant may call for a person, somewhere."""

    async def offered(self, event: AnyEvent, text: str, room: int) -> Sequence[ToolSpec]:
        """The tools that this person may use there and that fit a text best, in at most `room` characters."""
        ...

    async def use(self, event: AnyEvent, call: ToolCall, *, outside: bool) -> Outcome:
        """Call a tool for who caused the event; whether they may is asked again. Errors are outcomes too.

        `outside` says that the model has read somebody else's words, which may have fooled it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Briefing:
    """What is said to a model of a question beside the question: `text` in its place, and material to answer from.

    `links` are pairs of title and address, which are cited under the answer.
    """

    text: str
    material: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tool that may help with a question, for a person to choose: the action of its button, and its label."""

    action: str
    label: str


class Hooks(Protocol):
    """Who has a say in what is asked, answered and rated."""

    async def before_answer(self, event: AnyEvent, text: str) -> Briefing:
        """What to tell the model of a question. Raises UserError where it is not to be answered."""
        ...

    async def judges(self, event: AnyEvent) -> bool:
        """Whether answers there are looked at as a whole before anybody sees them."""
        ...

    async def before_send(self, event: AnyEvent, text: str) -> str:
        """What is sent in an answer's place. Raises UserError where nothing may be."""
        ...

    async def rated(self, event: AnyEvent, answer_id: str, value: int, labels: Sequence[str], comment: str) -> None:
        """An answer was rated: 1, -1, or 0 where that was taken back. Never raises."""
        ...

    async def task_done(self, event: AnyEvent, type: str, id: str) -> None:
        """A labeling task was done. Never raises."""
        ...

    async def suggested(self, event: AnyEvent, answer_id: str, text: str) -> Sequence[Suggestion]:
        """Tools that may help with a question, beneath the answer of a model without tools; the best first."""
        ...
