"""plugins.host.sources.openapi.operations: the operations, their names and their servers."""

from typing import Any

import pytest

from plugins.host.sources.openapi.operations import all_operations, server_of

WHOLE: dict[str, Any] = {
    "servers": [{"url": "/whole"}],
    "paths": {
        "/a": {"get": {"operationId": "a"}, "head": {}, "summary": "A", "put": 5},
        "/b": {"servers": [{"url": "https://b.example/"}], "get": {}},
        "/c": {"servers": [{"url": "https://b.example/"}], "get": {"servers": [{"url": "../c"}]}},
        "x-note": {"get": {}},
    },
}


def test_operations_have_a_title_and_a_label() -> None:
    found = [(one.title, one.label) for one in all_operations(WHOLE)]
    assert found == [("a", "a"), ("get_b", "GET /b"), ("get_c", "GET /c")]


@pytest.mark.parametrize(
    ("number", "server"), [(0, "https://home.example/whole"), (1, "https://b.example/"), (2, "https://home.example/c")]
)
def test_the_nearest_server_counts(number: int, server: str) -> None:
    operation = list(all_operations(WHOLE))[number]
    assert str(server_of(WHOLE, operation, "https://home.example/v1/openapi.json", "x")) == server
