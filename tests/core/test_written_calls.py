"""core.answering.written_calls: calls that a model writes as text, in every notation, however its text comes in."""

import json
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.answering.written_calls import CallReading
from core.ports.model import ToolSpec

SCHEMA = {"type": "object", "properties": {"place": {"type": "string"}, "days": {"type": "integer"}}}
TOOLS = {name: ToolSpec(name, "", SCHEMA) for name in ("weather", "news.read")}
ULM = {"place": "Ulm"}
HERMES = '<tool_call>\n{"name": "weather", "arguments": {"place": "Ulm"}}\n</tool_call>'


def reading(text: str, cuts: tuple[int, ...] = ()) -> tuple[CallReading, str, list[str]]:
    """A text that comes in pieces: how it was read, what is shown at the end, and what was shown on the way."""
    found = CallReading(TOOLS, "w")
    frames = [found.take(text[:end]) for _, end in pairwise((0, *sorted(cuts), len(text)))]
    return found, found.take(text, ended=True), frames


NOTATIONS = [
    HERMES,
    HERMES.removesuffix("</tool_call>"),
    '<tool_call>{"name": "weather", "arguments": {"place": "Ulm",}}</tool_call>',
    "<tool_call>{'name': 'weather', 'arguments': {'place': 'Ulm'}}</tool_call>",
    '<tool_call>\n```json\n{"name": "weather", "arguments": {"place": "Ulm"}}\n```\n</tool_call>',
    '<tool_call>[{"name": "weather", "arguments": {"place": "Ulm"}}]',
    '<tool_call>{"name": "functions.weather", "arguments": "{\\"place\\": \\"Ulm\\"}"}</tool_call>',
    '<tool_call>{"type": "function", "function": {"name": "weather", "arguments": {"place": "Ulm"}}}</tool_call>',
    "<tool_call>\n<function=weather>\n<parameter=place>\nUlm\n</parameter>\n</function>\n</tool_call>",
    "<tool_call>weather\n<arg_key>place</arg_key>\n<arg_value>Ulm</arg_value>\n</tool_call>",
    '<function=weather>{"place": "Ulm"}</function>',
    '<function_call>{"name": "weather", "args": {"place": "Ulm"}}</function_call>',
    '<|tool_call|>[{"name": "weather", "arguments": {"place": "Ulm"}}]<|/tool_call|>',
    '<|tool_call_start|>[weather(place="Ulm")]<|tool_call_end|>',
    '<|python_tag|>{"name": "weather", "parameters": {"place": "Ulm"}}<|eom_id|>',
    '<|python_tag|>{"name": "weather", "parameters": {"place": "Ulm"}}',
    '<|python_tag|>weather.call(place="Ulm")',
    '[TOOL_CALLS] [{"name": "weather", "arguments": {"place": "Ulm"}, "id": "abc"}]</s>',
    '[TOOL_CALLS]weather[ARGS]{"place": "Ulm"}',
    '[TOOL_CALLS]weather{"place": "Ulm"}',
    '```tool_code\nweather(place="Ulm")\n```',
    '```tool_code\nprint(default_api.weather("Ulm"))\n```\n',
    '```tool_code\nresult = weather(place="Ulm")\n```',
    '   ```tool_code \nweather(place="Ulm")\n   ```',
]


@pytest.mark.parametrize("written", NOTATIONS)
@pytest.mark.parametrize("before", ["", "Let me look.\n\n"])
def test_every_notation_is_a_call_and_no_frame_shows_any_of_it(written: str, before: str) -> None:
    text = before + written
    found, shown, frames = reading(text, tuple(range(1, len(text))))
    assert [(call.name, json.loads(call.arguments)) for call in found.calls] == [("weather", ULM)]
    assert (shown.strip(), found.lost) == (before.strip(), 0)
    assert all(before.startswith(frame.strip()) for frame in frames)


