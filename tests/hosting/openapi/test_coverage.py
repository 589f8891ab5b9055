"""hosting.openapi.coverage and usable: every operation that cannot be called is counted and named, with the reason."""

import json
from typing import Any

import pytest

from hosting.openapi import Api, Auth, Description, by_reason, coverage_of, description_of, read
from hosting.openapi.coverage import MOST_NAMED
from hosting.openapi.usable import MOST_TOOLS

BODY = {"required": True, "content": {"multipart/mixed": {}}}
JSON = {"content": {"application/json": {"schema": {"properties": {"q": {"type": "string"}}}}}}
COOKIE = {"name": "session", "in": "cookie", "required": True, "schema": {"type": "string"}}
LEFT_OUT = [
    ("post", {"requestBody": BODY}, "body", "multipart/mixed"),
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


def document(paths: Any) -> dict[str, Any]:
    schemes = {"login": {"type": "oauth2", "flows": {}}, "key": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "servers": [{"url": "https://things.example"}],
        "paths": {"/fine": {"get": {"operationId": "fine", "security": [{"key": []}]}}, **paths},
        "components": {"securitySchemes": schemes},
    }


@pytest.mark.parametrize(("method", "operation", "reason", "detail"), LEFT_OUT)
def test_an_operation_is_left_out_by_name(method: str, operation: Any, reason: str, detail: str) -> None:
    found = Api(read(json.dumps(document({"/odd": {method: {"operationId": "odd`\u202e", **operation}}})), "things"))
    assert [tool.tool for tool in found.tools] == ["things_fine"]
    (left,) = found.coverage.left_out
    assert (left.operation, left.reason, left.detail) == ("odd", reason, detail)
    assert (found.coverage.described, found.coverage.chosen, found.coverage.usable) == (2, 2, 1)


def test_one_without_a_name_goes_by_method_and_path() -> None:
    found = read(json.dumps(document({"/a": {"put": {"requestBody": BODY}}})), "things")
    assert found.coverage
    assert [one.operation for one in found.coverage.left_out] == ["PUT /a"]


def test_what_need_not_be_given_leaves_nothing_out() -> None:
    optional = {"parameters": [{**COOKIE, "required": False}], "requestBody": {**BODY, "required": False}}
    found = Api(read(json.dumps(document({"/a": {"post": optional}})), "things"))
    assert (found.coverage.usable, list(found.coverage.left_out)) == (2, [])


def test_it_is_kept_and_read_again() -> None:
    found = read(json.dumps(document({"/a": {"put": {"requestBody": BODY}, "head": {}}})), "things")
    kept = json.loads(json.dumps(found.kept()))
    assert coverage_of(kept) == found.coverage
    assert Api(description_of(found.manifest, kept)).coverage == found.coverage
    assert coverage_of({}) is None


def test_what_an_earlier_version_has_kept_is_counted_when_it_is_loaded() -> None:
    many: dict[str, Any] = {f"/p{number}": {"get": {}} for number in range(MOST_TOOLS + 5)}
    whole = document({**many, "/a": {"put": {"requestBody": BODY}}})
    manifest = read(json.dumps(document({})), "things").manifest
    found = Api(Description(manifest, whole, Auth("bearer", scheme="key")))
    assert len(found.tools) == MOST_TOOLS
    counts = {reason: len(left) for reason, left in by_reason(found.coverage.left_out).items()}
    assert counts == {"many": 6, "body": 1}
    assert found.coverage.left_out_count == 7


def test_names_have_a_bound_and_numbers_have_none() -> None:
    heads: dict[str, Any] = {f"/h{number}": {"head": {}} for number in range(MOST_NAMED + 20)}
    found = read(json.dumps(document(heads)), "things")
    assert found.coverage
    assert (len(found.coverage.left_out), found.coverage.left_out_count) == (MOST_NAMED, MOST_NAMED + 20)
