"""core.answering.tool_arguments: what models write where a JSON object belongs."""

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answering.tool_arguments import LONGEST, repaired

STORABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.text(STORABLE, max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(STORABLE, max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(STORABLE, max_size=8), VALUES, max_size=4)


@pytest.mark.parametrize(
    "written",
    [
        '{"place": "Ulm"}',
        ' {"place": "Ulm"}\n',
        '```json\n{"place": "Ulm"}\n```',
        '"{\\"place\\": \\"Ulm\\"}"',
        "{'place': 'Ulm'}",
        '{"place": "Ulm",}',
        '{"place": "Ulm"',
        'The arguments are {"place": "Ulm"}.',
        '{"place": "Ulm"}}',
        '{"place": "Ulm"}\n{"place": "Bonn"}',
    ],
)
def test_what_is_meant_is_clear(written: str) -> None:
    assert json.loads(repaired(written) or "null") == {"place": "Ulm"}


def test_an_object_stays_as_it_is_written() -> None:
    assert repaired('{ "a":1 }') == '{ "a":1 }'


@pytest.mark.parametrize("written", ["", "  ", "{}"])
def test_no_arguments_are_an_empty_object(written: str) -> None:
    assert json.loads(repaired(written) or "null") == {}


@pytest.mark.parametrize(
    "written",
    [
        r'{"text": "a\ud800b\u0000"}',
        r"{'text': 'a\ud800b\x00'}",
        r'```{"text": "a\uDFFFb\u0000",}```',
        '"{\\"text\\": \\"a\\\\ud800b\\"}"',
    ],
)
def test_characters_that_nobody_could_store_or_send_are_replaced(written: str) -> None:
    assert json.loads(repaired(written) or "null") == {"text": "a?b"}


def test_pairs_of_surrogates_and_what_only_looks_like_such_an_escape_stay() -> None:
    value = {"text": "\U0001f600 \\u0000 \\\\"}
    assert json.loads(repaired(json.dumps(value)) or "null") == value
    assert json.loads(repaired(repr(value)) or "null") == value


def test_a_fence_with_a_word_that_never_ends_is_read_once() -> None:
    began = process_time()
    assert repaired("```" + "a" * (LONGEST - 3)) is None
    assert process_time() - began < 0.5


def test_line_breaks_in_a_text_are_escaped() -> None:
    assert json.loads(repaired('{"text": "one\ntwo", "done": true,}') or "null") == {"text": "one\ntwo", "done": True}


def test_a_comma_in_a_text_stays() -> None:
    assert json.loads(repaired('{"text": "a,}", "b": [1, 2,],}') or "null") == {"text": "a,}", "b": [1, 2]}


@pytest.mark.parametrize(
    "written",
    [
        "Ulm",
        '{"place": "Ul',
        '{"amount": 1',
        "[1]",
        "12",
        "null",
        '"Ulm"',
        "{place: Ulm}",
        "[" * 500,
        "{" * (LONGEST + 1),
    ],
)
def test_nobody_can_tell(written: str) -> None:
    assert repaired(written) is None


@given(st.text())
def test_whatever_comes_the_result_is_an_object_or_nothing(written: str) -> None:
    found = repaired(written)
    assert found is None or isinstance(json.loads(found), dict)


@given(OBJECTS)
def test_an_object_that_lacks_its_last_brackets_is_whole_again(value: dict[str, object]) -> None:
    written = json.dumps(value)
    cut = written.rstrip("]}")
    assert not cut.endswith('"') or json.loads(repaired(cut) or "null") == value
    assert json.loads(repaired(f"```\n{written}\n```") or "null") == value
    assert json.loads(repaired(json.dumps(written)) or "null") == value
