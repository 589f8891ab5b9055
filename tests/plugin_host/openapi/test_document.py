"""plugins.host.sources.openapi.document: depth and size are looked at before a text is parsed."""

import json
from time import thread_time

import pytest

from parley import ManifestError
from plugins.host.sources.openapi.document import DEEPEST, depth_of, parsed

DEPTHS = [
    ("{}", 1),
    ('{"a": [1, {"b": []}]}', 4),
    ('{"[[[[": "{{{{"}', 1),
    ('{"a\\"[[": []}', 2),
    ('{"a\\\\": [[]]}', 3),
    ('"never ends [[[', 0),
    ("]]][", 0),
    ("", 0),
]


@pytest.mark.parametrize(("text", "depth"), DEPTHS)
def test_the_depth_of_a_text(text: str, depth: int) -> None:
    assert max(depth_of(text), 0) == depth


@pytest.mark.parametrize("text", ['{"' + '\\"' * 500_000, '{"a": "' * 300_000, '"' * 1_000_001, "{" + "\\" * 1_000_000])
def test_no_text_takes_long_to_look_at(text: str) -> None:
    start = thread_time()
    depth_of(text)
    assert thread_time() - start < 5


def test_a_text_may_be_so_deep_and_no_deeper() -> None:
    inner = "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)
    assert parsed(f'{{"a": {inner}}}', "x")
    with pytest.raises(ManifestError, match="nested too deeply"):
        parsed(f'{{"a": [{inner}]}}', "x")


def test_a_mark_at_the_beginning_and_dates() -> None:
    assert parsed('\ufeff {"a": 1}', "x") == {"a": 1}
    assert json.dumps(parsed("a: 2020-01-01\n200: x", "x")) == '{"a": "2020-01-01", "200": "x"}'