@pytest.mark.parametrize(
    "written",
    [
        f"{HERMES}\n{HERMES.replace('Ulm', 'Bonn')}",
        HERMES.replace("}}\n", '}}\n{"name": "weather", "arguments": {"place": "Bonn"}}\n'),
        f"{HERMES.removesuffix('</tool_call>')}{HERMES.replace('Ulm', 'Bonn')}",
        '[TOOL_CALLS]weather[ARGS]{"place": "Ulm"}weather[ARGS]{"place": "Bonn"}',
        '<|python_tag|>{"name": "weather", "parameters": {"place": "Ulm"}}; '
        '{"name": "weather", "parameters": {"place": "Bonn"}}',
        '```tool_code\n[weather(place="Ulm"), weather(place="Bonn")]\n```',
    ],
)
def test_several_calls_are_several(written: str) -> None:
    found, shown, _ = reading(written)
    assert [json.loads(call.arguments)["place"] for call in found.calls] == ["Ulm", "Bonn"]
    assert len({call.id for call in found.calls}) == 2
    assert shown == ""


@pytest.mark.parametrize(
    "text",
    [
        "Qwen writes `<tool_call>` before a call.",
        f"It looks like this:\n\n```\n{HERMES}\n```\n\nSo does Hermes.",
        f"It looks like this:\n\n```xml\n{HERMES}\n```",
        "The tag <tool_call> begins a call, and </tool_call> ends it.",
        "The tags <tool_call> and </tool_call> stand around it.",
        "Use the <tool_call> tag\nand then an object.",
        "Llama writes <|python_tag|> before it, and Mistral [TOOL_CALLS] instead.",
        "````\n```tool_code\nweather()\n```\n````",
        "[TOOL](https://example.org) and [TOOL_CALL] and a < b and <tool",
        "```tool_c",
    ],
)
def test_who_asks_about_the_marks_reads_them(text: str) -> None:
    found, shown, _ = reading(text, tuple(range(1, len(text))))
    assert (shown, found.calls, found.lost) == (text, [], 0)


@pytest.mark.parametrize(
    "written",
    [
        '<tool_call>{"name": "launch", "arguments": {}}</tool_call>',
        "<tool_call>{weather in Ulm}</tool_call>",
        "```tool_code\nimport os\nos.remove('a')\n```",
        '<|python_tag|>brave_search.call(query="Ulm")',
        '[TOOL_CALLS] [{"name": "launch"}]',
        "<tool_call>" + "[" * 100_000,
        '<tool_call>{"name": "launch", "arg',
    ],
)
def test_what_calls_no_offered_tool_is_never_shown(written: str) -> None:
    found, shown, frames = reading(f"Well. {written}" if written[0] != "`" else f"Well.\n{written}", (3, 9, 12, 30))
    assert (shown.strip(), found.calls, found.lost) == ("Well.", [], 1)
    assert all("Well.".startswith(frame.strip()) for frame in frames)


def test_words_after_a_lost_call_are_shown_and_after_a_real_one_not() -> None:
    _, shown, _ = reading('A <tool_call>{"name": "launch", "arguments": {}}</tool_call> B')
    assert shown == "A  B"
    _, shown, _ = reading(f"A {HERMES}\n<tool_response>It is 40 degrees.</tool_response> So it is hot.")
    assert shown == "A "


@pytest.mark.parametrize("mark", ["</tool_call>", " \n</tool_call>", "<|eot_id|>", "</s>\n<|EOM_ID|>"])
def test_no_frame_shows_a_further_mark_that_ends_a_lost_call(mark: str) -> None:
    text = f'A <tool_call>{{"name": "launch"}}</tool_call>{mark} B'
    _, shown, frames = reading(text, tuple(range(1, len(text))))
    assert shown == "A  B"
    assert all("A  B".startswith(frame) for frame in frames)


def test_arguments_that_nobody_can_read_are_kept_to_be_asked_for_again() -> None:
    found, _, _ = reading('<tool_call>{"name": "weather", "arguments": "Ulm, please"}</tool_call>')
    assert [(call.name, call.arguments) for call in found.calls] == [("weather", "Ulm, please")]


