"""plugins.host.sources.openapi.request: the requests that are sent."""

import json
from typing import Any

import pytest

from parley import PluginError
from tests.plugin_host.openapi.service import PETS, Service, tools


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
    await service.call(tools(PETS)["pets_pets_show_by_id_"], {"petId": "a/..b?c#d"})
    assert service.sent[0].url.raw_path == b"/v1/pets/a%2F..b%3Fc%23d"


UP = r"may not be \. or"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "empty"),
        ([], "empty"),
        *((up, UP) for up in ("..", "a/../b", "../..", "..\\admin", "%2e%2e%2fadmin", "..;/admin", ["..", "a"])),
    ],
)
async def test_the_path_is_not_left(value: object, words: str) -> None:
    service = Service()
    with pytest.raises(PluginError, match=words):
        await service.call(tools(PETS)["pets_pets_show_by_id_"], {"petId": value})
    assert not service.sent


@pytest.mark.parametrize("ending", ["?all=true", "#part"])
async def test_the_path_is_not_left_before_a_query_that_the_description_writes(ending: str) -> None:
    described = PETS.replace("/pets/{petId}:", f'"/pets/{{petId}}{ending}":')
    service = Service()
    found = next(tool for tool in tools(described).values() if tool.description == "A pet")
    with pytest.raises(PluginError, match=UP):
        await service.call(found, {"petId": ".."})
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


async def test_a_header_takes_no_second_line() -> None:
    with pytest.raises(PluginError, match="X-Trace"):
        await Service().call(tools(PETS)["pets_listPets"], {"X-Trace": "a\r\nHost: b"})
