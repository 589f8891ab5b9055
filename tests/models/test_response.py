"""The stream of an answer, as different servers write it."""

import json

import pytest

from core.models.remote.response import StreamReading
from core.ports.model import AnswerPiece


def event(content: object) -> bytes:
    return b"data: " + json.dumps(content).encode() + b"\n\n"


def word(text: str, **choice: object) -> bytes:
    return event({"choices": [{"delta": {"content": text}, **choice}]})


END = event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
DONE = b"data: [DONE]\n\n"


def read(*chunks: bytes) -> tuple[str, AnswerPiece]:
    reading = StreamReading()
    return "".join(reading.take(chunk) for chunk in chunks), reading.last()


def test_reads_words_the_end_and_the_counts() -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}
    text, last = read(word("Hello "), word("Ana"), END, event({"choices": [], "usage": usage}), DONE)
    assert text == "Hello Ana"
    assert last == AnswerPiece(finish="stop", prompt_tokens=9, cached_tokens=4, completion_tokens=2)


@pytest.mark.parametrize("names", [("reasoning_content",), ("reasoning",), ("reasoning", "reasoning_content")])
def test_reasoning_is_told_apart_whatever_its_name(names: tuple[str, ...]) -> None:
    reading = StreamReading()
    thought = event({"choices": [{"delta": dict.fromkeys(names, "Hm")}]})
    assert (reading.take(thought), reading.reasoning, reading.moved) == ("", "Hm", True)
    assert (reading.take(word("Paris")), reading.reasoning) == ("Paris", "")
    odd = event({"choices": [{"delta": dict.fromkeys(names, ["Hm"])}]})
    assert (reading.take(odd), reading.reasoning) == ("", "")


def test_takes_the_counts_from_llama_cpps_timings_where_there_is_no_usage() -> None:
    timings = {"prompt_n": 5, "cache_n": 15, "predicted_n": 3}
    _, last = read(word("x"), event({"choices": [], "timings": timings}), END)
    assert (last.prompt_tokens, last.cached_tokens, last.completion_tokens) == (20, 15, 3)


@pytest.mark.parametrize(
    ("reason", "finish"), [("stop", "stop"), ("length", "length"), ("eos", "stop"), ("content_filter", "stop")]
)
def test_knows_why_it_ended(reason: str, finish: str) -> None:
    assert read(word("x", finish_reason=reason))[1].finish == finish


def test_done_without_a_reason_is_an_end_if_there_was_an_answer() -> None:
    reading = StreamReading()
    reading.take(DONE)
    assert (reading.done, reading.finish) == (True, "")
    reading = StreamReading()
    reading.take(word("x") + DONE)
    assert (reading.done, reading.finish) == (True, "stop")


def test_thoughts_are_progress_but_not_the_answer() -> None:
    reading = StreamReading()
    text = reading.take(event({"choices": [{"delta": {"reasoning_content": "hm"}}]}))
    assert (text, reading.moved) == ("", True)


def test_a_comment_is_no_progress() -> None:
    reading = StreamReading()
    reading.take(b": ping\n\n")
    assert not reading.moved


@pytest.mark.parametrize(
    "payload",
    [
        b"not json",
        b"[" * 100_000,
        b"\xff\xfe",
        b"1",
        b"null",
        b"[]",
        b'{"choices": 3}',
        b'{"choices": [null]}',
        b'{"choices": [{"delta": 3}]}',
        b'{"choices": [{"delta": {"content": 7}}]}',
        b'{"choices": [], "usage": 3, "timings": "x"}',
        b'{"usage": {"prompt_tokens": "many", "prompt_tokens_details": []}}',
    ],
)
def test_nonsense_is_read_past(payload: bytes) -> None:
    text, last = read(b"data: " + payload + b"\n\n", word("good"), END)
    assert (text, last) == ("good", AnswerPiece(finish="stop"))


@pytest.mark.parametrize(
    "chunk",
    [event({"error": {"message": "oops"}}), event({"error": "oops"}), b'error: {"code": 500, "message": "x"}\n'],
)
def test_an_error_in_the_middle_is_reported(chunk: bytes) -> None:
    reading = StreamReading()
    assert reading.take(word("half") + chunk) == "half"
    assert reading.error
    assert reading.done


def test_a_closed_connection_is_done_but_not_finished() -> None:
    reading = StreamReading()
    reading.take(word("half"))
    reading.take(b"")
    assert (reading.done, reading.finish) == (True, "")


def test_calls_of_tools_come_in_pieces() -> None:
    reading = StreamReading()
    deltas: list[dict[str, object]] = [
        {"role": "assistant", "content": None},
        {"tool_calls": [{"index": 0, "id": "a", "type": "function", "function": {"name": "weather", "arguments": ""}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"place": '}}]},
        {"tool_calls": [{"index": 1, "id": "b", "function": {"name": "calculate", "arguments": "{}"}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '"Lima"}'}}]},
        {"tool_calls": "nonsense"},
    ]
    events: list[dict[str, object]] = [{"choices": [{"delta": delta, "finish_reason": None}]} for delta in deltas]
    events.append({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]})
    for event in events:
        assert reading.take(f"data: {json.dumps(event)}\n\n".encode()) == ""
    last = reading.last()
    assert last.finish == "calls"
    assert [(call.id, call.name, call.arguments) for call in last.calls] == [
        ("a", "weather", '{"place": "Lima"}'),
        ("b", "calculate", "{}"),
    ]