def test_a_text_that_turns_out_to_be_reasoning_is_read_anew() -> None:
    found = CallReading(TOOLS, "w")
    assert found.take("Hm, the weather") == "Hm, the weather"
    assert found.take("") == ""
    assert found.take(HERMES, ended=True) == ""
    assert [call.name for call in found.calls] == ["weather"]


BARE = [
    '{"name": "weather", "parameters": {"place": "Ulm"}}',
    '\n{\n  "type": "function",\n  "name": "weather",\n  "arguments": {"place": "Ulm"}\n}\n',
    '{"type": "function", "function": {"name": "functions.weather", "arguments": "{\\"place\\": \\"Ulm\\"}"}}',
    '{"tool": "weather", "args": {"place": "Ulm"},}',
]


@pytest.mark.parametrize("written", BARE)
def test_an_object_that_is_the_whole_answer_is_a_call(written: str) -> None:
    found, shown, frames = reading(written, tuple(range(1, len(written))))
    assert [(call.name, json.loads(call.arguments)) for call in found.calls] == [("weather", ULM)]
    assert (shown, found.lost, "".join(frames).strip()) == ("", 0, "")


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Ana", "age": 30}',
        '{"name": "weather", "kind": "word"}',
        '{"name": "launch", "arguments": {}}',
        '{"name": "weather", "arguments": {"place": "Ulm"}} is how one calls it.',
        '{"name": "weather", "arguments": {"place": "Ul',
        '{ "' + "a" * 200,
        "{",
        'I call {"name": "weather", "arguments": {"place": "Ulm"}}',
    ],
)
def test_any_other_object_is_shown(text: str) -> None:
    found, shown, _ = reading(text, tuple(range(1, len(text))))
    assert (shown, found.calls, found.lost) == (text, [], 0)


def test_without_tools_an_object_is_an_answer() -> None:
    found = CallReading({}, "w")
    assert found.take(BARE[0][:9]) == BARE[0][:9]
    assert (found.take(BARE[0], ended=True), found.calls) == (BARE[0], [])


LONG = {
    "marks": "<tool_call> and ",
    "marks in code": "```\n" + "<tool_call> x\n" * 4000,
    "marks beside code": "` <tool_call> ",
    "a gap after a name": "[TOOL_CALLS]weather" + " " * 48_000 + "x" * 1000,
    "keys": "<tool_call>x" + "<arg_key>" * 5000,
    "values": "<tool_call>x" + "<arg_key>a</arg_key>" * 2400,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_text_of_marks_is_read_in_a_moment(text: str) -> None:
    began = process_time()
    reading((text * (49_000 // len(text) + 1))[:49_000])
    assert process_time() - began < 1


def test_an_answer_may_begin_as_the_reasoning_before_it() -> None:
    call = '<|tool_call|>[{"name": "weather", "arguments": {"place": "Ulm"}}]<|/tool_call|>'
    found = CallReading(TOOLS, "w")
    assert found.take("<|[TOOL_CALLS]") == "<|"
    assert found.take(call, anew=True) == ""
    assert [call.name for call in found.calls] == ["weather"]


@given(
    st.lists(st.sampled_from([*NOTATIONS, "`", "\n", "```\n", "<", "[", "words ", "</tool_call>"]), max_size=5),
    st.sets(st.integers(0, 300), max_size=12),
)
@example(["```\n", HERMES, "```\n"], {1, 2, 3, 10})
def test_however_a_text_is_cut_the_result_is_the_same(pieces: list[str], cuts: set[int]) -> None:
    text = "".join(pieces)
    found, shown, frames = reading(text, tuple(cut for cut in cuts if cut < len(text)))
    whole, at_once, _ = reading(text)
    assert (found.calls, found.lost, shown) == (whole.calls, whole.lost, at_once)
    assert all(shown.startswith(frame) for frame in frames)
