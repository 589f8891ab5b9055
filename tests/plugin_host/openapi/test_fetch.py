"""plugins.host.sources.openapi.fetch: descriptions from addresses and files, read in a process of their own."""

import asyncio
import base64
import json
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
import pytest

from parley import Failure, ManifestError
from plugins.host.egress.guarded_http import FetchLimits, client
from plugins.host.sources.openapi import document
from plugins.host.sources.openapi import fetch as fetching
from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.auth import KeyPlacement
from plugins.host.sources.openapi.choice import split_choice
from plugins.host.sources.openapi.fetch import described, read_file
from tests.plugin_host.openapi.large import like_github
from tests.plugin_host.openapi.service import PETS, PLUGIN, WHERE, Service, web
from tests.plugin_host.wheels import served


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
    await service.call(OpenApiPlugin(found).tools[0], {})
    assert str(service.sent[0].url) == "https://weather.example/v1/pets"


@pytest.mark.parametrize("kind", ["service_http", "user_http"])
@pytest.mark.parametrize("way", ["bearer", "basic"])
async def test_an_ai_plugins_key_is_for_every_operation(kind: str, way: str) -> None:
    told = {"type": kind, "authorization_type": way, "verification_tokens": {"openai": "x"}}
    async with web(plugin(**told)) as http:
        found = await described(http, WHERE, "mine")
    assert (found.manifest.name, found.manifest.secrets) == ("mine", ("key",))
    service = Service()
    await service.call(OpenApiPlugin(found).tools[0], {}, "a:b")
    coded = base64.b64encode(b"a:b").decode()
    assert service.sent[0].headers["authorization"] == ("Bearer a:b" if way == "bearer" else f"Basic {coded}")


async def test_a_description_is_fetched_and_named_by_its_title() -> None:
    async with web({"https://a.example/openapi.yaml": PETS}) as http:
        found = await described(http, "https://a.example/openapi.yaml")
    assert (found.manifest.name, found.auth) == ("swagger-petstore", KeyPlacement())


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ({}, "answers 404"),
        ({WHERE: " " * (document.LARGEST + 1)}, "larger than 32768 KiB"),
        ({WHERE: json.dumps(PLUGIN)}, r"spec/openapi\.yaml answers 404"),
        ({WHERE: json.dumps(PLUGIN | {"api": {"type": "graphql", "url": "/x"}})}, "names no OpenAPI"),
        ({WHERE: json.dumps(PLUGIN | {"auth": {"type": "oauth"}})}, "OAuth"),
        ({WHERE: json.dumps(PLUGIN | {"auth": {"type": "service_http", "authorization_type": "custom"}})}, "custom"),
        ({WHERE: json.dumps(PLUGIN | {"api": {"type": "openapi", "url": "http://a:b"}})}, "no right url"),
    ],
)
async def test_what_cannot_be_fetched_is_said(pages: dict[str, str], words: str) -> None:
    async with web(pages) as http:
        with pytest.raises(ManifestError, match=words):
            await described(http, WHERE)


HOME = "https://hub.example/openapi.json"


def referring(reference: str) -> str:
    body = {"content": {"application/json": {"schema": {"$ref": reference}}}}
    paths = {"/a": {"put": {"operationId": "odd", "requestBody": body}}, "/b": {"get": {"operationId": "fine"}}}
    return json.dumps({"openapi": "3.1.0", "info": {"title": "Hub"}, "servers": [{"url": "/"}], "paths": paths})


