"""core.outside_json: JSON that is too large or too deep is refused with a message, and never causes another error."""

import json
from contextlib import suppress
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.outside_json import read_event, read_json, too_deep

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def depth_of(value: object) -> int:
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    return 0


@pytest.mark.slow
@given(VALUES)
def test_what_fits_is_read(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False), json.dumps(value, indent=2)):
        assert read_json(text) == value
        assert not too_deep(text, depth_of(value))
        assert depth_of(value) == 0 or too_deep(text, depth_of(value) - 1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("[" * 200_000, "nested more than 100 deep"),
        ('{"a":' * 101 + "1" + "}" * 101, "nested more than 100 deep"),
        (b"[" * 200_000, "nested more than 100 deep"),
        ("[" + '"' + '\\"' * 100_000, "not JSON"),
        ("", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" + b"1," * 5_000_000 + b"1]", "bytes"),
        ("é" * 5_000_000, "bytes"),
        ("[" + "9" * 5000 + "]", "4300"),
        ('{"a": 1e400}', "too large"),
        ("[-1e999]", "too large"),
        ("\ud800", "not JSON"),
    ],
)
def test_what_does_not_is_refused_in_words(given: str | bytes, words: str) -> None:
    began = thread_time()
    with pytest.raises(ValueError, match=words):
        read_json(given)
    assert thread_time() - began < 2


def test_brackets_in_texts_do_not_count() -> None:
    value = {"a": "[" * 500, "b": '\\"' + "{" * 500}
    assert read_json(json.dumps(value)) == value


def test_a_mark_of_order_is_no_fault() -> None:
    assert read_json("\ufeff{}".encode()) == {}


@given(VALUES)
def test_an_event_is_read_as_any_other_text(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        # What has half of a pair of surrogates is no UTF-8; escaped it is taken.
        with suppress(UnicodeEncodeError):
            assert rounded(read_event(text.encode())) == rounded(read_json(text))


def rounded(value: object) -> object:
    """The same, with numbers beyond 64 bits as floats."""
    if isinstance(value, list):
        return [rounded(one) for one in value]
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    return float(value) if isinstance(value, int | float) and not -(2**63) <= value < 2**64 else value


@pytest.mark.parametrize("given", [b"{", b"NaN", b"1e400", b"[" * 200, b"\xff", b""])
def test_an_event_that_is_no_json_is_refused(given: bytes) -> None:
    with pytest.raises(ValueError, match="JSON"):
        read_event(given)


@pytest.mark.parametrize("given", [b'"\\ud800"', b"\xef\xbb\xbf{}"])
def test_an_event_is_read_also_if_the_quick_parser_refuses_it(given: bytes) -> None:
    assert read_event(given) == read_json(given)
