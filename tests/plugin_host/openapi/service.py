"""Descriptions as services publish them, and a service that repeats its request."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from parley import Context
from plugins.host.sources.openapi.api import ApiTool, OpenApiPlugin
from plugins.host.sources.openapi.description import read

PETS = """
openapi: 3.0.3
info:
  title: Swagger Petstore
  description: Pets, and where they are.
  version: 1.0.0
servers:
  - url: https://{region}.pets.example/v1/
    variables:
      region: {default: eu}
paths:
  /pets:
    get:
      operationId: listPets
      summary: List all pets
      parameters:
        - {name: tags, in: query, schema: {type: array, items: {type: string}}}
        - {name: kinds, in: query, explode: false, schema: {type: array, items: {type: string}}}
        - {name: "page[size]", in: query, schema: {type: integer, maximum: 100, exclusiveMaximum: true}}
        - {name: filter, in: query, style: deepObject, schema: {type: object}}
        - {name: where, in: query, content: {application/json: {schema: {type: object}}}}
        - {name: X-Trace, in: header, description: A mark, schema: {type: string}}
        - {name: Authorization, in: header, required: true, schema: {type: string}}
        - {name: session, in: cookie, schema: {type: string}}
      responses:
        200: {description: A page of pets}
    post:
      operationId: createPet
      description: Add a pet.
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: "#/components/schemas/Pet"}}
  /pets/{petId}:
    parameters:
      - $ref: "#/components/parameters/petId"
    get:
      operationId: pets/show by id!
      summary: A pet
    put:
      requestBody:
        required: true
        content:
          application/json; charset=utf-8: {schema: {type: array, items: {type: string}}}
    delete: {summary: Remove it}
  /pets/{petId}/picture:
    post:
      summary: Only as a form
      parameters: [{$ref: "#/components/parameters/petId"}]
      requestBody:
        required: true
        content: {multipart/form-data: {schema: {type: object}}}
  /sessions:
    get:
      operationId: sessions
      parameters: [{name: id, in: cookie, required: true, schema: {type: string}}]
components:
  parameters:
    petId: {name: petId, in: path, required: true, schema: {type: string}}
  schemas:
    Pet:
      type: object
      required: [id, name]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string, example: Rex}
        born: {type: string, format: date, nullable: true, default: 2020-01-01}
        parent: {$ref: "#/components/schemas/Pet"}
"""


def weather(scheme: Mapping[str, Any], **more: Any) -> str:
    """A 3.1 description whose only operation needs a key."""
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "Weather", "version": "v2 beta"},
            "servers": [{"url": "https://api.weather.example"}],
            "paths": {
                "/now": {
                    "get": {
                        "operationId": "now",
                        "parameters": [
                            {"name": "place", "in": "query", "required": True, "schema": {"type": ["string", "null"]}},
                            {"name": "appid", "in": "query", "required": True, "schema": {"type": "string"}},
                        ],
                    }
                }
            },
            "security": [{"key": []}],
            "components": {"securitySchemes": {"key": scheme}},
            **more,
        }
    )


NOTHING: Any = None
Answer = Callable[[httpx.Request], httpx.Response]


@dataclass(slots=True)
class Service:
    """The request that was sent, and a context to send it with."""

    answer: Answer = lambda request: httpx.Response(200, json={"ok": True})
    sent: list[httpx.Request] = field(default_factory=list)

    async def call(self, tool: ApiTool, given: Mapping[str, Any], key: str = "") -> str:
        def heard(request: httpx.Request) -> httpx.Response:
            self.sent.append(request)
            return self.answer(request)

        async with httpx.AsyncClient(transport=httpx.MockTransport(heard), follow_redirects=True) as http:
            secrets = {"key": key} if key else {}
            context = Context(http, NOTHING, NOTHING, NOTHING, NOTHING, secrets=secrets)
            return (await tool.call(context, given)).text


def tools(text: str, name: str = "pets") -> dict[str, ApiTool]:
    return {tool.tool: tool for tool in OpenApiPlugin(read(text, name)).tools}


PLUGIN: dict[str, Any] = {
    "schema_version": "v1",
    "name_for_human": "Weather Now",
    "name_for_model": "weather_now",
    "description_for_human": "The weather.",
    "description_for_model": "Use this for the weather.",
    "auth": {"type": "none"},
    "api": {"type": "openapi", "url": "/spec/openapi.yaml", "is_user_authenticated": False},
    "logo_url": "https://weather.example/logo.png",
    "contact_email": "a@weather.example",
    "legal_info_url": "https://weather.example/legal",
}
WHERE = "https://weather.example/.well-known/ai-plugin.json"


def web(pages: Mapping[str, str]) -> httpx.AsyncClient:
    def answer(request: httpx.Request) -> httpx.Response:
        found = pages.get(str(request.url))
        return httpx.Response(404) if found is None else httpx.Response(200, text=found)

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


def some(count: int, **operation: Any) -> str:
    """A description with that many operations."""
    paths = {f"/p{number}": {"get": {"operationId": f"p{number}", **operation}} for number in range(count)}
    servers = [{"url": "https://hub.example"}]
    return json.dumps({"openapi": "3.0.0", "info": {"title": "Hub"}, "servers": servers, "paths": paths})


MIXED = {"required": True, "content": {"multipart/mixed": {}}}
"""A body that cannot be sent."""


def things(paths: Any) -> dict[str, Any]:
    """A description with an operation that is fine, and others."""
    schemes = {"login": {"type": "oauth2", "flows": {}}, "key": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "servers": [{"url": "https://things.example"}],
        "paths": {"/fine": {"get": {"operationId": "fine", "security": [{"key": []}]}}, **paths},
        "components": {"securitySchemes": schemes},
    }
