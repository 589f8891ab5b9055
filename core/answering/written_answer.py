"""An answer while it is being written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.messages import MessageState
from core.outside_text import storable
from core.ports.model import AnswerPiece, Finish
from core.ports.plugins import ToolSuggestion
from core.store.conversations import AnswerEnding
from core.store.tool_records import ToolCallRecord


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """An answer so far; `state` is how it ends if nothing more happens.

    `status` is the line beneath the text, `last` the last piece that its model gave. `calls` are the tool calls in it,
    and `suggestions` tools that a person may choose to use. `outside` says that it has read words written by others.
    """

    id: str
    text: str = ""
    state: MessageState = "complete"
    status: str = ""
    last: AnswerPiece = AnswerPiece()
    calls: tuple[ToolCallRecord, ...] = ()
    suggestions: Sequence[ToolSuggestion] = ()
    outside: bool = False

    @property
    def finish(self) -> Finish:
        """Why the model stopped."""
        return self.last.finish

    def with_piece(self, piece: AnswerPiece) -> "WrittenAnswer":
        """The answer with what the model has said next."""
        answer = self.with_text(storable(piece.text)) if piece.text else self
        return replace(answer, last=piece) if piece.finish else answer

    def with_text(self, text: str) -> "WrittenAnswer":
        """The answer with more text, and without the line beneath it."""
        return replace(self, text=self.text + text, status="")

    def with_calls(self, calls: Sequence[ToolCallRecord], *, outside: bool) -> "WrittenAnswer":
        """The answer with further tool calls, whose results have words of others in them if `outside`."""
        answer = replace(self, calls=(*self.calls, *calls), outside=self.outside or outside)
        return replace(answer, status=answer.called)

    @property
    def called(self) -> str:
        """The line that says which tools were called."""
        return " · ".join(dict.fromkeys(call.line for call in self.calls))

    @property
    def ending(self) -> AnswerEnding:
        """How it ended, as it is stored."""
        last = self.last
        return AnswerEnding(self.text, self.state, last.finish, last.prompt_tokens, last.completion_tokens)
