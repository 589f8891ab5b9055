"""Large descriptions, shaped like those that services publish: many references, circles, and answers in all detail."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

TAGS = ("issues", "repos", "actions", "users", "orgs", "git", "pulls", "gists", "teams", "checks")
"""Tags of the description that is like GitHub's."""

PER_TAG = 100
WORDS = ("a", "repository", "issue", "label", "user", "team", "commit", "branch", "review", "comment", "that", "may")


def like_github(size: int = 12 * 1024 * 1024) -> str:
    """Some thousand operations over schemas that refer to each other in circles, by allOf, oneOf and lists."""
    random = Random(7)
    schemas = {f"schema-{number}": _schema(random, number, 900) for number in range(900)}
    document: dict[str, Any] = {
        "openapi": "3.0.3",
        "info": {"title": "GitHub-like REST API", "version": "1.1.4", "description": "Everything in it."},
        "servers": [{"url": "https://api.hub.example"}],
        "tags": [{"name": tag, "description": _words(random, 12)} for tag in TAGS],
        "paths": dict(_paths(random)),
        "components": {"schemas": schemas, "parameters": PARAMETERS, "examples": {}},
    }
    missing = size - len(json.dumps(document))
    sample = {"value": {f"key_{number}": _words(random, 12) for number in range(40)}}
    each = len(json.dumps(sample))
    document["components"]["examples"] = {f"example-{number}": sample for number in range(missing // (each + 15))}
    return json.dumps(document)


PARAMETERS = {
    "owner": {"name": "owner", "in": "path", "required": True, "schema": {"type": "string"}},
    "repo": {"name": "repo", "in": "path", "required": True, "schema": {"type": "string"}},
    "per-page": {"name": "per_page", "in": "query", "schema": {"type": "integer", "default": 30}},
}


def _paths(random: Random) -> Iterator[tuple[str, dict[str, Any]]]:
    for tag in TAGS:
        for number in range(PER_TAG // 2):
            parameters = [{"$ref": f"#/components/parameters/{name}"} for name in ("owner", "repo")]
            listing = _operation(random, tag, f"list-{number}")
            listing["parameters"] = [*parameters, {"$ref": "#/components/parameters/per-page"}]
            creating = _operation(random, tag, f"create-{number}")
            creating["parameters"] = parameters
            schema = {"$ref": f"#/components/schemas/schema-{random.randrange(900)}"}
            creating["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
            yield f"/repos/{{owner}}/{{repo}}/{tag}/{number}", {"get": listing, "post": creating}


def _operation(random: Random, tag: str, name: str) -> dict[str, Any]:
    answer = {"$ref": f"#/components/schemas/schema-{random.randrange(900)}"}
    content = {"application/json": {"schema": {"type": "array", "items": answer}}}
    return {
        "operationId": f"{tag}/{name}",
        "summary": f"{name} of {tag}",
        "description": _words(random, 40),
        "tags": [tag],
        "responses": {"200": {"description": "Response", "content": content}},
    }


def _schema(random: Random, number: int, count: int) -> dict[str, Any]:
    """A schema of two dozen properties, some of which refer to other schemas, and finally to itself."""

    def other() -> dict[str, Any]:
        return {"$ref": f"#/components/schemas/schema-{random.randrange(count)}"}

    properties: dict[str, Any] = {
        f"field_{place}": {"type": "string", "description": _words(random, 10), "example": _words(random, 5)}
        for place in range(20)
    }
    properties |= {
        "parent": {"$ref": f"#/components/schemas/schema-{number}"},
        "author": other(),
        "labels": {"type": "array", "items": {"oneOf": [{"type": "string"}, other()]}},
        "milestone": {"allOf": [other(), {"type": "object", "properties": {"due": {"type": "string"}}}]},
        "state": {"anyOf": [{"type": "string", "enum": ["open", "closed"]}, other()]},
    }
    return {"type": "object", "title": f"Schema {number}", "required": ["field_0"], "properties": properties}


def _words(random: Random, count: int) -> str:
    return " ".join(random.choice(WORDS) for _ in range(count))


def like_stripe() -> str:
    """Charges by a form with objects and lists in it, and `expand[]` in the query."""
    expand = {"type": "array", "items": {"type": "string", "maxLength": 5000}}
    deep = {"style": "deepObject", "explode": True}
    items = {"type": "array", "items": {"type": "object", "properties": {"price": {"type": "string"}}}}
    metadata = {"anyOf": [{"type": "object", "additionalProperties": {"type": "string"}}, {"enum": [""]}]}
    properties = {"amount": {"type": "integer"}, "metadata": metadata, "expand": expand, "items": items}
    form = {
        "schema": {"type": "object", "required": ["amount"], "properties": properties},
        "encoding": dict.fromkeys(("metadata", "expand", "items"), deep),
    }
    query = {"name": "expand", "in": "query", "schema": expand, **deep}
    path = {"name": "charge", "in": "path", "required": True, "schema": {"type": "string"}, "style": "simple"}
    empty = {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {}}}}}
    paths = {
        "/v1/charges": {
            "get": {"operationId": "GetCharges", "parameters": [query], "requestBody": {**empty, "required": False}},
            "post": {
                "operationId": "PostCharges",
                "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": form}},
            },
        },
        "/v1/charges/{charge}": {"delete": {"operationId": "Drop", "parameters": [path], "requestBody": empty}},
    }
    schemes = {"basicAuth": {"type": "http", "scheme": "basic"}, "bearerAuth": {"type": "http", "scheme": "bearer"}}
    return json.dumps(
        {
            "openapi": "3.0.0",
            "info": {"title": "Stripe-like API", "version": "2026-01-01"},
            "servers": [{"url": "https://api.pay.example/"}],
            "security": [{"basicAuth": []}, {"bearerAuth": []}],
            "components": {"securitySchemes": schemes},
            "paths": paths,
        }
    )
