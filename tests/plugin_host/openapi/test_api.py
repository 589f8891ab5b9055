"""plugins.host.sources.openapi.api: operations as tools, what is refused before anything is sent, and what needs a
key."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parley import Context, Failure, PluginError
from plugins.host.egress.guarded_http import FetchLimits, client
from plugins.host.plugin import HostedPlugin
from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.description import read
from tests.plugin_host.openapi.service import NOTHING, PETS, Service, tools, weather


def test_a_description_is_a_plugin() -> None:
    api: HostedPlugin = OpenApiPlugin(read(PETS, "pets"))
    assert (api.name, api.manifest.version, api.manifest.secrets) == ("pets", "1.0.0", ())
    assert api.manifest.description == "Pets, and where they are."
    assert api.manifest.hosts == ("eu.pets.example",)
    assert {tool.tool: tool.confirm for tool in api.tools} == {
        "pets_listPets": False,
        "pets_createPet": True,
        "pets_pets_show_by_id_": False,
        "pets_put_pets__petId_": True,
        "pets_delete_pets__petId_": True,
        "pets_post_pets__petId__picture": True,
    }
    for tool in api.tools:
        Draft202012Validator.check_schema(tool.schema)


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


async def test_a_missing_key_names_its_setting() -> None:
    (tool,) = tools(weather({"type": "http", "scheme": "bearer"}), "weather").values()
    with pytest.raises(PluginError, match=r"plugins\.secrets\.weather\.key"):
        await Service().call(tool, {"place": "x", "appid": "y"})


async def test_the_guard_has_the_last_word() -> None:
    text = PETS.replace("https://{region}.pets.example/v1/", "http://127.0.0.1/v1")
    api = OpenApiPlugin(read(text, "pets"))
    async with client(FetchLimits(api.manifest.hosts)) as http:
        context = Context(http, NOTHING, NOTHING, NOTHING, NOTHING)
        with pytest.raises(Failure, match="not on the public internet"):
            await api.tools[0].call(context, {})


def test_a_name_that_is_taken_gets_a_number() -> None:
    document = json.loads(weather({"type": "http", "scheme": "bearer"}))
    for path in ("/a", "/b"):
        document["paths"][path] = {"get": {"operationId": "x" * 90}}
    names = list(tools(json.dumps(document), "weather"))[1:]
    assert names == [f"weather_{'x' * 56}", f"weather_{'x' * 52}_2"]


def test_a_service_may_ask_for_a_confirmation_of_a_get() -> None:
    text = PETS.replace("operationId: listPets", "operationId: listPets\n      x-openai-isConsequential: true")
    assert tools(text)["pets_listPets"].confirm
