"""plugins.host.sources.openapi.schema: schemas without references, and without growing."""

import json
from typing import Any

from tests.plugin_host.openapi.service import tools, weather


def test_what_refers_to_itself_many_times_stays_small() -> None:
    schemas: dict[str, Any] = {}
    for level in range(9):
        to = {"$ref": f"#/components/schemas/S{level + 1}"}
        schemas[f"S{level}"] = {"type": "object", "properties": {f"p{n}": to for n in range(30)}}
    document = json.loads(weather({"type": "http", "scheme": "bearer"}))
    document["components"]["schemas"] = schemas
    schemas["S9"] = {"type": "string"}
    parameter = {"name": "what", "in": "query", "schema": {"$ref": "#/components/schemas/S0"}}
    document["paths"]["/now"]["get"]["parameters"].append(parameter)
    schema = tools(json.dumps(document), "weather")["weather_now"].schema
    assert len(json.dumps(schema)) < 50_000
