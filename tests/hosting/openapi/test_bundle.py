"""hosting.openapi.bundle and selection: what is kept of a large document."""

import json
from typing import Any

import pytest

from hosting.openapi import Api, read, selection, split_choice
from hosting.openapi.usable import MOST_TOOLS
from parley import ManifestError
from tests.hosting.openapi.large import like_github
from tests.hosting.openapi.service import PETS

HUB = "https://api.hub.example/openapi.json"


def some(count: int, **operation: Any) -> str:
    paths = {f"/p{number}": {"get": {"operationId": f"p{number}", **operation}} for number in range(count)}
    servers = [{"url": "https://hub.example"}]
    return json.dumps({"openapi": "3.0.0", "info": {"title": "Hub"}, "servers": servers, "paths": paths})


def test_what_no_request_needs_is_left_behind() -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "x-logo": "large"},
        "servers": [{"url": "https://pets.example"}],
        "security": [{"x-key": []}, {}],
        "components": {
            "securitySchemes": {
                "x-key": {"$ref": "#/components/securitySchemes/title"},
                "title": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "far": {"$ref": "far.json"},
            },
            "schemas": {
                "Pet": {
                    "title": "Pet",
                    "x-internal": True,
                    "properties": {
                        "title": {"type": "string"},
                        "example": {"type": "string", "example": "no"},
                        "x-mark": {"type": "string", "default": {"$ref": "#/data"}},
                        "default": {"$ref": "#/components/schemas/Unused"},
                    },
                },
                "Unused": {"type": "string"},
                "Answer": {"type": "object"},
            },
        },
        "paths": {
            "/pets": {
                "summary": "Pets",
                "post": {
                    "operationId": "add",
                    "callbacks": {"later": {}},
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
                    "responses": {"200": {"$ref": "#/components/schemas/Answer"}},
                },
                "head": {"operationId": "look"},
            }
        },
        "webhooks": {"news": {}},
    }
    found = read(json.dumps(document), "pets")
    assert found.document == {
        "openapi": "3.1.0",
        "info": {"title": "Pets"},
        "servers": [{"url": "https://pets.example"}],
        "security": [{"x-key": []}, {}],
        "components": {
            "securitySchemes": {
                "x-key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "title": {"type": "apiKey", "in": "header", "name": "X-Key"},
            }
        },
        "paths": {
            "/pets": {
                "post": {
                    "operationId": "add",
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/x-parts/Pet"}}}},
                }
            }
        },
        "x-parts": {
            "Pet": {
                "properties": {
                    "title": {"type": "string"},
                    "example": {"type": "string"},
                    "x-mark": {"type": "string", "default": {"$ref": "#/data"}},
                    "default": {"$ref": "#/x-parts/Unused"},
                }
            },
            "Unused": {"type": "string"},
        },
    }
    assert found.auth.field == "X-Key"


def test_parts_of_one_name_are_kept_apart() -> None:
    parameter = {"name": "a", "in": "query", "schema": {"$ref": "#/components/schemas/a"}}
    document = json.loads(some(1, parameters=[{"$ref": "#/components/parameters/a"}]))
    document["components"] = {"parameters": {"a": parameter}, "schemas": {"a": {"type": "integer"}}}
    (tool,) = Api(read(json.dumps(document), "hub")).tools
    assert tool.schema["properties"] == {"a": {"type": "integer"}}


def test_what_is_kept_makes_the_same_tools() -> None:
    found = read(PETS, "pets")
    again = read(json.dumps(found.document), "pets")
    assert [tool.schema for tool in Api(again).tools] == [tool.schema for tool in Api(found).tools]
    assert again.document == found.document


def test_too_many_operations_ask_for_a_choice() -> None:
    assert len(Api(read(some(MOST_TOOLS), "hub")).tools) == MOST_TOOLS
    with pytest.raises(
        ManifestError, match=r"201 operations, and a plugin has at most 200.*path:/p0 \(1\).*and 161 more"
    ):
        read(some(MOST_TOOLS + 1), "hub")
    with pytest.raises(ManifestError, match=r"search:.*There are tag:\"Pull requests\" \(201\)"):
        read(some(MOST_TOOLS + 1, tags=["Pull requests"]), "hub")


def test_operations_of_a_large_description_are_chosen() -> None:
    text = like_github(3 * 1024 * 1024)
    with pytest.raises(ManifestError, match=r"1000 operations.*tag:issues \(100\), tag:repos \(100\)") as raised:
        read(text, "hub", HUB)
    assert len(str(raised.value)) < 1500
    found = read(text, "hub", HUB, split_choice('x tag:issues search:"create 4"')[1])
    assert found.coverage
    assert (found.coverage.described, found.coverage.chosen, found.coverage.usable) == (1000, 14, 14)
    assert found.coverage.choice == 'tag:issues search:"create 4"'
    assert len(Api(found).tools) == 14
    with pytest.raises(ManifestError, match=r"tag:none fits none of its 1000 operations. There are tag:issues \(100\)"):
        read(text, "hub", HUB, split_choice("x tag:none")[1])


def test_what_is_kept_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "LARGEST_KEPT", 1000)
    with pytest.raises(ManifestError, match="choose fewer"):
        read(some(50), "hub")
