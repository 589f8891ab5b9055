"""An answer while it is being written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from core.messages import MessageState
from core.outside_text import is_blank
from core.ports.model import AnswerPiece, Finish
from core.ports.plugins import ToolSuggestion
from core.store import conversations, hot_path
from core.store.hot_path import AnswerEnding, PathMessage
from core.store.tool_records import ToolCallRecord


def ending_remark(text: str, state: MessageState, finish: Finish, reasoning: str) -> str:
    """The text key of what a person has to know about how an answer ended by itself; empty if all is well."""
    if state != "complete":
        return ""
    if finish in ("impossible", "unreadable"):
        return f"tool-{finish}"
    if not text:
        return "answer-only-thoughts" if reasoning else "answer-empty"
    return "answer-cut" if finish == "length" else ""


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """An answer so far; `state` is how it ends if nothing more happens.

    `status` is the line beneath the text, `last` the last piece that its model gave. `calls` are the tool calls in it,
    and `suggestions` tools that a person may choose to use. `outside` says that it has read words written by others.
    `path` are the messages that its prompt was made of. `reasoning` is what the model thought, and `thinking` says that
    it does so now. It was chosen from so many `drafts`. `seconds` is how long people waited for its end.
    """

    id: str
    text: str = ""
    state: MessageState = "complete"
    status: str = ""
    last: AnswerPiece = AnswerPiece()
    calls: tuple[ToolCallRecord, ...] = ()
    suggestions: Sequence[ToolSuggestion] = ()
    outside: bool = False
    path: Sequence[PathMessage] = ()
    reasoning: str = ""
    thinking: bool = False
    drafts: int = 1
    seconds: float | None = None

    @property
    def finish(self) -> Finish:
        """Why the model stopped."""
        return self.last.finish

    def with_round(self, said: str, thought: str, piece: AnswerPiece) -> "WrittenAnswer":
        """The answer with a round of its model, as far as it has come: what it has said and thought in it.

        What nobody can see does not count as said.
        """
        visible = bool(said) and not is_blank(said)
        return replace(
            self,
            thinking=bool(thought) and not said,
            reasoning="\n\n".join(filter(None, (self.reasoning, thought))) if thought else self.reasoning,
            text=self.text + said if visible else self.text,
            status="" if visible else self.status,
            last=piece if piece.finish else self.last,
        )

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
    def spoken(self) -> PathMessage:
        """The answer as later prompts need it."""
        question = self.path[-1]
        depth = question.depth if question.id == self.id else question.depth + 1
        return PathMessage(self.id, "assistant", self.text, depth, outside=self.outside)

    @property
    def ending(self) -> AnswerEnding:
        """How it ended, as it is stored."""
        last = self.last
        tokens = last.prompt_tokens, last.completion_tokens
        return AnswerEnding(self.text, self.state, last.finish, *tokens, self.reasoning, self.seconds)


def keep(session: Session, answer: WrittenAnswer) -> None:
    """Store an answer as it has ended."""
    if answer.calls or answer.suggestions or answer.outside:
        conversations.note_tools(session, answer.id, answer.calls, answer.suggestions, answer.outside)
    if answer.drafts > 1:
        conversations.note_drafts(session, answer.id, answer.drafts)
    hot_path.finish(session, answer.id, answer.ending)
