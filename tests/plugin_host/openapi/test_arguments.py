"""plugins.host.sources.openapi.arguments: parameters and bodies as the schema that a model is shown."""

import json

from tests.plugin_host.openapi.service import PETS, tools, weather


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
