"""The port to tracing: one trace follows an event from its acceptance to the posts of its answer.

A span has a name, a time and attributes, never any text that somebody wrote. The names of attributes are those of
OpenTelemetry's semantic conventions where they have one.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Literal, Protocol

Attribute = str | int | float | Sequence[str]

StepName = Literal["prompt", "queue", "model", "post"]
"""The steps of an answer: making its prompt, waiting for the model's turn, the model's own work, and each message."""


class TraceSpan(Protocol):
    """A span that is under way."""

    @property
    def context(self) -> str:
        """The place of the span in its trace, as the `traceparent` of W3C Trace Context: a text of 55 characters.

        Whoever has it can go on with the trace, also in another process. It is empty if nothing is traced.
        """
        ...

    def note(self, name: str, value: Attribute) -> None:
        """Add an attribute."""
        ...


class Tracing(Protocol):
    """Traces events. A span ends with its block; an error that leaves the block is noted by its type alone."""

    def accepting(self, platform: str, kind: str) -> AbstractContextManager[TraceSpan]:
        """The first span of an event's trace: it is being committed."""
        ...

    def working(self, platform: str, kind: str, context: str, accepted: float) -> AbstractContextManager[TraceSpan]:
        """The span of an event's work, and one of its wait since `accepted`.

        `context` is that of its acceptance; if it is empty, the work begins a trace.
        """
        ...

    def step(self, name: StepName, attributes: Mapping[str, Attribute]) -> AbstractContextManager[TraceSpan]:
        """A step of the work that this task, or the one that started it, is doing."""
        ...


class UntracedSpan:
    """A span of nothing."""

    context = ""

    def note(self, name: str, value: Attribute) -> None:
        """Forget the attribute."""


class Untraced:
    """Tracing that is switched off."""

    _nothing = nullcontext(UntracedSpan())

    def accepting(self, platform: str, kind: str) -> AbstractContextManager[TraceSpan]:
        return self._nothing

    def working(self, platform: str, kind: str, context: str, accepted: float) -> AbstractContextManager[TraceSpan]:
        return self._nothing

    def step(self, name: StepName, attributes: Mapping[str, Attribute]) -> AbstractContextManager[TraceSpan]:
        return self._nothing


UNTRACED = Untraced()
