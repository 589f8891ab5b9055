"""hosting.openapi.api: descriptions as services publish them, the requests that come of them, and what is refused."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from hosting.guard import Limits, client
from hosting.hosted import Hosted
from hosting.openapi import Api, ApiTool, Auth, described, document, read, response
from parley import Context, Failure, ManifestError, PluginError

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
    """What was sent, and a context to send it with."""

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
    return {tool.tool: tool for tool in Api(read(text, name)).tools}


def test_a_description_is_a_plugin() -> None:
    api: Hosted = Api(read(PETS, "pets"))
    assert (api.name, api.manifest.version, api.manifest.secrets) == ("pets", "1.0.0", ())
    assert api.manifest.description == "Pets, and where they are."
    assert api.manifest.hosts == ("eu.pets.example",)
    assert {tool.tool: tool.confirm for tool in api.tools} == {
        "pets_listPets": False,
        "pets_createPet": True,
        "pets_pets_show_by_id_": False,
        "pets_put_pets__petId_": True,
        "pets_delete_pets__petId_": True,
    }
    for tool in api.tools:
        Draft202012Validator.check_schema(tool.schema)


def test_parameters_become_a_schema() -> None:
    schema = tools(PETS)["pets_listPets"].schema
    assert list(schema["properties"]) == ["tags", "kinds", "page_size_", "filter", "where", "X-Trace"]
    assert schema["properties"]["tags"] == {"type": "array", "items": {"type": "string"}}
    assert schema["properties"]["page_size_"] == {"type": "integer", "maximum": 100}
    assert schema["properties"]["X-Trace"]["description"] == "A mark"
    assert "required" not in schema


def test_a_body_is_lifted_and_what_refers_to_itself_is_cut() -> None:
    schema = tools(PETS)["pets_createPet"].schema
    assert schema["required"] == ["name"]
    assert schema["properties"]["name"] == {"type": "string"}
    assert schema["properties"]["born"]["type"] == ["string", "null"]
    assert schema["properties"]["born"]["default"] == "2020-01-01"
    assert schema["properties"]["parent"] == {}
    assert "id" not in schema["properties"]


def test_what_refers_to_itself_many_times_stays_small() -> None:
    schemas: dict[str, Any] = {}
    for level in range(9):
        to = {"$ref": f"#/components/schemas/S{level + 1}"}
        schemas[f"S{level}"] = {"type": "object", "properties": {f"p{n}": to for n in range(30)}}
    document = json.loads(weather({"type": "http", "scheme": "bearer"}))
    document["components"]["schemas"] = schemas
    parameter = {"name": "what", "in": "query", "schema": {"$ref": "#/components/schemas/S0"}}
    document["paths"]["/now"]["get"]["parameters"].append(parameter)
    schema = tools(json.dumps(document), "weather")["weather_now"].schema
    assert len(json.dumps(schema)) < 50_000


async def test_the_query_is_written_as_described() -> None:
    service = Service()
    given = {
        "tags": ["a b", "c&d"],
        "kinds": ["x", "y"],
        "page_size_": 5,
        "filter": {"name": "Rex"},
        "where": {"a": [1]},
        "X-Trace": "t",
    }
    await service.call(tools(PETS)["pets_listPets"], given)
    (sent,) = service.sent
    assert (sent.method, sent.url.host, sent.url.path) == ("GET", "eu.pets.example", "/v1/pets")
    assert sent.url.params.multi_items() == [
        ("tags", "a b"),
        ("tags", "c&d"),
        ("kinds", "x,y"),
        ("page[size]", "5"),
        ("filter[name]", "Rex"),
        ("where", '{"a": [1]}'),
    ]
    assert sent.headers["x-trace"] == "t"
    assert "authorization" not in sent.headers
    assert not sent.content


async def test_a_slash_in_the_path_is_no_slash() -> None:
    service = Service()
    await service.call(tools(PETS)["pets_pets_show_by_id_"], {"petId": "a/../b?c#d"})
    assert service.sent[0].url.raw_path == b"/v1/pets/a%2F..%2Fb%3Fc%23d"


@pytest.mark.parametrize(("value", "words"), [("..", r"may not be \. or"), ("", "empty"), ([], "empty")])
async def test_the_path_is_not_left(value: object, words: str) -> None:
    service = Service()
    with pytest.raises(PluginError, match=words):
        await service.call(tools(PETS)["pets_pets_show_by_id_"], {"petId": value})
    assert not service.sent


@pytest.mark.parametrize(
    ("name", "given", "body"),
    [
        ("pets_createPet", {"name": "Rex", "born": None, "parent": {"name": "Ida"}}, ["name", "parent"]),
        ("pets_put_pets__petId_", {"petId": "1", "body": ["a"]}, ["a"]),
    ],
)
async def test_a_body_is_sent_as_json(name: str, given: dict[str, Any], body: list[str]) -> None:
    service = Service()
    await service.call(tools(PETS)[name], given)
    assert service.sent[0].headers["content-type"] == "application/json"
    assert list(json.loads(service.sent[0].content)) == body


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "place: missing"),
        ({"place": None}, "place: missing"),
        ({"place": "x", "when": 1}, "when: there is no such argument; there are: place"),
    ],
)
async def test_arguments_that_do_not_fit_are_told(given: dict[str, Any], words: str) -> None:
    (tool,) = tools(weather({"type": "apiKey", "in": "query", "name": "appid"}), "weather").values()
    with pytest.raises(PluginError, match=words):
        await Service().call(tool, given, key="k")


async def test_a_header_takes_no_second_line() -> None:
    with pytest.raises(PluginError, match="X-Trace"):
        await Service().call(tools(PETS)["pets_listPets"], {"X-Trace": "a\r\nHost: b"})


# fmt: off
KEYS = [
    ({"type": "apiKey", "in": "header", "name": "X-API-Key"}, "K/1", "x-api-key", "K/1"),
    ({"type": "http", "scheme": "Bearer"}, "K/1", "authorization", "Bearer K/1"),
    ({"type": "http", "scheme": "basic"}, "ana:pw", "authorization", "Basic YW5hOnB3"),
    ({"type": "http", "scheme": "basic"}, "YW5hOnB3", "authorization", "Basic YW5hOnB3"),
]
# fmt: on


@pytest.mark.parametrize(("scheme", "key", "header", "value"), KEYS)
async def test_the_key_is_sent_in_a_header(scheme: dict[str, Any], key: str, header: str, value: str) -> None:
    service = Service()
    (tool,) = tools(weather(scheme), "weather").values()
    await service.call(tool, {"place": "x", "appid": "mine"}, key)
    assert service.sent[0].headers[header] == value
    assert service.sent[0].url.params["appid"] == "mine"


async def test_the_key_is_sent_in_the_query() -> None:
    service = Service()
    description = read(weather({"type": "apiKey", "in": "query", "name": "appid"}), "weather")
    assert (description.manifest.secrets, description.manifest.version) == (("key",), "2beta")
    (tool,) = Api(description).tools
    assert list(tool.schema["properties"]) == ["place"]
    await service.call(tool, {"place": "Köln"}, "K/1")
    assert service.sent[0].url.query == b"place=K%C3%B6ln&appid=K%2F1"


async def test_a_missing_key_names_its_setting() -> None:
    (tool,) = tools(weather({"type": "http", "scheme": "bearer"}), "weather").values()
    with pytest.raises(PluginError, match=r"plugins\.secrets\.weather\.key"):
        await Service().call(tool, {"place": "x", "appid": "y"})


async def test_only_what_the_one_key_opens_is_offered() -> None:
    document = json.loads(weather({"type": "http", "scheme": "bearer"}))
    document["components"]["securitySchemes"]["login"] = {"type": "oauth2", "flows": {}}
    document["paths"] |= {
        "/mine": {"get": {"security": [{"login": []}]}},
        "/both": {"get": {"security": [{"login": [], "key": []}]}},
        "/open": {"get": {"security": []}},
        "/either": {"get": {"security": [{}, {"key": []}]}},
    }
    found = tools(json.dumps(document), "weather")
    assert list(found) == ["weather_now", "weather_get_open", "weather_get_either"]
    service = Service()
    await service.call(found["weather_get_open"], {}, "K")
    await service.call(found["weather_get_either"], {}, "K")
    await service.call(found["weather_get_either"], {})
    assert ["authorization" in sent.headers for sent in service.sent] == [False, True, False]


# fmt: off
ANSWERS = [
    (httpx.Response(200, json={"a": [1, "é"]}), '{"a":[1,"é"]}'),
    (httpx.Response(200, text="  fine\n"), "fine"),
    (httpx.Response(200, content=b"\x89PNG", headers={"content-type": "image/png"}), "4 bytes of image/png"),
    (httpx.Response(204), "It worked (204)."),
    (httpx.Response(200, text="you sent K/1 and K%2F1"), "you sent *** and ***"),
]
# fmt: on


@pytest.mark.parametrize(("response", "text"), ANSWERS)
async def test_an_answer_is_text(response: httpx.Response, text: str) -> None:
    (tool,) = tools(weather({"type": "http", "scheme": "bearer"}), "weather").values()
    service = Service(
        lambda request: httpx.Response(response.status_code, content=response.content, headers=response.headers)
    )
    assert await service.call(tool, {"place": "x", "appid": "y"}, "K/1") == text


async def test_a_long_answer_is_cut() -> None:
    service = Service(lambda request: httpx.Response(200, json=["x" * 9000]))
    text = await service.call(tools(PETS)["pets_listPets"], {})
    assert (len(text), text[-1]) == (response.LONGEST_ANSWER, "…")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, {"message": "no such place"}, 'api.weather.example answers 404: {"message":"no such place"}'),
        (401, {"bad": "Bearer K/1"}, 'answers 401: {"bad":"Bearer ***"} (is plugins.secrets.weather.key right?)'),
        (500, "x" * 900, "answers 500: xxx"),
        (302, "", "leads to another address"),
    ],
)
async def test_errors_are_failures_without_the_key(status: int, body: Any, words: str) -> None:
    more = {"text": body} if isinstance(body, str) else {"json": body}
    service = Service(lambda request: httpx.Response(status, headers={"location": "https://evil.example/"}, **more))
    (tool,) = tools(weather({"type": "http", "scheme": "bearer"}), "weather").values()
    with pytest.raises(Failure) as raised:
        await service.call(tool, {"place": "x", "appid": "y"}, "K/1")
    assert words in str(raised.value)
    assert "K/1" not in str(raised.value)
    assert len(str(raised.value)) < 400
    assert len(service.sent) == 1


async def test_the_guard_has_the_last_word() -> None:
    text = PETS.replace("https://{region}.pets.example/v1/", "http://127.0.0.1/v1")
    api = Api(read(text, "pets"))
    async with client(Limits(api.manifest.hosts)) as http:
        context = Context(http, NOTHING, NOTHING, NOTHING, NOTHING)
        with pytest.raises(Failure, match="not on the public internet"):
            await api.tools[0].call(context, {})


def test_a_name_that_is_taken_gets_a_number() -> None:
    document = json.loads(weather({"type": "http", "scheme": "bearer"}))
    for path in ("/a", "/b"):
        document["paths"][path] = {"get": {"operationId": "x" * 90}}
    names = list(tools(json.dumps(document), "weather"))[1:]
    assert names == [f"weather_{'x' * 56}", f"weather_{'x' * 52}_2"]


def test_arguments_of_one_name_are_kept_apart() -> None:
    document = json.loads(weather({"type": "http", "scheme": "bearer"}))
    document["paths"] = {
        "/{id}": {
            "post": {
                "parameters": [
                    {"name": "id", "in": place, "required": True, "schema": {}} for place in ("path", "query")
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"type": "object", "properties": {"id": {}}}}}
                },
            }
        }
    }
    (tool,) = tools(json.dumps(document), "weather").values()
    assert list(tool.schema["properties"]) == ["id", "id_2", "body"]


def test_a_service_may_ask_for_a_confirmation_of_a_get() -> None:
    text = PETS.replace("operationId: listPets", "operationId: listPets\n      x-openai-isConsequential: true")
    assert tools(text)["pets_listPets"].confirm


# ------------------------------------------------------------------------------------------------------------ fetching

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


def plugin(**auth: Any) -> dict[str, str]:
    spec = PETS.replace("url: https://{region}.pets.example/v1/", "url: /v1")
    return {
        WHERE: json.dumps(PLUGIN | ({"auth": auth} if auth else {})),
        "https://weather.example/spec/openapi.yaml": spec,
    }


async def test_an_ai_plugin_leads_to_its_description() -> None:
    async with web(plugin()) as http:
        found = await described(http, WHERE)
    assert (found.manifest.name, found.manifest.description) == ("weather-now", "The weather.")
    assert (found.manifest.hosts, found.manifest.secrets) == (("weather.example",), ())
    service = Service()
    await service.call(Api(found).tools[0], {})
    assert str(service.sent[0].url) == "https://weather.example/v1/pets"


@pytest.mark.parametrize("kind", ["service_http", "user_http"])
@pytest.mark.parametrize("way", ["bearer", "basic"])
async def test_an_ai_plugins_key_is_for_every_operation(kind: str, way: str) -> None:
    told = {"type": kind, "authorization_type": way, "verification_tokens": {"openai": "x"}}
    async with web(plugin(**told)) as http:
        found = await described(http, WHERE, "mine")
    assert (found.manifest.name, found.manifest.secrets) == ("mine", ("key",))
    service = Service()
    await service.call(Api(found).tools[0], {}, "a:b")
    coded = base64.b64encode(b"a:b").decode()
    assert service.sent[0].headers["authorization"] == ("Bearer a:b" if way == "bearer" else f"Basic {coded}")


async def test_a_description_is_fetched_and_named_by_its_title() -> None:
    async with web({"https://a.example/openapi.yaml": PETS}) as http:
        found = await described(http, "https://a.example/openapi.yaml")
    assert (found.manifest.name, found.auth) == ("swagger-petstore", Auth())


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ({}, "answers 404"),
        ({WHERE: " " * (document.LARGEST + 1)}, "larger than 1024 KiB"),
        ({WHERE: json.dumps(PLUGIN)}, r"spec/openapi\.yaml answers 404"),
        ({WHERE: json.dumps(PLUGIN | {"api": {"type": "graphql", "url": "/x"}})}, "no OpenAPI"),
        ({WHERE: json.dumps(PLUGIN | {"auth": {"type": "oauth"}})}, "OAuth"),
        ({WHERE: json.dumps(PLUGIN | {"auth": {"type": "service_http", "authorization_type": "custom"}})}, "custom"),
        ({WHERE: json.dumps(PLUGIN | {"api": {"type": "openapi", "url": "http://a:b"}})}, "no right url"),
    ],
)
async def test_what_cannot_be_fetched_is_said(pages: dict[str, str], words: str) -> None:
    async with web(pages) as http:
        with pytest.raises(ManifestError, match=words):
            await described(http, WHERE)


def server(url: str) -> str:
    return PETS.replace("https://{region}.pets.example/v1/", url)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"swagger": "2.0", "paths": {}}', "version 2.*swagger2openapi"),
        ("swagger: '2.0'", "version 2"),
        ("openapi: 4.0.0", "4.0.0 is not known"),
        ("openapi: 3.10.0", "3.10.0 is not known"),
        ("a: b", "no field `openapi`"),
        ("- a", "no OpenAPI description"),
        ("just words", "no OpenAPI description"),
        ("{", "cannot be read"),
        ("a: [", "cannot be read"),
        ("? [a]\n: b", "cannot be read"),
        ("[" * 200 + "]" * 200, "nested too deeply"),
        ('{"a":' * 100_000, "cannot be read"),
        ("a: &x [1]\nb: [*x, *x]", "anchors"),
        ("a" * (document.LARGEST + 1), "larger"),
        (json.dumps(PLUGIN), "give its address"),
        (json.dumps({"openapi": "3.0.0", "paths": {}, "servers": [{"url": "https://a.example"}]}), "no operation"),
        (PETS.replace("servers:", "x-servers:"), "names no server"),
        (server("/v1"), "no plain http"),
        (server("ftp://a.example"), "no plain http"),
        (server("https://a:b@c.example"), "no plain http"),
        (server('"https://*.example"'), "no plain http"),
        (server("https://a.example:b"), "is no address"),
        (weather({"type": "oauth2", "flows": {}}), "OAuth"),
        (weather({"type": "apiKey", "in": "cookie", "name": "a"}), "no operation"),
    ],
)
def test_what_cannot_be_used_is_said(text: str, words: str) -> None:
    with pytest.raises(ManifestError, match=words):
        read(text, "pets")


@pytest.mark.parametrize("name", ["Pets", "p" * 41, "1"])
def test_a_name_must_be_one(name: str) -> None:
    with pytest.raises(ManifestError, match="name"):
        read(PETS, name)


def test_a_description_of_nothing_that_can_be_called_is_no_plugin() -> None:
    form = {"required": True, "content": {"multipart/form-data": {}}}
    document = json.loads(weather({"type": "http", "scheme": "bearer"}))
    document["paths"] = {"/a": {"post": {"requestBody": form}}, "/{b}": {"get": {}}}
    with pytest.raises(ManifestError, match="no operation that can be called"):
        Api(read(json.dumps(document), "weather"))
