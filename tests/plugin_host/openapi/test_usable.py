"""plugins.host.sources.openapi.usable: every operation that cannot be called is named, with the reason."""

import json
from typing import Any

import pytest

from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.auth import KeyPlacement
from plugins.host.sources.openapi.coverage import by_reason
from plugins.host.sources.openapi.description import ServiceDescription, read
from plugins.host.sources.openapi.usable import LONGEST_SCHEMA, MOST_TOOLS
from tests.plugin_host.openapi.service import MIXED, things

JSON = {"content": {"application/json": {"schema": {"properties": {"q": {"type": "string"}}}}}}
COOKIE = {"name": "session", "in": "cookie", "required": True, "schema": {"type": "string"}}
LEFT_OUT = [
    ("post", {"requestBody": MIXED}, "body", "multipart/mixed"),
    ("get", {"requestBody": JSON}, "get-body", "application/json"),
    ("get", {"parameters": [COOKIE]}, "parameter", "session (cookie)"),
    ("get", {"parameters": [{**COOKIE, "in": "path", "style": "matrix"}]}, "parameter", "session (matrix)"),
    ("get", {"parameters": [{**COOKIE, "in": "path"}]}, "path", "session"),
    ("get", {"security": [{"login": []}]}, "key", "login (oauth2)"),
    ("get", {"security": [{"key": [], "login": []}]}, "key", "key (http) + login (oauth2)"),
    ("head", {}, "method", "HEAD"),
    ("options", {}, "method", "OPTIONS"),
    ("trace", {}, "method", "TRACE"),
]


@pytest.mark.parametrize(("method", "operation", "reason", "detail"), LEFT_OUT)
def test_an_operation_is_left_out_by_name(method: str, operation: Any, reason: str, detail: str) -> None:
    found = OpenApiPlugin(
        read(json.dumps(things({"/odd": {method: {"operationId": "odd`\u202e", **operation}}})), "things")
    )
    assert [tool.tool for tool in found.tools] == ["things_fine"]
    (left,) = found.coverage.left_out
    assert (left.operation, left.reason, left.detail) == ("odd", reason, detail)
    assert (found.coverage.described, found.coverage.chosen, found.coverage.usable) == (2, 2, 1)


def test_one_without_a_name_goes_by_method_and_path() -> None:
    found = read(json.dumps(things({"/a": {"put": {"requestBody": MIXED}}})), "things")
    assert found.coverage
    assert [one.operation for one in found.coverage.left_out] == ["PUT /a"]


def test_what_need_not_be_given_leaves_nothing_out() -> None:
    optional = {"parameters": [{**COOKIE, "required": False}], "requestBody": {**MIXED, "required": False}}
    found = OpenApiPlugin(read(json.dumps(things({"/a": {"post": optional}})), "things"))
    assert (found.coverage.usable, list(found.coverage.left_out)) == (2, [])


def test_what_an_earlier_version_has_kept_is_counted_when_it_is_loaded() -> None:
    many: dict[str, Any] = {f"/p{number}": {"get": {}} for number in range(MOST_TOOLS + 5)}
    whole = things({**many, "/a": {"put": {"requestBody": MIXED}}})
    manifest = read(json.dumps(things({})), "things").manifest
    found = OpenApiPlugin(ServiceDescription(manifest, whole, KeyPlacement("bearer", scheme="key")))
    assert len(found.tools) == MOST_TOOLS
    counts = {reason: len(left) for reason, left in by_reason(found.coverage.left_out).items()}
    assert counts == {"many": 6, "body": 1}
    assert found.coverage.left_out_count == 7


@pytest.mark.slow
def test_a_schema_that_is_too_large_is_told_in_less_detail_and_at_last_not_at_all() -> None:
    long = {"type": "string", "description": "x" * 200}
    inner = {"type": "object", "properties": {f"inner{number}": long for number in range(40)}}
    wide = {"type": "object", "properties": {f"field{number}": inner for number in range(20)}}
    many = {"type": "object", "properties": {f"field{number}": {} for number in range(6000)}}
    paths = {
        f"/{name}": {"put": {"operationId": name, "requestBody": {"content": {"application/json": {"schema": schema}}}}}
        for name, schema in (("wide", wide), ("many", many))
    }
    found = OpenApiPlugin(read(json.dumps(things(paths)), "things"))
    assert [tool.tool for tool in found.tools] == ["things_fine", "things_wide"]
    schema = found.tools[1].schema
    assert len(schema["properties"]) == 20
    assert all(one["type"] == "object" for one in schema["properties"].values())
    assert len(json.dumps(schema)) < LONGEST_SCHEMA
    assert [(one.operation, one.reason) for one in found.coverage.left_out] == [("many", "size")]
