"""hosting.openapi.fetching: descriptions from addresses and files, read in a process of their own."""

import base64
import json
from typing import Any

import pytest

from hosting.openapi import Api, Auth, described, document
from parley import ManifestError
from tests.hosting.openapi.service import PETS, PLUGIN, WHERE, Service, web


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
        ({WHERE: " " * (document.LARGEST + 1)}, "larger than 32768 KiB"),
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