async def test_other_documents_are_fetched_on_the_way() -> None:
    pages = {HOME: referring("parts.yaml#/Name"), "https://hub.example/parts.yaml": "Name: {properties: {who: {}}}"}
    async with web(pages) as http:
        found = await described(http, HOME)
    assert [list(tool.schema["properties"]) for tool in OpenApiPlugin(found).tools] == [["who"], []]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(404), "answers 404"),
        (httpx.Response(302, headers={"location": "https://evil.example/"}), "was not followed"),
        (httpx.Response(200, text="["), "cannot be read"),
    ],
)
async def test_a_document_that_cannot_be_had_is_said(answer: httpx.Response, words: str) -> None:
    asked = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, text=referring("x.json")) if str(request.url) == HOME else answer

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond), follow_redirects=True) as http:
        found = await described(http, HOME)
    assert found.coverage
    ((name, detail),) = [(one.operation, one.detail) for one in found.coverage.left_out]
    assert (name, words in detail) == ("odd", True)
    assert asked == [HOME, "https://hub.example/x.json"]


@pytest.mark.slow
async def test_the_guard_stands_before_every_document(tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(referring("part.json"))
    (tmp_path / "part.json").write_text('{"properties": {"who": {}}}')
    with served(tmp_path) as address:
        host = address.split("/")[2]
        async with client(FetchLimits(("*",), frozenset({host}))) as http:
            found = await described(http, f"{address}openapi.json")
        assert found.coverage
        assert found.coverage.usable == 2
        async with client(FetchLimits(("*",))) as http:
            with pytest.raises(Failure, match="is not allowed"):
                await described(http, f"{address}openapi.json")


async def test_a_file_is_read_alone(tmp_path: Path) -> None:
    (tmp_path / "part.json").write_text('{"properties": {"who": {}}}')
    path = tmp_path / "hub.json"
    path.write_text(referring("part.json").replace('"/"', '"https://hub.example"'))
    found = await read_file(path, "hub")
    assert found.coverage
    assert [(one.operation, one.reason) for one in found.coverage.left_out] == [("odd", "reference")]
    with pytest.raises(ManifestError, match=r"none\.json cannot be read"):
        await read_file(tmp_path / "none.json", "hub")
    with path.open("wb") as large:
        large.truncate(document.LARGEST + 1)
    with pytest.raises(ManifestError, match="larger than 32 MiB"):
        await read_file(path, "hub")


@pytest.mark.sweep
async def test_twelve_megabytes_are_read_in_ten_seconds_and_nothing_waits(tmp_path: Path) -> None:
    path = tmp_path / "hub.json"
    path.write_text(like_github())
    assert path.stat().st_size > 12_000_000
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    beating = asyncio.create_task(beat())
    start = perf_counter()
    found = await read_file(path, "hub", split_choice("x tag:issues path:/repos")[1])
    seconds = perf_counter() - start
    beating.cancel()
    assert found.coverage
    assert (found.coverage.described, found.coverage.usable) == (1000, 100)
    assert seconds < 10
    assert beats > seconds * 20
    assert len(json.dumps(found.kept())) < 4_500_000


@pytest.mark.sweep
async def test_what_takes_too_much_ends_its_own_process_alone(tmp_path: Path) -> None:
    path = tmp_path / "hub.json"
    path.write_text('{"openapi": "3.1.0", "x": [' + ",".join(["[0]"] * 8_000_000) + "]}")
    with pytest.raises(ManifestError, match="MiB of memory|time or memory"):
        await read_file(path, "hub")
    with pytest.raises(ManifestError, match=r"longer than 0\.05 seconds"):
        await read_file(path, "hub", longest=0.05)
    path.write_text(PETS)
    assert (await read_file(path, "hub")).manifest.name == "hub"


async def test_the_process_gets_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_SECRET", "x")
    codes = []
    async with fetching._worker("import os, sys; sys.exit('PARLEY_SECRET' in os.environ)") as child:
        codes.append(await child.wait())
    assert codes == [0]


@pytest.mark.parametrize(
    "program", ["raise RuntimeError('oh')", "import os; os._exit(3)", "print('\\xff' * 9, flush=True)"]
)
async def test_a_process_that_fails_is_said_in_words(tmp_path: Path, program: str) -> None:
    (tmp_path / "pets.yaml").write_text(PETS)
    with pytest.raises(ManifestError, match="pets: it takes too much time or memory to read"):
        await read_file(tmp_path / "pets.yaml", "pets", program=program)
