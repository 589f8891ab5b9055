"""plugins.host.sources.openapi.bundle: the part of a document that is kept."""

import json

from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.description import read
from tests.plugin_host.openapi.service import PETS, some


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
    (tool,) = OpenApiPlugin(read(json.dumps(document), "hub")).tools
    assert tool.schema["properties"] == {"a": {"type": "integer"}}


def test_what_is_kept_makes_the_same_tools() -> None:
    found = read(PETS, "pets")
    again = read(json.dumps(found.document), "pets")
    assert [tool.schema for tool in OpenApiPlugin(again).tools] == [tool.schema for tool in OpenApiPlugin(found).tools]
    assert again.document == found.document
