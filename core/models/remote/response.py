"""Reads a streamed answer (`chat.completion.chunk` events of the OpenAI API), and tolerates servers' additions."""

from dataclasses import dataclass, field
from typing import Any

from core.models.remote.sse import EventParser
from core.outside_json import read_event
from core.ports.model import AnswerPiece, Finish, ToolCall

DONE = b"[DONE]"


@dataclass(slots=True)
class StreamReading:
    """Reads a streamed answer piece by piece.

    `finish` is set once the model has ended, `done` once nothing more will come. `moved` says whether the last bytes
    held any output of the model. `reasoning` is what the model thought in them, which is not part of the answer.
    `error` is what the server reports if it does not go on.
    """

    finish: Finish = ""
    done: bool = False
    moved: bool = False
    reasoning: str = ""
    error: object = None
    _events: EventParser = field(default_factory=EventParser)
    _pieces: int = 0
    _calls: dict[int, list[str]] = field(default_factory=dict)
    _usage: dict[str, Any] = field(default_factory=dict)
    _timings: dict[str, Any] = field(default_factory=dict)

    @property
    def garbage(self) -> bytes:
        """The first line that was not part of an event."""
        return self._events.garbage

    def take(self, chunk: bytes) -> str:
        """Take in the next bytes and return their text; no bytes mean that the server has closed the connection.

        Raises LineTooLong.
        """
        self.moved, self.reasoning = False, ""
        payloads = self._events.feed(chunk) if chunk else self._events.end()
        self.done = not chunk
        return "".join([self._event(payload) for payload in payloads])

    def last(self) -> AnswerPiece:
        """The last piece of the answer: why it ended, and how many tokens it took."""
        details = self._usage.get("prompt_tokens_details")
        cached = details.get("cached_tokens") if isinstance(details, dict) else self._timings.get("cache_n")
        evaluated = _whole(self._timings.get("prompt_n")) + _whole(self._timings.get("cache_n"))
        calls = tuple(ToolCall(*self._calls[index]) for index in sorted(self._calls))
        return AnswerPiece(
            finish="calls" if calls else self.finish or "stop",
            calls=calls,
            prompt_tokens=_whole(self._usage.get("prompt_tokens")) or evaluated,
            cached_tokens=_whole(cached),
            completion_tokens=_whole(self._usage.get("completion_tokens") or self._timings.get("predicted_n")),
        )

    def _event(self, payload: bytes) -> str:
        if payload == DONE:
            self.done = True
            # Some servers announce the end only here; it counts if there was an answer at all.
            self.finish = self.finish or ("stop" if self._pieces else "")
            return ""
        try:
            event = read_event(payload)
        except ValueError:
            return ""
        if not isinstance(event, dict):
            return ""
        # llama.cpp's older `error:` lines carry the error itself.
        if error := event.get("error") or ("code" in event and "choices" not in event and event):
            self.error, self.done = error, True
            return ""
        if "usage" in event or "timings" in event:
            self._counts(event)
        choices = event.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        return self._choice(choice) if isinstance(choice, dict) else ""

    def _choice(self, choice: dict[str, Any]) -> str:
        if reason := choice.get("finish_reason"):
            self.finish = "length" if reason == "length" else "stop"
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            return ""
        if told := delta.get("tool_calls"):
            self._called(told)
        text = delta.get("content")
        # Some servers send it under both names.
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if isinstance(thought, str):
            self.reasoning += thought
        if text or thought:
            self.moved = True
            self._pieces += 1
        return text if isinstance(text, str) else ""

    def _called(self, told: object) -> None:
        """Collect tool calls, which come in pieces, each with an index: first id and name, then bits of arguments."""
        for place, piece in enumerate(told if isinstance(told, list) else ()):
            if not isinstance(piece, dict):
                continue
            index = piece.get("index")
            function = piece.get("function")
            call = self._calls.setdefault(index if isinstance(index, int) else place, ["", "", ""])
            told_of = function if isinstance(function, dict) else {}
            call[0] = call[0] or str(piece.get("id") or f"call-{len(self._calls)}")
            call[1] += str(told_of.get("name") or "")
            call[2] += str(told_of.get("arguments") or "")
            self.moved = True
            self._pieces += 1

    def _counts(self, event: dict[str, Any]) -> None:
        if isinstance(usage := event.get("usage"), dict):
            self._usage = usage
        if isinstance(timings := event.get("timings"), dict):
            self._timings = timings


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
