"""plugins.host.sources.openapi.auth: the place of the key in a request."""

from typing import Any

import pytest

from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.description import read
from tests.plugin_host.openapi.service import Service, tools, weather

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
    (tool,) = OpenApiPlugin(description).tools
    assert list(tool.schema["properties"]) == ["place"]
    await service.call(tool, {"place": "Köln"}, "K/1")
    assert service.sent[0].url.query == b"place=K%C3%B6ln&appid=K%2F1"
