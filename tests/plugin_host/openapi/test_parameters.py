"""plugins.host.sources.openapi.parameters: values as paths, queries and forms have them."""

from typing import Any

import pytest

from plugins.host.sources.openapi.parameters import RequestArgument, deep_pairs, pairs

# fmt: off
PAIRS = [
    ("form", True, ["a", "b"], [("x", "a"), ("x", "b")]),
    ("form", False, ["a", "b"], [("x", "a,b")]),
    ("form", True, {"a": 1, "b": True}, [("a", "1"), ("b", "true")]),
    ("form", False, {"a": 1}, [("x", "a,1")]),
    ("spaceDelimited", False, ["a", "b"], [("x", "a b")]),
    ("pipeDelimited", False, ["a", "b"], [("x", "a|b")]),
    ("json", True, {"a": [1]}, [("x", '{"a": [1]}')]),
    ("deepObject", True, {"a": {"b": "c"}}, [("x[a][b]", "c")]),
    ("deepObject", True, ["a", "b"], [("x[]", "a"), ("x[]", "b")]),
    ("deepObject", True, [{"p": 1}, {"p": 2}], [("x[0][p]", "1"), ("x[1][p]", "2")]),
    ("deepObject", True, "a", [("x", "a")]),
]
# fmt: on


@pytest.mark.parametrize(("style", "explode", "value", "expected"), PAIRS)
def test_styles(style: str, explode: bool, value: Any, expected: list[tuple[str, str]]) -> None:
    assert pairs(RequestArgument("query", "x", style, explode), value) == expected


def test_what_is_not_given_is_not_written() -> None:
    assert deep_pairs("x", {"a": None, "b": [1]}) == [("x[b][]", "1")]
